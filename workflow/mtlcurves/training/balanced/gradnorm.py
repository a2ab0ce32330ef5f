"""GradNorm (Chen et al. 2018, section 3), for batches in which tasks lack labels."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import torch

from mtlcurves.balancing_sections import GradNorm as Settings
from mtlcurves.training.balanced.step import Step
from mtlcurves.training.reference import Adam

Floats = npt.NDArray[np.float64]

SMOOTHING = 0.9  # of a task's mean loss over the batches that have labels of it


def weight_gradient(weights: Floats, norms: Floats, rates: Floats, alpha: float) -> Floats:
    """Differentiate sum of |G_i - target_i| by the weights (equation 2).

    Parameters
    ----------
    weights, norms : ndarray, shape (k,)
        G_i = w_i |g_i| is the length of the weighted loss's gradient by the shared weights.
    rates : ndarray, shape (k,)
        Losses over those of the untrained network.
    alpha : float
        target_i = mean of G times (rate_i / mean rate)^alpha; held constant.
    """
    sizes = weights * norms
    targets = sizes.mean() * (rates / rates.mean()) ** alpha
    return np.asarray(np.sign(sizes - targets) * norms)


class GradNorm:
    """Weights of losses, moved after every step.

    Parameters
    ----------
    settings : mtlcurves.balancing_sections.GradNorm
        Keys of the recipe.
    initial : ndarray, shape (tasks,)
        Mean loss a label of the untrained network, over a full pass.
    """

    weighs_heads = True

    def __init__(self, settings: Settings, initial: Floats) -> None:
        self._settings, self._initial, self._level = settings, initial, initial.copy()
        self._weights = torch.ones(len(initial), dtype=torch.float64)
        self._adam = Adam(self._weights)

    def weights(self, step: Step) -> Floats:
        """Return the weights for a step, and move them for the next."""
        used, at = self._weights.numpy().copy(), step.tasks
        if not len(at):
            return used
        self._level[at] = SMOOTHING * self._level[at] + (1 - SMOOTHING) * step.label_losses
        rates = self._level[at] / self._initial[at]
        gradient = np.zeros_like(used)
        gradient[at] = weight_gradient(used[at], step.gradients.norms(), rates, self._settings.alpha)
        self._adam.step([torch.from_numpy(gradient)], self._settings.learning_rate)
        moved = np.clip(self._weights.numpy()[at], self._settings.least, self._settings.most)
        following = used.copy()
        following[at] = moved * (used[at].sum() / moved.sum())
        self._weights.copy_(torch.from_numpy(following))
        return used

    def end_epoch(self) -> None:
        """Nothing happens between epochs."""
