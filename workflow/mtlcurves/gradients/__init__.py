"""Similarity of the tasks' gradients in networks that share an encoder (second paper)."""
