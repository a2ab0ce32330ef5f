"""The written description of the configuration is what the models say."""

import json
import re
from pathlib import Path

import pytest
import yaml
from mtlcurves import config_docs, keys
from mtlcurves.checks import problems_of
from mtlcurves.config import Config

ROOT = Path(__file__).parents[2]


def test_the_readme_is_current() -> None:
    assert (ROOT / config_docs.README).read_text() == config_docs.readme(), "out of date: run `make docs`"


def test_the_schema_is_current() -> None:
    written = json.loads((ROOT / config_docs.SCHEMA).read_text())
    assert written == Config.model_json_schema(), "out of date: run `make docs`"


def test_every_key_has_a_row_and_a_meaning() -> None:
    text = config_docs.readme()
    for path, node in keys.walk():
        table = config_docs.section(path, node)
        assert table in text
        rows = [line for line in table.splitlines() if line.startswith("| `")]
        assert [row.split("`")[1] for row in rows] == list(node["properties"])
        assert all(len(cell) > 2 for row in rows for cell in re.split(r"(?<!\\)\|", row)[1:-1])


def test_links_lead_to_headings() -> None:
    text = config_docs.readme()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    anchors = {re.sub(r"[^\w-]", "", heading.lower().replace(" ", "-")) for heading in headings}
    links = re.findall(r"\]\(#(.+?)\)", text)
    assert links
    assert set(links) <= anchors


def test_the_first_steps_it_shows_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mine.csv").write_text("smiles,one,another,a third\nCCO,5.0,6.5,7.0\n")
    blocks = re.findall(r"```yaml\n(.+?)```", config_docs.readme(), re.DOTALL)
    first, grid = (yaml.safe_load(block) for block in blocks)
    assert problems_of(first) == []
    assert problems_of(first | grid) == []


@pytest.mark.parametrize(
    ("node", "words"),
    [
        ({"type": "integer", "exclusiveMinimum": 0}, "a whole number (>= 1)"),
        ({"type": "integer", "minimum": 3, "maximum": 20}, "a whole number (>= 3, <= 20)"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 0.5}, "a number (> 0, < 0.5)"),
        ({"type": "number"}, "a number"),
        ({"enum": ["a", "b", "c"]}, "a, b or c"),
        ({"anyOf": [{"type": "integer"}, {"const": "full"}, {"type": "null"}]}, "a whole number, or full"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text"),
        ({"type": "array", "items": {"type": "string"}}, "a list, each text"),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, "a list of one or more, each text"),
        ({"$ref": "#/$defs/Epochs"}, "a section with the keys single, group, complete"),
    ],
)
def test_what_a_key_may_hold_in_words(node: keys.Node, words: str) -> None:
    assert keys.allowed(node) == words
