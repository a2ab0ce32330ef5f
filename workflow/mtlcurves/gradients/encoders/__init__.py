"""Shared encoders: from a compound to the representation that every task's head reads."""
