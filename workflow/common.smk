# Python only: the study, and what the rules share.
from functools import cache
from pathlib import Path

from mtlcurves import configfiles, outputs
from mtlcurves.checks import ARMS
from mtlcurves.provenance import digest, script_digest
from mtlcurves.study import ConfigError, Study
from mtlcurves.training.epochs import kind_of

# workflow.basedir and workflow.configfiles are the outer workflow's where this one is a module of it
PROJECT = Path(str(workflow.current_basedir)).parent
MODULE = workflow.modifier.namespace
CONFIG_FILES = [] if MODULE else [Path(name) for name in workflow.configfiles]
# every job parses the study too, and need not look as closely
CLOSELY = workflow.is_main_process


def stop(error: ConfigError):
    """End Snakemake with a message alone: an exception would bring its traceback and lines of these files.

    Not by way of Snakemake's logger, which --quiet all silences.
    """
    raise SystemExit(str(error))


try:
    study = Study(
        config,
        where=(
            f"the configuration of module {MODULE}"
            if MODULE
            else configfiles.where_given(
                CONFIG_FILES, bool(workflow.config_settings.config)
            )
        ),
        further=configfiles.repeated_keys(CONFIG_FILES) if CLOSELY else [],
        closely=CLOSELY,
    )
except ConfigError as error:
    stop(error)

STUDY_ROOT = str(study.root)


# looked at with --sdm apptainer alone; envs/mtlcurves.def builds it
container: str(PROJECT / "envs/mtlcurves.sif")


wildcard_constraints:
    recipe="|".join(study.recipes),
    arm="|".join(ARMS),
    split="scaffold|compound",
    rotation=r"\d+",
    replicate=r"\d+",
    bundle=r"[A-Za-z0-9_-]+",


def library_digest(rule_name: str) -> str:
    """Digest of a rule's script and the library code behind it, so that an edit plans the rule again."""
    return script_digest(PROJECT / f"scripts/{rule_name}.py")


def section(name: str):
    """One section of the configuration as plain Python, defaults filled in."""
    return study.config.model_dump(mode="json")[name]


def resolved_config() -> dict:
    """The configuration with every default filled in and every recipe as it is trained."""
    recipes = {
        name: recipe.model_dump(mode="json") for name, recipe in study.recipes.items()
    }
    full = study.config.model_dump(mode="json") | {"recipes": recipes}
    return full | {"grid": full["grid"] | {"sizes": study.sizes}}


def complete(files: list[str], arms: bool):
    """The files of a target, as a function that first refuses a study too young for it."""

    def files_of(wildcards) -> list[str]:
        try:
            study.check_complete(arms)
        except ConfigError as error:
            stop(error)
        return files

    return files_of


def logs(name: str) -> str:
    """Path of a job's log."""
    return f"logs/{study.name}/{name}.log"


def benchmarks(name: str) -> str:
    """Path of a job's benchmark."""
    return f"benchmarks/{study.name}/{name}.tsv"


def table_files(name: str) -> list[str]:
    """Both files of a table of the report."""
    return [f"{STUDY_ROOT}/tables/{name}.{ending}" for ending in ("csv", "parquet")]


@cache
def planned(arm: str, bundle: str) -> tuple[str, frozenset[str]]:
    """What a bundle trains, in a few words and a digest, and the kinds of its trainings."""
    members = study.bundle("main", arm, 0, 0, bundle).allocations
    folds = digest(
        *(f"{a.id} {a.arm} {a.auxiliary} {sorted(a.folds.items())}" for a in members)
    )
    kinds = frozenset(kind_of(len(a.folds), len(study.tasks)) for a in members)
    return (
        f"{members[0].id} to {members[-1].id}, {len(members)} in all ({folds})",
        kinds,
    )


def trainings_of(wildcards) -> str:
    """What the bundle trains, for its params."""
    return planned(wildcards.arm, wildcards.bundle)[0]


def recipe_of(wildcards) -> dict:
    """The keys of the recipe that reach the bundle's trainings."""
    keys = study.recipes[wildcards.recipe].model_dump(mode="json", exclude={"arms"})
    kinds = planned(wildcards.arm, wildcards.bundle)[1]
    epochs = {kind: n for kind, n in keys["epochs"].items() if kind in kinds}
    return keys | {"epochs": epochs}


def fold_sizes(split: str) -> str:
    """File with the sizes of the folds by one split; it exists when no fold is empty."""
    return f"{STUDY_ROOT}/dataset/steps/fold_sizes-{split}.json"


def fold_sizes_of(wildcards) -> str:
    """The same for the split of a recipe."""
    return fold_sizes(study.recipes[wildcards.recipe].split)


def within_limits(wildcards) -> list[str]:
    """No file; but where the study exceeds a limit, no training that is still to come is planned.

    Not by the output of a job: that would plan trainings again or, as ancient(), hide others that must be planned.
    """
    if (
        REFUSALS
        and not Path(TRAININGS, f"{BUNDLE.format(**wildcards)}.parquet").exists()
    ):
        stop(ConfigError(REFUSALS, study.where))
    return []


def training_memory(threads: int) -> int:
    """Megabytes of a job: library and data set, and per thread up to eight numbers a weight (lazy_adam: about four)."""
    hidden = max(recipe.hidden for recipe in study.recipes.values())
    weights = study.config.fingerprints.columns * hidden
    return 1500 + threads * (500 + weights * 32 // 1_000_000)
