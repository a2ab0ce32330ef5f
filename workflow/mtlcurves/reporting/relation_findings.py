"""Whether similar gradients go with correlated labels, in words, and what else may be behind it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.rows import first_with, rows_with
from mtlcurves.reporting.style import percent, signed
from mtlcurves.reporting.words import among_these, correlation_text, left_open, listed, p_value

LABELS_OF = {
    "all": "labels of all compounds",
    "train": "labels of training compounds",
    "heldout": "held-out labels",
}
CROSS_MISSING = (
    "What gradients of different compounds share was not logged (key gradients.log.parts), so how much of it "
    "common compounds alone make is not known."
)


def relation_finding(relation: pd.DataFrame, window: str, rows: str, significance: float) -> Finding:
    """Say whether similar gradients go with correlated labels, and whether on different compounds too."""
    shown = rows_with(relation, window=window)
    own = rows_with(shown, rows=rows, version="raw", measure="pearson")
    what = f"the similarity of the tasks' gradients and the correlation of their {LABELS_OF[rows]}"
    whole = first_with(own, part="all")
    if whole is None or not np.isfinite(whole["pearson"]):
        reason = "there is no such number" if whole is None else whole["status"]
        untested = f"Whether gradients can be trusted here could not be tested: of {what}, {reason}."
        return Finding(untested, _instead(relation, rows))
    pairs, tasks = plural(int(whole["n_pairs"]), "pair"), plural(int(whole["n_tasks"]), "task")
    text = f"Over {pairs} of {tasks}, {what} have {correlation_text(whole)}"
    size, share = (
        first_with(shown, rows=rows, version="raw", part="all", measure=measure)
        for measure in ("size", "phi_of_most")
    )
    sentence = (
        f"{text}: {_verdict(whole, significance)}{_of_ranks(whole, significance)}"
        f"{_of_size(whole, size, significance)}"
        f"{_of_share(whole, share, significance)}{_of_windows(relation, whole, significance)} "
        f"{_of_cross(whole, first_with(own, part='cross'), significance)}"
    )
    return Finding(sentence, _relation_detail(shown, whole, rows))


def _instead(relation: pd.DataFrame, rows: str) -> str:
    """Name the other windows of logged steps that do have a correlation."""
    known = relation[relation["pearson"].notna() & (relation["rows"] == rows) & (relation["part"] == "all")]
    windows = list(dict.fromkeys(known["window"]))
    if not windows:
        return ""
    return f"Logged steps {' and '.join(windows)} have one (table): gradients.log.window chooses what is shown."


def _verdict(row: pd.Series, significance: float) -> str:
    r, low, high = row["pearson"], row["pearson_low"], row["pearson_high"]
    if not row["pearson_p"] < significance:
        return f"gradients are not found to tell how tasks are related here. {left_open(low, high)}"
    if r < 0:
        text = "gradients mislead here, as tasks with more similar gradients have less correlated labels"
        return f"{text}{among_these(low, high)}."
    if not low > 0:
        return f"gradients tell which tasks' labels go together{among_these(low, high)}."
    return (
        "gradients tell which tasks' labels go together here, and with a straight line account for "
        f"{percent(r**2)} of what differs between pairs."
    )


def _of_ranks(row: pd.Series, significance: float) -> str:
    """Say of what is told where it is not of the ranks, as a few pairs may make it; empty where both agree."""
    rho, p = row["spearman"], row["spearman_p"]
    if not _told(row, significance) or not np.isfinite(rho) or (p < significance and rho > 0):
        return ""
    return f" By ranks this is not found (rho {signed(rho, 2)}, P {p_value(p)}): a few pairs may make it."


def _told(row: pd.Series | None, significance: float) -> bool:
    return row is not None and bool(row["pearson_p"] < significance and row["pearson"] > 0)


def _of_size(whole: pd.Series, size: pd.Series | None, significance: float) -> str:
    """Say where gradients go with how strongly labels are correlated, and not with the sign."""
    if size is None or not _told(size, significance) or _told(whole, significance):
        return ""
    return (
        f" With the size of the correlation, whatever its sign, they have {correlation_text(size)}: each task has "
        "a head of its own, which turns with its labels, so gradients do not see the sign."
    )


def _sign(row: pd.Series, significance: float) -> int:
    """Return the sign of a correlation that is told from nothing; 0 of others."""
    return int(np.sign(row["pearson"])) if row["pearson_p"] < significance else 0


def _of_windows(relation: pd.DataFrame, whole: pd.Series, significance: float) -> str:
    """Name the other windows of logged steps whose verdict is another; empty where they agree."""
    same = {name: whole[name] for name in ("rows", "version", "measure", "part")}
    own, signs = _sign(whole, significance), set()
    told: list[str] = []
    not_told: list[str] = []
    for _, row in rows_with(relation, **same).iterrows():
        sign = _sign(row, significance)
        if np.isfinite(row["pearson"]) and sign != own:
            (told if sign else not_told).append(f"{row['window']} {correlation_text(row)}")
            signs |= {own, sign}
    parts = [f" Not told in other logged steps: {listed(not_told)}."] if not_told else []
    if told:
        parts.append(
            f" {'Other logged steps say otherwise' if own else 'Told in other logged steps'}: {listed(told)}."
        )
    if -1 in signs:
        parts.append(" Late steps mislead where the validation loss had risen by then (logs of the trainings).")
    return "".join(parts)


def _of_share(whole: pd.Series, share: pd.Series | None, significance: float) -> str:
    """Say of what is told where it may be how common the tasks' classes are; empty where it is not."""
    if share is None or not np.isfinite(share["pearson"]):
        return ""
    if _told(share, significance) or not _told(whole, significance):
        return ""
    return (
        " With the correlation as a share of the most that the classes' prevalences allow this is not found, but "
        f"{correlation_text(share)}: what gradients tell may be how common the classes are."
    )


