"""What a step for one task does to the losses of the others, logged while all are trained together."""
