# Python only: what the rules of overlaps and label views share.
from mtlcurves.gradient_runs import view_draws
from mtlcurves.gradient_sections import Gradients

OVERLAP = f"{STUDY_ROOT}/tables/overlap.parquet"
# a study without the section is told what its defaults would mean
GRADIENT_KEYS = (study.config.gradients or Gradients()).model_dump(mode="json")
LOGGED = {
    key: GRADIENT_KEYS[key]
    for key in [
        "encoders",
        "training",
        "log",
        "rotations",
        "seeds",
        "rows",
        "min_shared",
    ]
}
DRAWN = {
    key: GRADIENT_KEYS[key] for key in ["rotations", "split", "sweeps", "min_shared"]
}
SHARED = {
    key: GRADIENT_KEYS[key] for key in ["rotations", "split", "rows", "min_shared"]
}
# what two tasks share at most; it exists when that is enough. No training is made of it: to trainings it is ancient
MOST_SHARED = f"{STUDY_ROOT}/dataset/steps/most_shared.json"
# what a draw of a label view holds; a file each, so that a further level or seed trains itself alone
VIEW_ROW = f"{STUDY_ROOT}/label_views/{{view}}/seed-{{seed}}.parquet"


def drawn_with(wildcards) -> dict:
    """The keys of the section gradients that a label view is drawn with: its sweep's, with its level alone."""
    arm, _, level = wildcards.view.partition("-")
    sweep = (GRADIENT_KEYS["sweeps"] or {}).get(arm)
    if sweep is None:
        return {}
    levels = [own for own in sweep["levels"] if f"{own:g}" == level]
    return {"sweeps": {arm: sweep | {"levels": levels}}}
