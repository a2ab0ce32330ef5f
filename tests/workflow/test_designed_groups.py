"""Groups by gradients where tasks have something in common, and where they have nothing; `make verify`."""

import shutil
import time

import numpy as np
import pytest
from mtlcurves.data.locations import wheel_file
from mtlcurves.grouping.matrices import tag_matrix
from mtlcurves.grouping.scores import serving_groups
from mtlcurves.grouping.search import best_groups
from mtlcurves.source_sections import MoleculeAceSource
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

# Six tasks in two groups that share no compound: what gradients tell of them, and what labels are worth.
PAIR_OF_GROUPS = {"n_tasks": 6, "groups": 2, "labels_per_task": {"least": 800, "median": 800, "most": 800}}
RAISED = {"auxiliaries": "all", "sizes": [1], "raise_by": "full"}
BOTH_TOOLS = {
    "grid": {"sizes": [1, FOLDS], "rotations": 6, "mtl": {}, "augmented": RAISED},
    "affinity": {"sizes": [FOLDS], "every": 1},
    "recipes": {"main": MAIN | {"epochs": {"complete": 6}}},
    "bundles": {"augmented_auxiliaries": 6},
}


def designed_and_found(workplace, seed, design):
    """Groups of a study's tasks: as designed, and the best by TAG affinity."""
    place = workplace(STUDY | {"source": SOURCE | {"seed": seed} | design})
    place.succeed("gather_affinity", "describe_truth")
    designed = place.table("dataset/truth_tasks.parquet").set_index("task")["group"]
    affinity = tag_matrix(place.table("tables/tag_affinity.parquet"), list(designed.index), FOLDS)
    return designed.to_numpy(), serving_groups(affinity, best_groups(affinity, GROUPS))


def raised_matrix(points, tasks):
    """What raising each task from one fold to nine changes in the mean AUROC of each other, [from, onto]."""
    low = points[points["last_epoch"] & (points["size"] == 1)]
    scores = low.assign(raised=low["auxiliary"].fillna("none")).pivot_table("auroc", "raised", "task")
    gains = (scores.loc[tasks, tasks] - scores.loc["none", tasks]).to_numpy(copy=True)
    np.fill_diagonal(gains, 0)
    return gains


def agreement_of(pairs):
    """Mean adjusted Rand index of pairs of groupings, and its P-value by permuted tasks."""
    rng, agreement = np.random.default_rng(0), np.mean([adjusted_rand_score(*pair) for pair in pairs])
    chance = [
        np.mean([adjusted_rand_score(rng.permutation(designed), chosen) for designed, chosen in pairs])
        for _ in range(PERMUTATIONS)
    ]
    return agreement, (1 + np.sum(np.array(chance) >= agreement - 1e-9)) / (1 + PERMUTATIONS)


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
    start = time.monotonic()
    agreement, p = agreement_of([designed_and_found(workplace, seed, design) for seed in range(SEEDS)])
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


@pytest.mark.parametrize("unit", ["compound", "scaffold"])
def test_labels_tell_more_than_gradients_where_no_compound_is_shared(unit, workplace, moleculeace_wheel, record):
    """Similar tasks, nothing measured twice: gradients may find the groups, labels do better."""
    start, found = time.monotonic(), {"tag": [], "raised": []}
    design = SOURCE | ALIKE | PAIR_OF_GROUPS | {"molecules": "moleculeace", "n_compounds": 6500, "disjoint": unit}
    for seed in range(SEEDS):
        place = workplace(STUDY | BOTH_TOOLS | {"source": design | {"seed": seed}})
        wheel = place.folder / wheel_file(MoleculeAceSource(kind="moleculeace"))
        wheel.parent.mkdir(parents=True)
        shutil.copy(moleculeace_wheel, wheel)
        place.succeed("gather_affinity", "gather_grid_points", "describe_truth")
        designed = place.table("dataset/truth_tasks.parquet").set_index("task")["group"]
        tasks, points = list(designed.index), place.table("grid_points.parquet")
        for tool, affinity in (
            ("tag", tag_matrix(place.table("tables/tag_affinity.parquet"), tasks, FOLDS)),
            ("raised", raised_matrix(points, tasks)),
        ):
            found[tool].append((designed.to_numpy(), serving_groups(affinity, best_groups(affinity, 2))))
    (tag, p_tag), (raised, p_raised) = (agreement_of(found[tool]) for tool in ("tag", "raised"))
    holds = raised >= tag
    record(
        f"designed groups, no {unit} in two tasks: by what raised labels change / by TAG affinity",
        "adjusted Rand index of the first at least that of the second",
        f"{raised:.2f} (P {p_raised:.3f}) / {tag:.2f} (P {p_tag:.3f}), {SEEDS} data sets",
        time.monotonic() - start, bool(holds),
    )  # fmt: skip
    assert holds
