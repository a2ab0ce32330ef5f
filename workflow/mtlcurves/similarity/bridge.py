"""Which cheap signal tells what tasks give each other, and when: gradients, lookahead steps, learning curves.

Gradient similarity needs shared compounds and few trainings; transfer weights need none and many. Each is
correlated with the gain on held-out folds, over all pairs and within strata of overlap and of labels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from mtlcurves.curves.agreement import Floats, correlate
from mtlcurves.reasons import explained
from mtlcurves.schemas import SCHEMAS
from mtlcurves.similarity.matrices import PAIR, ordered, similarities, status_of, symmetric
from mtlcurves.transfer_schemas import PREFERRED

NAME = "signals_and_benefit"
SIMILARITY, TAG, TRANSFER = "gradient similarity", "TAG affinity", "transfer weight"
BENEFIT, DESIGNED = "benefit", "designed"
THIRDS = ("low", "middle", "high")
LEAST_SPREAD = 0.1
"""Share of the largest by which overlaps, or labels, must differ to be parted by them."""


def relate_signals(
    tables: Mapping[str, pd.DataFrame], tasks: list[str], encoder: str, truth: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Correlate every signal with every outcome, over all pairs and in each stratum.

    Parameters
    ----------
    tables : mapping of str to pandas.DataFrame
        ``gradient_similarity``, ``pair_benefit`` and ``overlap``; ``tag_affinity`` and ``transfer_estimates``
        where the study has them.
    tasks : list of str
        Tasks of the study, in its order.
    encoder : str
        Encoder that pairs were trained with.
    truth : pandas.DataFrame, optional
        Table ``truth`` of a designed study.

    Returns
    -------
    pandas.DataFrame
        Schema ``signals_and_benefit``.
    """
    outcomes = list(_outcomes(tables["pair_benefit"], truth, tasks, encoder))
    chosen = list(strata(tables["overlap"], tasks))
    rows = []
    for signal, values in _signals(tables, tasks, encoder):
        sides = {"benefit": tables["pair_benefit"]["status"]}
        if signal["signal"] == SIMILARITY:
            sides["gradients"] = status_of(tables["gradient_similarity"], signal | {"encoder": encoder})
        for outcome, gains in outcomes:
            for stratum, kept in chosen:
                # the signal alone is cut: a permutation then moves gains of any pair into the stratum
                found = correlate(np.where(kept, values, np.nan), gains)
                row = {"spearman" if name == "correlation" else name: value for name, value in vars(found).items()}
                row["status"] = explained(found.status, **sides)
                rows.append(signal | outcome | stratum | row)
    return pd.DataFrame(rows, columns=list(SCHEMAS[NAME].columns))


def _outcomes(
    benefit: pd.DataFrame, truth: pd.DataFrame | None, tasks: list[str], encoder: str
) -> Iterator[tuple[dict[str, object], Floats]]:
    own = benefit[benefit["encoder"] == encoder]
    for metric, rows in own.groupby("metric", sort=False, observed=True):
        yield {"outcome": BENEFIT, "metric": metric}, ordered(rows, "benefit", tasks, "partner", "task")
    if truth is not None:
        # opposite tasks help each other as alike ones do: each has an output of its own
        size = np.abs(ordered(truth, "correlation", tasks, "auxiliary", "target"))
        yield {"outcome": DESIGNED, "metric": None}, size


def _signals(
    tables: Mapping[str, pd.DataFrame], tasks: list[str], encoder: str
) -> Iterator[tuple[dict[str, object], Floats]]:
    """Lay out every signal, [from, onto]."""
    table = tables["gradient_similarity"]
    for keys, matrix in similarities(table[table["encoder"] == encoder], tasks):
        yield {"signal": SIMILARITY, **{key: keys[key] for key in ("window", "part", "version")}}, matrix
    if (tag := tables.get("tag_affinity")) is not None:
        own = tag[(tag["recipe"] == "main") & (tag["source"] == "task") & (tag["size"] == tag["size"].max())]
        yield {"signal": TAG, "version": "centred by recipient"}, ordered(own, "centred", tasks, "from", "onto")
    if (estimates := tables.get("transfer_estimates")) is not None:
        own = estimates[(estimates["recipe"] == "main") & (estimates["coefficient"] == "a_ij")]
        estimator = next((name for name in PREFERRED if name in set(own["estimator"])), None)
        for metric, rows in own[own["estimator"] == estimator].groupby("metric", sort=False, observed=True):
            version = f"{estimator}, per fold, {metric}"
            yield {"signal": TRANSFER, "version": version}, ordered(rows, "per_fold", tasks, "auxiliary", "target")


def strata(
    overlap: pd.DataFrame, tasks: list[str]
) -> Iterator[tuple[dict[str, object], np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]]:
    """Cut ordered pairs into thirds by their Ochiai overlap and by the gaining task's labels, where these vary.

    Parameters
    ----------
    overlap : pandas.DataFrame
        Table ``overlap``.
    tasks : list of str
        Tasks.

    Yields
    ------
    stratum : dict
        Columns ``stratum``, ``third``, ``from_value`` and ``to_value``.
    kept : ndarray of bool, shape (K, K)
        Pairs in it, [from, onto].
    """
    labels = {task: n for name in PAIR for task, n in zip(overlap[name], overlap[f"n_{name[-1]}"], strict=True)}
    shared = symmetric(overlap, "ochiai", tasks)
    onto = np.tile(np.array([labels.get(task, np.nan) for task in tasks], float), (len(tasks), 1))
    yield {"stratum": "all", "third": None}, np.ones(shared.shape, bool)
    for name, values in (("ochiai overlap", shared), ("labels of the task", onto)):
        known = values[np.isfinite(values)]
        if not len(known) or np.ptp(known) < LEAST_SPREAD * known.max():
            continue
        edges = [-np.inf, *np.quantile(known, [1 / 3, 2 / 3]), np.inf]
        for third, low, high in zip(THIRDS, edges[:-1], edges[1:], strict=True):
            kept = (values > low) & (values <= high)
            if kept.any():
                ends = {"from_value": values[kept].min(), "to_value": values[kept].max()}
                yield {"stratum": name, "third": third} | ends, kept
