"""How fast the training engines are on this machine: `make bench`."""
