"""Predicting what tasks gain in a group from the gains in groups that were trained."""
