"""The affinities of a whole training: means over its logged steps."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np

from mtlcurves.affinity.lookahead import AdamCopy, linear_rule
from mtlcurves.affinity.shared import Floats, SharedGradients
from mtlcurves.affinity.step import exact, first_order
from mtlcurves.affinity_sections import Affinity
from mtlcurves.training.moment import Moment

log = logging.getLogger(__name__)

SOURCES = 5  # of a logged step in the first-order form whose affinities are computed exactly, too


class Means:
    """Means of arrays that are NaN here and there.

    Attributes
    ----------
    count : ndarray of int
        Numbers that each mean is of.
    """

    def __init__(self, shape: tuple[int, ...]) -> None:
        self._sum, self.count = np.zeros(shape), np.zeros(shape, dtype=np.int64)

    def add(self, values: Floats) -> None:
        """Take an array up."""
        known = np.isfinite(values)
        self._sum[known] += values[known]
        self.count += known

    @property
    def mean(self) -> Floats:
        """The means; NaN where no number was."""
        return np.where(self.count > 0, self._sum / np.maximum(self.count, 1), np.nan)


class AffinityLog:
    """Watches a training and logs its affinities; one step in ``settings.every``, the last of so many.

    The first-order form is checked at three of these steps, the first, the middle and the last, against the exact
    form of a few sources, spread evenly over the tasks with labels; the exact form against that of first order.

    Parameters
    ----------
    settings : Affinity
        What is logged, and how.
    chosen : sequence of int
        Tasks whose affinities are wanted, as positions among the training's.
    n_tasks : int
        Tasks of the training.
    n_steps : int
        Its steps.

    Attributes
    ----------
    affinities : Means, shape (tasks + 1, tasks)
        Of Z, as :mod:`mtlcurves.affinity.step` has them; with ``settings.per_rate`` over the step's learning rate,
        of which that of the first step counts as 1.
    errors : Means, shape (tasks + 1, tasks)
        Of |Z exact - Z first order|.
    """

    def __init__(self, settings: Affinity, chosen: Sequence[int], n_tasks: int, n_steps: int) -> None:
        self._settings, self._chosen = settings, [int(task) for task in chosen]
        self._n_logged = n_steps // settings.every
        self._checked = {1, (1 + self._n_logged) // 2, self._n_logged}
        self._first_rate = 0.0
        self.affinities, self.errors = (Means((n_tasks + 1, n_tasks)) for _ in range(2))

    def __call__(self, moment: Moment) -> None:
        """Log a step, if its turn has come."""
        self._first_rate = self._first_rate or moment.learning_rate
        number, remainder = divmod(moment.step, self._settings.every)
        if remainder:
            return
        shared, checked = SharedGradients(moment), number in self._checked
        linear = linear_rule(self._settings.lookahead, shared, moment)
        if self._settings.form == "exact" or linear is None:
            found = exact(shared, linear or AdamCopy(shared, moment), self._chosen)
            checks = first_order(shared, linear) if checked and linear else None
        else:
            found = first_order(shared, linear)
            checks = exact(shared, linear, self._few(shared)) if checked else None
        share = moment.learning_rate / self._first_rate if self._settings.per_rate else 1.0
        self.affinities.add(found / share)
        if checks is not None:
            self.errors.add(np.abs(found - checks) / share)
        if number % max(1, self._n_logged // 10) == 0:
            log.info("step %d, %d of %d logged", moment.step, number, self._n_logged)

    def _few(self, shared: SharedGradients) -> list[int]:
        present = [task for task in self._chosen if shared.usable[task]]
        if len(present) <= SOURCES:
            return present
        return [present[round(place)] for place in np.linspace(0, len(present) - 1, SOURCES)]
