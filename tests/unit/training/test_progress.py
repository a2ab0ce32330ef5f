"""What the log says while a training goes on."""

import logging

import pytest
from mtlcurves.training import progress
from mtlcurves.training.progress import epochs_reported


def test_a_long_training_says_from_time_to_time_how_far_it_is(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    with caplog.at_level(logging.INFO):
        assert list(epochs_reported(3)) == [1, 2, 3]
    said = [record.getMessage() for record in caplog.records]
    assert [line.split(";")[0] for line in said] == ["epoch 1 of 3", "epoch 2 of 3"]
    assert all("left in this training" in line for line in said)


def test_a_short_training_says_nothing(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        assert list(epochs_reported(1000)) == list(range(1, 1001))
    assert not caplog.records
