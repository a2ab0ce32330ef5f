"""What is wrong between configuration and source is listed with the other problems, before any job."""

import time
import zipfile

import pandas as pd
import pytest
from mtlcurves.checks import problems_of
from mtlcurves.data import headers
from mtlcurves.data.headers import check_table_header
from mtlcurves.data.locations import KIBA_FILES
from mtlcurves.data.usertables import read_user_table
from mtlcurves.source_sections import TableSource

TABLE = "id,smiles,opsin A,kinase\na,C,1,2\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("MTLCURVES_DATA", raising=False)
    (tmp_path / "t.csv").write_text(TABLE)
    return tmp_path


def problems(source, tasks=("kinase",), **keys):
    return problems_of({"study": "s", "source": source, "tasks": list(tasks), **keys})


def table(**keys):
    return {"kind": "table", "path": "t.csv", "layout": "wide", **keys}


def test_nothing_wrong():
    assert problems(table(compound="id"), ["kinase", "opsin A"]) == []


def test_all_wrong_columns_and_tasks_at_once():
    found = problems(table(smiles="SMILES", compound="name"), ["opsin-A", "kinase", "smiles", "zzz"])
    assert [line.split(";")[0] for line in found] == [
        "source.smiles: no column 'SMILES' in t.csv",
        "source.compound: no column 'name' in t.csv",
        "tasks: no column 'opsin-A' in t.csv",
        "tasks: no column 'zzz' in t.csv",
    ]
    assert found[0].endswith("did you mean 'smiles'?")
    assert found[2].endswith("did you mean 'opsin A'?")
    assert found[3].endswith("found: 'id', 'smiles', 'opsin A', 'kinase'")


def test_the_structure_is_no_task():
    assert problems(table(compound="id"), ["smiles"]) == [
        "tasks: no column 'smiles' in t.csv; found: 'opsin A', 'kinase'"
    ]


def test_tidy_columns():
    found = problems(table(layout="tidy", value="kinas"))
    assert [line.split(";")[0] for line in found] == [
        "source.task: no column 'task' in t.csv",
        "source.value: no column 'kinas' in t.csv",
    ]


@pytest.mark.parametrize(
    ("header", "tasks"), [("smiles,task,label", ["label"]), ("smiles,task,label,note", ["a", "b"])]
)
def test_one_value_a_row_is_not_read_as_columns_of_tasks(folder, header, tasks):
    (folder / "t.csv").write_text(f"{header}\n{'C,' * header.count(',')}1\n")
    assert problems(table(), tasks) == [
        "source.layout: found 'wide', and t.csv has a column 'task', as a table of one value a row; for that "
        "write layout: tidy and value: label"
    ]


def test_a_column_task_beside_those_of_the_tasks_is_left_alone(folder):
    (folder / "t.csv").write_text("smiles,task,a,b\nC,x,1,0\n")
    assert problems(table(), ["a", "b"]) == []
    (folder / "t.csv").write_text("smiles,task,a\nC,0,1\n")
    assert problems(table(), ["task"]) == []
    assert read_user_table(TableSource(**table()), "t.csv").n_values == 2


@pytest.mark.parametrize(
    ("source", "missing"),
    [
        (table(layout="wid", path="none.csv"), ["source.path: no file 'none.csv'"]),
        (table(layout="wid", path="{data_dir}/t.csv"), ["source.path: '{data_dir}/t.csv' is in the folder that"]),
        (
            {"kind": "chembl", "activities": "a.csv", "compounds": "b.csv", "doubtful": "maybe"},
            ["source.activities: no file 'a.csv'", "source.compounds: no file 'b.csv'"],
        ),
        (table(layout="wid"), []),
        (table(layout="wid", path=3), []),
    ],
)
def test_another_wrong_key_does_not_hide_a_table_that_is_not_there(source, missing):
    found = [line for line in problems(source) if ": found " not in line]
    assert len(found) == len(missing)
    assert all(line.startswith(start) for line, start in zip(found, missing, strict=True))


@pytest.mark.parametrize(("mark", "shown"), [(";", "';'"), ("\t", r"'\t'")])
def test_another_delimiter_is_recognised(folder, mark, shown):
    (folder / "t.csv").write_text(TABLE.replace(",", mark))
    assert f"its names seem to be separated by {shown}" in problems(table())[0]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("none.csv", None, "source.path: no file 'none.csv'; paths start at the working directory"),
        (".", None, "source.path: '.' is a folder; name the table in it"),
        ("t.csv", b"id,SMILES,opsin\n", "source.path: t.csv: no rows below the header"),
        (
            "t.csv",
            b"id;smiles;kinase\na;C;1\n",
            "the one column 'id;smiles;kinase': its names seem to be separated",
        ),
        ("t.tsv", b"id,smiles,kinase\na,C,1\n", "separated by ','; .tsv takes a tab"),
        ("t.txt", b"smiles,x\n", "the name's ending tells the format"),
        ("t.csv.gz", b"smiles,x\n", "named .gz, but not gzip-compressed"),
        ("t.csv", b"", "the file is empty"),
        ("t.csv", b"smiles,x,x\n", "column names occur twice: 'x'"),
        ("t.parquet", b"smiles,x\n", "named .parquet"),
    ],
)
def test_a_header_that_cannot_be_read_is_one_problem(folder, name, content, message):
    if content is not None:
        (folder / name).write_bytes(content)
    found = problems(table(path=name))
    assert len(found) == 1 and message in found[0]


