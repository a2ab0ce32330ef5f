"""Write config/README.md and the configuration's JSON schema from the models.

Run by ``make docs``; a test fails when the files are not what the models say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from mtlcurves import keys
from mtlcurves.keys import Node
from mtlcurves.tables import atomic, write_json

README = Path("config/README.md")
SCHEMA = Path("workflow/schemas/config.schema.json")

INTRODUCTION = """\
# Configuration

A study is one YAML file. `config.yaml` is the default study, `studies/` holds complete others; `--configfile`
*replaces* `config.yaml`, nothing is merged. Whatever is wrong in a file is reported at once, before any job runs.

To start a study of your own data:

1. Write what you have into a file, `config/studies/mine.yaml` say. Only `study` and `source` are required; every
   other key has a default. An editor that knows YAML schemas completes and checks the keys as you type.

   ```yaml
   # yaml-language-server: $schema=../../workflow/schemas/config.schema.json
   study: mine
   source:
     kind: table
     path: mine.csv # a column smiles, then one column of values per task
     layout: wide
   labels:
     threshold: 6.0 # active from here upwards; without it the values must be 0 or 1
   ```

2. `snakemake list_tasks --cores all --configfile config/studies/mine.yaml` lists the tasks of the data with their
   numbers of labels, in `results/mine/task_list.csv`.
3. Name the tasks to study, and the trainings to make:

   ```yaml
   tasks: [one, another, a third]
   grid:
     stl: {}
     mtl: {}
   ```

4. `snakemake --dry-run --configfile config/studies/mine.yaml` shows what would run; with `--cores all` in place of
   `--dry-run` it runs. `make CONFIG=config/studies/mine.yaml` does the same.

A changed key makes those steps run again that read it, and those behind them. Paths start at the working
directory.

*Written by `make docs` from `workflow/mtlcurves/config.py`; do not edit.*
"""


def readme() -> str:
    """Describe every key of the configuration, one table per section, in Markdown."""
    return INTRODUCTION + "".join(f"\n{section(path, node)}" for path, node in keys.walk())


def section(path: str, node: Node) -> str:
    """Describe one section: what it is for, then a table of its keys."""
    rows = "".join(f"| {' | '.join(_cells(row))} |\n" for row in _rows(path, node))
    table = f"| key | may hold | default | meaning |\n| --- | --- | --- | --- |\n{rows}"
    return f"## {f'`{path}`' if path else 'Top level'}\n\n{node['description']}\n\n{table}"


def _rows(path: str, node: Node) -> Iterator[tuple[str, str, str, str]]:
    for key, field in node["properties"].items():
        inner = keys.definition(field)
        below = f"{path}.{key}".lstrip(".")
        if keys.members(inner):
            may = " or ".join(f"[{kind}]({_anchor(f'{below} (kind: {kind})')})" for kind in keys.members(inner))
        elif "patternProperties" in inner and "properties" in keys.definition(_entry(inner)):
            may = f"named [sections]({_anchor(f'{below}.<name>')})"
        elif "properties" in inner:
            may = f"a [section]({_anchor(below)})"
        else:
            may = keys.allowed(field)
        yield f"`{key}`", may, _default(key, node, inner), field.get("description", "This kind of source.")


def _entry(node: Node) -> Node:
    entry: Node = next(iter(node["patternProperties"].values()))
    return entry


def _default(key: str, node: Node, inner: Node) -> str:
    if key in node.get("required", []):
        return "required"
    default = node["properties"][key].get("default")
    if default is None or default == "":
        return "left out" if default is None else "empty"
    if isinstance(default, dict) and default:
        return f"`kind: {default['kind']}`" if "kind" in default else "its defaults"
    if default and default == keys.choices(keys.definition(inner.get("items", {}))):
        return "all of them"
    return f"`{json.dumps(default).strip(chr(34))}`"


def _anchor(path: str) -> str:
    """Address of a section's heading, as GitHub and most renderers make it."""
    kept = (c for c in path.lower().replace(" ", "-") if c.isalnum() or c in "-_")
    return f"#{''.join(kept)}"


def _cells(row: tuple[str, ...]) -> Iterator[str]:
    return (cell.replace("|", "\\|").replace("<", "&lt;") for cell in row)


def main() -> None:
    """Write both files, in the project's folder."""
    with atomic(README, "w") as handle:
        handle.write(readme())
    write_json(keys.schema(), SCHEMA)


if __name__ == "__main__":
    main()
