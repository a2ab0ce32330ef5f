"""Encoders gcn and gat: graph networks of torch-geometric on the atoms of a compound, averaged over them.

Atoms have the nine features of torch-geometric's ``from_smiles`` (element, chirality, degree, charge, hydrogens,
radical electrons, hybridisation, aromatic, in a ring), each as one column per value. A charge, or a number of
radical electrons, beyond those that have a column counts as the nearest that has one: [Cr+7] is [Cr+6].
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import torch
from rdkit import Chem
from torch import Tensor, nn
from torch_geometric.data import Batch, Data
from torch_geometric.nn import GAT as GraphAttention
from torch_geometric.nn import GCN as GraphConvolution
from torch_geometric.nn import global_mean_pool
from torch_geometric.transforms import AddSelfLoops, GCNNorm
from torch_geometric.utils.smiles import from_rdmol, x_map

from mtlcurves.data.molecules import captured_errors
from mtlcurves.encoder_needs import ATTENTION_HEADS
from mtlcurves.errors import DataError
from mtlcurves.gradient_sections import EncoderTraining
from mtlcurves.gradients.encoders.interface import EncoderKind, Rows

log = logging.getLogger(__name__)

CHARGES, RADICALS = x_map["formal_charge"], x_map["num_radical_electrons"]
_WIDTHS = [len(values) for values in x_map.values()]
COLUMNS = sum(_WIDTHS)
_FIRST = torch.tensor([sum(_WIDTHS[:place]) for place in range(len(_WIDTHS))])


class Graphs:
    """Compounds as graphs, atoms with the columns of their features' values.

    Parameters
    ----------
    smiles : sequence of str
        Compounds.
    finish : callable
        What is done to each graph once, and would else be done to it in every batch by every layer.
    """

    def __init__(self, smiles: Sequence[str], finish: Callable[[Data], Data]) -> None:
        with captured_errors():
            self._graphs = [finish(_graph(text)) for text in smiles]
        log.info("%d graphs, %d atoms", len(smiles), sum(graph.num_nodes for graph in self._graphs))

    def take(self, rows: Rows) -> Any:
        """Return the graphs of some compounds as one."""
        return Batch.from_data_list([self._graphs[row] for row in rows.tolist()])


def _graph(smiles: str) -> Data:
    molecule: Any = Chem.MolFromSmiles(smiles)
    for atom in molecule.GetAtoms():
        atom.SetFormalCharge(min(max(atom.GetFormalCharge(), CHARGES[0]), CHARGES[-1]))
        atom.SetNumRadicalElectrons(min(atom.GetNumRadicalElectrons(), RADICALS[-1]))
    try:
        graph = from_rdmol(molecule)
    except ValueError as error:  # eleven neighbours, say
        raise DataError(
            f"{smiles}: an atom is none that torch-geometric has features for ({error}); leave the compound out, "
            "or use the encoder ecfp or cnn"
        ) from error
    return Data(x=graph.x + _FIRST, edge_index=graph.edge_index)


class GraphEncoder(nn.Module):
    """A graph network and the mean over atoms.

    torch-geometric's models end with a bare layer; here relu and dropout follow it as they follow the others.
    """

    def __init__(self, layers: nn.Module, dropout: float) -> None:
        super().__init__()
        self.layers, self.dropout = layers, nn.Dropout(dropout)

    def forward(self, graphs: Any) -> Tensor:
        """Return the representations, shape (compounds, hidden)."""
        columns: Tensor = graphs.x
        features = torch.zeros(len(columns), COLUMNS, dtype=torch.get_default_dtype()).scatter_(1, columns, 1.0)
        atoms = self.dropout(torch.relu(self.layers(features, graphs.edge_index, graphs.edge_weight)))
        result: Tensor = global_mean_pool(atoms, graphs.batch, graphs.num_graphs)
        return result


def _convolution(settings: EncoderTraining) -> nn.Module:
    layers = GraphConvolution(COLUMNS, settings.hidden, settings.layers, dropout=settings.dropout, normalize=False)
    return GraphEncoder(layers, settings.dropout)


def _attention(settings: EncoderTraining) -> nn.Module:
    layers = GraphAttention(
        COLUMNS,
        settings.hidden,
        settings.layers,
        dropout=settings.dropout,
        heads=ATTENTION_HEADS,
        add_self_loops=False,
    )
    return GraphEncoder(layers, settings.dropout)


GCN = EncoderKind(partial(Graphs, finish=GCNNorm()), _convolution)
GAT = EncoderKind(partial(Graphs, finish=AddSelfLoops()), _attention)
