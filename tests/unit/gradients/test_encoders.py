"""Encoders: one interface."""

import importlib.util
import sys

import numpy as np
import pytest
import torch
from mtlcurves import encoder_needs
from mtlcurves.errors import DataError
from mtlcurves.gradient_checks import gradient_problems
from mtlcurves.gradient_sections import Gradients
from mtlcurves.gradients.encoders.registry import load_encoder
from mtlcurves.gradients.network import Network

SMILES = ["CCO", "c1ccccc1O", "C", "O=C(O)c1ccccc1OC(C)=O"]


def test_a_compound_is_the_same_whatever_stands_beside_it(encoder, settings):
    kind = load_encoder(encoder)
    network = Network(kind, ["a"], settings.training, seed=0, rotation=0).eval()
    inputs = kind.prepare(SMILES)
    together = network.encoder(inputs.take(np.array([3, 0, 2])))
    assert together.shape == (3, settings.training.hidden)
    for place, row in enumerate((3, 0, 2)):
        torch.testing.assert_close(network.encoder(inputs.take(np.array([row])))[0], together[place])
    assert (together[0] - together[1]).abs().max() > 1e-4


def test_initial_weights_are_drawn_by_key(encoder, settings):
    kind, training = load_encoder(encoder), settings.training
    one = Network(kind, ["a", "b"], training, seed=1, rotation=2).state_dict()
    other = Network(kind, ["b"], training, seed=1, rotation=2).state_dict()
    for name, weights in other.items():
        own = one[name][1:] if name.startswith("heads.") else one[name]
        torch.testing.assert_close(own, weights, rtol=0, atol=0)
    drawn_anew = Network(kind, ["b"], training, seed=2, rotation=2).state_dict()
    assert any((drawn_anew[name] != weights).any() for name, weights in other.items())


def test_graphs_are_missed_where_jobs_run_in_this_environment(monkeypatch):
    found = importlib.util.find_spec
    hidden = {"torch_geometric"}
    monkeypatch.setattr(encoder_needs, "find_spec", lambda name: None if name in hidden else found(name))
    assert [name for name in ("ecfp", "gcn", "gat", "cnn") if encoder_needs.lacks_graphs(name)] == ["gcn", "gat"]
    hidden.add("torch")  # jobs have an environment of their own
    assert not encoder_needs.lacks_graphs("gcn")


def test_filters_respond_as_a_convolution_does(settings):
    kind = load_encoder("cnn")
    network = kind.module(settings.training).eval()
    codes = kind.prepare(SMILES).take(np.array([1, 2, 3]))
    embedded = network.embedding(codes).transpose(1, 2)
    kept = (codes > 0)[:, None]
    largest = torch.cat([(torch.relu(one(embedded)) * kept).amax(dim=2) for one in network.filters], dim=1)
    torch.testing.assert_close(network(codes), torch.relu(network.dense(largest)))


def test_an_unheard_of_charge_is_the_nearest_and_eleven_neighbours_are_refused():
    pytest.importorskip("torch_geometric", reason=encoder_needs.missing_package("gcn"))
    encoder = load_encoder("gcn")
    both = encoder.prepare(["[Cr+7]", "[Cr+6]"]).take(np.array([0, 1])).x
    assert (both[0] == both[1]).all()
    crowded = "[U]" + "(F)" * 10 + "F"
    with pytest.raises(DataError, match=r"\[U\].*: an atom is none that torch-geometric has features for"):
        encoder.prepare(["CC", crowded])


def test_a_job_without_the_package_says_so(monkeypatch):
    monkeypatch.delitem(sys.modules, "mtlcurves.gradients.encoders.graphs", raising=False)
    monkeypatch.delattr("mtlcurves.gradients.encoders.graphs", raising=False)
    monkeypatch.setitem(sys.modules, "torch_geometric.data", None)
    with pytest.raises(DataError, match="gat needs torch-geometric, which is not installed; `make graphs`"):
        load_encoder("gat")


def test_attention_heads_share_the_width():
    (problem,) = gradient_problems(Gradients(encoders=["gat"], training={"hidden": 30}), [], None)
    assert problem == (
        "gradients.training.hidden: found 30; allowed with the encoder gat: multiples of 4, the number of its "
        "attention heads"
    )
