"""Where source files lie."""

from pathlib import Path

import pytest
from mtlcurves.config import Config
from mtlcurves.data.locations import kiba_folder, name_in, source_files, table_file
from mtlcurves.source_sections import TableSource


def files(source, **keys):
    return source_files(Config.model_validate({"study": "s", "source": source, **keys}))


def test_given_or_fetched(monkeypatch):
    monkeypatch.delenv("MTLCURVES_DATA", raising=False)
    assert files({"kind": "table", "path": "my/t.csv", "layout": "wide"}) == ["my/t.csv"]
    digest = "ab" * 32
    url = {"kind": "table", "path": "https://h/x/t.csv.gz?v=1", "layout": "wide", "sha256": digest}
    assert files(url) == [f"resources/tables/{digest[:16]}/t.csv.gz"]
    assert files({"kind": "moleculeace"}) == ["resources/moleculeace/MoleculeACE-3.0.0-py3-none-any.whl"]
    assert files({"kind": "kiba"})[0] == "resources/kiba/kiba_tang2014_values.csv.gz"
    assert files({"kind": "kiba"}, data_dir="d")[1] == "d/kiba_tang2014_compounds.csv.gz"


def test_the_folder_of_data_stands_in_a_path(monkeypatch):
    table = {"kind": "table", "path": "{data_dir}/t.csv", "layout": "wide"}
    assert files(table, data_dir="d") == ["d/t.csv"]
    monkeypatch.setenv("MTLCURVES_DATA", "env")
    assert files(table) == ["env/t.csv"]
    records = {"kind": "chembl", "activities": "{data_dir}/a.csv", "compounds": "c.csv"}
    assert files(records) == ["env/a.csv", "c.csv"]


def test_tables_of_one_name_do_not_meet():
    tables = [
        TableSource(kind="table", path=f"https://h/{x}/t.csv", layout="wide", sha256=x * 64) for x in ("a", "b")
    ]
    assert len({table_file(table) for table in tables}) == 2


def test_the_key_comes_before_the_environment(monkeypatch):
    monkeypatch.setenv("MTLCURVES_DATA", "env")
    assert kiba_folder(None) == Path("env")
    assert kiba_folder("key") == Path("key")


@pytest.mark.parametrize(
    ("url", "name"),
    [("https://h/a/b%20c.csv?x=1#y", "b c.csv"), ("a/b.csv", "b.csv"), ("file:///d/e.tsv.gz", "e.tsv.gz")],
)
def test_names_in_urls(url, name):
    assert name_in(url) == name