def test_a_url_is_judged_by_its_text():
    found = problems(table(path="gopher://host/table.txt"))
    assert [line.split(":")[0] for line in found] == ["source.path", "source.path"]
    assert "allowed: http://, https://, ftp://, file://" in found[0]
    assert "the name's ending tells the format" in found[1]
    assert problems(table(path="https://host/a%20b.csv.gz?download=1")) == []


def test_a_parquet_table_without_rows(folder):
    pd.DataFrame({"smiles": pd.Series(dtype="str"), "x": []}).to_parquet("t.parquet")
    assert problems(table(path="t.parquet")) == ["source.path: t.parquet: no rows below the header"]


class TestTidy:
    SOURCE = {"kind": "table", "path": "long.csv", "layout": "tidy"}

    @pytest.fixture(autouse=True)
    def long(self, folder):
        rows = "".join(f"C,{task},1\n" for task in ("D2", " D3 ", '"kinase, X"'))
        (folder / "long.csv").write_text(f"smiles,task,value\n{rows}")

    def closely(self, tasks, **keys):
        return problems_of({"study": "s", "source": self.SOURCE | keys, "tasks": tasks}, closely=True)

    def test_unknown_tasks_are_named_with_the_nearest(self):
        assert self.closely(["D3", "D2", "kinase, X"]) == []
        assert self.closely(["D3", "kinase X", "kinase", "X"]) == [
            "tasks: no task 'kinase X' among those of the column 'task' in long.csv; did you mean 'kinase, X'?",
            "tasks: no task 'kinase' among those of the column 'task' in long.csv; "
            "names that hold a comma need quotes: 'kinase, X'",
        ]

    def test_a_parquet_table(self, folder):
        pd.read_csv("long.csv").to_parquet("long.parquet")
        (found,) = self.closely(["D2", "D3", "D4"], path="long.parquet")
        assert found.startswith(
            "tasks: no task 'D4' among those of the column 'task' in long.parquet; found: 'D2'"
        )

    def test_jobs_do_not_look(self):
        assert problems_of({"study": "s", "source": self.SOURCE, "tasks": ["D9"]}) == []

    def test_a_broken_row_is_one_problem(self, folder):
        (folder / "long.csv").write_text("smiles,task,value\nC,D2,1\nC,D3\n")
        (found,) = self.closely(["D9"])
        assert found.startswith("source.path: long.csv: row 2 has 2 cells where the header has 3")

    def test_large_tables_are_left_to_the_job(self, folder, monkeypatch):
        monkeypatch.setattr(headers, "MOST_ROWS", 2)
        assert self.closely(["D9"]) == []
        monkeypatch.setattr(headers, "MOST_BYTES", 10)
        assert self.closely(["D9"]) == []

    def test_a_table_of_common_size_takes_a_moment(self, folder):
        rows = "".join(f"CC(=O)Nc1ccccc1,task {n % 300},{n % 9}\n" for n in range(400_000))
        (folder / "long.csv").write_text(f"smiles,task,value\n{rows}")
        start = time.process_time()
        assert len(self.closely(["task 7", "no task"])) == 1
        assert time.process_time() - start < 2


def test_only_the_header_is_read(folder):
    path = folder / "big.csv"
    path.write_text("smiles,x\n" + "C,1\n" * 2_000_000)
    start = time.perf_counter()
    source = TableSource.model_validate(table(path="big.csv"))
    assert check_table_header(source, ["y"])[0].startswith("tasks: no column 'y'")
    assert time.perf_counter() - start < 0.5


class TestKiba:
    def test_a_folder_without_the_tables(self, folder):
        assert "no folder 'none'" in problems({"kind": "kiba"}, data_dir="none")[0]
        found = problems({"kind": "kiba"}, data_dir=str(folder))
        assert found[0].startswith(f"data_dir: no file {KIBA_FILES[0]!r}") and "fetch_kiba" in found[0]

    def test_the_environment_names_the_folder(self, folder, monkeypatch):
        monkeypatch.setenv("MTLCURVES_DATA", "none")
        assert problems({"kind": "kiba"})[0].startswith("MTLCURVES_DATA: no folder 'none'")
        assert problems({"kind": "kiba"}, data_dir=str(folder))[0].startswith("data_dir: no file")

    def test_tables_yet_to_be_built_are_no_problem(self):
        assert problems({"kind": "kiba"}) == []

    def test_unknown_targets(self, shared_data):
        found = problems({"kind": "kiba"}, ["P00533", "P0533", "EGFR"], data_dir=str(shared_data))
        assert len(found) == 2
        assert (
            found[0].startswith("tasks: no task 'P0533' among the targets of") and "did you mean 'P0" in found[0]
        )


def test_unknown_tables_of_a_wheel_that_is_here(folder):
    assert problems({"kind": "moleculeace"}, ["CHEMBL234"]) == []  # not fetched yet
    wheel = folder / "resources/moleculeace/MoleculeACE-3.0.0-py3-none-any.whl"
    wheel.parent.mkdir(parents=True)
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("MoleculeACE/Data/benchmark_data/CHEMBL234_Ki.csv", "smiles,y\n")
    assert problems({"kind": "moleculeace"}, ["CHEMBL234_Ki"]) == []
    assert problems({"kind": "moleculeace"}, ["CHEMBL234"]) == [
        "tasks: no task 'CHEMBL234' among the tables of the wheel; did you mean 'CHEMBL234_Ki'?"
    ]
