"""The README's table of what runs again after a change, row by row, on the finished tiny study."""

import os
import re
import shutil
import time
from pathlib import Path

import pytest
from mtlcurves import rulegraph_docs
from rerun_rows import TRIGGERS, expected, followers_of, rows

ROOT = Path(__file__).parents[2]
BUNDLES = 27  # of the tiny study


def configure(*steps, value):
    """Change the configuration: its key at `steps` gets a value."""

    def change(place):
        section = place.config
        for step in steps[:-1]:
            section = section[step]
        section[steps[-1]] = value
        place.configure(place.config)

    return change


def edit(path, line):
    """Add a line to a file of the workflow, of a copy of it."""

    def change(place):
        place.tree = place.folder / "tree"
        skipped = shutil.ignore_patterns("__pycache__")
        for name in ("workflow", "scripts", "envs"):
            shutil.copytree(ROOT / name, place.tree / name, ignore=skipped)
        for name in ("Snakefile", "requirements.lock"):
            shutil.copy2(ROOT / name, place.tree)
        with (place.tree / path).open("a") as file:
            file.write(line)

    return change


def age(place):
    """Make every file of the workflow younger than the results, and comment a script and a module."""
    edit("scripts/train_bundle.py", "# a comment\n")(place)
    edited = place.tree / "workflow/mtlcurves/training/lazy/kernels.py"
    edited.write_text(edited.read_text().replace('"""', '"""Edited: ', 1) + "\n\n# a comment\n")
    for path in place.tree.rglob("*.py"):
        os.utime(path, (time.time() + 60, time.time() + 60))


def change_a_value(place):
    table = place.folder / "tiny.csv"
    header, first, *rest = table.read_text().splitlines(keepends=True)
    changed = re.sub(r"\d+\.\d+", "9.99", first, count=1)
    assert changed != first
    table.write_text("".join([header, changed, *rest]))


# the README's rows, in its words: what makes the change, and how many of the bundles are planned again
CHANGES = {
    "a comment, a docstring, the age of a file of code": (age, 0),
    "`title`": (configure("title", value="Another"), 0),
    "a curve setting, such as `curves.form`": (configure("curves", value={"form": "POW3"}), 0),
    "`curves.significance`": (configure("curves", value={"significance": 0.01}), 0),
    "code of one step, such as `curves/lmfit_fit.py`": (
        edit("workflow/mtlcurves/curves/lmfit_fit.py", "X = 1\n"),
        0,
    ),
    "code that trains, such as `training/lazy/kernels.py`": (
        edit("workflow/mtlcurves/training/lazy/kernels.py", "X = 1\n"),
        BUNDLES,
    ),
    "one more of `grid.rotations`": (configure("grid", "rotations", value=4), BUNDLES // 3),
    "one more of `grid.augmented.auxiliaries`": (
        configure("grid", "augmented", "auxiliaries", value=["opsin-A", "opsin-B", "kinase-Y", "kinase, X"]),
        3,  # one a rotation
    ),
    "one more of `tasks`": (
        configure("tasks", value=["opsin-A", "opsin-B", "kinase, X", "kinase-Y", "kinase-Z"]),
        BUNDLES + 6,  # a second bundle for the five tasks of two single-task recipes, in three rotations
    ),
    "`epochs` of a recipe": (configure("recipes", "stl_under_mtl_protocol", "epochs", value={"single": 8}), 3),
    "the network of a recipe, such as `hidden`": (configure("recipes", "main", "hidden", value=9), BUNDLES),
    "`labels.threshold`": (configure("labels", "threshold", value=5.5), BUNDLES),
    "a value in the source's table": (change_a_value, BUNDLES),
}


@pytest.fixture(scope="module")
def followers(tiny_study):
    """Every rule of the tiny study with all that come after it."""
    return followers_of(rulegraph_docs.edges(tiny_study.succeed("--rulegraph", "mermaid-js")))


def test_the_table_has_the_changes_tested_here():
    # those of the section gradients are in test_gradients.py
    assert [change for change in rows() if "gradients." not in change] == list(CHANGES)


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_runs_again_what_the_table_says(finished, followers, change):
    make_change, n_bundles = CHANGES[change]
    make_change(finished)
    planned = finished.planned(*TRIGGERS)
    assert set(planned) == expected(rows()[change], followers)
    assert planned.get("train_bundle", 0) == n_bundles


def test_a_second_run_does_nothing(tiny_study):
    assert "Nothing to be done" in tiny_study.succeed("--dry-run")


def test_the_profiles_look_at_no_files_age():
    for profile in (ROOT / "profiles").glob("*/config.yaml"):
        assert f"rerun-triggers: [{', '.join(TRIGGERS[1:])}]" in profile.read_text()
