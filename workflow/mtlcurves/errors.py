"""Errors whose message is meant for the user."""


class DataError(ValueError):
    """Something is wrong with the data: the message names where, what was found and what is allowed."""
