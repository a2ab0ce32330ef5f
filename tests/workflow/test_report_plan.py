"""Which figures and tables a study plans: those its arms allow, and no others."""

import copy
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from mtlcurves.reporting.contents import FIGURES

SNAKEFILE = Path(__file__).parents[2] / "Snakefile"
ABSENT = {"truth", "balancing", "grouping", "gradients", "similarity", "gradient_groups"}
EVERY = {f"plot_{figure.name}" for figure in FIGURES if not ABSENT & set(figure.needs)}


@pytest.fixture
def dry_run_of(tiny_config, tmp_path):
    """Plan the tiny study with changes; return what is printed."""

    def dry_run(change, *arguments):
        config = copy.deepcopy(tiny_config)
        change(config)
        (tmp_path / "study.yaml").write_text(yaml.safe_dump(config, sort_keys=False))
        command = [sys.executable, "-m", "snakemake", *arguments, "--snakefile", str(SNAKEFILE), "--dry-run"]
        command += ["--configfile", "study.yaml"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return dry_run


@pytest.fixture
def plan_of(dry_run_of):
    """Plan the tiny study with changes; return the rules of figures and report."""

    def plan(change, target="all"):
        printed = dry_run_of(change, target, "--quiet", "rules")
        return set(re.findall(r"^(plot_\w+|build_report) +\d+$", printed, re.MULTILINE))

    return plan


def keep(*arms, recipes=("main",)):
    """Leave some arms and recipes of the tiny study."""

    def change(config):
        config["grid"] = {
            key: value for key, value in config["grid"].items() if key in (*arms, "sizes", "rotations")
        }
        config["recipes"] = {name: config["recipes"][name] for name in recipes}

    return change


def test_a_study_with_every_arm_plans_every_figure(plan_of):
    assert plan_of(lambda config: None) == EVERY | {"build_report"}


def test_affinities_are_drawn_where_they_are_logged_and_compared_where_transfer_is_estimated(plan_of):
    drawn = {"plot_affinity_map", "plot_affinity_and_transfer", "plot_affinity_sizes"}
    assert plan_of(lambda config: config.update(affinity={"sizes": [1, 5]})) == EVERY | drawn | {"build_report"}

    def alone(config):
        keep("mtl")(config)
        config["affinity"] = {"sizes": [5]}

    assert drawn & plan_of(alone) == {"plot_affinity_map"}


def test_single_task_trainings_scored_once_have_curves_and_a_report_and_no_figure_of_epochs(plan_of):
    def change(config):
        keep("stl")(config)
        del config["recipes"]["main"]["score_epochs"]

    expected = {"plot_label_counts", "plot_run_time", "plot_learning_curves", "plot_form_errors"}
    assert plan_of(change) == expected | {"build_report"}


def test_both_arms_are_compared_and_nothing_transfers(plan_of):
    expected = EVERY - {"plot_transfer_map", "plot_transfer_forest", "plot_split_comparison"}
    assert plan_of(keep("stl", "mtl")) == expected | {"build_report"}


def test_multi_task_and_raised_trainings_have_a_map_and_no_exchange_rates(plan_of):
    planned = plan_of(keep("mtl", "augmented"))
    assert {"build_report", "plot_transfer_map", "plot_transfer_forest"} <= planned
    assert "plot_exchange_rates" not in planned


def test_a_subset_alone_is_no_reference_for_all_tasks(plan_of):
    def change(config):
        keep("stl", "mtl", "augmented")(config)
        config["grid"]["mtl"]["subsets"] = ["opsins"]

    planned = plan_of(change)
    assert {"plot_mtl_effect", "plot_learning_curves"} <= planned
    assert not {"plot_transfer_map", "plot_curve_parameters", "plot_parameter_change"} & planned


def test_figures_alone_are_planned_without_the_report(plan_of):
    assert plan_of(lambda config: None, "figures") == EVERY


def test_a_study_of_gradients_alone_plans_what_its_trainings_and_sweeps_allow(plan_of):
    def change(config):
        config.pop("grid")
        config.pop("recipes")
        config["gradients"] = {"encoders": ["ecfp"], "groups": {"counts": [2]}, "benefit": {"pairs": 1}}

    drawn = {"similarity_map", "similarity_and_correlation", "similarity_dynamics", "signals_and_benefit"}
    expected = {f"plot_{name}" for name in drawn | {"label_counts", "gradient_groupings"}}
    assert plan_of(change) == expected | {"build_report"}


def test_the_report_of_gradients_reads_scores_and_correlations_of_labels(dry_run_of):
    printed = dry_run_of(lambda config: config.update(gradients={"encoders": ["ecfp"]}), "all")
    read = re.search(r"^rule build_report:\s+input: (.+)$", printed, re.MULTILINE).group(1).split(", ")
    tables = ("gradient_scores", "tables/task_correlation", "tables/gradient_similarity", "tables/overlap")
    assert {f"results/tiny/{name}.parquet" for name in tables} <= set(read)
