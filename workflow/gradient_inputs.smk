# Python only: what the rules of gradients share.
from mtlcurves import encoder_needs
from mtlcurves import gradient_runs as gradient_plan
from mtlcurves.gradients import needs as gradient_needs

GRADIENTS = f"{STUDY_ROOT}/gradients"
GRADIENT_RUN = "{encoder}/{view}/rotation-{rotation}/seed-{seed}"
SETS_RUN = "rotation-{rotation}/seed-{seed}/{bundle}"
BENEFIT_RUN = f"{{encoder}}/{gradient_plan.BENEFIT}/{SETS_RUN}"
GROUPS_RUN = f"{{encoder}}/{gradient_plan.GROUPS}/{SETS_RUN}"
VIEWS = f"{gradient_plan.FULL}|{gradient_plan.MASKED}|({'|'.join([gradient_plan.SHUFFLED, *gradient_plan.SWEEPS])})-[^/]+"
GRADIENT_TABLES = ("gradient_log", "gradient_epochs", "gradient_scores")


def encoder_installed(wildcards) -> list[str]:
    """No file; but no training is planned whose encoder's package is missing."""
    if encoder_needs.lacks_graphs(wildcards.encoder):
        missing = encoder_needs.missing_package(wildcards.encoder)
        stop(ConfigError([f"gradients.encoders: {missing}"], study.where))
    return []


def view_drawn(wildcards) -> list[str]:
    """What tells that a view of a sweep can be drawn; other views always can. No training is made of it."""
    arm, _, level = wildcards.view.partition("-")
    swept = arm in gradient_plan.SWEEPS and level
    row = VIEW_ROW.format(view=wildcards.view, seed=wildcards.seed)
    return [ancient(row)] if swept else []


def reaching_view(wildcards) -> dict:
    """The keys of the section gradients that reach a training of all tasks: not which others there are."""
    keys = section("gradients")
    log = {key: keys["log"][key] for key in ("every", "parts")}
    arm = wildcards.view.split("-")[0]
    sweep = (keys["sweeps"] or {}).get(arm) or {}
    if arm != gradient_plan.MASKED:  # one training is compared at all its levels
        sweep = {key: value for key, value in sweep.items() if key != "levels"}
    return {"split": keys["split"], "training": keys["training"], "log": log} | sweep


def benefit_of(wildcards) -> dict:
    """The same of a bundle of single tasks and pairs, and what it trains."""
    keys, settings = section("gradients"), study.config.gradients.benefit
    sets = gradient_plan.benefit_sets(
        settings, study.tasks, study.config.bundles.gradient_networks
    )
    return {
        "split": keys["split"],
        "training": keys["training"] | {"epochs": settings.epochs},
        "sets": sets[wildcards.bundle],
    }


def reaching_groups() -> dict:
    """The same of groups of tasks."""
    keys = section("gradients")
    training = keys["training"] | {"epochs": study.config.gradients.groups.epochs}
    return {"split": keys["split"], "training": training}


def gradient_memory(wildcards, attempt) -> int:
    """Megabytes of a job with an encoder."""
    return attempt * gradient_needs.memory_mb(study, wildcards.encoder)


def gradient_minutes(wildcards, attempt) -> int:
    """Minutes of a training of all tasks with an encoder."""
    took = gradient_needs.run_seconds(study, wildcards.encoder, wildcards.view)
    return attempt * gradient_needs.minutes(took)
