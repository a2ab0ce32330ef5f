"""What trainings and jobs take on one machine: measured, kept in a file, looked up."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
from pydantic import ValidationError

from mtlcurves.config import Recipe
from mtlcurves.errors import DataError
from mtlcurves.estimate.encoder_timing import EncoderTiming
from mtlcurves.sections import Section

Pace = dict[str, float | str]


def pace_of(recipe: Recipe) -> Pace:
    """Tell what of a recipe decides about the time of an epoch, besides the labels."""
    settings: Pace = {"hidden": recipe.hidden, "batch_ratio": recipe.batch_ratio, "dropout": recipe.dropout}
    return settings | {"balancing": recipe.balancing.kind}


class Timing(Section):
    """What one training of a kind takes, at one number of labels.

    Each pair is the seconds of the training itself, and the seconds that its job spends on it besides: gathering
    its rows, scoring, writing. A training of E epochs scored at S of them takes
    ``first + (E - 1) epoch + (S - 1) score``.
    """

    kind: str
    hidden: int
    batch_ratio: float
    dropout: float
    balancing: str = "sum"
    labels: int
    first: tuple[float, float]
    epoch: tuple[float, float]
    score: tuple[float, float]

    @property
    def pace(self) -> Pace:
        """What it has in common with recipes that are as fast (see :func:`pace_of`)."""
        settings: Pace = {"hidden": self.hidden, "batch_ratio": self.batch_ratio, "dropout": self.dropout}
        return settings | {"balancing": self.balancing}


class Calibration(Section):
    """What trainings and jobs take on one machine.

    Attributes
    ----------
    backend, device : str
        Training engine, and what it ran on.
    cores : int
        Trainings that were timed side by side, as a busy node runs them.
    seconds : float
        What the calibration took.
    job : tuple of float
        A job's start: seconds that fall into its first training (compiled code is loaded), and all others
        (interpreter, library, data set).
    memory_mb : float
        Most memory of a process that trained the largest network.
    trainings : tuple of Timing
        What was timed of the grid's trainings.
    encoders : tuple of EncoderTiming
        What was timed of trainings with an encoder.
    """

    backend: str
    device: str
    cores: int
    seconds: float
    job: tuple[float, float]
    memory_mb: float
    trainings: tuple[Timing, ...]
    encoders: tuple[EncoderTiming, ...] = ()

    def cost(
        self, recipe: Recipe, kind: str, labels: npt.ArrayLike, epochs: int, scored: int
    ) -> npt.NDArray[np.float64]:
        """Predict what trainings take, interpolating between the numbers of labels that were timed.

        Parameters
        ----------
        recipe : Recipe
            How they are trained.
        kind : str
            single, group or complete.
        labels : array_like of int, shape (n,)
            Training labels of each.
        epochs, scored : int
            Epochs of each, and at how many of them it is scored.

        Returns
        -------
        ndarray of float64, shape (n, 2)
            Seconds of the training, and seconds of its job besides.

        Raises
        ------
        mtlcurves.errors.DataError
            When no such training was timed.
        """
        pace = pace_of(recipe)
        timed = [t for t in self.trainings if (t.kind, t.pace) == (kind, pace)]
        if not timed:
            known = sorted({f"{t.kind} ({_words(t.pace)})" for t in self.trainings})
            raise DataError(
                f"the calibration has no {kind} trainings ({_words(pace)}), but {'; '.join(known)}; leave "
                "rates out, and the target estimate times the study's own"
            )
        timed.sort(key=lambda t: t.labels)
        totals = [
            np.array(t.first) + (epochs - 1) * np.array(t.epoch) + (scored - 1) * np.array(t.score) for t in timed
        ]
        return _between(np.asarray(labels, dtype=float), [t.labels for t in timed], np.array(totals))


def _words(pace: Pace) -> str:
    texts = {key: value if isinstance(value, str) else f"{value:g}" for key, value in pace.items()}
    return ", ".join(f"{key} {text}" for key, text in texts.items())


def _between(
    labels: npt.NDArray[np.float64], at: Sequence[int], totals: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Interpolate; beyond the last point in proportion to the labels, before the first as the first."""
    beyond = np.maximum(1, labels / max(1, at[-1]))
    return np.column_stack([np.interp(labels, at, column) * beyond for column in totals.T])


def read_calibration(path: Path | str, backend: str) -> Calibration:
    """Read a calibration for a training engine.

    Raises
    ------
    mtlcurves.errors.DataError
        When the file is no calibration, or one of another engine.
    """
    try:
        found = Calibration.model_validate_json(Path(path).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        what = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise DataError(f"{path}: is no calibration ({what}); the target estimate writes one") from error
    if found.backend != backend:
        raise DataError(f"{path}: calibrates the backend {found.backend}; the study's is {backend}")
    return found
