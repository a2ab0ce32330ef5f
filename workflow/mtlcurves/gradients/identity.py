"""What makes two trainings with an encoder the same."""

from __future__ import annotations

import json

from mtlcurves.gradient_sections import EncoderTraining
from mtlcurves.gradients.problem import Problem
from mtlcurves.provenance import PLUMBING, digest, imported_modules, module_digest

# a training's compounds and labels are digested themselves, however they were drawn
IN_PROBLEM = {"data.views", "data.shared_core"}


def training_id(problem: Problem, encoder: str, settings: EncoderTraining, epochs: int) -> str:
    """Digest all that affects a training's scores: its content, how it is trained, by which code.

    Parameters
    ----------
    problem : Problem
        Compounds and labels.
    encoder : str
        Name of the encoder.
    settings : EncoderTraining
        How it is trained.
    epochs : int
        Passes over the training compounds, at most.
    """
    keys = settings.model_dump(mode="json") | {"epochs": epochs, "encoder": encoder}
    modules = imported_modules("gradients.scores") | imported_modules("gradients.encoders.registry")
    code = (f"{m} {module_digest(m)}" for m in sorted(modules - PLUMBING - IN_PROBLEM))
    return digest(problem.digest(), json.dumps(keys, sort_keys=True), *code)
