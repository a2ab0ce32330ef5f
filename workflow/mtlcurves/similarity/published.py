"""What both papers claim, number by number, and where a study's tables hold its own.

P1: Characterization of transfer using multi-task learning curves (arXiv 2512.24866). P2: Information-theoretic
requirements for gradient-based task affinity estimation in multi-task learning.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Claim:
    """A published number.

    Attributes
    ----------
    paper, claim : str
        Paper and place, and what is claimed.
    published : float
        The number.
    data : str
        Data set that it was measured on, named as in :data:`STUDIES`.
    table : str
        Table with the study's own number.
    column : str
        Column of the number; its interval is in ``<column>_low`` and ``<column>_high``, or ``low`` and ``high``.
    n : str
        Column that says of how many.
    where : mapping
        Column to cell of the row that has it; encoder, window, part and version go without saying.
    nothing : float
        What the number would be if there were no effect.
    margin : float, optional
        For a number that no effect has no value of, and for the claim that there is no difference: how far off
        counts as the same.
    """

    paper: str
    claim: str
    published: float
    data: str
    table: str
    column: str
    n: str
    where: Mapping[str, object] = field(default_factory=dict)
    nothing: float = 0.0
    margin: float | None = None


SYNTHETIC = "synthetic"
"""Simulated data, which are the same in every study that asks for them."""
STUDIES = {
    "tox21": (12, ("tox21", "tox21_encoders", "tox21_sweep", "tox21_benefit", "tox21_groups")),
    "toxcast17": (17, ("toxcast17",)),
    "sider": (27, ("sider",)),
    "tox21_adme": (16, ("tox21_adme",)),
    "jak": (4, ("jak",)),
    "qm9": (12, ("qm9",)),
    "kiba244": (241, ("kiba244", "kiba_balancing")),
}
"""Data set: its tasks, and the studies of it. The panel of ``kinase`` is another than the paper's 21."""

OF_SETS = {
    "tox21": (0.65, 0.62),
    "toxcast17": (0.86, 0.83),
    "sider": (0.94, 0.97),
    "tox21_adme": (0.61, 0.58),
    "jak": (0.92, 0.89),
    "qm9": (0.70, 0.68),
}
"""r and rho between the similarity of gradients and the correlation of labels; of 21 kinases, too: 0.67, 0.68."""
THRESHOLDS = {"0.05": (0.62, 0.91, 0.74), "0.1": (0.77, 0.85, 0.81), "0.15": (0.85, 0.72, 0.78)}
"""Least similarity: negative pairs avoided, positive pairs kept, F1."""
GROUPS = {2: (0.177, 0.198), 5: (0.059, 0.549), 9: (0.651, 0.946)}
"""Number of reference groups: ARI, NMI."""
RANGES = {"above 0.05": (0.023, 0.78), "below 0.02": (-0.018, 0.31)}
"""Similarity: mean benefit, share of pairs that gain."""
EPOCHS = {1: 0.63, 5: 0.68, 10: 0.71, 20: 0.73, 50: 0.89}
ENCODERS = {
    "gcn gat": 0.81,
    "gcn cnn": 0.73,
    "gat cnn": 0.71,
    "ecfp gcn": 0.46,
    "ecfp gat": 0.42,
    "ecfp cnn": 0.38,
}
GROUPINGS = {2: 0.014, 3: 0.027, 4: 0.042}
"""Number of groups chosen by gradients: AUROC above that of random groups (printed: 74.2, 76.1 and 78.3 %)."""
GCN = {"encoder": "gcn"}
"""The encoder of the second paper, but for its comparison of encoders."""
CHANGES = {"a": (-0.011, -0.073), "b": (-0.171, -0.160), "c": (0.514, 0.520)}
"""Rank correlation of the change of a curve's parameter with that of AUROC and AUPR."""
OF_TAG = (0.037, 0.023)


def claims_of(study: str, n_tasks: int) -> list[Claim]:
    """List the claims about a study's data, the second paper's first; a claim about other data is none of it.

    Parameters
    ----------
    study : str
        Name of the study.
    n_tasks : int
        Its tasks: a study that was cut keeps its name.
    """
    return [claim for claim in claims() if claim.data in {SYNTHETIC, data_of(study, n_tasks)}]


def data_of(study: str, n_tasks: int) -> str | None:
    """Name the published data set that a study is of; None where it is of other data."""
    held = (data for data, (tasks, names) in STUDIES.items() if tasks == n_tasks and study in names)
    return next(held, None)


def claims() -> Iterator[Claim]:
    """List every claim, the second paper's first."""
    yield from _relation()
    yield from _dynamics()
    yield from _benefit()
    yield from _curves()


