"""What a study's configuration may hold: one model per section, every key with its meaning.

The models are the only source: config/README.md and workflow/schemas/config.schema.json are generated
from them, and :mod:`mtlcurves.study` turns a configuration into a checked :class:`~mtlcurves.study.Study`.
"""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field, PositiveFloat, PositiveInt

from mtlcurves.affinity_sections import Affinity
from mtlcurves.balancing_sections import Balancing, PlainSum, is_plain
from mtlcurves.gradient_sections import Gradients
from mtlcurves.grid_sections import Arm, Grid
from mtlcurves.grouping_sections import Grouping
from mtlcurves.sections import Limits, Name, Power, Section, Tasks
from mtlcurves.source_sections import Source

Metric = Literal["auroc", "aupr", "average_precision"]
Form = Literal[
    "LAST1",
    "POW2",
    "LOG2",
    "EXP2",
    "LIN2",
    "ILOG2",
    "POW3",
    "EXP3",
    "VAP3",
    "EXPP3",
    "EXPD3",
    "LOGPOW3",
    "MMF4",
    "WBL4",
    "EXP4",
    "POW4",
    "JANOSCHEK4",
]


class Labels(Section):
    """From measured values to active and inactive, or to values as they are."""

    kind: Literal["class", "value"] = Field(
        default="class",
        description="class: active or inactive; value: the measured number, for the section gradients alone. "
        "Learning curves need classes.",
    )
    threshold: float | None = Field(
        default=None, description="Value that separates the classes; empty: the values are 0 or 1 already."
    )
    active: Literal["above", "below"] = Field(
        default="above", description="Which side of the threshold is active; the threshold itself is active."
    )
    merge: Literal["median", "mean", "min", "max", "refuse"] = Field(
        default="median",
        description="How several values of one compound and task become one; refuse: such cells are left out "
        "and listed unless they agree. A 0/1 cell whose merged value is neither is left out and listed.",
    )
    min_labels: PositiveInt = Field(default=100, description="Labels a task needs to be studied.")
    one_class: Literal["refuse", "keep"] = Field(
        default="refuse", description="A task with labels of one class only: refused, or trained without a score."
    )


class Molecules(Section):
    """Reading and cleaning structures."""

    standardise: Literal["canonical", "full"] = Field(
        default="full",
        description="canonical: RDKit's canonical SMILES only (the first paper's reading); "
        "full: cleanup, fragment parent, uncharge, then canonical SMILES.",
    )
    max_heavy_atoms: PositiveInt = Field(default=100, description="Larger molecules are rejected and listed.")


class Fingerprints(Section):
    """ECFP folded to a fixed number of binary columns."""

    radius: Annotated[int, Field(ge=0, le=6)] = Field(default=3, description="3 gives ECFP6.")
    columns: PositiveInt = Field(default=32_000, description="Columns after folding.")


class Folds(Section):
    """The folds that training sizes are counted in."""

    count: Annotated[int, Field(ge=3, le=20)] = Field(
        default=10, description="Number of folds; one of them is the test fold of each rotation."
    )
    seed: int = Field(default=0, description="Seed of the draw of a fold for each scaffold or compound.")


class Epochs(Section):
    """Passes over the training rows, by how many tasks a training has."""

    single: PositiveInt = Field(default=40, description="One task.")
    group: PositiveInt = Field(default=100, description="A subset of the study's tasks.")
    complete: PositiveInt = Field(default=300, description="All tasks of the study.")


class Recipe(Section):
    """How a network is trained and tested. Defaults are the first paper's."""

    arms: Annotated[list[Arm], Field(min_length=1)] | None = Field(
        default=None, description="Arms trained under this recipe; every arm of the grid when left out."
    )
    split: Literal["scaffold", "compound"] = Field(
        default="scaffold", description="Folds by scaffold, or by compound."
    )
    test_on: Literal["fold", "complement"] = Field(
        default="fold",
        description="fold: the rotation's last fold, the same for every size; complement: all folds not "
        "trained on (stl and mtl only, since compared arms must share a test set).",
    )
    hidden: PositiveInt = Field(default=500, description="Units of the hidden layer.")
    learning_rate: PositiveFloat = Field(default=1e-4, description="Adam's learning rate.")
    milestones: list[PositiveInt] = Field(
        default=[], description="Epochs after which the learning rate is multiplied by gamma."
    )
    gamma: PositiveFloat = Field(default=0.3, description="Factor at each milestone.")
    dropout: Annotated[float, Field(ge=0, lt=1)] = Field(default=0.0, description="Dropout on the hidden layer.")
    batch_ratio: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.02, description="Rows per batch as a share of the training rows; 0.02 gives 50 steps an epoch."
    )
    epochs: Epochs = Field(default=Epochs(), description="Epochs by number of tasks.")
    score_epochs: list[PositiveInt] = Field(
        default=[], description="Further epochs at which each training is scored, besides its last."
    )
    rows: Literal["labelled", "folds"] = Field(
        default="labelled",
        description="Rows of a training: compounds with at least one of its labels, or all compounds of its "
        "folds.",
    )
    balancing: Balancing = Field(
        default=PlainSum(),
        # so that trainings from before there was a choice are found again
        exclude_if=is_plain,
        description="How the tasks are balanced. All kinds but sum are trained by an engine of their own, "
        "balanced, whatever backend says. A training of one task is the plain sum in any case.",
    )

    def engine(self, backend: str) -> str:
        """Name the engine that trains the recipe in a study with a backend."""
        return backend if is_plain(self.balancing) else "balanced"


