# From grid points to transfer weights and to what the arms change.
from mtlcurves.curves.comparisons import Contestant, list_comparisons

METRICS = section("curves")["metrics"]
TEST_SETS = {
    name: {"split": recipe.split, "test_on": recipe.test_on}
    for name, recipe in study.recipes.items()
}


def subsets_of(recipe, arm):
    """Subsets of tasks an arm is trained on under a recipe: [None] for single-task, [] where it is not trained."""
    chosen, settings = study.recipes[recipe].arms, getattr(study.config.grid, arm)
    if settings is None or (chosen is not None and arm not in chosen):
        return []
    return settings.subsets if arm == "mtl" else [None]


def both_arms(recipe):
    """Whether a recipe has single-task trainings and multi-task trainings of all tasks."""
    return bool(subsets_of(recipe, "stl")) and "all" in subsets_of(recipe, "mtl")


COMPARED = list_comparisons(
    [
        Contestant(recipe, arm, subset)
        for recipe in study.recipes
        for arm in ("stl", "mtl")
        for subset in subsets_of(recipe, arm)
    ],
    TEST_SETS,
)


def transfer_tables():
    """Names of the tables that the study's arms allow; those of absent arms are never planned."""
    tables = ["transfer"] if both_arms("main") else []
    tables += ["arm_effects", "effect_counts"] if COMPARED else []
    if any(both_arms(recipe) for recipe in study.recipes):
        tables += ["parameter_change", "parameter_correlation"]
    return tables


def table_files(name):
    """Both files of a table."""
    return [f"{STUDY_ROOT}/tables/{name}.{ending}" for ending in ("csv", "parquet")]


rule fit_transfer:
    """Fit P1's three stages: what a label of a task is worth to it, to the others, and to each other task."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        f"{STUDY_ROOT}/curves/transfer.parquet",
        table_files("transfer"),
    log:
        logs("fit_transfer"),
    benchmark:
        benchmarks("fit_transfer")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=3000,
        runtime=60,
    params:
        library=library_digest("fit_transfer"),
        metrics=METRICS,
    script:
        "../../scripts/fit_transfer.py"


rule compare_arms:
    """Test for every task what multi-task training, and each further recipe, changes."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        effects=table_files("arm_effects"),
        counts=table_files("effect_counts"),
    log:
        logs("compare_arms"),
    benchmark:
        benchmarks("compare_arms")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        library=library_digest("compare_arms"),
        metrics=METRICS,
        recipes=TEST_SETS,
        fold_count=study.config.folds.count,
        significance=study.config.curves.significance,
    script:
        "../../scripts/compare_arms.py"


rule compare_parameters:
    """Correlate the change of each curve parameter, single- to multi-task, with the change of score."""
    input:
        grid_points=f"{STUDY_ROOT}/grid_points.parquet",
    output:
        changes=table_files("parameter_change"),
        correlations=table_files("parameter_correlation"),
    log:
        logs("compare_parameters"),
    benchmark:
        benchmarks("compare_parameters")
    conda:
        "../../envs/analysis.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        library=library_digest("compare_parameters"),
        metrics=METRICS,
    script:
        "../../scripts/compare_parameters.py"
