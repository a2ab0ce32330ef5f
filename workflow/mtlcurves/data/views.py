"""Label views: which of a study's labels exist in one training, drawn from all of them by key.

``full`` has all labels and ``shuffled-<k>`` all, dealt out anew; the others are the levels of sweeps (second
paper): ``thinned-<p>``, ``core-<J>``, ``size-<n>`` and ``blocks-<J>``. Networks trained with ``masked`` have seen
all labels; gradients are then taken of those of ``masked-<p>``, which are the labels of ``thinned-<p>``.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pandas as pd

from mtlcurves.data.shared_core import Wanted, allowed_labels, core_and_blocks, feasible_labels
from mtlcurves.errors import DataError
from mtlcurves.gradient_runs import FULL, MASKED, SHUFFLED, SWEEPS, THINNED, sweep_views
from mtlcurves.gradient_sections import Gradients
from mtlcurves.grid.seeds import Words, absorb, label_order, state_of, text_key


def view_labels(
    labels: pd.DataFrame, compounds: pd.DataFrame, view: str, seed: int, gradients: Gradients
) -> pd.DataFrame:
    """Draw the labels of one view.

    A draw depends on the view, the seed, and the names of task and compound alone: neither on the order of rows
    nor on what other tasks there are, but where tasks take compounds from one another (core, size and blocks).
    With one seed, a smaller share of ``thinned`` is part of every larger one, and the core of a smaller overlap
    part of that of every larger one.

    Parameters
    ----------
    labels : pandas.DataFrame
        Schema ``labels``, of the study's tasks.
    compounds : pandas.DataFrame
        Schema ``compounds``, or its columns smiles, key and scaffold.
    view : str
        ``full``, ``shuffled-<k>``, ``thinned-<share>``, ``core-<J>``, ``size-<n>`` or ``blocks-<J>``, where J
        is the Jaccard overlap of every two tasks, ``masked`` or ``masked-<share>``.
    seed : int
        Seed of the draw; ``full`` and ``shuffled-<k>``, which is keyed by k, have none.
    gradients : mtlcurves.gradient_sections.Gradients
        The study's section, which has the number of labels of ``core`` and ``blocks`` and the overlap of ``size``.

    Returns
    -------
    pandas.DataFrame
        Schema ``labels``, sorted by compound and task.

    Raises
    ------
    mtlcurves.errors.DataError
        When the compounds do not allow the view; the message says how many labels they allow.
    ValueError
        When there is no such view, or the study has no such sweep.
    """
    arm, _, level = view.partition("-")
    labels = labels.sort_values(["smiles", "task"], ignore_index=True)
    if view in (FULL, MASKED):
        return labels
    keys = _keys(labels, compounds)
    if arm == SHUFFLED:
        return _shuffled(labels, keys, int(level))
    if arm not in SWEEPS or gradients.sweeps is None or getattr(gradients.sweeps, arm) is None:
        raise ValueError(f"view {view!r}: not one of this study's")
    if arm in THINNED:
        kept = _thinned(labels, keys, float(level), seed)
    else:
        kept = core_and_blocks(labels, compounds, _wanted(arm, float(level), gradients), seed)
    return labels[kept].reset_index(drop=True)


def check_sweeps(labels: pd.DataFrame, compounds: pd.DataFrame, gradients: Gradients) -> None:
    """Refuse sweeps that ask for more labels than there are compounds for, all levels and seeds at once.

    Parameters
    ----------
    labels, compounds, gradients
        As :func:`view_labels`.

    Raises
    ------
    mtlcurves.errors.DataError
        When a level is not feasible; the message has each of these levels, and how many labels are feasible.
    """
    refused = []
    for view in sweep_views(gradients):
        arm, _, level = view.partition("-")
        if arm in THINNED or gradients.sweeps is None:
            continue
        wanted = _wanted(arm, float(level), gradients)
        most = feasible_labels(labels, compounds, wanted, range(gradients.sweeps.seeds))
        if most < wanted.n:
            refused.append(f"{wanted.needs}; allowed at this overlap: {allowed_labels(most)}")
    if refused:
        raise DataError("\n  - ".join(["levels of sweeps that there are too few compounds for:", *refused]))


def _keys(labels: pd.DataFrame, compounds: pd.DataFrame) -> Words:
    """Key of each label's compound; shape (labels,)."""
    row = pd.Index(compounds["smiles"]).get_indexer(pd.Index(labels["smiles"]))
    if (row < 0).any():
        stranger = labels["smiles"].iloc[int(np.argmin(row))]
        raise DataError(f"labels.parquet: compound {stranger!r} is not in compounds.parquet; make both again")
    keys: Words = compounds["key"].to_numpy(dtype=np.uint64)[row]
    return keys


def _shuffled(labels: pd.DataFrame, keys: Words, number: int) -> pd.DataFrame:
    """Deal each task's labels out anew among its own compounds, so that no two tasks have anything in common."""
    source = np.arange(len(labels))
    for task, rows in labels.groupby("task").indices.items():
        source[rows] = rows[label_order(number, 0, str(task), keys[rows])]
    dealt = [name for name in labels.columns if name not in ("smiles", "task")]
    return labels.assign(**{name: labels[name].to_numpy()[source] for name in dealt})


def _thinned(labels: pd.DataFrame, keys: Words, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Keep a share of each task's labels, whatever the other tasks keep; at least one."""
    kept = np.zeros(len(labels), dtype=bool)
    for task, rows in labels.groupby("task").indices.items():
        state = absorb(state_of("thinned labels", seed), np.array([text_key(str(task))], dtype=np.uint64))
        order = np.argsort(absorb(state, keys[rows]), kind="stable")
        kept[rows[order[: max(1, round(share * len(rows)))]]] = True
    return kept


def _wanted(arm: str, level: float, gradients: Gradients) -> Wanted:
    """Labels and overlap of every task in a view of a core and blocks."""
    sweeps = gradients.sweeps
    assert sweeps is not None
    if arm == "size" and sweeps.size:
        return Wanted("gradients.sweeps.size.levels", int(level), sweeps.size.overlap, by_scaffold=False)
    sweep = sweeps.core if arm == "core" else sweeps.blocks
    assert sweep is not None
    return Wanted(f"gradients.sweeps.{arm}.labels", sweep.labels, level, by_scaffold=arm == "blocks")
