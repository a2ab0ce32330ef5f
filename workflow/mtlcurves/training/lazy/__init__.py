"""The CPU engine ``lazy_adam``: only the weights that a batch touches move, the others catch up exactly."""
