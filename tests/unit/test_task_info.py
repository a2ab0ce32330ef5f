"""What the table of a study's tasks says of them."""

from pathlib import Path

from mtlcurves.config import Labels, Molecules
from mtlcurves.data.sources import read_source
from mtlcurves.data.task_list import list_tasks
from mtlcurves.gradient_checks import gradient_problems
from mtlcurves.gradient_sections import Gradients
from mtlcurves.task_info import read_tasks


def test_what_a_list_of_tasks_counts_is_no_group(tmp_path: Path) -> None:
    source = tmp_path / "t.csv"
    source.write_text("smiles,a,b\nC,7,4\nCC,5,6\nCCC,2,9\n", encoding="utf-8")
    values, rejected = read_source({"kind": "table", "path": str(source), "layout": "wide"}, [str(source)])
    settings = Labels(threshold=5, min_labels=2).model_dump()
    listed, _ = list_tasks(values, rejected, Molecules().model_dump(), settings, 1)
    table = tmp_path / "tasks.csv"
    listed.assign(name=["A", "B"], target="kinase", organ="").to_csv(table, index=False)
    tasks = read_tasks(str(table))
    assert [info.groups for info in tasks] == [{"family": "", "target": "kinase", "organ": ""}] * 2
    assert list(gradient_problems(Gradients(partitions=["n"]), tasks, None)) == [
        "gradients.partitions: 'n' names no group in the tasks' table; found: 'target'"
    ]
