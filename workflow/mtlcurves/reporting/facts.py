"""What a report says besides results: what went into a study, what it does not show, where it comes from."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping
from typing import Any

import pandas as pd

from mtlcurves import __version__
from mtlcurves.curves.forms import FORMS
from mtlcurves.provenance import LIBRARY
from mtlcurves.reporting.names import plural
from mtlcurves.reporting.similarity_tables import measured_claims
from mtlcurves.reporting.style import percent

Tables = Mapping[str, pd.DataFrame]
Config = Mapping[str, Any]


def raised_text(config: Config) -> str:
    """Say how far an auxiliary is raised: ``from 1 fold to 9``."""
    arm = config["grid"].get("augmented")
    if not arm:
        return ""
    sizes, most = arm["sizes"], config["folds"]["count"] - 1
    if arm["raise_by"] != "full":
        return f"by {plural(int(arm['raise_by']), 'fold')}"
    return f"from {plural(sizes[0], 'fold')} to {most}" if len(sizes) == 1 else f"to all {most} training folds"


def key_numbers(card: Mapping[str, Any], tables: Tables) -> list[tuple[str, str]]:
    """List the numbers that say what was studied: number and meaning; those that are unknown are left out."""
    tasks = tables["tasks"]
    compounds, labels = card.get("compounds", {}), card.get("labels", {})
    numbers = [
        (len(tasks), "tasks"),
        (compounds.get("compounds"), "compounds"),
        (compounds.get("scaffolds"), "scaffolds"),
        *_label_numbers(tasks),
    ]
    shown = [(f"{number:,}", meaning) for number, meaning in numbers if number is not None]
    if labels.get("missing_share") is not None:
        shown.append((percent(labels["missing_share"]), "of cells without a label"))
    if "grid_points" in tables:
        points = tables["grid_points"]
        trainings = points.drop_duplicates(["recipe", "arm", "allocation", "rotation", "replicate"])
        shown.append((f"{len(trainings):,}", "trainings"))
        shown.append((f"{points['rotation'].nunique():,}", "rotations"))
    return shown


def _label_numbers(tasks: pd.DataFrame) -> list[tuple[int, str]]:
    if tasks["n_active"].isna().any():  # values, not classes
        return [(int(tasks["n"].sum()), "labels")]
    active = int(tasks["n_active"].sum())
    return [(active, "active labels"), (int(tasks["n"].sum()) - active, "inactive labels")]


def left_out(card: Mapping[str, Any]) -> list[tuple[str, str, int]]:
    """List what the data stage left out: step, reason, count."""
    return [
        (step.replace("_", " "), reason, int(count))
        for step, reasons in card.get("rejected", {}).items()
        for reason, count in reasons.items()
    ]


GENERAL_LIMITS = [
    "Differences of scores are measured on these compounds, folds and networks. They are associations with label "
    "counts, no causal law about the targets, and another data set may differ.",
    "Pairs of tasks share tasks, so they are not independent: a correlation or count over pairs has no "
    "P-value here unless whole tasks were permuted.",
]

LIMITS_OF_GRIDS = [
    "Rotations share training folds, so they are not independent samples. Tests use the variance of Nadeau and "
    "Bengio, which allows for this on average; naive P-values are shown only as first published.",
    "Standard errors in table transfer, the three stages as first published, are those of each stage alone; what "
    "the stage before leaves uncertain is not passed on. The report shows the weights of transfer_estimates.",
    "Settings of networks and training were fixed beforehand, the same for all arms but for the epochs that the "
    "recipe names; no arm was tuned, so none is shown at its best.",
]

LIMITS_OF_AFFINITIES = [
    "An affinity is what one step does to the loss on labels that the network is trained on, at the weights of "
    "that moment, by the lookahead that the configuration names. It measures neither new labels, nor scores on "
    "new compounds, nor where a training without the other task would have led.",
    "Steps for different tasks are compared within a target; between targets, losses differ in size and "
    "affinities are not comparable. What all other tasks do together is compared between targets, for want "
    "of anything else.",
]


def limits(tables: Tables, config: Config) -> list[str]:
    """Say what the study does not show, with its own numbers where it has them."""
    rotations, folds = config["grid"]["rotations"], config["folds"]["count"]
    few = [
        f"Only {plural(rotations, 'rotation')} of {folds} were run: intervals are wide, and a result that is not "
        "significant is not a result of no effect."
    ]
    texts = list(GENERAL_LIMITS)
    if "grid_points" in tables:
        texts += LIMITS_OF_GRIDS + (few if rotations < folds else [])
    texts += _limits_of_curves(tables) + _limits_of_raises(config) + _limits_of_scores(tables)
    texts += LIMITS_OF_AFFINITIES if "tag_affinity" in tables else []
    return texts + _limits_of_similarities(tables, config)


def _limits_of_curves(tables: Tables) -> list[str]:
    if "curves" not in tables:
        return []
    limits = {name: form.limit for name, form in FORMS.items()}
    fitted = tables["curves"][tables["curves"]["value"].notna()]
    status = fitted.loc[fitted["coefficient"] == fitted["form"].map(limits), "status"]
    if status.empty:
        return ["No curve is a promise beyond the labels seen."]
    bound, open_ended = int((status == "at bound").sum()), int((status == "not identified").sum())
    return [
        f"Of {plural(len(status), 'fitted curve')}, {bound} have their limit at the bound (a score of 1) and "
        f"{open_ended} have one that is not identified: the labels end before the curve levels off. No curve is a "
        "promise beyond the labels seen."
    ]


def _limits_of_raises(config: Config) -> list[str]:
    arm = config["grid"].get("augmented")
    if not arm:
        return []
    if arm["raise_by"] == 1:
        return [
            "A raise by one fold changes other tasks by less than the noise of a single point; most cells of the "
            "transfer map are noise, and two halves of the data need not agree on it."
        ]
    return [
        "An auxiliary raised by several folds at once gives the average worth of its labels over that range; that "
        "each of them is worth the same is assumed, not tested."
    ]


def _limits_of_scores(tables: Tables) -> list[str]:
    if "grid_points" not in tables:
        return []
    points = tables["grid_points"]
    missing = int(points["undefined"].notna().sum())
    if not missing:
        return []
    return [
        f"{missing:,} of {len(points):,} scores have no value, since a test fold lacks labels or a class. Tasks "
        "with few active or inactive labels are seen in fewer rotations."
    ]


NO_GAIN = (
    "The similarity of two tasks' gradients is that of their losses on training compounds, under the encoders "
    "that were trained, at the steps that were logged. It is no measure of what the tasks gain from each other: "
    "that takes trainings of them together."
)
ONE_SPLIT = (
    "What tasks gain in pairs or groups is scored on one test fold: intervals over seeds say how well the gain "
    "on this fold is known, and leave out how much another fold would change."
)
NONE_CLAIMED = (
    "The numbers that the papers publish are of other data, so none of them is set beside this study's: whether "
    "one is reproduced can be told on its own data alone."
)
NONE_MEASURED = "Of the numbers that are published of these data none was measured: tables/claims.csv says why."


def _limits_of_similarities(tables: Tables, config: Config) -> list[str]:
    if not config.get("gradients"):
        return []
    pairs = tables.get("pair_benefit", pd.DataFrame({"over": []}))
    one_split = "gradient_grouping_results" in tables or "seeds" in set(pairs["over"])
    texts = [NO_GAIN, *([ONE_SPLIT] if one_split else [])]
    if "claims" not in tables:
        return [*texts, NONE_CLAIMED]
    return texts + ([] if len(measured_claims(tables["claims"])) else [NONE_MEASURED])


def provenance(tables: Tables, config: Config) -> list[tuple[str, str]]:
    """List where the results come from: heading and value."""
    rows = [("study", config["study"]), ("mtlcurves", __version__), ("commit", commit())]
    if "grid_points" in tables:
        for column, heading in (("versions", "packages"), ("backend", "backend"), ("device", "device")):
            values = sorted(tables["grid_points"][column].dropna().unique())
            rows.append((heading, "; ".join(map(str, values))))
    rows.append(("seed of the folds", str(config["folds"]["seed"])))
    if "grid_points" in tables:
        grid = config["grid"]
        rows.append(("rotations", f"{_numbered(grid['rotations'])}, test folds as numbered"))
        rows.append(("replicates (seeds)", _numbered(grid["replicates"])))
    if gradients := config.get("gradients"):
        rows.append(("rotations of gradients", _numbered(gradients["rotations"])))
        rows.append(("seeds of gradients", _numbered(gradients["seeds"])))
    return [(heading, value) for heading, value in rows if value]


def _numbered(count: int) -> str:
    return f"0 to {count - 1}" if count > 1 else "0"


def commit() -> str:
    """Name the git commit of the code, and whether files were changed since; empty outside a repository."""
    folder = str(LIBRARY)
    commands = (
        ["ls-files", "--error-unmatch", "__init__.py"],
        ["rev-parse", "HEAD"],
        ["status", "--porcelain", "."],
    )
    answers = []
    for command in commands:
        try:
            done = subprocess.run(["git", "-C", folder, *command], capture_output=True, text=True, timeout=30)
        except (OSError, subprocess.TimeoutExpired):
            return ""
        if done.returncode:
            return ""  # the code is not part of a repository, or there is no git
        answers.append(done.stdout.strip())
    return answers[1] + (" with uncommitted changes" if answers[2] else "")
