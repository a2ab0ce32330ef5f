"""How groupings and predictors of gains are called in the report."""

from __future__ import annotations

RANDOM, ALL_IN_ONE, SINGLE_TASK = "random", "all_in_one", "single_task"

METHOD_NAMES = {
    RANDOM: "random",
    ALL_IN_ONE: "all in one network",
    SINGLE_TASK: "each task alone",
    "transfer": "by transfer weights",
    "tag": "by TAG affinity",
    "linkage": "by linkage of gradients",
    "search": "by search over gradients",
}
PREDICTOR_NAMES = {
    "mean": "mean of the task",
    "linear": "linear surrogate",
    "higher_order": "mean of pairs (higher order)",
    "attention": "attention network",
}
