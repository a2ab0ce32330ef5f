"""The sections of a configuration that ask whether the tasks' gradients tell how tasks are related."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PositiveFloat, PositiveInt

from mtlcurves.sections import Section

Encoder = Literal["ecfp", "gcn", "gat", "cnn"]
Window = Literal["last_fifth", "all", "frozen"]
Rows = Literal["all", "train", "heldout"]
Fraction = Annotated[float, Field(gt=0, le=1)]
Overlap = Annotated[float, Field(ge=0, le=1)]


class EncoderTraining(Section):
    """How the networks are trained in which gradients are compared. Defaults are the second paper's."""

    hidden: PositiveInt = Field(default=256, description="Units of each layer of the shared encoder.")
    layers: PositiveInt = Field(default=3, description="Layers of a graph encoder.")
    head: PositiveInt = Field(default=128, description="Units of the hidden layer of each task's own head.")
    dropout: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.3, description="Dropout after each layer.")
    batch: PositiveInt = Field(default=32, description="Compounds per batch.")
    learning_rate: PositiveFloat = Field(default=1e-3, description="AdamW's learning rate.")
    weight_decay: Annotated[float, Field(ge=0)] = Field(default=1e-2, description="AdamW's weight decay.")
    clip: PositiveFloat = Field(default=1.0, description="Norm that the gradient of all weights is cut to.")
    epochs: PositiveInt = Field(default=100, description="Passes over the training compounds, at most.")
    patience: PositiveInt = Field(
        default=25, description="Epochs without a lower loss on the validation fold after which training ends."
    )


class SimilarityLog(Section):
    """How the similarity of gradients is logged."""

    every: PositiveInt = Field(default=10, description="One optimiser step in so many is logged.")
    window: Window = Field(
        default="last_fifth",
        description="Steps that the similarity of a pair is the mean of, where one is chosen: the last fifth of "
        "the epochs, all, or batches drawn after the training, with the network frozen. All three are stored.",
    )
    min_batches: PositiveInt = Field(
        default=10, description="Logged batches with labels of both tasks that a pair needs."
    )
    parts: bool = Field(
        default=False,
        description="Whether to tell apart what two tasks' gradients share on the same compounds from what they "
        "share on different ones, by half-batches; about doubles the cost of the log.",
    )


class ThinnedSweep(Section):
    """Arm A, as published: every task keeps a random share of its labels, independently."""

    levels: Annotated[list[Fraction], Field(min_length=1)] = Field(
        default=[1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1], description="Shares of the labels kept."
    )


class CoreSweep(Section):
    """Arm B: all tasks have the same number of labels; what varies is how many of the compounds they share."""

    labels: PositiveInt = Field(description="Labels of every task, at every level.")
    levels: Annotated[list[Overlap], Field(min_length=1)] = Field(
        default=[1.0, 0.7, 0.5, 0.3, 0.2, 0.1, 0.0], description="Jaccard overlaps of every two tasks."
    )


class SizeSweep(Section):
    """Arm C: all pairs of tasks have the same overlap; what varies is the number of labels."""

    overlap: Overlap = Field(default=0.5, description="Jaccard overlap of every two tasks, at every level.")
    levels: Annotated[list[PositiveInt], Field(min_length=1)] = Field(description="Labels of every task.")


class BlocksSweep(Section):
    """Arm D: as core, but the compounds of a task's own are of scaffolds that no other task has."""

    labels: PositiveInt = Field(description="Labels of every task, at every level.")
    levels: Annotated[list[Overlap], Field(min_length=1)] = Field(
        default=[0.5, 0.3, 0.1, 0.0], description="Jaccard overlaps of every two tasks."
    )


class MaskedSweep(Section):
    """Arm E: networks see all labels; what varies is how many of them their gradients are taken of afterwards."""

    levels: Annotated[list[Fraction], Field(min_length=1)] = Field(
        default=[1.0, 0.5, 0.2, 0.1, 0.05], description="Shares of the labels that gradients are taken of."
    )
    batches: PositiveInt = Field(default=300, description="Batches at each level, the network frozen.")


class Sweeps(Section):
    """What becomes of the similarities as labels are taken away; every level is drawn several times."""

    seeds: PositiveInt = Field(default=5, description="Draws and trainings at each level.")
    thinned: ThinnedSweep | None = Field(default=None, description="A random share of every task's labels.")
    core: CoreSweep | None = Field(default=None, description="So many labels each, on more or fewer shared ones.")
    size: SizeSweep | None = Field(default=None, description="More or fewer labels at one overlap.")
    blocks: BlocksSweep | None = Field(default=None, description="As core, own compounds by scaffold.")
    masked: MaskedSweep | None = Field(
        default=None, description="All labels in training, a random share of them when gradients are compared."
    )


