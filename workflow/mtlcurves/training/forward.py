"""What a batch's forward pass gives: all that its backward pass needs."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor


class Forward(NamedTuple):
    """A batch's forward pass; m labelled rows.

    Attributes
    ----------
    z, h : Tensor, shape (m, hidden)
        Hidden layer before and after relu and dropout.
    kept : Tensor, shape (m, hidden), or None
        Factors of dropout.
    logits : Tensor, shape (m, tasks)
        Output.
    error : Tensor, shape (m, tasks)
        Gradient of the loss by the logits, 0 where there is no label.
    """

    z: Tensor
    h: Tensor
    kept: Tensor | None
    logits: Tensor
    error: Tensor
