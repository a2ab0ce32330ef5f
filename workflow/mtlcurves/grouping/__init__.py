"""Groups of tasks: their choice by an affinity between tasks, and what their trainings give."""
