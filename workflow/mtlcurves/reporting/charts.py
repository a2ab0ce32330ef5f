"""Charts to explore in the report, as Vega-Lite specifications that need nothing from outside the page."""

from __future__ import annotations

from typing import Any, cast

import altair as alt
import pandas as pd

from mtlcurves.reporting.evaluate import fitted_lines
from mtlcurves.reporting.figures.transfer_map import FADED, cell_digits, colour_limit
from mtlcurves.reporting.figures.transfer_map import drawn_data as transfer_cells
from mtlcurves.reporting.names import comparison_name, ordered_tasks, series_looks, series_name
from mtlcurves.reporting.pair_maps import MOST_NUMBERS, cell_text
from mtlcurves.reporting.style import DIVERGING, GAIN, GREY, LOSS, PALE, metric_name
from mtlcurves.reporting.transfer_pairs import GAINS, LOSES, UNKNOWN

Spec = dict[str, Any]

_MANY_TASKS = 100


def _inline(table: pd.DataFrame) -> alt.InlineData:
    """Put a table into a chart as CSV text: a third of the size of Vega's own rows."""
    numeric = pd.api.types.is_numeric_dtype
    kinds = {str(name): "number" if numeric(column) else "string" for name, column in table.items()}
    text = table.to_csv(index=False, float_format="%.4g")
    return alt.InlineData(values=text, format=alt.CsvDataFormat(type="csv", parse=kinds))


def _choice(name: str, options: list[str], label: str) -> alt.Parameter:
    """Make a drop-down list; radio buttons where there are few options, nothing where there is one."""
    if len(options) == 1:
        return alt.param(name=name, value=options[0])
    form = alt.binding_select if len(options) > 3 else alt.binding_radio
    return alt.param(name=name, value=options[0], bind=form(options=options, name=f"{label} "))


def _finished(chart: alt.TopLevelMixin) -> Spec:
    config = {"axis": {"labelFontSize": 11, "titleFontSize": 12, "gridColor": "#e6e6e6"}, "view": {"stroke": None}}
    spec: Spec = chart.to_dict(validate=False)
    spec.pop("$schema", None)  # an address, though nothing loads it
    spec["config"] = config | {
        "font": "system-ui, sans-serif",
        "legend": {"labelFontSize": 11, "titleFontSize": 12, "symbolOpacity": 1},
    }
    return spec


def learning_curve_explorer(scores: pd.DataFrame, curves: pd.DataFrame, tasks: pd.DataFrame) -> Spec:
    """Learning curves of one task at a time: choose task, score and recipe; point at a mark for its numbers.

    Parameters
    ----------
    scores, curves, tasks : pandas.DataFrame
        Tables ``mean_scores``, ``curves`` and ``tasks``.
    """
    labels = ordered_tasks(tasks).set_index("task")["label"]
    scores = scores[scores["task"].isin(labels.index)]
    looks = {series_name(*key): look for key, look in series_looks(scores).items()}
    lines = fitted_lines(curves, scores, points=15)
    parts = {}
    for kind, table in (("points", scores.rename(columns={"n_target": "labels"})), ("lines", lines)):
        named = table.assign(name=table["task"].map(labels), metric=table["metric"].map(metric_name))
        named["arm"] = [series_name(*key) for key in zip(table["arm"], table["subset"], strict=True)]
        parts[kind] = named
    shown = ["name", "metric", "recipe", "arm", "labels", "score"]
    points = parts["points"][[*shown, "size", "sd", "n_rotations"]]
    points = points.assign(low=(points["score"] - points["sd"]).clip(lower=0.0))
    points["high"] = (points["score"] + points["sd"]).clip(upper=1.0)
    chosen = [
        _choice("task", [name for name in labels if name in set(points["name"])], "Task"),
        _choice("score", list(points["metric"].unique()), "Score"),
        _choice("recipe", list(points["recipe"].unique()), "Recipe"),
    ]
    test = "datum.name === task && datum.metric === score && datum.recipe === recipe"
    colour = alt.Color("arm:N", title=None, legend=alt.Legend(orient="top")).scale(
        domain=list(looks), range=[look[0] for look in looks.values()]
    )
    x = alt.X("labels:Q", title="training labels of the task").axis(tickCount=8).scale(zero=True)
    y_title = "score, mean over rotations"
    y = alt.Y("score:Q", title=y_title).scale(zero=False)
    tooltip = [alt.Tooltip(f"{name}:{kind}", title=title) for name, kind, title in _POINT_TOOLTIP]
    base = alt.Chart(_inline(points)).transform_filter(test)
    bars = base.mark_rule(opacity=0.45).encode(x=x, y=alt.Y("low:Q", title=y_title), y2="high:Q", color=colour)
    dots = base.mark_point(filled=True, size=60, opacity=1).encode(x=x, y=y, color=colour, tooltip=tooltip)
    fitted = alt.Chart(_inline(parts["lines"][shown])).transform_filter(test)
    curve = fitted.mark_line(interpolate="monotone").encode(x=x, y=y, color=colour)
    chart = alt.layer(curve, bars, dots).add_params(*chosen).properties(width="container", height=340)
    return _finished(chart)


