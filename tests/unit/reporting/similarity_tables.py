"""Made-up tables of gradient similarity: gradients follow labels, and fewer labels leave less of it."""

from itertools import combinations

import numpy as np
import pandas as pd
from mtlcurves.curves.overlap_forms import FORMS
from mtlcurves.schemas import SCHEMAS

SHOWN = {"encoder": "gcn", "window": "last_fifth", "rows": "heldout"}
INTERVAL = {"pearson_low": 0.2, "pearson_high": 0.8, "pearson_p": 0.004}


def similarity_tables(tasks: pd.DataFrame, encoders=("gcn", "ecfp")) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(len(tasks))
    pairs = pd.DataFrame(list(combinations(tasks["task"], 2)), columns=["task_a", "task_b"])
    labels = pairs.assign(pearson=rng.uniform(-0.2, 0.9, len(pairs)), view="full", rows="heldout", n_shared=120)
    similarity = [
        pairs.assign(
            encoder=encoder,
            similarity=0.1 * labels["pearson"] + rng.normal(0, 0.02, len(pairs)),
            standard_error=0.01,
            z=rng.normal(0, 3, len(pairs)),
            n_trainings=2,
            n_batches=80,
            view="full",
            window="last_fifth",
            part="all",
            status="ok",
        ).assign(corrected=lambda rows: 2 * rows["similarity"], corrected_error=0.02)
        for encoder in encoders
    ]
    tables = {
        "gradient_similarity": pd.concat(similarity, ignore_index=True),
        "task_correlation": labels.assign(seed=0, rotation=0, phi_of_most=np.nan, spearman=0.5, status="ok"),
        "similarity_and_correlation": pd.DataFrame(
            [{"encoder": e, "version": v, "rows": "heldout", "pearson": 0.55} for e in encoders for v in VERSIONS]
        ).assign(window="last_fifth", part="all", measure="pearson", status="ok", **INTERVAL),
        "overlap": pairs.assign(
            n_shared=50, jaccard=0.2, ochiai=np.linspace(0.1, 0.6, len(pairs)), to_measure=40,
            advice=np.where(np.arange(len(pairs)) % 3, "usable", "not usable: too noisy"),
        ),
        "claims": pd.DataFrame(
            [("similarity_dynamics", "r of epoch 5 with the end", 0.68, 0.5, 0.3, 0.7, "reproduced")],
            columns=["table", "claim", "published", "found", "low", "high", "verdict"],
        ).assign(paper="P2 section 4.6", data="tox21", n=66, reason=None),
    }  # fmt: skip
    tables |= _of_sweeps() | _of_epochs(encoders) | _of_groups() | _of_signals() | _of_partitions()
    return {name: whole(name, table if len(pairs) else table.iloc[:0]) for name, table in tables.items()}


VERSIONS = ("raw", "corrected")


