"""Products of gradients by the weights of dense layers, without the gradients.

With y = x W' + b on n rows and d_i = dL_i/dy, the products of gradients by W and b are

    g_i g_j = sum over rows n, m of (x_n x_m + 1) (d_in d_jm)

so the gradients by a layer's output, and one number for every two rows, stand for gradients as large as W. That is
less work where a layer has more inputs than rows, as one that reads fingerprints.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

import torch
from torch import Tensor, nn


class DenseLayer(NamedTuple):
    """A dense layer in one forward pass.

    Attributes
    ----------
    weights : tuple of Tensor
        W and b.
    inputs, output : Tensor, shapes (rows, inputs) and (rows, outputs)
        x and y.
    """

    weights: tuple[Tensor, Tensor]
    inputs: Tensor
    output: Tensor

    def products(self, gradients: Tensor) -> Tensor:
        """Multiply gradients with one another, given those by the output, shape (k, rows, outputs)."""
        likeness = self.inputs @ self.inputs.T + 1
        return (likeness @ gradients).flatten(1) @ gradients.flatten(1).T


@contextmanager
def watch_dense_layers(encoder: nn.Module) -> Iterator[list[DenseLayer]]:
    """Note the dense layers with more inputs than rows, in the forward pass that the block makes."""
    seen: list[DenseLayer] = []

    def note(layer: nn.Module, inputs: Sequence[Tensor], output: Tensor) -> None:
        if isinstance(layer, nn.Linear) and inputs[0].dim() == 2 and len(output) < layer.in_features:
            seen.append(DenseLayer((layer.weight, layer.bias), inputs[0].detach(), output))

    hooks = [layer.register_forward_hook(note) for layer in encoder.modules() if isinstance(layer, nn.Linear)]
    try:
        yield seen
    finally:
        for hook in hooks:
            hook.remove()


def gramian(
    representations: Tensor, pulls: Tensor, weights: Sequence[Tensor], layers: Sequence[DenseLayer]
) -> Tensor:
    """Multiply gradients by an encoder's weights with one another.

    One backward pass of the encoder for each that is not zero: a batched one was found slower, since nearly all of
    its time is that of matrix products too.

    Parameters
    ----------
    representations : Tensor, shape (compounds, hidden)
        What the encoder gave; its graph is kept.
    pulls : Tensor, shape (k, compounds, hidden)
        k gradients by the representations.
    weights : sequence of Tensor
        Those of the encoder.
    layers : sequence of DenseLayer
        Those of its layers whose gradients need not be made.

    Returns
    -------
    Tensor, shape (k, k)
    """
    apart = {id(weight) for layer in layers for weight in layer.weights}
    others = [weight for weight in weights if id(weight) not in apart]
    outputs = [layer.output for layer in layers]
    of_outputs = [torch.zeros(len(pulls), *output.shape, dtype=output.dtype) for output in outputs]
    gradients = representations.new_zeros(len(pulls), sum(weight.numel() for weight in others))
    for place, pull in enumerate(pulls):
        if not pull.any():
            continue
        found = torch.autograd.grad(representations, [*outputs, *others], pull, retain_graph=True)
        for own, gradient in zip(of_outputs, found, strict=False):
            own[place] = gradient
        if others:
            torch.cat([gradient.flatten() for gradient in found[len(outputs) :]], out=gradients[place])
    products = gradients @ gradients.T
    for layer, own in zip(layers, of_outputs, strict=True):
        products += layer.products(own)
    return products
