"""A job's log tells what became of it; its tables say where they come from."""

import logging
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from mtlcurves import problems
from mtlcurves.errors import DataError
from mtlcurves.jobs import Script, job
from mtlcurves.provenance import LIBRARY, commit
from mtlcurves.tables import read_origin, write_table

CONFIG: dict[str, Any] = {"study": "new", "source": {"kind": "moleculeace"}, "grid": {"rotations": 4}}


def script_of(
    log: Path, config: dict[str, Any] = CONFIG, scripts: Path = LIBRARY.parents[1] / "scripts"
) -> Script:
    """What Snakemake would hand to a script."""
    script: Script = SimpleNamespace(
        log=[str(log)],
        rule="assign_scaffolds",
        config=config,
        params={"library": "0123"},
        scriptdir=str(scripts),
    )
    return script


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield tmp_path / "job.log"
    for handler in set(root.handlers) - set(handlers):
        handler.close()
    root.handlers[:] = handlers
    root.setLevel(level)


def test_a_job_logs_into_its_file(log: Path) -> None:
    with job(script_of(log)) as logger:
        logger.info("read %d rows", 3)
    assert log.read_text().endswith("INFO read 3 rows\n")


def test_wrong_data_end_a_job_with_one_line(log: Path) -> None:
    with pytest.raises(SystemExit) as stop, job(script_of(log)):
        raise DataError("table.csv, row 3: found 'x'; a number is needed")
    assert stop.value.code == "error: table.csv, row 3: found 'x'; a number is needed"
    assert log.read_text().endswith("ERROR table.csv, row 3: found 'x'; a number is needed\n")
    assert "Traceback" not in log.read_text()
    assert problems.gathered(log.parent, "new") == (
        "1 problem in the data of the study new:\n  - table.csv, row 3: found 'x'; a number is needed"
    )


def test_what_several_jobs_say_stands_once_at_the_end(tmp_path: Path) -> None:
    for name, message in (
        ("a", "tasks: too few:\n  - x"),
        ("b/c", "tasks: too few:\n  - x"),
        ("d", "folds: empty"),
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        problems.leave(tmp_path / f"{name}.log", message)
    assert problems.gathered(tmp_path, "new").splitlines() == [
        "2 problems in the data of the study new:",
        "  - folds: empty",
        "  - tasks: too few:",
        "      - x",
    ]
    problems.forget(tmp_path)
    assert problems.gathered(tmp_path, "new") == ""


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt, OSError])
def test_any_other_error_leaves_its_traceback_in_the_log(log: Path, error: type[BaseException]) -> None:
    with pytest.raises(error), job(script_of(log)):
        raise error
    assert "the job failed\nTraceback" in log.read_text()
    assert error.__name__ in log.read_text()


def origin_of(path: Path) -> dict[str, str]:
    write_table(pd.DataFrame({"smiles": ["C"], "murcko": [""], "scaffold": ["C"]}), path, "scaffolds")
    return read_origin(path)


def test_a_table_says_where_it_comes_from(log: Path, tmp_path: Path) -> None:
    with job(script_of(log)):
        origin = origin_of(tmp_path / "t.parquet")
    assert origin["study"] == "new"
    assert origin["rule"] == "assign_scaffolds"
    assert origin["library"] == "0123"
    assert origin["seeds"] == "folds 0; rotations 0 to 3; replicates 0 to 0"
    assert origin["commit"] == commit(LIBRARY)
    assert {"python", "numpy", "pandas", "pyarrow"} <= {part.split()[0] for part in origin["versions"].split(", ")}
    assert origin["processor"]


def test_the_digest_of_the_configuration_sees_settings_and_not_how_they_are_written(
    log: Path, tmp_path: Path
) -> None:
    def digest(config: dict[str, Any]) -> str:
        with job(script_of(log, config)):
            return origin_of(tmp_path / "t.parquet")["config"]

    spelt_out = {"folds": {"count": 10}} | dict(reversed(CONFIG.items()))
    assert digest(spelt_out) == digest(CONFIG)
    assert digest(CONFIG | {"folds": {"count": 9}}) != digest(CONFIG)


def test_a_table_of_no_job_names_the_code_alone(tmp_path: Path) -> None:
    assert origin_of(tmp_path / "t.parquet").keys() == {"commit", "mtlcurves", "versions", "processor"}


def test_a_table_of_another_hand_has_no_origin(tmp_path: Path) -> None:
    pd.DataFrame({"x": [1]}).to_parquet(tmp_path / "t.parquet")
    assert read_origin(tmp_path / "t.parquet") == {}


def test_the_library_of_another_clone_is_refused(log: Path, tmp_path: Path) -> None:
    (tmp_path / "clone/workflow/mtlcurves").mkdir(parents=True)
    with pytest.raises(SystemExit) as stop, job(script_of(log, scripts=tmp_path / "clone/scripts")):
        raise AssertionError("the job began")
    assert f"is {LIBRARY}, that of the workflow is {tmp_path}/clone/workflow/mtlcurves" in str(stop.value.code)
