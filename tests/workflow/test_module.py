"""The workflow as a module of another workflow."""

import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml

ROOT = Path(__file__).parents[2]

OUTER = f"""\
configfile: "outer.yaml"


module mtlcurves:
    snakefile:
        "{ROOT}/Snakefile"
    config:
        config["curves"]
    prefix:
        "transfer"


use rule * from mtlcurves as mtlcurves_*


rule count:
    input:
        "transfer/results/tiny/grid_points.parquet",
    output:
        "{{name}}.txt",
    shell:
        "wc -c {{input}} > {{output}}"


rule all:
    default_target: True
    input:
        "size.txt",
        rules.mtlcurves_all.input,
"""


@pytest.fixture
def outer(tmp_path, tiny_config):
    """A workflow with the tiny study, cut, as one section of its configuration."""
    tiny_config = tiny_config | {"grid": {"rotations": 1, "sizes": [2], "stl": {}}, "bundles": {"stl_tasks": 2}}
    tiny_config["recipes"] = {"main": tiny_config["recipes"]["main"]}
    (tmp_path / "Snakefile").write_text(OUTER)
    configure(tmp_path, tiny_config)
    return tmp_path, tiny_config


def configure(folder, curves):
    (folder / "outer.yaml").write_text(yaml.safe_dump({"other": 1, "curves": curves}))


def snakemake(folder, *arguments):
    command = [sys.executable, "-m", "snakemake", "--cores", "2", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    return done.returncode, done.stdout + done.stderr


def test_a_modules_rules_run_under_the_outer_workflow(outer):
    folder, config = outer
    code, printed = snakemake(folder, "size.txt")
    assert code == 0, printed
    points = pd.read_parquet(folder / "transfer/results/tiny/grid_points.parquet")
    assert set(points.task) == set(config["tasks"])
    assert {path.name for path in folder.iterdir()} == {
        ".snakemake",
        "Snakefile",
        "outer.yaml",
        "size.txt",
        "transfer",
    }
    code, printed = snakemake(folder, "--dry-run", "size.txt")
    assert "Nothing to be done" in printed
    code, printed = snakemake(folder, "--dry-run", "--quiet", "rules")
    assert code == 0, printed
    assert "mtlcurves_build_report" in printed and "mtlcurves_train_bundle" not in printed


def test_a_mistake_in_the_modules_section_is_told_without_a_traceback(outer):
    folder, config = outer
    configure(folder, config | {"folds": {"count": "many"}})
    code, printed = snakemake(folder, "--dry-run")
    assert code == 1
    assert printed.splitlines() == [
        "1 problem in the configuration of module mtlcurves:",
        "  - folds.count: found 'many'; allowed: a whole number (>= 3, <= 20)",
    ]
