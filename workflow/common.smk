# Python only: the study, and what the rules share.
from functools import cache
from pathlib import Path

from mtlcurves import configfiles, outputs
from mtlcurves.provenance import digest, script_digest
from mtlcurves.study import ConfigError, Study
from mtlcurves.training import needs
from mtlcurves.training.epochs import kind_of

CONFIG_FILES = [Path(name) for name in workflow.configfiles]
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
        where=configfiles.where_given(
            CONFIG_FILES, bool(workflow.config_settings.config)
        ),
        further=configfiles.repeated_keys(CONFIG_FILES) if CLOSELY else [],
        closely=CLOSELY,
    )
except ConfigError as error:
    stop(error)

STUDY_ROOT = str(study.root)


wildcard_constraints:
    recipe="|".join(study.recipes),
    arm="stl|mtl|augmented|offdiagonal",
    split="scaffold|compound",
    rotation=r"\d+",
    replicate=r"\d+",
    bundle=r"[A-Za-z0-9_-]+",


def library_digest(rule_name: str) -> str:
    """Digest of the library code behind a rule's script, so that an edit plans the rule again."""
    return script_digest(Path(workflow.basedir, "scripts", f"{rule_name}.py"))


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
    names = wildcards.recipe, wildcards.arm, wildcards.bundle
    return attempt * needs.run_minutes(study, *names)
