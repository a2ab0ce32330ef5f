"""Before training: the effects that a design of trainings will detect, and what it costs."""
