"""Whether this machine can run the engine, and on what."""

from __future__ import annotations

import importlib.util
import os

import torch

from mtlcurves.errors import DataError

INTERPRETED_BYTES = 1 << 30  # what a launch may take where the kernels are interpreted on the processor


def require_gpu() -> None:
    """Refuse a machine that the kernels cannot run on. Light: it does not import Triton.

    Raises
    ------
    mtlcurves.errors.DataError
        When there is neither a CUDA device nor Triton's interpreter (TRITON_INTERPRET=1), or no Triton.
    """
    if not interpreted() and not torch.cuda.is_available():
        raise DataError(
            "backend: gpu needs an NVIDIA GPU and a CUDA build of torch, and torch "
            f"{torch.__version__} finds no GPU here; use lazy_adam, which trains the same networks on the CPU"
        )
    if importlib.util.find_spec("triton") is None:
        raise DataError(
            "backend: gpu needs the package triton, which a CUDA build of torch brings, and "
            f"torch {torch.__version__} came without; use lazy_adam, which trains the same networks on the CPU"
        )


def interpreted() -> bool:
    """Whether Triton's interpreter stands in for a GPU: slow, for tests."""
    return os.environ.get("TRITON_INTERPRET") == "1"


def computing_device() -> torch.device:
    """Return where tensors live."""
    return torch.device("cpu" if interpreted() else "cuda")


def device_name() -> str:
    """Return the GPU's name."""
    return "cpu Triton interpreter" if interpreted() else str(torch.cuda.get_device_name())


def free_bytes() -> int:
    """Ask the device how much memory is free, what this process keeps for reuse counted as free."""
    if interpreted():
        return INTERPRETED_BYTES
    torch.cuda.empty_cache()
    return int(torch.cuda.mem_get_info()[0])
