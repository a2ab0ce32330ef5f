"""Write docs/tables.md, the meaning of every column, from the schemas; run by ``make docs``."""

from __future__ import annotations

from pathlib import Path

from mtlcurves.affinity_schemas import AFFINITY
from mtlcurves.balancing_schemas import BALANCING
from mtlcurves.designed_schemas import DESIGNED
from mtlcurves.estimate_schemas import ESTIMATE
from mtlcurves.grouping_schemas import GROUPING
from mtlcurves.schema_types import Schema
from mtlcurves.schemas import CURVES, DATA, GRID
from mtlcurves.similarity_schemas import SIMILARITY
from mtlcurves.tables import atomic
from mtlcurves.transfer_schemas import TRANSFER

PAGE = Path("docs/tables.md")

INTRODUCTION = """\
# Tables

Every stage of a study writes tables and the next stage reads them; this page says what each row and column means.
Types are pandas'; a score or estimate that is undefined is null, with its reason in a column of its own.

A parquet file also says where it comes from: `mtlcurves.tables.read_origin(path)` gives study, rule, commit,
versions, processor, seeds, and digests of the configuration (`config`) and of the rule's code (`library`).

*Written by `make docs` from `workflow/mtlcurves/schemas.py`; do not edit.*
"""

PARTS = {
    "Data set": DATA,
    "The truth of a designed study": DESIGNED,
    "Trainings": GRID,
    "Curves, transfer and comparisons": CURVES | BALANCING | TRANSFER,
    "Affinity of gradients": AFFINITY,
    "Similarity of gradients": SIMILARITY,
    "Groups of tasks": GROUPING,
    "Costs and power": ESTIMATE,
}


def page() -> str:
    """Describe every table, in Markdown."""
    parts = (
        f"\n## {title}\n" + "".join(_table(name, schema) for name, schema in schemas.items())
        for title, schemas in PARTS.items()
    )
    return INTRODUCTION + "".join(parts)


def _table(name: str, schema: Schema) -> str:
    head = f"\n### {name}\n\nOne row: {schema.row}.\n\n| column | type | meaning |\n| --- | --- | --- |\n"
    meanings = {key: column.meaning.replace("|", "\\|") for key, column in schema.columns.items()}
    return head + "".join(
        f"| `{key}` | {schema.columns[key].dtype} | {text} |\n" for key, text in meanings.items()
    )


def main() -> None:
    """Write the page, in the project's folder."""
    with atomic(PAGE, "w") as handle:
        handle.write(page())


if __name__ == "__main__":
    main()
