"""What fewer labels, and fewer shared ones, leave of what gradients tell, in words: how much, and from where."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mtlcurves.curves.overlap_forms import LINE
from mtlcurves.curves.statistics import MeanTest, paired_t
from mtlcurves.reasons import commonest
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.rows import first_with, rows_with
from mtlcurves.reporting.style import percent, signed
from mtlcurves.reporting.words import interval_text, p_value

ARMS = {
    "thinned": ("Where labels of every task are taken away at random", "of the labels"),
    "core": ("Where tasks keep their number of labels and share fewer compounds", "Jaccard overlap"),
    "blocks": ("Where tasks keep their number of labels and have more scaffolds of their own", "Jaccard overlap"),
    "size": ("Where tasks keep their overlap and have fewer labels", "labels of every task"),
    "masked": ("Where networks are trained with all labels, and compared with some hidden", "of the labels"),
}
"""How a sentence on an arm of a sweep begins, and what its levels are of."""
REFERENCES = {
    "heldout": "held-out labels",
    "full": "all labels",
    "own": "the labels kept",
    "truth": "the tasks as designed (size)",
}
SMOOTH = {"hyperbola": "a hyperbola", LINE: "a straight line in overlap"}
DECIDING = 3  # trainings a level; the interval of two holds whatever r can be
TOLD_APART = 2.0  # difference of AICc that tells two curves apart (Burnham and Anderson 2002)


def sweep_findings(
    degradation: pd.DataFrame, same: pd.DataFrame, fits: pd.DataFrame, reference: str, significance: float
) -> list[Finding]:
    """Say for every arm of a sweep how much of r(G, E) is lost, and whether there is a threshold.

    Parameters
    ----------
    degradation, same, fits : pandas.DataFrame
        Rows of table ``degradation`` of one similarity, of the part of it that common compounds make (none where
        parts were not logged), and of table ``degradation_fits`` of the similarity.
    reference : str
        Labels whose correlation is told: heldout, full or own.
    significance : float
        P-value below which a change is told from nothing.
    """
    what = f"the similarity of gradients with the correlation of {REFERENCES[reference]}"
    found = []
    for arm in (name for name in ARMS if name in set(degradation["arm"])):
        of_arm = rows_with(degradation, arm=arm)
        finding = change_finding(rows_with(of_arm, reference=reference), ARMS[arm], what, significance)
        fit = rows_with(fits, arm=arm, reference=reference, statistic="pearson")
        known = rows_with(of_arm, reference=reference)["pearson"].notna().any()
        threshold = _threshold(fit, arm) if known else ""
        alone = "Intervals are over trainings of these tasks, and say nothing of others." if known else ""
        means = _means(rows_with(of_arm, reference=reference))
        common = _common(rows_with(same, arm=arm, reference=reference), ARMS[arm][1])
        detail = " ".join(filter(None, [finding.detail, alone, _beside(of_arm, reference), means, common]))
        found.append(Finding(finding.sentence + threshold, detail))
    return found


def change_finding(rows: pd.DataFrame, arm: tuple[str, str], what: str, significance: float) -> Finding:
    """Say how much a correlation changes between the largest and the smallest level that have one.

    Parameters
    ----------
    rows : pandas.DataFrame
        Columns level, seed, pearson, n_pairs and status, one row for each training.
    arm : tuple of str
        How the sentence begins, and what the levels are of.
    what : str
        What is correlated: "a with b".
    significance : float
        P-value below which a change is told from nothing.
    """
    begin, unit = arm
    by_level = rows.pivot(index="level", columns="seed", values="pearson").sort_index()
    known = by_level.dropna(how="all")
    if known.empty:
        reason = commonest(rows["status"]) or "there is no training"
        return Finding(f"{begin}, r of {what} is not known: {reason}.")
    names = {level: level_text(level, unit) for level in by_level.index}
    low, high = known.index[0], known.index[-1]
    n = f"{count_text(rows.loc[rows['pearson'].notna(), 'n_pairs'], 'pair')} of tasks"
    if len(known) == 1:
        mean = signed(known.loc[high].mean(), 2)
        sentence = f"{begin}, r of {what} is {mean} with {names[high]}, the only level that has one ({n})."
        return Finding(sentence, _detail(rows, by_level, names, significance))
    paired = known.loc[[high, low]].dropna(axis="columns")
    ends = paired if paired.size else known.loc[[high, low]]
    first, last = ends.mean(axis="columns")
    change = paired_t(ends.loc[low].to_numpy(float) - ends.loc[high].to_numpy(float))
    sentence = (
        f"{begin}, r of {what} changes by {signed(last - first, 2)} ({_uncertainty(change)}), from "
        f"{signed(first, 2)} with {names[high]} to {signed(last, 2)} with {names[low]}, over {n}: "
        f"{_verdict(change, significance)}."
    )
    return Finding(sentence, _detail(rows, by_level, names, significance))


def level_text(level: float, unit: str) -> str:
    """Write a level with its unit: ``30 % of the labels``, ``Jaccard overlap 0.30``, ``200 labels of a task``."""
    if unit == "Jaccard overlap":
        return f"{unit} {level:.2f}"
    return f"{level:,.0f} {unit}" if level > 1 else f"{percent(level)} {unit}"


def _uncertainty(change: MeanTest) -> str:
    # r changes by 2 at most
    interval = interval_text(max(float(change.low), -2.0), min(float(change.high), 2.0))
    if not interval:
        return "too few trainings for an interval" if change.n < 2 else "no interval"
    return f"{interval} over {plural(int(change.n), 'training')} a level, P {p_value(float(change.p))}"


def _verdict(change: MeanTest, significance: float) -> str:
    if not np.isfinite(change.p) or (change.n < DECIDING and not change.p < significance):
        return "whether it falls is undecided"
    if not change.p < significance:
        return "it is not found to change"
    return "it falls" if change.mean < 0 else "it rises"


def _threshold(fits: pd.DataFrame, arm: str) -> str:
    """Say whether a sigmoid has a midpoint among the levels, and describes them better than curves without one."""
    sigmoid = first_with(fits, form="sigmoid")
    if sigmoid is None:
        return ""
    status = str(sigmoid["status"])
    if not np.isfinite(sigmoid["r2"]):
        return f" Whether there is a threshold cannot be told: {status}."
    through = f"the sigmoid through {plural(int(sigmoid['n_levels']), 'level')}"
    if status.startswith("midpoint not located"):
        undecided = "no interval" in status
        begin = "Whether there is a threshold is undecided" if undecided else "No threshold is found"
        return f" {begin}: of {through}, {status}."
    unit = "% of the most labels" if arm == "size" else "%"
    middle, low, high = (f"{sigmoid[name]:.0f}" for name in ("midpoint", "midpoint_low", "midpoint_high"))
    bound = "" if status == "ok" else f"; {status}"
    interval = f"95 % interval {low} to {high} over trainings{bound}"
    smooth = fits[fits["form"].isin(SMOOTH) & fits["aicc"].notna()].sort_values("aicc")
    return (
        f" {through.capitalize()} has its midpoint at {middle} {unit} ({interval}); {_against(sigmoid, smooth)}."
    )


def _against(sigmoid: pd.Series, smooth: pd.DataFrame) -> str:
    """Say whether a sigmoid describes the levels better than the best of the curves without a threshold."""
    if smooth.empty or not np.isfinite(sigmoid["aicc"]):
        return "whether a curve without a threshold would do as well cannot be told from so few levels"
    best = smooth.iloc[0]
    numbers = f"AICc {signed(sigmoid['aicc'], 1)} against {signed(best['aicc'], 1)}"
    if sigmoid["aicc"] < best["aicc"] - TOLD_APART:
        return f"it describes them better than {SMOOTH[best['form']]} ({numbers})"
    return f"{SMOOTH[best['form']]}, which has no threshold, describes them as well ({numbers})"


def _detail(rows: pd.DataFrame, by_level: pd.DataFrame, names: dict[float, str], significance: float) -> str:
    """Say in how many trainings r is told from nothing at each end that has one, and which levels have none."""
    known, told = by_level.dropna(how="all").index, []
    for level in dict.fromkeys((known[-1], known[0])):
        p = rows.loc[(rows["level"] == level) & rows["pearson"].notna(), "p" if "p" in rows else "pearson_p"]
        told.append(f"{int((p < significance).sum())} of {plural(len(p), 'training')} with {names[level]}")
    without = by_level.index[by_level.isna().all(axis=1)]
    reason = commonest(rows.loc[rows["level"].isin(without), "status"])
    lost = f" Without r: {', '.join(names[level] for level in without)} ({reason})." if len(without) else ""
    return (
        f"r is told from nothing (P below {significance:g}, tasks permuted) in {' and in '.join(told)}; "
        f"{plural(len(by_level), 'level')} in all.{lost}"
    )


def _beside(degradation: pd.DataFrame, reference: str) -> str:
    """Give the other references at the levels that the first is told of."""
    first = rows_with(degradation, reference=reference).dropna(subset=["pearson"])
    told, most, parts = first["level"], first["n_pairs"].max(), []
    for other, text in REFERENCES.items():
        known = rows_with(degradation, reference=other).dropna(subset=["pearson"])
        if other != reference and len(known) and len(told):
            ends = [_end(rows_with(known, level=level), most) for level in dict.fromkeys((told.max(), told.min()))]
            parts.append(f"{text} {' to '.join(ends)}")
    return f"Beside it: r with the correlation of {', of '.join(parts)}." if parts else ""


def _end(rows: pd.DataFrame, most: int) -> str:
    """Give the mean r of a level, and its pairs where there are fewer than beside it."""
    if rows.empty:
        return "unknown"
    fewer = f" ({count_text(rows['n_pairs'], 'pair')})" if rows["n_pairs"].max() < most else ""
    return f"{signed(rows['pearson'].mean(), 2)}{fewer}"


def _means(rows: pd.DataFrame) -> str:
    """Set what becomes of the similarities' mean beside what becomes of the overlap."""
    means = rows.groupby("level")[["mean_similarity", "ochiai"]].mean().dropna()
    if len(means) < 2:
        return ""
    most, least = means.iloc[-1], means.iloc[0]
    text = (
        f"The similarities' mean goes from {signed(most['mean_similarity'], 3)} to "
        f"{signed(least['mean_similarity'], 3)}"
    )
    if not most["ochiai"] > least["ochiai"]:
        return f"{text}, the overlap being the same."
    expected = most["mean_similarity"] * least["ochiai"] / most["ochiai"]
    overlaps = f"overlaps of {most['ochiai']:.2f} and {least['ochiai']:.2f}, Ochiai"
    return f"{text}; in proportion to the overlap it would be {signed(expected, 3)} ({overlaps})."


def _common(same: pd.DataFrame, unit: str) -> str:
    """Give both ends of the part that common compounds make."""
    means = same.dropna(subset=["pearson"]).groupby("level")["pearson"].mean()
    ends = dict.fromkeys((means.index[-1], means.index[0])) if len(means) else {}
    parts = [f"{signed(means[level], 2)} with {level_text(level, unit)}" for level in ends]
    return f"What common compounds make of it (part same) has r {' and '.join(parts)}." if parts else ""
