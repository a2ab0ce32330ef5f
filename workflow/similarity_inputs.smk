# Python only: what the rules of similarity share.
from mtlcurves.gradient_sections import Gradients
from mtlcurves.similarity.published import claims_of

SIMILARITY_TABLES = outputs.gradient_tables(study)


def tables_among(names: set[str]) -> dict[str, str]:
    """Those of some tables that the study has, by name."""
    made = sorted(names.intersection(outputs.tables(study)))
    return {name: f"{STUDY_ROOT}/tables/{name}.parquet" for name in made}


CLAIMED = tables_among(
    {claim.table for claim in claims_of(study.name, len(study.tasks))}
)
SIGNALS = tables_among({"tag_affinity", "transfer_estimates"})


def size_overlap() -> float | None:
    """Jaccard overlap of the arm size, where there is one."""
    sweeps = study.config.gradients.sweeps
    return sweeps.size.overlap if sweeps and sweeps.size else None


def shown_series() -> dict[str, str]:
    """Which similarity stands for all where one is chosen, and which correlation of labels."""
    keys = study.config.gradients or Gradients()
    chosen = {"encoder": keys.encoders[0], "window": keys.log.window, "rows": keys.rows}
    return chosen | {"part": "all", "version": "raw"}
