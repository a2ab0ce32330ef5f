"""The page about tables is what the schemas say."""

from pathlib import Path

from mtlcurves import table_docs
from mtlcurves.schemas import SCHEMAS

ROOT = Path(__file__).parents[2]


def test_the_page_is_current() -> None:
    assert (ROOT / table_docs.PAGE).read_text() == table_docs.page(), "out of date: run `make docs`"


def test_every_table_and_column_is_described() -> None:
    page = table_docs.page()
    for name, schema in SCHEMAS.items():
        section = page.split(f"### {name}\n")[1].split("\n### ")[0]
        assert all(f"| `{column}` |" in section for column in schema.columns)