def _of_cross(whole: pd.Series, cross: pd.Series | None, significance: float) -> str:
    if cross is None:
        return CROSS_MISSING
    if not np.isfinite(cross["pearson"]):
        return f"Of gradients of different compounds (cross) this is not known: {cross['status']}."
    text = f"Gradients of different compounds (cross) have {correlation_text(cross)}"
    if cross["pearson_p"] < significance and cross["pearson"] > 0:
        doubt = among_these(cross["pearson_low"], cross["pearson_high"])
        return f"{text}, so they tell something that is not in common compounds alone{doubt}."
    if cross["pearson_p"] < significance:
        return f"{text}, which is the other way."
    if whole["pearson_p"] < significance:
        return (
            f"{text}, not told from nothing: what gradients tell may all come from the common compounds, whose "
            "labels define the correlation too."
        )
    return f"{text}."


def _relation_detail(relation: pd.DataFrame, whole: pd.Series, rows: str) -> str:
    whole_part = rows_with(relation, part="all")
    pearson = rows_with(whole_part, measure="pearson")
    beside = [("divided by overlap", first_with(pearson, rows=rows, version="corrected"))]
    beside += [
        (text, first_with(pearson, rows=name, version="raw")) for name, text in LABELS_OF.items() if name != rows
    ]
    of_most = first_with(whole_part, rows=rows, version="raw", measure="phi_of_most")
    size = first_with(whole_part, rows=rows, version="raw", measure="size")
    beside.append(("size of the correlation, without its sign", size))
    beside.append(("correlation as a share of the most that the classes' prevalences allow", of_most))
    known = [(text, row) for text, row in beside if row is not None and np.isfinite(row["pearson"])]
    ranks = [f"ranks alone rho {signed(whole['spearman'], 2)} (P {p_value(whole['spearman_p'])})"]
    others = ranks * bool(np.isfinite(whole["spearman"]))
    others += [f"{text} r {signed(row['pearson'], 2)}" for text, row in known]
    return (
        f"Encoder {whole['encoder']}, logged steps {whole['window']}; P by permutation of tasks, interval from "
        f"resampled ones, since pairs share tasks. Beside it: {', '.join(others) or 'nothing'}."
        f"{_of_ceiling(whole)}"
    )


def _of_ceiling(whole: pd.Series) -> str:
    """Say how far r could go, by the noise of both sides; empty where it is not known."""
    most = whole.get("ceiling", np.nan)
    if not np.isfinite(most):
        return ""
    return f" Noise of labels, and of gradients where it is known, would let r be {most:.2f} at most (ceiling)."
