"""A small network that predicts the gains of a group's tasks (as Song et al. 2022 describe theirs).

Every task has an embedding; the embeddings of a group's tasks attend to each other through some layers, and each
task's own linear output reads its gain. It is trained by the absolute error on the members, by Adam with weight
decay, until groups kept aside are no longer predicted better; an ensemble of such networks is averaged.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from mtlcurves.curves.score_arrays import Floats, Mask
from mtlcurves.gains.surrogates import mean_gain
from mtlcurves.training.threads import one_thread

WIDTH, LAYERS, TEMPERATURE = 64, 2, 0.2
LEARNING_RATE, WEIGHT_DECAY = 0.007, 5e-4
BATCH, MOST_EPOCHS, PATIENCE = 16, 200, 5
NETWORKS = 3
KEPT_ASIDE = 5  # one group in so many stops the training


class _Network(nn.Module):
    """Gains of every task in some groups, from who is in them."""

    def __init__(self, n_tasks: int) -> None:
        super().__init__()
        self.embedding = nn.Parameter(0.1 * torch.randn(n_tasks, WIDTH))
        self.mixed = nn.ModuleList(nn.Linear(WIDTH, 3 * WIDTH) for _ in range(LAYERS))
        self.output = nn.Parameter(torch.randn(n_tasks, WIDTH) / WIDTH)
        self.bias = nn.Parameter(torch.zeros(n_tasks))

    def forward(self, members: Tensor) -> Tensor:
        hidden = self.embedding.expand(len(members), -1, -1)
        absent = ~members[:, None, :]
        for layer in self.mixed:
            query, key, value = layer(hidden).chunk(3, dim=-1)
            weight = query @ key.transpose(1, 2) / (TEMPERATURE * WIDTH**0.5)
            hidden = hidden + torch.relu(weight.masked_fill(absent, -torch.inf).softmax(dim=-1) @ value)
        return (hidden * self.output).sum(dim=-1) + self.bias


def attention_gain(members: Mask, gains: Floats, wanted: Mask) -> Floats:
    """Predict gains by an ensemble of attention networks; parameters as in :func:`mean_gain`.

    Networks learn what a gain differs from its task's mean by, in units of the spread of that; with fewer than ten
    groups the prediction is the mean. The same input gives the same bits on one machine.
    """
    base = mean_gain(members, gains, members)
    known = np.isfinite(gains) & members
    differences = np.where(known, gains - base, 0.0)
    spread = float(np.sqrt((differences**2).sum() / max(known.sum(), 1)))
    prediction = mean_gain(members, gains, wanted)
    if len(members) < 2 * KEPT_ASIDE or spread == 0:
        return prediction
    data = [torch.from_numpy(members), torch.from_numpy(known), torch.from_numpy(differences / spread).float()]
    with torch.random.fork_rng(devices=[]), one_thread():
        networks = [_predicted(data, torch.from_numpy(wanted), seed) for seed in range(NETWORKS)]
    return np.asarray(prediction + spread * np.mean(networks, axis=0))


def _predicted(data: list[Tensor], wanted: Tensor, seed: int) -> Floats:
    """Train one network and predict; its groups are shuffled and split by the seed."""
    torch.manual_seed(seed)
    order = torch.randperm(len(data[0]))
    aside, rest = order[::KEPT_ASIDE], order[torch.arange(len(order)) % KEPT_ASIDE > 0]
    network = _Network(data[0].shape[1])
    optimiser = torch.optim.Adam(network.parameters(), lr=LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    least, best, waited = torch.inf, {}, 0
    for _ in range(MOST_EPOCHS):
        for batch in torch.split(rest[torch.randperm(len(rest))], BATCH):
            optimiser.zero_grad()
            torch.autograd.backward(_error(network, [part[batch] for part in data]))
            optimiser.step()
        with torch.no_grad():
            error = float(_error(network, [part[aside] for part in data]))
        waited += 1
        if error < least:
            least, waited = error, 0
            best = {name: value.clone() for name, value in network.state_dict().items()}
        if waited == PATIENCE:
            break
    network.load_state_dict(best)
    with torch.no_grad():
        return np.asarray(network(wanted).double().numpy())


def _error(network: _Network, data: list[Tensor]) -> Tensor:
    members, known, gains = data
    distance: Tensor = (network(members) - gains)[known].abs().sum()
    return distance / known.sum().clamp(min=1)
