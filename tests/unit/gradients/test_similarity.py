"""Similarities of a step against plain autograd of every task's loss, one after the other."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from mtlcurves.gradient_sections import EncoderTraining
from mtlcurves.gradients.dense import watch_dense_layers
from mtlcurves.gradients.encoders.registry import load_encoder
from mtlcurves.gradients.network import Network, task_losses
from mtlcurves.gradients.similarity import step_similarities

SMILES = ["CCO", "c1ccccc1O", "CC(=O)N", "C[N+](C)(C)C", "C", "O=C(O)c1ccccc1OC(C)=O", "ClCCl", "C1CC1N"]


@pytest.fixture(autouse=True)
def double() -> Iterator[None]:
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def random_labels(kind: str, seed: int) -> torch.Tensor:
    """Five tasks, labels missing at random; the last task has none, the last but one in the second half alone."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, (5, len(SMILES))) if kind == "class" else rng.normal(size=(5, len(SMILES)))
    labels = np.where(rng.random(labels.shape) < 0.3, np.nan, labels)
    labels[3, :4], labels[4] = np.nan, np.nan
    labels[3, 5] = 1.0
    return torch.from_numpy(labels)


def plain_gradient(
    network: Network, predicted: torch.Tensor, labels: torch.Tensor, kind: str
) -> torch.Tensor | None:
    """Gradient of one task's mean loss by the encoder's weights; None without labels, or of length 0."""
    known = ~labels.isnan()
    if not known.any():
        return None
    loss = torch.nn.BCEWithLogitsLoss() if kind == "class" else torch.nn.MSELoss()
    gradients = torch.autograd.grad(
        loss(predicted[known], labels[known]), list(network.encoder.parameters()), retain_graph=True
    )
    gradient = torch.cat([part.flatten() for part in gradients])
    return gradient if gradient.norm() > 0 else None


def plain_cosines(left: list[torch.Tensor | None], right: list[torch.Tensor | None]) -> np.ndarray:
    cosine: Callable[..., torch.Tensor] = torch.nn.functional.cosine_similarity
    return np.array(
        [[np.nan if a is None or b is None else float(cosine(a, b, dim=0)) for b in right] for a in left]
    )


def mean_of_known(*arrays: np.ndarray) -> np.ndarray:
    return np.ma.masked_invalid(arrays).mean(axis=0).filled(np.nan)


@pytest.mark.parametrize("kind", ["class", "value"])
def test_similarities_are_those_of_plain_gradients(encoder: str, kind: str) -> None:
    settings = EncoderTraining(hidden=8, head=3, layers=2, dropout=0.4)
    reader = load_encoder(encoder)
    network = Network(reader, ["a", "b", "c", "d", "e"], settings, seed=3, rotation=1).double()
    labels = random_labels(kind, seed=len(encoder))
    with watch_dense_layers(network.encoder) as layers:
        representations = network.encoder(reader.prepare(SMILES).take(np.arange(len(SMILES))))
    assert len(layers) == {"ecfp": 2, "cnn": 1}.get(encoder, 0)
    copies = representations.expand(5, -1, -1)
    predicted = network.heads(copies)
    losses = task_losses(predicted, labels, kind)
    weights = list(network.encoder.parameters())
    found = step_similarities(losses.of_task, copies, representations, weights, layers, parts=True)
    alone = step_similarities(losses.of_task, copies, representations, weights, layers, parts=False)

    def gradients(half: slice) -> list[torch.Tensor | None]:
        return [plain_gradient(network, predicted[i, half], labels[i, half], kind) for i in range(5)]

    whole, first, second = (gradients(half) for half in (slice(None), slice(0, 4), slice(4, None)))
    assert first[3] is None and whole[3] is not None and whole[4] is None
    crossed = plain_cosines(first, second)
    within = mean_of_known(plain_cosines(first, first), plain_cosines(second, second))
    cross = mean_of_known(crossed, crossed.T)
    expected = {"all": plain_cosines(whole, whole), "cross": cross, "same": within - cross}
    for part, values in expected.items():
        np.testing.assert_allclose(found[part], values, atol=1e-9, err_msg=part)
    np.testing.assert_allclose(alone["all"], expected["all"], atol=1e-9)
    assert np.isnan(found["all"][4]).all() and np.isfinite(found["all"][:4, :4]).all()
    # joint: the mean over the tasks that have labels
    of_task = losses.of_task[:4].tolist()
    assert losses.joint().item() == pytest.approx(sum(of_task) / 4)
