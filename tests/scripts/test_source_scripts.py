"""Sources through Snakemake, as a user meets them: fetched, refused, listed."""

import gzip
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
import yaml
from mtlcurves.data.fetch import fetch_table
from mtlcurves.errors import DataError

ROOT = Path(__file__).parents[2]
TABLE = "id,smiles,A,B,note\n" + "".join(f"m{i},{'C' * i},{i % 2},{i},x\n" for i in range(1, 31))


def snakemake(folder, target, source, **keys):
    """Run one target of a study without tasks; return the exit code and what was printed."""
    config = {"study": "new", "source": source, "labels": {"threshold": 10, "min_labels": 20}} | keys
    (folder / "study.yaml").write_text(yaml.safe_dump(config))
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--cores", "1"]
    done = subprocess.run(
        [*command, "--configfile", "study.yaml", "--", target], cwd=folder, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def remote(tmp_path, monkeypatch):
    """A table behind a URL, and the source that names it."""
    monkeypatch.delenv("MTLCURVES_DATA", raising=False)
    path = tmp_path / "server" / "assays.csv.gz"
    path.parent.mkdir()
    path.write_bytes(gzip.compress(TABLE.encode()))
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return path, {"kind": "table", "path": path.as_uri(), "sha256": digest, "layout": "wide", "compound": "id"}


def left_of(folder):
    return [path for name in ("resources", "results") for path in (folder / name).rglob("*") if path.is_file()]


def test_tasks_of_a_new_table_are_listed(tmp_path, remote):
    code, printed = snakemake(tmp_path, "list_tasks", remote[1])
    assert code == 0, printed
    assert "1 of 2 tasks have at least 20 labels, of both classes" in printed
    assert "they hold too few numbers: 'note'" in printed
    assert "results/new/task_list.csv" in printed
    lines = (tmp_path / "results/new/task_list.csv").read_text().splitlines()
    assert lines == [
        "task,n_values,n,n_active,usable,reason",
        "A,30,30,0,False,no active label",
        "B,30,30,21,True,",
    ]
    assert "1 of 2 tasks" in (tmp_path / "logs/new/list_tasks.log").read_text()


def test_a_table_without_a_digest_is_fetched_once_to_be_pinned(remote, tmp_path):
    path, source = remote
    with pytest.raises(DataError, match=f"source.sha256: {source['sha256']}"):
        fetch_table(source["path"], None, tmp_path / "t.csv.gz")
    fetch_table(source["path"], source["sha256"], tmp_path / "t.csv.gz")
    assert (tmp_path / "t.csv.gz").read_bytes() == path.read_bytes()


def test_a_truncated_download_is_refused(tmp_path, remote):
    path, source = remote
    path.write_bytes(path.read_bytes()[:-20])
    code, printed = snakemake(tmp_path, "list_tasks", source)
    found = hashlib.sha256(path.read_bytes()).hexdigest()
    assert code != 0
    assert f"error: {source['path']}: sha256 differs: expected {source['sha256']}, found {found}" in printed
    assert "Traceback" not in printed
    assert left_of(tmp_path) == []


def test_an_unpinned_original_is_kept_but_not_used(tmp_path, remote):
    path, _ = remote
    original = {"url": path.as_uri()}
    code, printed = snakemake(tmp_path, "fetch_kiba", {"kind": "kiba", "scores": original, "structures": original})
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert code != 0 and "Traceback" not in printed
    assert f"source.scores.sha256: {digest}" in printed and f"source.structures.sha256: {digest}" in printed
    kept = [tmp_path / "resources/kiba/originals" / name / path.name for name in ("scores", "structures")]
    assert sorted(left_of(tmp_path)) == kept


DESIGNED = {
    "kind": "designed",
    "molecules": "nci",
    "n_compounds": 300,
    "n_tasks": 6,
    "labels_per_task": {"least": 100, "median": 120, "most": 200},
}


def test_a_designed_study_goes_through_the_data_stage_with_its_truth_beside_it(tmp_path):
    keys = {"labels": {"threshold": 0}, "folds": {"count": 3}, "grid": {"rotations": 3}}
    code, printed = snakemake(tmp_path, "dataset", DESIGNED, **keys)
    assert code == 0, printed
    dataset = tmp_path / "results/new/dataset"
    pairs, alone = (pd.read_parquet(dataset / f"{name}.parquet") for name in ("truth", "truth_tasks"))
    tasks = pd.read_parquet(dataset / "tasks.parquet")
    assert len(pairs) == 6 * 5
    assert alone["task"].tolist() == tasks["task"].tolist() == [f"T{n:03d}" for n in range(1, 7)]
    assert alone["group"].tolist() == tasks["family"].tolist()
    assert alone[["n", "n_active"]].to_numpy().tolist() == tasks[["n", "n_active"]].to_numpy().tolist()


def test_the_tasks_of_a_designed_source_are_listed(tmp_path):
    code, printed = snakemake(tmp_path, "list_tasks", DESIGNED, labels={"threshold": 0})
    assert code == 0, printed
    assert "6 of 6 tasks have at least 100 labels, of both classes" in printed


def test_a_design_of_more_compounds_than_there_are_is_refused(tmp_path):
    source = DESIGNED | {"n_compounds": 20_000}
    code, printed = snakemake(tmp_path, "list_tasks", source, labels={"threshold": 0})
    assert code != 0 and "Traceback" not in printed
    assert re.search(r"source.n_compounds: asked for 20000, but .*/first_5K.smi has 4\d\d\d distinct", printed)
    assert left_of(tmp_path) == []


def test_only_a_designed_study_has_a_truth(tmp_path, remote):
    code, printed = snakemake(tmp_path, "results/new/dataset/truth.parquet", remote[1])
    assert code != 0 and "MissingRuleException" in printed
