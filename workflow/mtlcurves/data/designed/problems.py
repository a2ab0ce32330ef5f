"""What can be wrong with a designed source, found before any job runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mtlcurves.data.designed.roles import families
from mtlcurves.messages import nearest, unknown_names
from mtlcurves.source_sections import DesignedSource

SHIPPED = ("moleculeace", "nci")


def design_problems(source: DesignedSource, tasks: Sequence[str]) -> Iterator[str]:
    """List what is wrong with a designed source and the study's tasks of it."""
    names = list(families(source))
    where = f"among the designed tasks {names[0]} to {names[-1]}"
    yield from unknown_names(tasks, names, "tasks: no task", where)
    if source.molecules not in SHIPPED and not Path(source.molecules).is_file():
        hint = nearest(source.molecules, SHIPPED) or f"paths start at the working directory, {Path.cwd()}"
        yield (
            f"source.molecules: no file {source.molecules!r}; {hint}; "
            f"allowed: {', '.join(SHIPPED)}, or a file of SMILES, one a line"
        )
    if source.similarity + source.background > 1:
        yield (
            f"source.background: found {source.background:g} beside similarity {source.similarity:g}; "
            "their sum may be 1 at most"
        )
    share, counts = source.prevalence, source.labels_per_task
    if share.least > share.most:
        yield f"source.prevalence.least: found {share.least:g}, more than most ({share.most:g})"
    if not counts.least <= counts.median <= counts.most:
        yield (
            f"source.labels_per_task: found least {counts.least}, median {counts.median}, most {counts.most}; "
            "they must not fall"
        )
    elif counts.most > source.n_compounds:
        yield (
            f"source.labels_per_task.most: found {counts.most}; the source has {source.n_compounds} compounds "
            "(source.n_compounds)"
        )
    elif source.disjoint and counts.least * source.n_tasks > source.n_compounds:
        yield (
            f"source.labels_per_task.least: found {counts.least}; {source.n_tasks} tasks that share no "
            f"{source.disjoint} need {counts.least * source.n_tasks} compounds, and the source has "
            f"{source.n_compounds} (source.n_compounds)"
        )
