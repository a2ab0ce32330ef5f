"""The tasks of a designed source: their names, and the groups they are dealt out to.

Light on purpose: each Snakemake process asks it.
"""

from __future__ import annotations

import math

from mtlcurves.source_sections import DesignedSource

INDEPENDENT = "independent"


def families(source: DesignedSource) -> dict[str, str]:
    """Name the tasks, each with its group; independent tasks are spread evenly among the others.

    Returns
    -------
    dict of str to str
        ``T001`` and so on to ``G1`` and so on, or to ``independent``. What a task is does not depend on how many
        there are.
    """
    found = {}
    for index in range(source.n_tasks):
        before, after = (_independent_among(n, source) for n in (index, index + 1))
        group = f"G{(index - before) % source.groups + 1}"
        found[f"T{index + 1:03d}"] = INDEPENDENT if after > before else group
    return found


def _independent_among(n_tasks: int, source: DesignedSource) -> int:
    # rounded, since 0.29 * 100 is a little less than 29
    return math.floor(round(n_tasks * source.independent, 9))
