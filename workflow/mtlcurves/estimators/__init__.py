"""Estimators of transfer from grid points: what labels of one task are worth to another, with intervals."""
