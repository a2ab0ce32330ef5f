"""What a study will cost, before anything is trained, and what it did cost."""
