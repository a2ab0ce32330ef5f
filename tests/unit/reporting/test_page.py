"""The page: everything in it, nothing from outside, nothing that breaks out of it."""

import base64
import io
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mtlcurves.config import Config
from mtlcurves.gradient_sections import Gradients
from mtlcurves.reporting.contents import FIGURES, absent_figures
from mtlcurves.reporting.page import build, caption_html, chart_specs, described_n
from mtlcurves.reporting.style import save

CAPTIONS = Path(__file__).parents[3] / "workflow/report"


class Page(HTMLParser):
    """What a browser would find: elements, text outside of scripts and styles, and addresses that are loaded."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.source, self.elements, self.visible, self.open = text, [], [], []
        self.feed(text)
        self.text = " ".join(" ".join(self.visible).split())

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag in ("script", "style"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        if self.open and self.open[-1] == tag:
            self.open.pop()

    def handle_data(self, data):
        if not self.open:
            self.visible.append(data)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def config_of(study) -> dict:
    tasks = list(study.tasks["task"])
    source = {"kind": "moleculeace"}
    grid = {"rotations": 4, "stl": {}, "mtl": {}, "augmented": {"sizes": [1], "raise_by": "full"}}
    config = Config.model_validate(
        {"study": "simulated", "title": "", "source": source, "tasks": tasks, "grid": grid}
    )
    return config.model_dump(mode="json")


def _draw(study, name, folder):
    """Write a stand-in for the drawing, which takes long, and the true numbers."""
    folder.mkdir(exist_ok=True)
    for ending in ("svg", "png"):
        (folder / f"{name}.{ending}").write_text(f"<svg><title>{name}</title></svg>")
    study.draw(name).data.to_csv(folder / f"{name}.csv", index=False)


def page_of(study, folder, without=(), absent=None, **config) -> Page:
    paths = {name: str(path) for name, path in study.write(folder).items() if name != "parameter_change"}
    names = [figure.name for figure in FIGURES if figure.name not in without]
    for name in names:
        _draw(study, name, folder / "figures")
    captions = {figure.name: (CAPTIONS / f"{figure.name}.rst").read_text() for figure in FIGURES}
    settings = {"config": config_of(study) | config, "captions": captions, "absent": absent or {}}
    return Page(build(paths, [str(folder / "figures" / f"{name}.svg") for name in names], settings))


@pytest.fixture(scope="module")
def page(simulate, tmp_path_factory):
    study = simulate(3)
    study.add_recipe("compound_folds", 0.03)
    return page_of(study, tmp_path_factory.mktemp("page"), title="Three receptors")


@pytest.fixture(scope="module")
def lone_page(simulate, tmp_path_factory):
    study = simulate(3)
    study.drop_arms()
    absent = absent_figures({"trainings", "curves", "forms", "epochs"})
    return page_of(study, tmp_path_factory.mktemp("lone"), without=absent, absent=absent)


def test_every_figure_is_in_the_page_with_its_words_and_numbers(page):
    images = page.all("img")
    assert [image["alt"].split(". ")[0] for image in images] == [figure.title for figure in FIGURES]
    assert all(image["src"].startswith("data:image/") for image in images)
    links = {link["href"] for link in page.all("a")}
    for figure in FIGURES:
        assert {f"figures/{figure.name}.{ending}" for ending in ("svg", "png", "csv")} <= links
        assert figure.name in {section.get("id") for section in page.all("section")}


def test_every_link_inside_the_page_has_its_place(page):
    places = {attributes["id"] for _, attributes in page.elements if "id" in attributes}
    anchors = [link["href"][1:] for link in page.all("a") if link["href"].startswith("#")]
    assert anchors and set(anchors) <= places
    ids = [attributes["id"] for _, attributes in page.elements if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_nothing_is_loaded_from_outside(page):
    for tag, attributes in page.elements:
        for name in ("src", "href", "srcset", "data", "action", "poster"):
            address = attributes.get(name) or ""
            assert not re.match(r"(https?:)?//", address), (tag, address)
        assert tag not in ("link", "iframe", "object", "embed", "base")
    style = re.search(r"<style>(.*?)</style>", page.source, re.DOTALL)[1]
    assert "url(" not in style and "@import" not in style


def test_charts_are_specifications_with_their_own_data(page):
    texts = re.findall(r'<script type="application/json" data-chart="(\w+)">(.*?)</script>', page.source)
    specs = {name: json.loads(text) for name, text in texts}
    assert set(specs) == {"learning_curves", "mtl_effect", "transfer_map"}
    assert "http" not in "".join(text for _, text in texts)
    assert '"url"' not in "".join(text for _, text in texts)
    assert page.source.count("window.vegaEmbed") == 1


def test_what_was_studied_found_and_not_shown_is_in_the_page(page):
    for heading in ("What was studied", "What was found", "How to read", "What this does not show", "Provenance"):
        assert heading in page.text
    assert "Three receptors" in page.text
    assert page.source.count('class="detail"') == 11
    assert "Only 4 rotations of 10 were run" in page.text
    assert "they are not independent" in page.text
    assert "torch 2.13" in page.text
    assert "raise_by: full" in page.text


def test_captions_are_in_the_page(page):
    for figure in FIGURES:
        words = (CAPTIONS / f"{figure.name}.rst").read_text().replace("``", "").split()
        assert " ".join(words[:12]) in page.text


def test_every_table_links_to_its_csv_and_can_be_sorted(page):
    hrefs = {link["href"] for link in page.all("a")}
    names = (
        "arm_effects",
        "effect_counts",
        "balancing",
        "form_ranking",
        "curves",
        "parameter_correlation",
        "transfer_estimates",
        "similarity_and_correlation",
        "gradient_grouping_results",
        "claims",
    )
    for name in names:
        assert f"tables/{name}.csv" in hrefs
        assert f'id="table-{name}"' in page.source
    assert len([t for t in page.all("table") if t.get("class") == "sortable"]) == 16


def test_a_study_of_single_tasks_has_a_page_that_says_what_is_missing(lone_page):
    assert [image["alt"].split(". ")[0] for image in lone_page.all("img")] == [
        "Labels of every task",
        "Time of the grid's trainings",
        "Learning curves",
        "Score against training length",
        "Errors of the curve forms",
    ]
    assert "Transfer map: no task was raised (grid.augmented" in lone_page.text
    assert "nothing is said about multi-task learning" in lone_page.text
    assert "table-transfer_estimates" not in lone_page.source


def test_names_cannot_break_out_of_the_page(nameless, tmp_path):
    study = nameless
    study.tasks["family"] = '</style><img src="x">'
    page = page_of(study, tmp_path, without=("split_comparison",), title="<script>alert('title')</script>")
    scripts = page.all("script")
    assert len(scripts) == 3 + 2  # three charts, their library and the page's own
    assert "alert(1)" not in re.sub(r"<script.*?</script>", "", page.source, flags=re.DOTALL).replace(
        "&gt;", ">"
    ) or ("</script><script>alert(1)</script>" in page.text)
    assert "<script>alert('title')</script>" in page.text
    assert not any(image.get("src") == "x" for image in page.all("img"))
    assert all(" ".join(name.split()) in page.text for name in study.tasks["name"])


def test_names_reach_the_charts_unharmed(nameless):
    specs = chart_specs(nameless.tables, 0.05)
    for spec in specs.values():
        tables = [pd.read_csv(io.StringIO(text)) for text in spec["datasets"].values() if isinstance(text, str)]
        column = "name" if "name" in tables[0] else "target"
        assert set(tables[0][column]) == set(nameless.tasks["name"])


def test_one_task_has_a_page(simulate, tmp_path):
    page = page_of(simulate(1), tmp_path, without=("split_comparison",))
    assert "of 1 task" in page.text


def test_a_card_without_numbers_leaves_them_out(simulate, tmp_path):
    study = simulate(2)
    page = page_of(study, tmp_path, without=[figure.name for figure in FIGURES])
    assert "scaffolds" not in page.source.split("<nav")[0]
    assert "tasks 2" in page.text


def test_a_drawing_is_in_the_page_whole(page):
    drawings = [base64.b64decode(image["src"].split(",")[1]).decode() for image in page.all("img")]
    assert drawings == [f"<svg><title>{figure.name}</title></svg>" for figure in FIGURES]


def test_a_drawing_too_large_for_the_page_goes_in_as_png(simulate, tmp_path, monkeypatch):
    monkeypatch.setattr("mtlcurves.reporting.page.LARGEST_SVG", 10)
    without = [figure.name for figure in FIGURES if figure.name != "label_counts"]
    page = page_of(simulate(2), tmp_path, without=without)
    assert page.all("img")[0]["src"].startswith("data:image/png")


def test_captions_keep_their_few_marks_and_lose_all_html():
    text = "One ``a < b`` and *two*\nwords.\n\nNext <b>."
    expected = "<p>One <code>a &lt; b</code> and <em>two</em> words.</p><p>Next &lt;b&gt;.</p>"
    assert caption_html(text) == expected


def test_n_counts_tasks_rotations_and_trainings():
    data = pd.DataFrame({"task": ["a", "a", "b"], "n_rotations": [3, 4, None]})
    assert described_n(data) == "2 tasks, 3 to 4 rotations"
    assert described_n(pd.DataFrame({"n_trainings": [3, 4]})) == "7 trainings"
    assert described_n(pd.DataFrame({"n_tasks": [5, 5], "n_rotations": [1, 1]})) == "5 tasks, 1 rotation"


def test_n_tells_pairs_of_arms_from_pairs_of_tasks():
    assert described_n(pd.DataFrame({"comparison": ["mtl-stl"], "n_pairs": [3]})) == "3 rotations"
    encoders = pd.DataFrame({"encoder": ["ecfp", "ecfp", "gcn"], "n_pairs": [15] * 3, "n_trainings": [2, 2, 1]})
    assert described_n(encoders) == "15 pairs, 3 trainings"


def test_a_figure_that_shows_nothing_says_why_in_words(simulate, tmp_path):
    study = simulate(3)
    shown = study.tables["gradient_similarity"]
    reason = "in no training: fewer than 10 logged batches with labels of both"
    study.tables["gradient_similarity"] = shown.assign(similarity=np.nan, corrected=np.nan, status=reason)
    folder = tmp_path / "figures"
    folder.mkdir()
    drawing = study.draw("similarity_map")
    save(drawing, *(folder / f"similarity_map.{ending}" for ending in ("svg", "png", "csv")))
    paths = {name: str(path) for name, path in study.write(tmp_path).items() if name != "parameter_change"}
    captions = {figure.name: (CAPTIONS / f"{figure.name}.rst").read_text() for figure in FIGURES}
    gradients = Gradients(encoders=["gcn"]).model_dump(mode="json")
    settings = {"config": config_of(study) | {"gradients": gradients}, "captions": captions, "absent": {}}
    page = Page(build(paths, [str(folder / "similarity_map.svg")], settings))
    assert 'id="table-gradient_similarity"' in page.source  # pairs without a similarity have the reason beside
    assert f"No two tasks have a similarity of gradients: {reason}." in page.text
    assert not page.all("img") and "The mean cosine of the gradients" not in page.text
