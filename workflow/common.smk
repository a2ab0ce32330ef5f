# Python only: the study, and what the rules share.
from pathlib import Path

from mtlcurves.provenance import script_digest
from mtlcurves.study import ConfigError, Study

try:
    study = Study(config)
except ConfigError as error:
    # an exception would bring its traceback and the line numbers of this file
    logger.error(str(error))
    raise SystemExit(1)

STUDY_ROOT = str(study.root)


wildcard_constraints:
    recipe="|".join(study.recipes),
    arm="stl|mtl|augmented|offdiagonal",
    rotation=r"\d+",
    replicate=r"\d+",
    bundle=r"[A-Za-z0-9_-]+",


def library_digest(rule_name: str) -> str:
    """Digest of the library code behind a rule's script, so that an edit plans the rule again."""
    return script_digest(Path(workflow.basedir, "scripts", f"{rule_name}.py"))


def section(name: str):
    """One section of the configuration as plain Python, defaults filled in."""
    return study.config.model_dump(mode="json")[name]


def logs(name: str) -> str:
    """Path of a job's log."""
    return f"logs/{study.name}/{name}.log"


def benchmarks(name: str) -> str:
    """Path of a job's benchmark."""
    return f"benchmarks/{study.name}/{name}.tsv"