def whole(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Add the columns of the schema that no figure needs."""
    columns = SCHEMAS[name].columns
    rest = {c: 0 if columns[c].dtype.startswith("int") else None for c in columns if c not in table}
    return table.assign(**rest)[list(columns)].astype({c: column.dtype for c, column in columns.items()})


def _of_sweeps() -> dict[str, pd.DataFrame]:
    rng, levels = np.random.default_rng(0), {"thinned": (1.0, 0.5, 0.3, 0.1), "size": (900, 300, 100)}
    levels["masked"] = (1.0, 0.5, 0.2)
    rows = [
        {"arm": arm, "level": level, "seed": seed, "reference": reference, "ochiai": min(1, level),
         "pearson": 0.7 * level / max(of_arm) + rng.normal(0, 0.05)}
        for arm, of_arm in levels.items() for level in of_arm for seed in range(3)
        for reference in ("full", "own", "heldout")
    ]  # fmt: skip
    fits = [
        {"arm": arm, "reference": reference, "form": form, "limit": 0.7, "steepness": 0.1, "midpoint": 40.0,
         "floor": 0.0, "midpoint_low": 30.0, "midpoint_high": 50.0, "r2": 0.9}
        for arm in levels for reference in ("full", "own", "heldout") for form in FORMS
    ]  # fmt: skip
    series = {"encoder": "gcn", "window": "last_fifth", "part": "all"}
    return {
        name: table.assign(window=np.where(table["arm"] == "masked", "frozen", series["window"]))
        for name, table in {
            "degradation": pd.DataFrame(rows).assign(
                **series, n_pairs=45, n_tasks=10, mean_similarity=0.1, status="ok"
            ),
            "degradation_fits": pd.DataFrame(fits).assign(**series, statistic="pearson", status="ok"),
        }.items()
    }


def _of_epochs(encoders) -> dict[str, pd.DataFrame]:
    rows = [
        {"encoder": encoder, "epoch": epoch, "with_final": r, "low": r - 0.1, "high": min(r + 0.1, 1)}
        for encoder in encoders for epoch in range(1, 31) for r in [0.9 - 0.5 / epoch]
    ]  # fmt: skip
    return {"similarity_dynamics": pd.DataFrame(rows).assign(ceiling=0.93, n_trainings=2, n_pairs=45, status="ok")}


def _of_groups() -> dict[str, pd.DataFrame]:
    rows = [
        {"partition": partition, "linkage": linkage, "n_clusters": n, "ari": 0.1 * n - 0.1 * k, "ari_p": 0.04}
        for partition, n in (("family", 3), ("detailed", 9))
        for k, linkage in enumerate(("average", "complete", "ward"))
    ]
    series = {"encoder": "gcn", "window": "last_fifth", "part": "all", "version": "raw"}
    return {"pathway_recovery": pd.DataFrame(rows).assign(**series, n_tasks=10, status="ok")}


def _of_signals() -> dict[str, pd.DataFrame]:
    signals = [
        ("gradient similarity", "raw", "last_fifth", "all"),
        ("gradient similarity", "corrected", "last_fifth", "all"),
        ("gradient similarity", "raw", "last_fifth", "cross"),
        ("TAG affinity", "centred by recipient", None, None),
        ("transfer weight", "joint, per fold, auroc", None, None),
    ]
    kinds = ("ochiai overlap", "labels of the task")
    strata = [("all", None), *((kind, third) for kind in kinds for third in ("low", "high"))]
    rows = [
        {"signal": signal, "version": version, "window": window, "part": part, "metric": metric, "third": third,
         "stratum": stratum, "spearman": 0.1 * k, "low": 0.1 * k - 0.3, "high": 0.1 * k + 0.3, "p": 0.2 / 4**k}
        for k, (signal, version, window, part) in enumerate(signals)
        for metric in ("auroc", "average_precision") for stratum, third in strata
    ]  # fmt: skip
    table = pd.DataFrame(rows).assign(outcome="benefit", from_value=0.1, to_value=0.4, n_pairs=30, n_tasks=10)
    return {"signals_and_benefit": table.assign(status="ok")}


def _of_partitions() -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(0)
    rows = [
        {"metric": metric, "n_groups": n, "method": method, "against": against,
         "difference": difference, "low": difference - 0.02, "high": difference + 0.02}
        for metric in ("auroc", "average_precision") for n in (2, 3)
        for method, difference in (("linkage", 0.01 * n), ("search", 0.0), ("single_task", -0.01))
        for against in ("all_in_one", "single_task", "random") if method != against
    ]  # fmt: skip
    chosen = pd.DataFrame(rows).assign(p=0.2, n_better=4, p_random=0.1, partition=1)
    chosen["serving_size"] = chosen["method"].map({"linkage": 7.0, "search": 5.0, "single_task": 1.0})
    drawn = [
        {"metric": metric, "n_groups": n, "method": "random", "against": "all_in_one", "partition": i + 1,
         "difference": difference, "serving_size": 4 + 2 * i / 49}
        for metric in ("auroc", "average_precision") for n in (2, 3)
        for i, difference in enumerate(rng.normal(0, 0.01, 50))
    ]  # fmt: skip
    table = pd.concat([chosen, pd.DataFrame(drawn)], ignore_index=True)
    counts = {"n_networks": table["n_groups"], "n_tasks": 10, "n_seeds": 3, "n_random": 50}
    return {"gradient_grouping_results": table.assign(groups="P1; P2 | P3", **counts)}
