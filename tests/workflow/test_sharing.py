"""A finished study is handed over in one file, and a rerun is compared with it."""

import json
import subprocess
import sys
import zipfile

import pandas as pd
import yaml
from mtlcurves.tables import read_origin


def compare(archive, results, *options):
    command = [sys.executable, "-m", "mtlcurves.compare", str(archive), str(results), *options]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stdout


def test_every_table_says_where_it_comes_from(tiny_study):
    tables = [path for path in tiny_study.results.rglob("*.parquet") if path.name != "kept.parquet"]
    origins = [read_origin(path) for path in tables]
    assert len(origins) > 40
    for origin in origins:
        assert origin.keys() >= {"commit", "config", "library", "versions", "processor", "seeds", "rule"}
    assert len({origin["config"] for origin in origins}) == 1
    assert {origin["seeds"] for origin in origins} == {"folds 20; rotations 0 to 2; replicates 0 to 0"}
    grid_points = read_origin(tiny_study.results / "grid_points.parquet")
    assert grid_points["rule"] == "gather_grid_points"


def test_a_study_is_handed_over_and_run_again_by_others(workplace, tiny_config):
    config = tiny_config | {"grid": {"rotations": 1, "sizes": [2, 4], "stl": {}, "mtl": {}}}
    surgery = {"arms": ["mtl"], "balancing": {"kind": "pcgrad"}}
    here = workplace(config | {"recipes": {"main": config["recipes"]["main"], "surgery": surgery}})
    here.take_table()
    here.succeed("share")
    archive = here.results / "tiny-share.zip"
    with zipfile.ZipFile(archive) as members:
        manifest = json.loads(members.read("tiny-share/manifest.json"))
        given = yaml.safe_load(members.read("tiny-share/study.yaml"))
        resolved = json.loads(members.read("tiny-share/resolved.json"))
        texts = b"".join(members.read(name) for name in members.namelist() if not name.endswith(".parquet"))
        points = pd.read_parquet(members.open("tiny-share/results/grid_points.parquet"))
    assert given == here.config
    assert resolved["recipes"]["main"]["hidden"] == 8
    assert manifest["shared"]["grid_points.parquet"]["devices"] == sorted(set(points.device))
    assert list(manifest["sources"]) == ["tiny.csv"]
    assert points.groupby("recipe").backend.first().to_dict() == {"main": "lazy_adam", "surgery": "balanced"}
    structures = here.table("dataset/compounds.parquet").smiles
    assert not any(smiles.encode() in texts for smiles in structures[structures.str.len() > 12])

    # another group has the source and what was handed over
    there = workplace(given)
    (there.folder / "tiny.csv").write_bytes((here.folder / "tiny.csv").read_bytes())
    there.succeed("share", cores=1)
    code, printed = compare(archive, there.results)
    assert code == 0
    assert printed.endswith(", 0 within tolerance, 0 different\n")
    assert "grid_points.parquet " in printed and "dataset/labels.parquet " in printed
    assert "tables/balancing.parquet " in printed

    name = "grid_points.parquet"
    table = there.table(name)
    table.assign(auroc=table.auroc + 1e-6).to_parquet(there.results / name)
    code, printed = compare(archive, there.results)
    assert code == 0
    assert "1 within tolerance, 0 different" in printed
    assert compare(archive, there.results, "--tolerance", "1e-9")[0] == 1
