# Python only: what the rules of groups of tasks share.
from mtlcurves.grid import groups as task_groups
from mtlcurves.grouping_sections import Grouping

GROUPING = study.config.grouping or Grouping()
GROUP_ROWS = f"{STUDY_ROOT}/grouping/groups"
METHODS = [task_groups.RANDOM, *GROUPING.by]
AFFINITY_TABLES = {"tag": "tag_affinity", "transfer": "transfer_estimates"}


def affinity_of(wildcards) -> str | list[str]:
    """Table that a method groups by; random partitions need none."""
    name = AFFINITY_TABLES.get(wildcards.method)
    return f"{STUDY_ROOT}/tables/{name}.parquet" if name else []


def groups_of_bundle(wildcards) -> str:
    """Table with the groups that a bundle trains."""
    return f"{GROUP_ROWS}/{wildcards.bundle.split('-')[0]}.parquet"


def group_minutes(wildcards, attempt) -> int:
    """Minutes of a job that trains groups."""
    return attempt * needs.group_minutes(study, wildcards.bundle)
