"""What is lost while YAML is read is found again in the file."""

import time
from pathlib import Path

import pytest
from mtlcurves.configfiles import repeated_keys, where_given


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(folder: Path, text: str, name: str = "study.yaml") -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_keys_that_stand_once_are_no_problem(folder: Path) -> None:
    text = "a: &shared {x: 1}\nb: {x: 1, <<: *shared}\nc: [{x: 1}, {x: 2}]\n1: one\n'1': text\n"
    assert repeated_keys([written(folder, text)]) == []


def test_keys_that_stand_several_times_are_named_with_their_lines(folder: Path) -> None:
    text = "a:\n  x: 1\n  y: {z: 1, z: 2}\nb: 1\na:\n  x: 2\nc: [{x: 1}, {x: 1, x: 2}]\na: 3\n"
    assert [line.split(";")[0] for line in repeated_keys([written(folder, text)])] == [
        "a: stands in lines 1, 5 and 8",
        "a.y.z: stands in lines 3 and 3",
        "c[1].x: stands in lines 7 and 7",
    ]


def test_of_several_files_the_one_is_named(folder: Path) -> None:
    files = [written(folder, "a: 1\n", "one.yaml"), written(folder, "a: 1\na: 2\n", "two.yml")]
    (found,) = repeated_keys(files)
    assert found.startswith(f"a: stands in lines 1 and 2 of {files[1]};")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("study.json", '{"a": 1, "a": 2}'),
        ("study.yaml", "__use_yte__: true\n?if True:\n  a: 1\n?if True:\n  b: 1\n"),
        ("study.yaml", ""),
        ("study.yaml", "- a\n- b\n"),
    ],
)
def test_what_is_no_plain_yaml_of_keys_is_passed_over(folder: Path, name: str, text: str) -> None:
    assert repeated_keys([written(folder, text, name)]) == []
    assert repeated_keys([folder / "absent.yaml"]) == []


def test_looking_costs_little(folder: Path) -> None:
    path = written(folder, "tasks:\n" + "".join(f"  - task {n}\n" for n in range(1000)))
    repeated_keys([path])
    start = time.process_time()
    assert repeated_keys([path]) == []
    assert time.process_time() - start < 0.05


def test_places_are_named_as_the_user_would(folder: Path) -> None:
    assert where_given([folder / "config/mine.yaml"], False) == "config/mine.yaml"
    assert where_given([Path("config/config.yaml")], True) == "config/config.yaml and --config"
    assert where_given([Path("/elsewhere/a.yaml"), folder / "b.yaml"], False) == "/elsewhere/a.yaml and b.yaml"
    assert where_given([], False) == "the configuration"
