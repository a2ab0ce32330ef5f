"""Measure, from many small trainings, what every task's data buys every other task."""

__version__ = "0.1.0"
