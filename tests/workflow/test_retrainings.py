"""Which trainings run again after a change of the data or the grid."""

import copy
import csv
from pathlib import Path

import pytest
from rdkit import Chem


@pytest.fixture
def one_rotation(tiny_config, workplace):
    """A place with one rotation of the main recipe's multi-task and augmented arms, not run yet."""
    config = copy.deepcopy(tiny_config)
    config["grid"] = {
        "rotations": 1,
        "sizes": [2, 4],
        "stl": {},
        "mtl": {"subsets": ["all", "opsins"]},
        "augmented": {"auxiliaries": ["opsin-A", "opsin-B"], "sizes": [1]},
    }
    config["recipes"] = {"main": config["recipes"]["main"]}
    return workplace(config)


def test_one_more_auxiliary_trains_its_bundle_alone(one_rotation):
    config, target = one_rotation.config, f"results/{one_rotation.config['study']}/grid_points.parquet"
    one_rotation.succeed(target)
    config["grid"]["augmented"]["auxiliaries"].append("kinase, X")
    one_rotation.configure(config)
    assert one_rotation.planned(target) == {"train_bundle": 1, "gather_grid_points": 1}


def test_changed_label_retrains_only_what_saw_it(one_rotation):
    """A bundle is planned again, but finds its unaffected trainings."""
    config, target = one_rotation.config, f"results/{one_rotation.config['study']}/grid_points.parquet"
    table = one_rotation.folder / "tiny.csv"
    lines = Path(config["source"]["path"]).read_text().splitlines()
    table.write_text("\n".join(lines) + "\n")
    config["source"]["path"] = str(table)
    one_rotation.configure(config)
    one_rotation.succeed(target)
    before = set(one_rotation.table("grid_points.parquet").training_id)

    compounds = one_rotation.table("dataset/compounds.parquet").set_index("smiles")
    labelled = one_rotation.table("dataset/labels.parquet").query("task == 'kinase-Y'").smiles
    trained = compounds.index[(compounds.fold_scaffold == 0) & compounds.index.isin(labelled)][0]
    header, *rows = csv.reader(lines)
    for row in rows:
        if Chem.CanonSmiles(row[1]) == trained and row[-1]:
            row[-1] = "9.99" if float(row[-1]) < 5 else "0.5"
    with table.open("w", newline="") as handle:
        csv.writer(handle).writerows([header, *rows])
    one_rotation.succeed(target)
    points = one_rotation.table("grid_points.parquet")
    new = points[~points.training_id.isin(before)]
    assert set(new[new.arm == "stl"].task) == {"kinase-Y"}
    assert set(points[points.arm == "stl"].task) == {"opsin-A", "opsin-B", "kinase, X", "kinase-Y"}
    assert set(new[new.arm == "mtl"].subset) == {"all"}
