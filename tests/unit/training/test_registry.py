"""Engines by name."""

from typing import get_args

import pytest
import torch
from mtlcurves.config import Config
from mtlcurves.training.registry import load_backend


@pytest.mark.parametrize("name", get_args(Config.model_fields["backend"].annotation))
def test_every_engine_of_the_configuration_is_there(name):
    if name == "gpu" and not torch.cuda.is_available():
        pytest.skip("no GPU here; test_gpu.py interprets its kernels")
    engine = load_backend(name)
    assert engine.name == name
    assert engine.device


def test_an_unknown_engine_is_named():
    with pytest.raises(ValueError, match="'abacus'"):
        load_backend("abacus")
