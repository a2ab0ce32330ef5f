"""Work in parallel: order kept, chunks the same, progress in the log, errors reach the caller."""

import logging

import pytest
from mtlcurves.data import parallel
from mtlcurves.data.parallel import map_chunks


def with_size_of_chunk(items: list[int]) -> list[tuple[int, int]]:
    return [(item, len(items)) for item in items]


def failing_at_seven(items: list[int]) -> list[int]:
    if 7 in items:
        raise ValueError("seven")
    return items


@pytest.mark.parametrize("workers", [1, 2, 9])
def test_order_and_chunks_do_not_depend_on_workers(workers: int) -> None:
    done = map_chunks(with_size_of_chunk, list(range(10)), workers, "numbers", chunk=4)
    assert done == [(i, 4 if i < 8 else 2) for i in range(10)]


@pytest.mark.parametrize("workers", [1, 2])
def test_an_error_reaches_the_caller(workers: int) -> None:
    with pytest.raises(ValueError, match="seven"):
        map_chunks(failing_at_seven, list(range(20)), workers, "numbers", chunk=2)


def test_progress_is_logged(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(parallel, "SECONDS_BETWEEN_LINES", 0.0)
    with caplog.at_level(logging.INFO):
        map_chunks(with_size_of_chunk, list(range(30)), 1, "numbers", chunk=10)
    lines = [record.getMessage() for record in caplog.records]
    assert [line.split(",")[0] for line in lines[:2]] == ["numbers: 10 of 30", "numbers: 20 of 30"]
    assert "a second" in lines[0] and lines[0].endswith("s left")
    assert lines[2].startswith("numbers: 30 done in")
