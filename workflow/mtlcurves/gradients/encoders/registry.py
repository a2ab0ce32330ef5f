"""Encoders by name. Each is imported when it is asked for: torch_geometric takes seconds, and may be missing."""

from __future__ import annotations

from mtlcurves.encoder_needs import GRAPH_ENCODERS, missing_package
from mtlcurves.errors import DataError
from mtlcurves.gradients.encoders.interface import EncoderKind


def load_encoder(name: str) -> EncoderKind:
    """Return an encoder: ecfp, gcn, gat or cnn.

    Raises
    ------
    mtlcurves.errors.DataError
        When it needs torch-geometric, which is not installed.
    ValueError
        When there is none of that name.
    """
    if name in GRAPH_ENCODERS:
        try:
            from mtlcurves.gradients.encoders import graphs
        except ModuleNotFoundError as error:
            if (error.name or "").split(".")[0] != "torch_geometric":
                raise
            raise DataError(f"gradients.encoders: {missing_package(name)}") from error
        return graphs.GCN if name == "gcn" else graphs.GAT
    if name == "ecfp":
        from mtlcurves.gradients.encoders import fingerprints

        return fingerprints.ECFP
    if name == "cnn":
        from mtlcurves.gradients.encoders import sequence

        return sequence.CNN
    raise ValueError(f"no encoder {name!r}")