def _relation() -> Iterator[Claim]:
    table, where = "similarity_and_correlation", GCN | {"measure": "pearson"}
    for data, (r, rho) in OF_SETS.items():
        what = "between gradient similarity and label correlation"
        yield Claim("P2 Table 1", f"r {what}", r, data, table, "pearson", "n_pairs", where)
        yield Claim("P2 Table 1", f"rho {what}", rho, data, table, "spearman", "n_pairs", where)
    sigmoid = GCN | {"arm": "thinned", "reference": "own", "statistic": "pearson", "form": "sigmoid"}
    text, table = "midpoint of the sigmoid, % of labels kept", "degradation_fits"
    yield Claim("P2 Fig. 3", text, 29.7, "tox21", table, "midpoint", "n_levels", sigmoid, margin=10)
    for n_groups, scores in GROUPS.items():
        for name, score in zip(("ari", "nmi"), scores, strict=True):
            cut = GCN | {"n_clusters": n_groups, "linkage": "average"}
            text = f"{name.upper()} of clusters with {n_groups} reference groups"
            yield Claim("P2 section 4.4", text, score, "tox21", "pathway_recovery", name, "n_tasks", cut)
    table, where = "task2vec_and_correlation", {"form": "published", "measure": "pearson"}
    text = "r of Task2Vec with label correlation"
    yield Claim("P2 section 4.8", text, 0.03, "tox21", table, "pearson", "n_pairs", where, margin=0.2)
    table = "synthetic_similarity"
    full = {"arm": "thinned", "level": 1.0, "truth": "designed", "window": "all", "seed": 0}
    text = "r of gradient similarity with designed truth"
    yield Claim("P2 section 4.8", text, 0.63, SYNTHETIC, table, "pearson", "n_pairs", full)


def _dynamics() -> Iterator[Claim]:
    for epoch, r in EPOCHS.items():
        text, table = f"r of epoch {epoch} with the end", "similarity_dynamics"
        yield Claim("P2 section 4.6", text, r, "tox21", table, "with_final", "n_pairs", GCN | {"epoch": epoch})
    for encoders, r in ENCODERS.items():
        where = {"pair": " ".join(sorted(encoders.split()))}
        text, table = f"r of the similarities under {' and '.join(encoders.split())}", "architecture_consistency"
        yield Claim("P2 section 4.7", text, r, "tox21", table, "pearson", "n_pairs", where)


def _benefit() -> Iterator[Claim]:
    place, data, n = "P2 section 4.5", "tox21", "n_directions"
    both = GCN | {"outcome": "mean of both", "metric": "auroc"}
    yield Claim(place, "r of similarity with benefit", 0.71, data, "benefit_prediction", "pearson", n, both)
    yield Claim(place, "rho of similarity with benefit", 0.68, data, "benefit_prediction", "spearman", n, both)
    table = "benefit_calibration"
    for name, (benefit, share) in RANGES.items():
        where = GCN | {"bin": name, "metric": "auroc"}
        yield Claim(place, f"mean benefit, similarity {name}", benefit, data, table, "benefit", n, where)
        text = f"share of gains, similarity {name}"
        yield Claim(place, text, share, data, table, "share_positive", n, where, 0.5)
    table = "gradient_grouping_results"
    for n_groups, change in GROUPINGS.items():
        chosen = {"method": "linkage", "n_groups": n_groups, "against": "random", "metric": "auroc"}
        text = f"AUROC of {n_groups} groups by gradients, above random ones"
        yield Claim(place, text, change, data, table, "difference", "n_tasks", chosen)
    names = {"avoided": "negative pairs avoided", "kept": "positive pairs kept", "f1": "F1"}
    for least, scores in THRESHOLDS.items():
        where = GCN | {"rule": f"at least {least}", "metric": "auroc"}
        for (column, name), score in zip(names.items(), scores, strict=True):
            text = f"{name}, similarity at least {least}"
            yield Claim(
                "P2 Table 2", text, score, data, "benefit_thresholds", column, "n_pairs", where, margin=0.1
            )


def _curves() -> Iterator[Claim]:
    data = "kiba244"
    for place, metric in enumerate(("auroc", "aupr")):
        main = {"recipe": "main", "metric": metric}
        for name, values in CHANGES.items():
            where = main | {"coefficient": name, "version": "all rotations"}
            text, table = f"rho of the change of {name} with that of {metric}", "parameter_correlation"
            margin = 0.2 if name == "a" else None  # of a none is claimed
            yield Claim(
                "P1 Table 2", text, values[place], data, table, "spearman", "n_tasks", where, margin=margin
            )
        where = main | {
            "scope": "task",
            "affinity": "smallest size",
            "estimator": "staged",
            "version": "per label",
        }
        text, table = f"rho of TAG affinity with transfer weight, {metric}", "transfer_comparison"
        where |= {"coefficient": "a_ij"}
        yield Claim("P1 Table 3", text, OF_TAG[place], data, table, "spearman", "n_pairs", where, margin=0.1)
    gradnorm: dict[str, object] = {"balancing": "gradnorm", "metric": "auroc", "subset": "all", "size": None}
    text = "what GradNorm changes of AUROC"
    yield Claim("P1 section 5", text, 0.0, data, "balancing", "difference", "n_tasks", gradnorm, margin=0.005)