class Bundles(Section):
    """How many trainings one job holds."""

    stl_tasks: PositiveInt = Field(default=25, description="Tasks per single-task bundle, all sizes.")
    augmented_auxiliaries: PositiveInt = Field(default=1, description="Auxiliaries per bundle, all sizes.")
    shuffled_auxiliaries: PositiveInt = Field(
        default=1, description="Auxiliaries with shuffled labels per bundle, all sizes."
    )
    offdiagonal_targets: PositiveInt = Field(default=1, description="Targets per bundle, all pairs of sizes.")
    design_rows: PositiveInt = Field(default=4, description="Rows of the weighing design per bundle.")
    random_partitions: PositiveInt = Field(default=10, description="Random partitions of the tasks per bundle.")
    gradient_networks: PositiveInt = Field(
        default=6, description="Networks with an encoder (section gradients) of one or a few tasks per bundle."
    )


class Curves(Section):
    """Learning curves and comparisons."""

    metrics: Annotated[list[Metric], Field(min_length=1)] = Field(
        default=["auroc", "aupr"], description="Scores that curves are fitted to."
    )
    form: Form = Field(default="EXP3", description="Form whose parameters are reported for each arm.")
    compared_forms: list[Form] = Field(
        default=list(get_args(Form)), description="Forms in the comparison; LAST1 is always in the race."
    )
    target_scores: list[Annotated[float, Field(gt=0, lt=1)]] = Field(
        default=[0.7, 0.8, 0.9], description="Scores for which the labels that a task still needs are foretold."
    )
    significance: Annotated[float, Field(gt=0, lt=0.5)] = Field(
        default=0.05, description="Nominal level of tests; also the false-discovery rate."
    )
    equivalence_margin: PositiveFloat = Field(
        default=0.005,
        description="Difference of a score below which a kind of balancing counts as equivalent to the plain sum.",
    )
    smallest_effect: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.005,
        description="What matters of transfer: the share of the gap to a target's best score that one fold of an "
        "auxiliary's labels closes, or widens, at least. With a gap of 0.3, 0.005 is 0.0015 of the score.",
    )


class Config(Section):
    """A whole study."""

    study: Name = Field(description="Name of the study; results are written to results/<study>.")
    title: str = Field(default="", description="One line for the report.")
    data_dir: str | None = Field(
        default=None,
        description="Folder with the KIBA tables, and what {data_dir} stands for in paths of source; the variable "
        "MTLCURVES_DATA when left out.",
    )
    source: Source = Field(
        description="Where the measured values come from: moleculeace, table, kiba, chembl or designed."
    )
    tasks: Tasks | str | None = Field(
        default=None,
        description="Tasks of the study: a list, or a csv table with a column task and, if you like, name and "
        "family. Left out, only the targets list_tasks and fetch_kiba work; of a designed source, it is all "
        "tasks.",
    )
    subsets: dict[Name, Tasks] = Field(default={}, description="Named subsets of the tasks.")
    labels: Labels = Field(default=Labels(), description="From values to labels.")
    molecules: Molecules = Field(default=Molecules(), description="Structures.")
    fingerprints: Fingerprints = Field(default=Fingerprints(), description="Network input.")
    folds: Folds = Field(default=Folds(), description="Folds.")
    grid: Grid = Field(default=Grid(), description="Trainings.")
    recipes: dict[Name, Recipe] = Field(
        default={"main": Recipe()},
        description="Ways to train. main is required; other recipes take the keys they leave out from main.",
    )
    grouping: Grouping | None = Field(default=None, description="Groups of tasks trained together.")
    backend: Literal["lazy_adam", "gpu", "reference"] = Field(
        default="lazy_adam",
        description="Training engine: lazy_adam moves only the weights a batch touches; gpu does so for many "
        "networks at once on an NVIDIA GPU; reference is plain torch.",
    )
    bundles: Bundles = Field(default=Bundles(), description="Trainings per job.")
    curves: Curves = Field(default=Curves(), description="Curves and comparisons.")
    affinity: Affinity | None = Field(
        default=None, description="TAG affinity: what a step for one task does to the losses of the others."
    )
    gradients: Gradients | None = Field(
        default=None, description="Similarity of the tasks' gradients, and what overlap does to it (second paper)."
    )
    power: Power = Field(default=Power(), description="What the target power assumes.")
    limits: Limits = Field(default=Limits(), description="What the study may cost.")
    rates: str | None = Field(
        default=None,
        description="File calibration.json of another study, made on the machine that will train; left out, the "
        "target estimate times some trainings here.",
    )
