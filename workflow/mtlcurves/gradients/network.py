"""The network: a shared encoder, and for each task a head of one hidden layer; the losses of its tasks.

Initial weights are drawn by key, those of the encoder by seed and rotation and those of a head by its task too.
So networks of different tasks, or of different label views, start from the same encoder, and a task from the same
head.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

from mtlcurves.gradient_sections import EncoderTraining
from mtlcurves.gradients.encoders.interface import EncoderKind
from mtlcurves.grid.seeds import state_of, text_key

Kind = Literal["class", "value"]


def draw_from(purpose: str, *words: int) -> None:
    """Let torch's generator draw from now on what belongs to a purpose and some whole numbers."""
    torch.manual_seed(int(state_of(purpose, *words)[0]))


class Heads(nn.Module):
    """All tasks' heads, hidden -> head -> 1 each, with relu and dropout between, computed together."""

    def __init__(self, tasks: Sequence[str], settings: EncoderTraining, seed: int, rotation: int) -> None:
        super().__init__()
        layers = []
        for task in tasks:
            draw_from("gradients head", seed, rotation, text_key(task))
            layers.append((nn.Linear(settings.hidden, settings.head), nn.Linear(settings.head, 1)))
        inner, outer = zip(*layers, strict=True)
        self.inner = nn.Parameter(torch.stack([layer.weight.detach().T for layer in inner]))
        self.inner_bias = nn.Parameter(torch.stack([layer.bias.detach()[None] for layer in inner]))
        self.outer = nn.Parameter(torch.stack([layer.weight.detach().T for layer in outer]))
        self.outer_bias = nn.Parameter(torch.stack([layer.bias.detach()[None] for layer in outer]))
        self.dropout = nn.Dropout(settings.dropout)

    def forward(self, copies: Tensor) -> Tensor:
        """Predict.

        Parameters
        ----------
        copies : Tensor, shape (tasks, compounds, hidden)
            The representations that each head reads.

        Returns
        -------
        Tensor, shape (tasks, compounds)
            Logits, or standardised values.
        """
        hidden = self.dropout(torch.relu(torch.baddbmm(self.inner_bias, copies, self.inner)))
        return torch.baddbmm(self.outer_bias, hidden, self.outer).squeeze(2)


class Network(nn.Module):
    """A shared encoder and its tasks' heads.

    Parameters
    ----------
    encoder : EncoderKind
        Kind of the encoder.
    tasks : sequence of str
        Tasks, in the order of the predictions.
    settings : EncoderTraining
        Widths and dropout.
    seed, rotation : int
        What initial weights are drawn by.
    """

    def __init__(
        self, encoder: EncoderKind, tasks: Sequence[str], settings: EncoderTraining, seed: int, rotation: int
    ) -> None:
        super().__init__()
        draw_from("gradients encoder", seed, rotation)
        self.encoder = encoder.module(settings)
        self.heads = Heads(tasks, settings, seed, rotation)
        self.n_tasks = len(tasks)

    def forward(self, inputs: Any) -> Tensor:
        """Predict all tasks of some compounds, shape (tasks, compounds)."""
        predicted: Tensor = self.heads(self.encoder(inputs).expand(self.n_tasks, -1, -1))
        return predicted


class Losses(NamedTuple):
    """The tasks' losses on some compounds.

    Attributes
    ----------
    of_task : Tensor, shape (tasks,)
        Mean over a task's labels: binary cross-entropy of classes, squared error of values; 0 without labels.
    counts : Tensor of int, shape (tasks,)
        Labels of each task.
    """

    of_task: Tensor
    counts: Tensor

    def joint(self) -> Tensor:
        """Return the mean over the tasks with labels; 0 where there is none."""
        return self.of_task.sum() / (self.counts > 0).sum().clamp(min=1)


def task_losses(predicted: Tensor, labels: Tensor, kind: Kind) -> Losses:
    """Compute every task's loss.

    Parameters
    ----------
    predicted : Tensor, shape (tasks, compounds)
        What the network predicts.
    labels : Tensor, shape (tasks, compounds)
        Classes 0 and 1, or standardised values; NaN where there is no label.
    kind : str
        ``class`` or ``value``.
    """
    known = ~labels.isnan()
    target = labels.nan_to_num(0.0)
    if kind == "class":
        each = binary_cross_entropy_with_logits(predicted, target, reduction="none")
    else:
        each = (predicted - target).square()
    counts = known.sum(dim=1)
    return Losses((each * known).sum(dim=1) / counts.clamp(min=1), counts)
