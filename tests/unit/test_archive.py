"""A study's archive holds its tables, names what it does not hold, and is the same for the same study."""

import hashlib
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mtlcurves.archive import Archive, Parts, content_digest, write_archive
from mtlcurves.errors import DataError
from mtlcurves.tables import write_table

SCAFFOLDS = pd.DataFrame(
    {"smiles": ["CCO", "Cc1ccccc1"], "murcko": ["", "c1ccccc1"], "scaffold": ["CCO", "c1ccccc1"]}
)


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    root = tmp_path / "results/new"
    write_table(SCAFFOLDS, root / "dataset/secret.parquet", "scaffolds")
    write_table(SCAFFOLDS[:1], root / "tables/open.parquet", "scaffolds")
    write_table(SCAFFOLDS[:1], root / "tables/open.csv", "scaffolds")
    source = tmp_path / "mine.csv"
    source.write_text("smiles,A\nCCO,1\n")
    lock = tmp_path / "requirements.lock"
    lock.write_text("numpy==2\n")
    return Parts(
        study="new",
        root=root,
        shared=[root / "tables/open.parquet", root / "tables/open.csv"],
        withheld=[root / "dataset/secret.parquet"],
        sources=[source],
        further=[lock],
        given={"study": "new"},
        resolved={"study": "new", "title": ""},
    )


def test_shared_files_are_in_it_and_withheld_ones_are_not(parts: Parts, tmp_path: Path) -> None:
    write_archive(parts, tmp_path / "new-share.zip")
    with zipfile.ZipFile(tmp_path / "new-share.zip") as archive:
        members = {
            "README.txt",
            "manifest.json",
            "study.yaml",
            "resolved.json",
            "requirements.lock",
            "results/tables/open.parquet",
            "results/tables/open.csv",
        }
        assert set(archive.namelist()) == {f"new-share/{name}" for name in members}
        assert archive.read("new-share/results/tables/open.csv") == (parts.root / "tables/open.csv").read_bytes()
        assert archive.read("new-share/study.yaml") == b"study: new\n"
        everything = b"".join(archive.read(name) for name in archive.namelist())
    assert b"CCO" in everything
    assert b"c1ccccc1" not in everything  # only the withheld table has it


def test_the_manifest_digests_every_file(parts: Parts, tmp_path: Path) -> None:
    write_archive(parts, tmp_path / "new-share.zip")
    manifest = Archive(tmp_path / "new-share.zip").manifest
    assert manifest["sources"] == {"mine.csv": hashlib.sha256(b"smiles,A\nCCO,1\n").hexdigest()}
    secret = manifest["withheld"]["dataset/secret.parquet"]
    assert secret["rows"] == 2
    assert secret["content"] == content_digest(SCAFFOLDS)
    assert secret["origin"]["commit"]
    file = (parts.root / "tables/open.csv").read_bytes()
    assert manifest["shared"]["tables/open.csv"] == {"sha256": hashlib.sha256(file).hexdigest()}
    json.dumps(manifest)


def test_equal_studies_are_equal_archives(parts: Parts, tmp_path: Path) -> None:
    for name in ("a.zip", "b.zip"):
        write_archive(parts, tmp_path / name)
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_tables_come_back(parts: Parts, tmp_path: Path) -> None:
    write_archive(parts, tmp_path / "new-share.zip")
    table = Archive(tmp_path / "new-share.zip").table("tables/open.parquet")
    assert table.to_dict("list") == SCAFFOLDS[:1].to_dict("list")


@pytest.mark.parametrize("content", [b"", b"not a zip"])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.zip").write_bytes(content)
    with pytest.raises(DataError, match=r"x\.zip: is no archive of a study"):
        Archive(tmp_path / "x.zip")


def test_an_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    with pytest.raises(DataError, match="is no archive of a study"):
        Archive(tmp_path / "x.zip")


def test_a_content_digest_sees_the_last_bit_and_no_run_time() -> None:
    table = pd.DataFrame({"auroc": [0.1 + 0.2, np.nan], "task": ["a", None], "seconds": [1.0, 2.0], "device": "x"})
    digest = content_digest(table)
    assert content_digest(table.assign(seconds=3.0, device="y")) == digest
    assert content_digest(table.assign(auroc=[0.3, np.nan])) != digest
    assert content_digest(table.assign(task=["b", None])) != digest
    assert content_digest(table[::-1]) != digest


def test_a_long_tables_digest_is_that_of_its_csv() -> None:
    table = pd.DataFrame({"x": np.arange(250_000)})
    assert content_digest(table) == hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()