class Benefit(Section):
    """What training two tasks together gives each of them, on held-out folds, against each alone."""

    pairs: PositiveInt | Literal["all"] = Field(
        default="all", description="Pairs trained together: all, or so many drawn at random."
    )
    epochs: PositiveInt = Field(default=30, description="Passes over the training compounds, at most.")
    rotations: PositiveInt = Field(default=1, description="Rotations: 0 .. rotations - 1, each with a test fold.")
    seeds: PositiveInt = Field(default=3, description="Trainings of each pair and task in each rotation.")
    margin: PositiveFloat = Field(
        default=0.005, description="Difference of the score below which two networks count as equally good."
    )


class GradientGroups(Section):
    """Groups of tasks chosen by the similarity of their gradients, against random ones.

    Chosen by the trainings of rotation 0, and scored on its test fold, which those have not seen.
    """

    counts: Annotated[list[PositiveInt], Field(min_length=1)] = Field(
        default=[2, 3, 4], description="Numbers of groups."
    )
    random_partitions: PositiveInt = Field(default=50, description="Random partitions for each of them.")
    epochs: PositiveInt = Field(default=30, description="Passes over the training compounds, at most.")
    seeds: PositiveInt = Field(default=3, description="Trainings of each group.")


class SyntheticTruth(Section):
    """Tasks on Gaussian features whose similarity is known, thinned like the study's."""

    compounds: PositiveInt = Field(default=5000, description="Rows of the simulated data.")
    levels: Annotated[list[Fraction], Field(min_length=1)] = Field(
        default=[1.0, 0.75, 0.5, 0.3, 0.2, 0.1], description="Shares of the labels kept, or Jaccard overlaps."
    )
    seeds: PositiveInt = Field(default=5, description="Simulated data sets for each level.")


class Gradients(Section):
    """Similarity of the tasks' gradients in networks that share an encoder, and what it tells (second paper).

    Each encoder, label view, rotation and seed has a training of its own. The rotation's last fold is the test
    fold, the one before it the validation fold. Left out, nothing of this is done.
    """

    encoders: Annotated[list[Encoder], Field(min_length=1)] = Field(
        default=["gcn"],
        description="Shared encoders: ecfp (fingerprint and dense layers), gcn and gat (graphs; need the extra "
        "graphs), cnn (SMILES). The first is the one that sweeps, benefits and groups are trained with.",
    )
    split: Literal["scaffold", "compound"] = Field(
        default="scaffold", description="Folds by scaffold, or by compound."
    )
    rotations: PositiveInt = Field(default=1, description="Rotations: 0 .. rotations - 1.")
    seeds: PositiveInt = Field(default=1, description="Trainings in each rotation.")
    shuffled: Annotated[int, Field(ge=0)] = Field(
        default=1,
        description="Trainings in which every task's labels are shuffled among its compounds: how gradients look "
        "when tasks have nothing in common.",
    )
    training: EncoderTraining = Field(default=EncoderTraining(), description="How the networks are trained.")
    log: SimilarityLog = Field(default=SimilarityLog(), description="How similarities are logged.")
    rows: Rows = Field(
        default="heldout",
        description="Compounds whose labels are correlated where one choice is shown: all, those of the training "
        "folds, or those of the other folds. All three are tabulated.",
    )
    min_shared: PositiveInt = Field(
        default=20, description="Compounds with labels of both tasks that the correlation of a pair needs."
    )
    partitions: list[str] = Field(
        default=[],
        description="Columns of the tasks' table that name reference groups, to be recovered from the "
        "similarities; family may be one. A task with an empty cell is a group of its own.",
    )
    sweeps: Sweeps | None = Field(default=None, description="What overlap and size do to the similarities.")
    benefit: Benefit | None = Field(default=None, description="Trainings of pairs of tasks.")
    groups: GradientGroups | None = Field(default=None, description="Trainings of groups of tasks.")
    task2vec: Annotated[int, Field(ge=0)] = Field(
        default=0,
        description="Networks from which tasks are also embedded by Task2Vec, a rival of gradient similarity, as "
        "published and in a fair form; 0: it is left out.",
    )
    synthetic: SyntheticTruth | None = Field(default=None, description="The same on simulated data.")
