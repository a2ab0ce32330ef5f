"""Which trainings run again after a change, counted: a bundle that is planned again trains only what is new."""

import copy
import csv
import re
import shutil

import pytest
from rdkit import Chem

TARGET = "results/tiny/grid_points.parquet"


@pytest.fixture(scope="module")
def trained(tiny_config, workplace):
    """One rotation of the main recipe's arms, trained; tests must not change it."""
    config = copy.deepcopy(tiny_config)
    config["grid"] = {
        "rotations": 1,
        "sizes": [2, 4],
        "stl": {},
        "mtl": {"subsets": ["all", "opsins"]},
        "augmented": {"auxiliaries": ["opsin-A"], "sizes": [1]},
    }
    config["recipes"] = {"main": config["recipes"]["main"]}
    place = workplace(config)
    place.take_table()
    place.succeed(TARGET)
    return place


@pytest.fixture
def place(trained, workplace):
    """A copy that a test may change."""
    place = workplace(copy.deepcopy(trained.config))
    shutil.copytree(trained.folder, place.folder, copy_function=shutil.copy2, dirs_exist_ok=True)
    return place


def run_again(place):
    """Run after a change: the new rows of the grid points, all rows, and how many networks were trained."""
    before = set(place.table("grid_points.parquet").training_id)
    shutil.rmtree(place.folder / "logs")
    place.succeed(TARGET)
    logs = "".join(path.read_text() for path in (place.folder / "logs").glob("**/trainings/**/*.log"))
    counts = re.findall(r"(\d+) different trainings, (\d+) of them finished before", logs)
    points = place.table("grid_points.parquet")
    return points[~points.training_id.isin(before)], points, sum(int(n) - int(found) for n, found in counts)


def trainings(points):
    """Names of trainings: arm and allocation."""
    return set(zip(points.arm, points.allocation, strict=True))


def test_one_more_auxiliary_trains_itself_alone(place):
    place.config["grid"]["augmented"]["auxiliaries"].append("opsin-B")
    place.configure(place.config)
    assert place.planned(TARGET) == {"train_bundle": 1, "gather_grid_points": 1}
    new, points, n_trained = run_again(place)
    assert n_trained == 1
    assert set(new.auxiliary) == {"opsin-B"}
    assert set(points[points.arm == "augmented"].auxiliary) == {"opsin-A", "opsin-B"}


def test_one_more_task_leaves_the_others_single_task_trainings_alone(place):
    place.config["tasks"].append("kinase-Z")
    place.configure(place.config)
    new, points, n_trained = run_again(place)
    assert trainings(new[new.arm == "stl"]) == {("stl", "kinase-Z@2"), ("stl", "kinase-Z@4")}
    # a subset without the new task is trained as before
    assert set(new[new.arm == "mtl"].subset) == {"all"}
    assert n_trained == len(trainings(new)) == 2 + 2 + 1  # alone, together, augmented
    assert set(points.task) == {*place.config["tasks"]}


def test_a_changed_label_retrains_what_saw_it(place):
    compounds = place.table("dataset/compounds.parquet").set_index("smiles")
    labelled = place.table("dataset/labels.parquet").query("task == 'kinase-Y'").smiles
    trained = compounds.index[(compounds.fold_scaffold == 0) & compounds.index.isin(labelled)][0]
    table = place.folder / "tiny.csv"
    header, *rows = csv.reader(table.read_text().splitlines())
    column = header.index("kinase-Y")
    for row in rows:
        if Chem.CanonSmiles(row[1]) == trained and row[column]:
            row[column] = "9.99" if float(row[column]) < 5 else "0.5"
    with table.open("w", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])
    new, points, n_trained = run_again(place)
    assert trainings(new[new.arm == "stl"]) == {("stl", "kinase-Y@2"), ("stl", "kinase-Y@4")}
    assert set(new[new.arm == "mtl"].subset) == {"all"}
    assert n_trained == len(trainings(new)) == 2 + 2 + 1
    assert set(points[points.arm == "stl"].task) == {*place.config["tasks"]}
