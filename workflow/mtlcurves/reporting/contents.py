"""What a report holds: every figure with its place, and why a study may lack it.

Light on purpose: the rules read it when a study is planned, so nothing here imports pandas or matplotlib.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """A figure of the report.

    Attributes
    ----------
    name : str
        Name of its files; its rule and script are called plot_<name>.
    title : str
        Title in the report.
    category : str
        Section it stands in.
    needs : tuple of str
        What a study must have for it, of the keys of :data:`LACKING`.
    """

    name: str
    title: str
    category: str
    needs: tuple[str, ...] = ()


CATEGORIES = {
    "data": "Data and trainings",
    "performance": "Performance: alone and together",
    "curves": "Learning curves: forms and parameters",
    "transfer": "Transfer between tasks",
    "grouping": "Groups of tasks",
    "gradients": "Gradients and learning curves",
    "similarity": "Similarity of gradients",
}
OPTIONAL = {"grouping", "gradients", "similarity"}
"""Sections that a report has only where the study asks for what is in them."""

FIGURES = (
    Figure("label_counts", "Labels of every task", "data"),
    Figure("run_time", "Time of the grid's trainings", "data", ("trainings",)),
    Figure("learning_curves", "Learning curves", "performance", ("curves",)),
    Figure("mtl_effect", "Effect of multi-task learning on every task", "performance", ("effects",)),
    Figure("balancing", "Balancing of tasks against the plain sum", "performance", ("balancing",)),
    Figure("split_comparison", "Folds by scaffold and by compound", "performance", ("splits",)),
    Figure("epochs", "Score against training length", "performance", ("epochs",)),
    Figure("form_errors", "Errors of the curve forms", "curves", ("forms",)),
    Figure("curve_parameters", "Curve parameters, alone and together", "curves", ("curves", "both_arms")),
    Figure("parameter_change", "Change of parameters against change of score", "curves", ("changes",)),
    Figure("transfer_map", "Transfer map", "transfer", ("transfer",)),
    Figure("transfer_forest", "Strongest gains and losses", "transfer", ("transfer",)),
    Figure("exchange_rates", "Exchange rates of labels", "transfer", ("exchange",)),
    Figure("estimated_and_true", "Estimated and true transfer", "transfer", ("transfer", "truth")),
    Figure("groupings", "Chosen groups against random ones", "grouping", ("grouping",)),
    Figure("affinity_map", "Affinity of the tasks' gradients", "gradients", ("gradients",)),
    Figure("affinity_sizes", "Affinity over the amount of data", "gradients", ("gradients", "logged_sizes")),
    Figure("affinity_and_transfer", "Affinity against transfer", "gradients", ("gradients", "compared")),
    Figure("similarity_map", "Similarity of the tasks' gradients", "similarity", ("similarity",)),
    Figure("similarity_and_correlation", "Gradients against labels", "similarity", ("similarity",)),
    Figure("similarity_dynamics", "Similarity over epochs", "similarity", ("similarity",)),
    Figure("degradation", "What fewer labels leave of it", "similarity", ("similarity", "swept")),
    Figure("pathway_recovery", "Reference groups recovered", "similarity", ("similarity", "partitions")),
    Figure("signals_and_benefit", "Which signal to trust when", "similarity", ("similarity", "benefits")),
    Figure("gradient_groupings", "Groups with similar gradients", "similarity", ("gradient_groups",)),
)

LACKING = {
    "trainings": "the study has no training of a grid (section grid)",
    "curves": "the main recipe has neither single-task nor multi-task trainings, so there is no learning curve",
    "effects": "no two arms were trained that can be compared",
    "balancing": "no recipe balances its tasks beside one that is the same but for the plain sum (key balancing)",
    "splits": "all recipes use the same kind of folds (key split of a recipe)",
    "epochs": "no recipe scores its trainings at several epochs (key score_epochs of a recipe)",
    "forms": "no learning curve was trained, so there are no forms to compare",
    "both_arms": "the main recipe lacks single-task trainings, or multi-task trainings of all tasks",
    "changes": "no recipe has both single-task trainings and multi-task trainings of all tasks",
    "transfer": "no task was raised (grid.augmented or design), or multi-task trainings of all tasks are missing",
    "exchange": "no single-task trainings stand beside multi-task trainings of all tasks in the main recipe",
    "truth": "what the tasks truly have in common is known of a designed study only (key kind of source)",
    "grouping": "no groups of tasks are asked for (section grouping)",
    "gradients": "affinities of the tasks' gradients are not logged (key affinity)",
    "logged_sizes": "affinities are not logged at several sizes (key affinity.sizes)",
    "compared": "no transfer is estimated to be set beside affinities",
    "similarity": "similarities of gradients are not logged (section gradients)",
    "swept": "no labels are taken away (key gradients.sweeps)",
    "partitions": "no reference groups are named (key gradients.partitions)",
    "benefits": "no pairs of tasks are trained (key gradients.benefit)",
    "gradient_groups": "no groups of tasks with similar gradients are trained (key gradients.groups)",
}


def absent_figures(has: Set[str]) -> dict[str, str]:
    """Say of every figure that a study cannot have why it cannot.

    Parameters
    ----------
    has : set of str
        What the study has, of the keys of :data:`LACKING`.

    Returns
    -------
    dict of str to str
        Figure's name to the reason.
    """
    missing = {figure.name: [need for need in figure.needs if need not in has] for figure in FIGURES}
    return {name: "; ".join(LACKING[need] for need in needs) for name, needs in missing.items() if needs}
