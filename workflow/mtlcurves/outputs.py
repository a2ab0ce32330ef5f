"""What a study yields: its tables and figures follow from its arms and recipes, so the plan is known at once.

Light on purpose: each Snakemake process asks it.
"""

from __future__ import annotations

from mtlcurves.balancing_sections import is_plain
from mtlcurves.curves.comparisons import Comparison, Contestant, list_comparisons
from mtlcurves.gradient_runs import sweep_views
from mtlcurves.grid_sections import RAISING_ARMS
from mtlcurves.reporting import contents
from mtlcurves.similarity.published import claims_of
from mtlcurves.study import Study

REFERENCE_ARMS = ("stl", "mtl")
ESTIMATES = ("transfer_estimates", "labels_needed", "additivity", "map_reliability")
SIMULATED_SOURCES: tuple[str, ...] = ("designed",)
"""Sources whose tasks' true transfer is known: table ``truth`` lies beside their data set."""


def subsets_of(study: Study, recipe: str, arm: str) -> list[str | None]:
    """Subsets of tasks that an arm trains under a recipe: [None] but for mtl, [] where the arm is not trained."""
    chosen, settings = study.recipes[recipe].arms, getattr(study.config.grid, arm)
    if settings is None or (chosen is not None and arm not in chosen):
        return []
    return list(settings.subsets) if arm == "mtl" else [None]


def has_both_arms(study: Study, recipe: str) -> bool:
    """Whether a recipe has single-task trainings and multi-task trainings of all tasks."""
    return bool(subsets_of(study, recipe, "stl")) and "all" in subsets_of(study, recipe, "mtl")


def is_estimated(study: Study) -> bool:
    """Whether the main recipe has the reference points of all tasks, and anything to set beside them."""
    beside = [arm for arm in ("stl", *RAISING_ARMS) if subsets_of(study, "main", arm)]
    return "all" in subsets_of(study, "main", "mtl") and bool(beside)


def raised_text(study: Study) -> str:
    """Name the arms that transfer is read off, and how far each raises: ``augmented, 1 to 9 folds``."""
    texts, most = [], study.training_folds
    grid = study.config.grid
    for arm in RAISING_ARMS:
        if not subsets_of(study, "main", arm):
            continue
        if arm == "design" and grid.design:
            text = f", {grid.design.low} to {most if grid.design.high == 'full' else grid.design.high} folds"
        elif arm == "augmented" and grid.augmented:
            sizes, by = grid.augmented.sizes, grid.augmented.raise_by
            start = str(sizes[0]) if len(sizes) == 1 else f"{min(sizes)}-{max(sizes)}"
            text = f", {start} to {most} folds" if by == "full" else f", {start} folds by {by} more"
        else:
            text = ""
        texts.append(arm + text)
    return "; ".join(texts)


def splits(study: Study) -> list[str]:
    """Name the ways of dividing compounds into folds that the study's trainings use."""
    gradients = study.config.gradients
    used = {recipe.split for recipe in study.recipes.values()} if study.arms or gradients is None else set()
    return sorted(used | ({gradients.split} if gradients else set()))


def tested_on(study: Study) -> dict[str, dict[str, str]]:
    """What decides, under each recipe, which compounds a training is tested on."""
    return {name: {"split": recipe.split, "test_on": recipe.test_on} for name, recipe in study.recipes.items()}


def comparisons(study: Study) -> list[Comparison]:
    """Pairs of arms that the study can compare."""
    contestants = [
        Contestant(recipe, arm, subset)
        for recipe in study.recipes
        for arm in REFERENCE_ARMS
        for subset in subsets_of(study, recipe, arm)
    ]
    return list_comparisons(contestants, tested_on(study))


def balancings(study: Study) -> dict[str, dict[str, str]]:
    """Recipes with multi-task trainings that balance their tasks, each with its kind and its reference.

    The reference is the first recipe that is the same in all but the balancing, which is the plain sum; recipes
    that have none are left out, as nothing else tells what balancing did.
    """

    def settings(name: str) -> dict[str, object]:
        return study.recipes[name].model_dump(exclude={"arms", "balancing", "score_epochs"})

    multi = [name for name in study.recipes if subsets_of(study, name, "mtl")]
    plain = [name for name in multi if is_plain(study.recipes[name].balancing)]
    found = {}
    for name in multi:
        alike = [other for other in plain if settings(other) == settings(name)]
        if name not in plain and alike:
            found[name] = {"balancing": study.recipes[name].balancing.kind, "reference": alike[0]}
    return found


