"""What encoders need that a study can lack. Light: the workflow asks before any job runs."""

from __future__ import annotations

from importlib.util import find_spec

GRAPH_ENCODERS = ("gcn", "gat")
ATTENTION_HEADS = 4  # of gat; they share the width
INSTALL_GRAPHS = "`make graphs` installs it (without make: pip install -r requirements-graphs.lock)"


def lacks_graphs(encoder: str) -> bool:
    """Whether an encoder is one of graphs, and torch-geometric is missing where torch is.

    Where torch is missing too, jobs run in an environment of their own (conda, a container), which has both.
    """
    return encoder in GRAPH_ENCODERS and find_spec("torch") is not None and find_spec("torch_geometric") is None


def missing_package(encoder: str) -> str:
    """Say what an encoder lacks, and how to get it."""
    return f"{encoder} needs torch-geometric, which is not installed; {INSTALL_GRAPHS}"
