"""The README's table of what runs again after a change, row by row, on the finished tiny study."""

import copy
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
# as in the profiles: what a script does is digested, its age says nothing
TRIGGERS = ["--rerun-triggers", "mtime", "params", "input", "software-env"]
BUNDLES = 27  # of the tiny study
EDGE = re.compile(r"^\s*(\w+)(?:\[.*?\])? --> (\w+)", re.MULTILINE)


def table() -> dict[str, tuple[str, str]]:
    """Rows of the README's table: the change to what runs again and what is trained again."""
    body = README.split("<!-- reruns -->")[1]
    rows = [[cell.strip() for cell in line.strip("|\n").split(" | ")] for line in body.strip().splitlines()[2:]]
    return {change: (rules, trained) for change, rules, trained in rows}


TABLE = table()


def edit(path: str, old: str, new: str) -> Callable[..., None]:
    """Change a file of the workflow, a copy of it."""

    def change(place) -> None:
        place.tree = place.folder / "tree"
        for name in ("Snakefile", "requirements.lock", "workflow", "scripts", "envs"):
            source = ROOT / name
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, place.tree / name) if place.tree.mkdir(
                exist_ok=True
            ) is None else None
        file = place.tree / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path}: {text.count(old)} times {old!r}"
        file.write_text(text.replace(old, new))

    return change
