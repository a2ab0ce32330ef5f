"""Groups by gradients where tasks have something in common, and where they have nothing; `make verify`."""

import time

import numpy as np
import pytest
from mtlcurves.grouping.matrices import tag_matrix
from mtlcurves.grouping.scores import serving_groups
from mtlcurves.grouping.search import best_groups
from sklearn.metrics import adjusted_rand_score

pytestmark = pytest.mark.verify

GROUPS, FOLDS, SEEDS, PERMUTATIONS = 3, 9, 2, 999
SOURCE = {
    "kind": "designed",
    "molecules": "nci",
    "n_compounds": 4000,
    "n_tasks": 12,
    "groups": GROUPS,
    "independent": 0,
    "negative": 0,
    # as many labels of each task: a step for a task with more labels is longer, and does more to all others
    "labels_per_task": {"least": 2500, "median": 2500, "most": 2500},
}
MAIN = {"split": "compound", "hidden": 64, "batch_ratio": 0.05, "learning_rate": 0.003, "epochs": {"complete": 4}}
STUDY = {
    "study": "designed_groups",
    "labels": {"threshold": 0},
    # heads start at random and turn an affinity's sign with them: means need several rotations
    "grid": {"sizes": [FOLDS], "rotations": 6, "mtl": {}},
    "affinity": {"every": 4},
    "recipes": {"main": MAIN},
}
ALIKE, APART = {"similarity": 0.8, "background": 0.05}, {"similarity": 0, "background": 0}


def designed_and_found(workplace, seed, design):
    """Groups of a study's tasks: as designed, and the best by TAG affinity."""
    place = workplace(STUDY | {"source": SOURCE | {"seed": seed} | design})
    place.succeed("gather_affinity", "describe_truth")
    designed = place.table("dataset/truth_tasks.parquet").set_index("task")["group"]
    affinity = tag_matrix(place.table("tables/tag_affinity.parquet"), list(designed.index), FOLDS)
    return designed.to_numpy(), serving_groups(affinity, best_groups(affinity, GROUPS))


@pytest.mark.parametrize(
    ("what", "design", "found"),
    [
        ("similarity 0.8, same compounds", ALIKE | {"overlap": 1}, True),
        ("similarity 0.8, compounds by chance", ALIKE | {"overlap": 0}, None),
        ("similarity 0, same compounds", APART | {"overlap": 1}, False),
    ],
)
def test_groups_are_found_where_there_are_any(what, design, found, workplace, record):
    """Of similar tasks on compounds of their own, gradients may tell or not: reported, whatever it is."""
    start, rng = time.monotonic(), np.random.default_rng(0)
    pairs = [designed_and_found(workplace, seed, design) for seed in range(SEEDS)]
    agreement = np.mean([adjusted_rand_score(*pair) for pair in pairs])
    chance = [
        np.mean([adjusted_rand_score(rng.permutation(designed), chosen) for designed, chosen in pairs])
        for _ in range(PERMUTATIONS)
    ]
    p = (1 + np.sum(np.array(chance) >= agreement - 1e-9)) / (1 + PERMUTATIONS)
    expected, holds = {
        True: ("at least 0.8, P below 0.01", agreement >= 0.8 and p < 0.01),
        False: ("at most 0.2, P above 0.05", agreement <= 0.2 and p > 0.05),
        None: ("reported", True),
    }[found]
    record(
        f"designed groups by TAG affinity: {what}", f"adjusted Rand index {expected}",
        f"{agreement:.2f}, P {p:.3f}, {SEEDS} data sets", time.monotonic() - start, bool(holds),
    )  # fmt: skip
    assert holds
