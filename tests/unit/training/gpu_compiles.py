"""Compile the kernels for an NVIDIA GPU that need not be there, as whole launches call them; run by test_gpu.py.

Prints how many versions of each kernel different launches made.
"""

import json
from types import SimpleNamespace

import torch
from mtlcurves.training.gpu import engine, kernels, prediction
from test_gpu import COMPANY, RECIPE
from triton.backends.compiler import GPUTarget
from triton.runtime import JITFunction, driver

HOPPER = SimpleNamespace(
    get_current_device=lambda: 0,
    get_current_stream=lambda device: 0,
    get_current_target=lambda: GPUTarget("cuda", 90, 32),
)
run = JITFunction.run


def compile_only(self, *args, grid, warmup, **options):
    return run(self, *args, grid=grid, warmup=True, **options)


JITFunction.run = compile_only
driver.set_active(HOPPER)
engine.computing_device = lambda: torch.device("cpu")
engine.free_bytes = lambda: 1 << 40
recipe = RECIPE.model_copy(update={"hidden": 500, "dropout": 0.5})
for problems in (COMPANY, COMPANY[:1], COMPANY[2:3]):
    assert len(list(engine.Gpu().train(problems, recipe))) == len(problems)
names = ("descend", "move_head", "move_groups", "catch_up", "initial_sums", "predict")
found = {name: getattr(kernels, name, None) or getattr(prediction, name) for name in names}
print(json.dumps({name: len(kernel.device_caches[0][0]) for name, kernel in found.items()}))
