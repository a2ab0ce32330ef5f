"""Compare a study that was run again with the one that was handed over."""
