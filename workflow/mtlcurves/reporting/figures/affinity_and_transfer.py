"""What a gradient step does to another task against what the labels of its task are worth to it."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from mtlcurves.curves.mantel import PERMUTATIONS
from mtlcurves.reporting.affinities import power_of_ten, read_affinities, unit_text
from mtlcurves.reporting.names import count_text, ordered_tasks, plural
from mtlcurves.reporting.style import (
    GREEN,
    GREY,
    Drawing,
    metric_name,
    new_figure,
    nothing_drawn,
    plain_grid,
    signed,
    styled,
)
from mtlcurves.reporting.transfer_pairs import chosen_estimator, closed_share, default_rows, is_called, read_pairs

COLUMNS = ["scope", "metric", "estimator", "size", "target", "auxiliary", "target_name", "auxiliary_name"]
COLUMNS += [
    "affinity",
    "closed",
    "closed_low",
    "closed_high",
    "drawn_closed",
    "same_family",
    "called",
    "n_rotations",
]
PAIR, COMPLEMENT = "task", "complement"
MOST_INTERVALS = 400  # dots up to which each has its interval
MOST_DOTS = 2000  # more than these are one picture inside the drawing
MOST_NAMES = 12  # targets that are named


def drawn_data(
    means: pd.DataFrame, estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float
) -> pd.DataFrame:
    """Set every affinity at the largest size beside the weight of its tasks, in per cent of the gap."""
    rows = default_rows(estimates)
    parts = [_pairs(means, rows, tasks, significance), _targets(means, rows, tasks)]
    data = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    data["estimator"] = chosen_estimator(rows)
    for name in ("closed", "closed_low", "closed_high"):
        data[name] = 100 * data[name].astype(float)
    grouped = data.groupby(["scope", "metric"])["closed"]
    low, high = (grouped.transform("quantile", q) for q in (0.01, 0.99))
    reach = 0.5 * (high - low)
    data["drawn_closed"] = data["closed"].clip(low - reach, high + reach)
    return data[COLUMNS]


def _pairs(means: pd.DataFrame, rows: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> pd.DataFrame:
    affinities = read_affinities(means, tasks)
    affinities = affinities[(affinities["size"] == affinities["size"].max()) & affinities["centred"].notna()]
    keys = {"from": "auxiliary", "onto": "target", "centred": "affinity"}
    affinities = affinities[["size", *keys]].rename(columns=keys)
    pairs = read_pairs(rows, tasks, significance).merge(affinities, on=["target", "auxiliary"])
    kin = (pairs["target_family"] == pairs["auxiliary_family"]) & (pairs["target_family"] != "")
    return pairs.assign(scope=PAIR, called=is_called(pairs), same_family=kin)


def _targets(means: pd.DataFrame, rows: pd.DataFrame, tasks: pd.DataFrame) -> pd.DataFrame:
    own = means[(means["recipe"] == "main") & (means["source"] == COMPLEMENT) & means["mean"].notna()]
    own = own.loc[own["size"] == own["size"].max(), ["size", "onto", "mean"]]
    own = own.rename(columns={"onto": "target", "mean": "affinity"})
    weights = rows[(rows["coefficient"] == "a_iS") & rows["per_fold"].notna()].merge(own, on="target")
    fold = weights["per_fold"] / weights["value"]
    names = ordered_tasks(tasks).set_index("task")["label"]
    return weights.assign(
        scope=COMPLEMENT,
        closed=closed_share(weights["per_fold"]),
        closed_low=closed_share((weights["low"] * fold).astype(float)),
        closed_high=closed_share((weights["high"] * fold).astype(float)),
        called=False,
        same_family=False,
        target_name=weights["target"].map(names),
        auxiliary_name=None,
    )


@styled
def draw(
    means: pd.DataFrame,
    estimates: pd.DataFrame,
    comparison: pd.DataFrame,
    tasks: pd.DataFrame,
    significance: float = 0.05,
) -> Drawing:
    """Draw a scatter for each metric (column); pairs of tasks above, all other tasks together below.

    Parameters
    ----------
    means, estimates, comparison, tasks : pandas.DataFrame
        Tables ``tag_affinity``, ``transfer_estimates``, ``transfer_comparison`` and ``tasks``.
    significance : float
        False-discovery rate over the map at which a pair is called.
    """
    data = drawn_data(means, estimates, tasks, significance)
    if data.empty:
        return nothing_drawn("No affinity stands beside an estimated weight of the same tasks.", COLUMNS)
    metrics, scopes = (list(dict.fromkeys(data[name])) for name in ("metric", "scope"))
    figure = new_figure(3.4 * len(metrics) + 0.4, 2.9 * len(scopes) + 0.5)
    grid = figure.subplots(len(scopes), len(metrics), squeeze=False, sharex="row")
    for row, scope in zip(grid, scopes, strict=True):
        of_scope = data[data["scope"] == scope]
        power = power_of_ten(of_scope["affinity"])
        for axes, metric in zip(row, metrics, strict=True):
            own = of_scope[of_scope["metric"] == metric]
            _scatter(axes, own.assign(affinity=own["affinity"] / 10.0**power))
            axes.set_title(f"{metric_name(metric)}: {agreement_text(comparison, own)}")
            step = "a step for one task, less the target's mean" if scope == PAIR else "a step for all other tasks"
            axes.set_xlabel(f"affinity: {step}{unit_text(power)}")
        what = "the auxiliary's" if scope == PAIR else "all other tasks'"
        row[0].set_ylabel(f"gap closed by one fold of\n{what} labels (%)")
    targets, folds = plural(data["target"].nunique(), "target"), plural(int(data["size"].max()), "fold")
    figure.suptitle(
        f"{targets}, {folds} for the affinity, {data['estimator'].iloc[0]} weights, "
        f"{count_text(data['n_rotations'], 'rotation')}, 90 % intervals\nfilled: called, hollow: "
        "not told from nothing, green: of one family\nin brackets: 95 % interval of the rank "
        f"correlation, tasks resampled; P: {PERMUTATIONS} permutations of whole tasks",
        fontsize=8,
    )
    return Drawing(figure, data)


def _scatter(axes: Axes, data: pd.DataFrame) -> None:
    axes.axhline(0, color="black", linewidth=0.7, zorder=1)
    axes.axvline(0, color="black", linewidth=0.7, zorder=1)
    low, high = data["drawn_closed"].min(), data["drawn_closed"].max()
    margin = 0.15 * (high - low) or 1.0
    limits = low - margin, high + margin
    if len(data) <= MOST_INTERVALS:
        ends = data[["closed_low", "closed_high"]].clip(*limits)
        axes.vlines(data["affinity"], ends.iloc[:, 0], ends.iloc[:, 1], color=GREY, alpha=0.3, linewidth=0.7)
    size = 2 if len(data) > MOST_DOTS else 3.5
    for kin, colour in ((False, GREY), (True, GREEN)):
        for called, face in ((False, "white"), (True, colour)):
            own = data[(data["same_family"] == kin) & (data["called"] == called)]
            axes.plot(
                own["affinity"], own["drawn_closed"], "o", color=colour, markerfacecolor=face, markersize=size,
                markeredgewidth=0.8, rasterized=size < 3,
            )  # fmt: skip
    axes.set_ylim(*limits)
    if len(data) <= MOST_NAMES and (data["scope"] == COMPLEMENT).all():
        # above and below in turn: neighbours' names stay apart
        named = data.sort_values("affinity")[["affinity", "drawn_closed", "target_name"]]
        for k, (x, y, name) in enumerate(named.itertuples(index=False)):
            place = (3, 2) if k % 2 else (3, -7)
            axes.annotate(name, (x, y), place, textcoords="offset points", fontsize=5.5, color="#333333")
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.yaxis.set_major_locator(MaxNLocator(5))
    plain_grid(axes)


def agreement_text(comparison: pd.DataFrame, drawn: pd.DataFrame) -> str:
    """Say how affinities and weights agree: ``Spearman +0.12 (−0.20 to +0.41), P 0.312``."""
    wanted = {"affinity": "largest size", "version": "per fold"}
    wanted |= {name: drawn[name].iloc[0] for name in ("scope", "metric", "estimator")}
    rows = comparison[(comparison[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    if rows.empty or pd.isna(rows["spearman"].iloc[0]):
        return "no correlation" + (f": {rows['status'].iloc[0]}" if len(rows) else "")
    row = rows.iloc[0]
    interval = f" ({signed(row['low'], 2)} to {signed(row['high'], 2)})" if pd.notna(row["low"]) else ""
    return f"Spearman {signed(row['spearman'], 2)}\n{interval.strip()}{', ' if interval else ''}P {row['p']:.3f}"