def tables(study: Study) -> list[str]:
    """Names of the tables in ``tables/``; those that the study's arms do not allow are never planned."""
    curves = any(subsets_of(study, recipe, arm) for recipe in study.recipes for arm in REFERENCE_ARMS)
    found = ["form_ranking", "curves"] if curves else []
    found += ["transfer"] if has_both_arms(study, "main") else []
    found += list(ESTIMATES) if is_estimated(study) else []
    found += ["arm_effects", "effect_counts"] if comparisons(study) else []
    found += ["balancing"] if balancings(study) else []
    if any(has_both_arms(study, recipe) for recipe in study.recipes):
        found += ["parameter_change", "parameter_correlation"]
    found += ["groups", "grouping_results", "gain_prediction"] if study.config.grouping else []
    if study.affinity_logs:
        found += ["tag_affinity"] + (["transfer_comparison"] if is_estimated(study) else [])
    found += gradient_tables(study)
    claimed = {claim.table for claim in claims_of(study.name, len(study.tasks))}
    return found + (["claims"] if claimed.intersection(found) else [])


def gradient_tables(study: Study) -> list[str]:
    """Names of the tables of what the similarity of gradients tells."""
    gradients = study.config.gradients
    if gradients is None:
        return []
    found = ["overlap", "task_correlation"]
    found += ["gradient_similarity", "similarity_and_correlation", "similarity_dynamics"]
    found += ["architecture_consistency"] if len(gradients.encoders) > 1 else []
    found += ["pathway_recovery"] if gradients.partitions else []
    found += ["degradation", "degradation_fits"] if sweep_views(gradients) else []
    if gradients.benefit:
        found += ["pair_benefit", "benefit_prediction", "benefit_calibration", "benefit_thresholds"]
        found += ["signals_and_benefit"]
    found += ["gradient_grouping_results"] if gradients.groups else []
    found += ["task2vec_and_correlation"] if gradients.task2vec else []
    return found + (["synthetic_similarity"] if gradients.synthetic else [])


def absent_figures(study: Study) -> dict[str, str]:
    """Name the figures that the study cannot have, each with the reason."""
    made, both = tables(study), has_both_arms(study, "main")
    splits = {
        arm: {study.recipes[name].split for name in study.recipes if subsets_of(study, name, arm)}
        for arm in REFERENCE_ARMS
    }
    has = {
        "trainings": bool(study.arms),
        "curves": any(subsets_of(study, "main", arm) for arm in REFERENCE_ARMS),
        "effects": "arm_effects" in made,
        "balancing": "balancing" in made,
        "splits": any(len(kinds) == 2 for kinds in splits.values()),
        "epochs": any(recipe.score_epochs for recipe in study.recipes.values()),
        "forms": "form_ranking" in made,
        "both_arms": both,
        "changes": "parameter_change" in made,
        "transfer": "transfer_estimates" in made and any(subsets_of(study, "main", arm) for arm in RAISING_ARMS),
        "exchange": both,
        "grouping": "grouping_results" in made,
        "truth": study.config.source.kind in SIMULATED_SOURCES,
        "gradients": "tag_affinity" in made,
        "logged_sizes": len({size for size, _ in study.affinity_logs}) > 1,
        "compared": "transfer_estimates" in made,
        "similarity": "gradient_similarity" in made,
        "swept": "degradation" in made,
        "partitions": "pathway_recovery" in made,
        "benefits": "pair_benefit" in made,
        "gradient_groups": "gradient_grouping_results" in made,
    }
    return contents.absent_figures({name for name, held in has.items() if held})


def figures(study: Study) -> list[str]:
    """Names of the figures that the study has."""
    absent = absent_figures(study)
    return [figure.name for figure in contents.FIGURES if figure.name not in absent]
