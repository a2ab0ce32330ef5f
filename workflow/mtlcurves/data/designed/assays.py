"""Simulated assays: which compounds a task measures, and what it finds."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from mtlcurves.data.designed.draws import Floats, keyed_state, normals, one
from mtlcurves.data.designed.pool import collect_rejected, draw_pool
from mtlcurves.data.designed.roles import INDEPENDENT, families
from mtlcurves.data.designed.scores import latent_scores
from mtlcurves.data.folds import compound_keys
from mtlcurves.data.measured import Collector
from mtlcurves.data.scaffolds import murcko_scaffolds
from mtlcurves.errors import DataError
from mtlcurves.grid.seeds import Words
from mtlcurves.source_sections import DesignedSource

log = logging.getLogger(__name__)

# A task chooses compounds by a sum of two normal draws: the scaffold's has this weight, the compound's the rest.
SERIES = 0.8


def simulate(source: DesignedSource, files: Sequence[str]) -> Collector:
    """Simulate every assay of a designed source.

    Parameters
    ----------
    source : DesignedSource
        The design.
    files : sequence of str
        The file of its molecules, if there is one.

    Returns
    -------
    Collector
        Values are scores with a measurement's error, less the task's threshold: active at 0 and above.
    """
    pool, collected, tasks = draw_pool(source, files, source.n_compounds), Collector(), families(source)
    chosen = pool.compounds[: source.n_compounds]
    smiles, reference = chosen["smiles"].tolist(), pool.reference
    rows = list(chosen[["row", "compound", "smiles"]].itertuples(index=False, name=None))
    keys, series = compound_keys(smiles), _series(smiles)
    scores = latent_scores(source, list(tasks), [*reference, *smiles], reference)
    measured_keys = np.concatenate([compound_keys(reference), keys])
    free = np.ones(len(keys), dtype=bool)
    for column, (task, group) in enumerate(tasks.items()):
        found = scores[:, column] + source.noise * normals(keyed_state(source.seed, "error", task), measured_keys)
        values = np.round(found - _threshold(source, task, found[: len(reference)]), 4)[len(reference) :]
        its_own = _measured(source, task, group, keys, series, free)
        for index in its_own:
            row, compound, structure = rows[index]
            collected.value(row, compound, structure, task, float(values[index]))
        free &= ~_taken(source, its_own, series)
    collect_rejected(pool.rejected, collected)
    return collected


def n_measured(source: DesignedSource, task: str) -> int:
    """Draw how many compounds a task measures."""
    counts = source.labels_per_task
    spread = math.log(counts.most / counts.median) / 2
    drawn = float(normals(keyed_state(source.seed, "labels", task), np.zeros(1))[0])
    return round(min(max(counts.median * math.exp(spread * drawn), counts.least), counts.most))


def _threshold(source: DesignedSource, task: str, reference: Floats) -> float:
    """Where the classes part, so that the share of active compounds in the reference is what is drawn."""
    share = source.prevalence
    active = share.least + (share.most - share.least) * one(source.seed, "prevalence", task)
    return float(np.quantile(reference, 1 - active))


def _series(smiles: Sequence[str]) -> Words:
    """Key of each compound's Murcko scaffold; an acyclic compound is a series of its own."""
    scaffolds = murcko_scaffolds(smiles, 1)
    return compound_keys(found.scaffold or text for found, text in zip(scaffolds, smiles, strict=True))


def _measured(
    source: DesignedSource, task: str, group: str, keys: Words, series: Words, free: npt.NDArray[np.bool_]
) -> npt.NDArray[np.intp]:
    """Choose the compounds a task measures among the free ones: whole series, as others do, and single ones."""
    overlap, panel = _sharing(source, task, group)
    # part of a series would keep the rest of it from all others
    weight = 1.0 if source.disjoint == "scaffold" else SERIES
    of_series = math.sqrt(overlap) * normals(keyed_state(source.seed, "series", panel), series)
    of_series += math.sqrt(1 - overlap) * normals(keyed_state(source.seed, "series", task), series)
    of_compound = normals(keyed_state(source.seed, "choice", task), keys)
    wish = math.sqrt(weight) * of_series + math.sqrt(1 - weight) * of_compound
    order, wanted = np.argsort(-wish, kind="stable"), n_measured(source, task)
    chosen = order[free[order]][:wanted]
    if source.disjoint and len(chosen) < wanted:
        raise DataError(
            f"source.disjoint: {task} is to measure {wanted} compounds, and the tasks before it leave "
            f"{len(chosen)} of {source.n_compounds}; allowed: more of source.n_compounds, fewer tasks, or fewer "
            "labels (source.labels_per_task)"
        )
    return np.sort(chosen)


def _sharing(source: DesignedSource, task: str, group: str) -> tuple[float, str]:
    """Tell how far a task measures the scaffolds that others do, and the name of whose they are."""
    if source.sharing == "group":
        return (0.0 if group == INDEPENDENT else source.overlap), group
    share = one(source.seed, "overlap", task) if source.sharing == "graded" else 1.0
    return share * source.overlap, "all"


def _taken(source: DesignedSource, measured: npt.NDArray[np.intp], series: Words) -> npt.NDArray[np.bool_]:
    """Tell which compounds later tasks may not measure, given those of a task; shape (compounds,)."""
    if source.disjoint == "scaffold":
        return np.isin(series, series[measured])
    taken = np.zeros(len(series), dtype=bool)
    taken[measured] = source.disjoint == "compound"
    return taken