_POINT_TOOLTIP = (
    ("name", "N", "task"),
    ("arm", "N", "arm"),
    ("size", "Q", "training folds"),
    ("labels", "Q", "training labels"),
    ("score", "Q", "mean score"),
    ("sd", "Q", "sd over rotations"),
    ("n_rotations", "Q", "rotations"),
)


def effect_forest(effects: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> Spec:
    """Difference of two arms in every task at the largest size: choose comparison and score.

    Parameters
    ----------
    effects, tasks : pandas.DataFrame
        Tables ``arm_effects`` and ``tasks``.
    significance : float
        False-discovery rate below which a task is marked.
    """
    order = ordered_tasks(tasks)[["task", "label", "family"]]
    last = effects[effects["size"] == effects.groupby("comparison")["size"].transform("max")]
    table = last[last["difference"].notna()].merge(order, on="task")
    table["metric"] = table["metric"].map(metric_name)
    table["comparison"] = table["comparison"].map(comparison_name)
    table["verdict"] = "not significant"
    sure = table["q_corrected"] < significance
    table.loc[sure & (table["difference"] > 0), "verdict"] = "gain"
    table.loc[sure & (table["difference"] < 0), "verdict"] = "loss"
    columns = ["comparison", "metric", "label", "family", "difference", "low", "high", "n_pairs", "p_corrected"]
    table = table[[*columns, "q_corrected", "verdict"]].rename(columns={"label": "name"})
    colour = alt.Color("verdict:N", title=f"q < {significance:g}").scale(
        domain=["gain", "loss", "not significant"], range=[GAIN, LOSS, GREY]
    )
    colour = colour.legend(orient="top")
    y = alt.Y("name:N", title=None, sort=alt.EncodingSortField("difference", op="max", order="descending"))
    shown = [*columns[2:], "q_corrected"]
    tooltip = [
        "name:N",
        "family:N",
        *(alt.Tooltip(f"{name}:Q", title=name.replace("_", " ")) for name in shown[2:]),
    ]
    chosen = [
        _choice("comparison", list(table["comparison"].unique()), "Comparison"),
        _choice("score", list(table["metric"].unique()), "Score"),
    ]
    test = "datum.comparison === comparison && datum.metric === score"
    base = alt.Chart(_inline(table)).transform_filter(test)
    bars = base.mark_rule(strokeWidth=2, opacity=0.6).encode(
        x=alt.X("low:Q", title="difference in score, 95 % interval").axis(tickCount=8, orient="top"),
        x2="high:Q",
        y=y,
        color=colour,
    )
    dots = base.mark_point(filled=True, size=70, opacity=1).encode(
        x="difference:Q", y=y, color=colour, tooltip=tooltip
    )
    zero = alt.Chart(alt.InlineData(values=[{"zero": 0}])).mark_rule(color="black").encode(x="zero:Q")
    chart = alt.layer(zero, bars, dots).add_params(*chosen)
    return _finished(chart.properties(width="container", height=alt.Step(16)))


def transfer_explorer(estimates: pd.DataFrame, tasks: pd.DataFrame, significance: float) -> Spec:
    """Transfer map with the numbers of every cell: choose the score; many tasks: the first score only.

    Parameters
    ----------
    estimates, tasks : pandas.DataFrame
        Tables ``transfer_estimates`` and ``tasks``.
    significance : float
        False-discovery rate over the map below which a pair is called.
    """
    cells = transfer_cells(estimates, tasks, significance)
    order = list(ordered_tasks(tasks)["label"])
    if len(order) > _MANY_TASKS:
        cells = cells[cells["metric"] == cells["metric"].iloc[0]]
    table = cells[[name for name, _, _ in _CELL_TOOLTIP if name in cells]].assign(
        metric=cells["metric"].map(metric_name), target=cells["target_name"], auxiliary=cells["auxiliary_name"]
    )
    if len(order) <= MOST_NUMBERS:
        for value in ("shown", "closed"):
            table[f"{value}_text"] = [
                cell_text(number, cell_digits(cells)) for number in cells[value].astype(float)
            ]
    chosen = _choice("score", list(table["metric"].unique()), "Score")
    panels = [
        _cells(value, title, colour_limit(cells), order)
        for value, title in (("shown", "gap closed by a fold, %: drawn together"), ("closed", "as measured"))
    ]
    both = alt.hconcat(*panels, data=_inline(table)).add_params(chosen)
    return _finished(both)


def _cells(value: str, title: str, limit: float, order: list[str]) -> alt.LayerChart:
    """Draw one panel as the figure does: grey without an interval, faded where the pair is not called."""
    few, n = len(order) <= _MANY_TASKS, len(order)
    side = min(max(28 * n, 200), 420)
    scale = alt.Scale(domain=[-limit, limit], range=_colours(), clamp=True, interpolate="rgb")
    axis = alt.Axis(labels=few, ticks=False, domain=False, labelLimit=90, titlePadding=12)
    base = alt.Chart().transform_filter(f"datum.metric === score && datum.verdict !== '{UNKNOWN}'")
    base = base.encode(
        x=alt.X(
            "auxiliary:N", title="auxiliary: labels added", sort=order, axis=axis, scale=alt.Scale(domain=order)
        ),
        y=alt.Y("target:N", title="target: scored", sort=order, axis=axis, scale=alt.Scale(domain=order)),
        tooltip=[alt.Tooltip(f"{name}:{kind}", title=heading) for name, kind, heading in _CELL_TOOLTIP],
    )
    legend = alt.Legend(gradientLength=140, format=".2g")
    colour = alt.Color(f"{value}:Q", title=None, scale=scale, legend=legend)
    layers = [
        base.mark_rect(color="white"),  # what fades, fades to white
        base.mark_rect().encode(
            color=colour, opacity=alt.when(_CALLED).then(alt.value(1)).otherwise(alt.value(FADED))
        ),
    ]
    if n <= MOST_NUMBERS:
        layers += _numbers(base, value, limit)
    filled = alt.ViewBackground(fill=PALE, stroke=None)
    layered = cast(alt.LayerChart, alt.layer(*layers))
    return layered.properties(width=side, height=side, title=title, view=filled)


def _numbers(base: alt.Chart, value: str, limit: float) -> list[alt.Chart]:
    """Write the numbers, bold where the pair is called."""
    dark = alt.when(f"{_CALLED} && abs(datum.{value}) > {0.55 * limit}").then(alt.value("white"))
    numbers = base.encode(text=f"{value}_text:N", color=dark.otherwise(alt.value("black")))
    return [
        numbers.transform_filter(f"!({_CALLED})").mark_text(fontSize=8.5),
        numbers.transform_filter(_CALLED).mark_text(fontSize=8.5, fontWeight="bold"),
    ]


_CALLED = f"(datum.verdict === '{GAINS}' || datum.verdict === '{LOSES}')"
_CELL_TOOLTIP = (
    ("target", "N", "target"),
    ("auxiliary", "N", "auxiliary"),
    ("verdict", "N", "verdict"),
    ("fold_labels", "Q", "labels of a fold"),
    ("closed", "Q", "gap closed by a fold, %"),
    ("closed_low", "Q", "low, 90 %"),
    ("closed_high", "Q", "high, 90 %"),
    ("shown", "Q", "drawn together, %"),
    ("null_probability", "Q", "probability that it does not matter"),
    ("q_map", "Q", "q over the map"),
)


def _colours() -> list[str]:
    return ["#{:02x}{:02x}{:02x}".format(*(round(255 * c) for c in DIVERGING(k / 10)[:3])) for k in range(11)]
