"""The report: one page that holds everything it shows and opens without a network."""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

import altair as alt
import jinja2
import pandas as pd
import vl_convert
import yaml
from pyarrow import parquet

from mtlcurves.reporting import charts, facts
from mtlcurves.reporting.contents import CATEGORIES, FIGURES, OPTIONAL
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.report_tables import shown_tables
from mtlcurves.reporting.summary import findings
from mtlcurves.tables import read_table

TEMPLATES = Path(__file__).parent / "templates"
GRID_TEXTS = ["recipe", "arm", "allocation", "undefined", "backend", "device", "versions"]
GRID_NUMBERS = ["size", "rotation", "replicate", "epoch"]
LARGEST_SVG = 2_000_000  # bytes; a larger drawing goes into the page as PNG


@dataclass(frozen=True)
class ShownFigure:
    """A figure as the page shows it."""

    name: str
    title: str
    category: str
    image: str
    alternative: str
    caption: str
    n: str
    chart: dict[str, Any] | None
    nothing: str


def build(sources: Mapping[str, str], figures: Iterable[str], settings: Mapping[str, Any]) -> str:
    """Build the page.

    Parameters
    ----------
    sources : mapping of str to str
        Files by table name, ``card`` (the data card) and ``tasks`` among them; the page leaves out what depends on
        tables that are not named.
    figures : iterable of str
        SVG files; the PNG and the CSV lie beside them.
    settings : mapping
        ``config``: the configuration, every key filled in; ``captions``: figure to text; ``absent``: figure to
        the reason why the study has none.

    Returns
    -------
    str
        HTML.
    """
    card = json.loads(Path(sources["card"]).read_text(encoding="utf-8"))
    tables = {name: _read(name, path) for name, path in sources.items() if name != "card"}
    config = settings["config"]
    metric, significance = config["curves"]["metrics"][0], config["curves"]["significance"]
    specs = chart_specs(tables, significance)
    drawn = {Path(path).stem: Path(path) for path in figures}
    shown = [
        _shown(figure.name, figure.title, figure.category, drawn[figure.name], settings["captions"], specs)
        for figure in FIGURES
        if figure.name in drawn
    ]
    expected = CATEGORIES.keys() - OPTIONAL if "grid_points" in tables else {"data"}
    wanted = {figure.category for figure in shown} | expected
    titles = {figure.name: figure.title for figure in FIGURES if figure.category in wanted}
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            title=config["title"] or config["study"],
            study=config["study"],
            numbers=facts.key_numbers(card, tables),
            left_out=facts.left_out(card),
            findings=findings(
                tables,
                metric,
                significance,
                facts.raised_text(config),
                config["curves"]["smallest_effect"],
                config.get("gradients"),
            ),
            categories={name: title for name, title in CATEGORIES.items() if name in wanted},
            figures=shown,
            tables=shown_tables(tables, metric, config["curves"]["form"], significance, config.get("gradients")),
            absent=[(titles[name], reason) for name, reason in settings["absent"].items() if name in titles],
            limits=facts.limits(tables, config),
            provenance=facts.provenance(tables, config),
            has_grid="grid_points" in tables,
            has_gradients=bool(config.get("gradients")),
            config=yaml.safe_dump(config, sort_keys=False, allow_unicode=True),
            library=_vega() if specs else "",
        )
    )


def chart_specs(tables: Mapping[str, pd.DataFrame], significance: float) -> dict[str, dict[str, Any]]:
    """Make the charts that a study's tables allow, by the figure they go with."""
    tasks, specs = tables["tasks"], {}
    if "mean_scores" in tables and len(tables["mean_scores"]):
        specs["learning_curves"] = charts.learning_curve_explorer(tables["mean_scores"], tables["curves"], tasks)
    if "arm_effects" in tables and tables["arm_effects"]["difference"].notna().any():
        specs["mtl_effect"] = charts.effect_forest(tables["arm_effects"], tasks, significance)
    if "transfer_estimates" in tables and (tables["transfer_estimates"]["coefficient"] == "a_ij").any():
        specs["transfer_map"] = charts.transfer_explorer(tables["transfer_estimates"], tasks, significance)
    return specs


def _read(name: str, path: str) -> pd.DataFrame:
    if name != "grid_points":
        return read_table(path)
    # millions of rows in a large study, of few texts
    points = parquet.read_table(path, columns=GRID_TEXTS + GRID_NUMBERS, read_dictionary=GRID_TEXTS)
    return cast(pd.DataFrame, points.to_pandas())


def _shown(
    name: str,
    title: str,
    category: str,
    svg: Path,
    captions: Mapping[str, str],
    specs: Mapping[str, dict[str, Any]],
) -> ShownFigure:
    caption, data = captions[name], pd.read_csv(svg.with_suffix(".csv"))
    first = " ".join(caption.split()).split(". ")[0].rstrip(".")
    return ShownFigure(
        name=name,
        title=title,
        category=category,
        image=_image(svg),
        alternative=f"{title}. {first}.",
        caption=caption_html(caption),
        n=described_n(data),
        chart=specs.get(name),
        nothing=why_nothing(svg) if data.empty else "",
    )


def why_nothing(svg: Path) -> str:
    """Return why a drawing shows nothing: its title, as :func:`mtlcurves.reporting.style.save` writes it."""
    title = re.search(r"<dc:title>(.*?)</dc:title>", svg.read_text(encoding="utf-8"), re.DOTALL)
    return html.unescape(title[1]) if title else ""


def _image(svg: Path) -> str:
    """Put an image into an address, so that the page holds it."""
    small = svg.stat().st_size <= LARGEST_SVG
    file, kind = (svg, "svg+xml") if small else (svg.with_suffix(".png"), "png")
    return f"data:image/{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


def caption_html(text: str) -> str:
    """Turn a caption's few marks of reStructuredText into HTML: paragraphs, ``code`` and *emphasis*."""
    escaped = html.escape(text.strip())
    escaped = re.sub(r"``(.+?)``", r"<code>\1</code>", escaped)
    escaped = re.sub(r"\*(\S.*?)\*", r"<em>\1</em>", escaped)
    return "".join(f"<p>{' '.join(part.split())}</p>" for part in re.split(r"\n\s*\n", escaped))


def described_n(data: pd.DataFrame) -> str:
    """Say on how many tasks, rotations, pairs of tasks and trainings a figure rests, as far as its data tell."""
    counts = []
    task = next((name for name in ("task", "target") if name in data), None)
    if task is not None:
        counts.append(plural(data[task].nunique(), "task"))
    elif "n_tasks" in data:
        counts.append(count_text(data["n_tasks"], "task"))
    if "n_rotations" in data:
        counts.append(count_text(data["n_rotations"], "rotation"))
    elif "n_pairs" in data:  # of arms a pair is a rotation; elsewhere it is one of tasks
        counts.append(count_text(data["n_pairs"], "rotation" if "comparison" in data else "pair"))
    if "n_trainings" in data:
        # where rows are of encoders, each has the same trainings in all its rows
        trainings = data.groupby("encoder")["n_trainings"].max() if "encoder" in data else data["n_trainings"]
        counts.append(plural(int(trainings.sum()), "training"))
    return ", ".join(counts)


@cache
def _vega() -> str:
    """Bundle Vega, Vega-Lite and Vega-Embed, once for the page."""
    version = ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])
    bundle: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;", version)
    return bundle.replace("</script", "<\\/script")


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    # "<" as \u003c: no name of a task can end the script element that holds a chart
    environment.filters["script_json"] = lambda value: json.dumps(value).replace("<", "\\u003c")
    return environment
