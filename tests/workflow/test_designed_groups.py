"""Groups by gradients where tasks have something in common, and where they have nothing; `make verify`."""

import pytest
from mtlcurves.grouping.matrices import tag_matrix
from mtlcurves.grouping.scores import serving_groups
from mtlcurves.grouping.search import best_groups

pytestmark = pytest.mark.verify

TASKS, GROUPS, FOLDS = 12, 3, 9
PERMUTATIONS = 10_000
STUDY = {
    "study": "designed_groups",
    "labels": {"threshold": 0},
    "grid": {"sizes": [FOLDS], "rotations": 2, "mtl": {}},
    "affinity": {"every": 2},
    "recipes": {
        "main": {
            "split": "compound",
            "hidden": 64,
            "batch_ratio": 0.05,
            "learning_rate": 0.003,
            "epochs": {"complete": 8},
        }
    },
}


def agreement(workplace, seed, lookahead="preconditioned", **design):
    """How well groups by affinity agree with the designed ones, of tasks with equally many labels."""
    source = {
        "kind": "designed",
        "molecules": "nci",
        "n_compounds": 4000,
        "n_tasks": TASKS,
        "groups": GROUPS,
        "independent": 0,
        "negative": 0,
        "labels_per_task": {"least": 600, "median": 600, "most": 600},
        "seed": seed,
    }
    affinity = STUDY["affinity"] | {"lookahead": lookahead}
    place = workplace(STUDY | {"affinity": affinity, "source": source | design})
    place.succeed("gather_affinity", "describe_truth")
    designed = place.table("dataset/truth_tasks.parquet").set_index("task")["group"]
    affinity = tag_matrix(place.table("tables/tag_affinity.parquet"), list(designed.index), FOLDS)
    groups = best_groups(affinity, GROUPS)
    return designed.to_numpy(), serving_groups(affinity, groups), affinity
