# Python only: the study, and what the rules share.
from pathlib import Path

from mtlcurves import configfiles, outputs
from mtlcurves.checks import ARMS
from mtlcurves.provenance import digest, script_digest
from mtlcurves.study import ConfigError, Study
from mtlcurves.training import needs

# workflow.basedir and workflow.configfiles are the outer workflow's where this one is a module of it
PROJECT = Path(str(workflow.current_basedir)).parent
MODULE = workflow.modifier.namespace
# of paths that are not a rule's input or output
PREFIX = workflow.modifier.path_modifier.prefix or ""
CONFIG_FILES = [] if MODULE else [Path(name) for name in workflow.configfiles]
# every job parses the study too, and need not look as closely
CLOSELY = workflow.is_main_process


def stop(error: ConfigError):
    """End Snakemake with a message alone: an exception brings a traceback, --quiet all silences the logger."""
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


def library_digest(rule_name: str):
    """Digest of a rule's script and the library behind it, so that an edit plans it again; made when planned."""

    def taken(wildcards) -> str:
        return script_digest(PROJECT / f"scripts/{rule_name}.py")

    return taken


def section(name: str):
    """One section of the configuration as plain Python, defaults filled in."""
    return study.config.model_dump(mode="json")[name]


def complete(files: list[str] | str, arms: bool, classes: bool = False):
    """The files of a target, as a function that first refuses a study too young for it."""

    def files_of(wildcards) -> list[str] | str:
        try:
            study.check_complete(arms, classes)
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


def trainings_of(wildcards) -> str:
    """What the bundle trains, for its params."""
    return study.planned(wildcards.arm, wildcards.bundle)[0]


def recipe_of(wildcards) -> dict:
    """The keys of the recipe that reach the bundle's trainings."""
    keys = study.recipes[wildcards.recipe].model_dump(mode="json", exclude={"arms"})
    kinds = study.planned(wildcards.arm, wildcards.bundle)[1]
    epochs = {kind: n for kind, n in keys["epochs"].items() if kind in kinds}
    return keys | {"epochs": epochs}


def fold_sizes(split: str) -> str:
    """File with the sizes of the folds by one split; it exists when no fold is empty."""
    return f"{STUDY_ROOT}/dataset/steps/fold_sizes-{split}.json"


def fold_sizes_of(wildcards) -> str:
    """The same for the split of a recipe."""
    return fold_sizes(study.recipes[wildcards.recipe].split)


def within_limits(wildcards) -> list[str]:
    """No file; but where the study exceeds a limit and is not trained yet, no training is planned.

    Not by the output of a job: that would plan trainings again or, as ancient(), hide others that must be planned.
    """
    if REFUSALS:
        stop(ConfigError(REFUSALS, study.where))
    return []


def by_attempt(amount: int):
    """A resource that grows with each attempt of a job: the last one may have ended for want of it."""

    def grown(wildcards, attempt) -> int:
        return amount * attempt

    return grown


def training_memory(wildcards, attempt, threads) -> int:
    """Megabytes of a bundle's job."""
    return attempt * needs.memory_mb(study, wildcards.recipe, threads)


def training_minutes(wildcards, attempt) -> int:
    """Minutes of a bundle's job."""
    w = wildcards
    return attempt * needs.run_minutes(study, w.recipe, w.arm, w.bundle)
