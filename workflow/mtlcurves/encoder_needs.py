"""What encoders need that a study can lack. Light: the workflow asks before any job runs."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.util import find_spec

GRAPH_ENCODERS = ("gcn", "gat")
ATTENTION_HEADS = 4  # of gat; they share the width
INSTALL_GRAPHS = "`make graphs` installs it (without make: pip install -r requirements-graphs.lock)"


def lacks_graphs(encoders: Iterable[str]) -> bool:
    """Whether encoders of graphs are asked for and torch-geometric is missing where torch is.

    Where torch is missing too, jobs run in an environment of their own (conda, a container), which has both.
    """
    wanted = any(encoder in GRAPH_ENCODERS for encoder in encoders)
    return wanted and find_spec("torch") is not None and find_spec("torch_geometric") is None
