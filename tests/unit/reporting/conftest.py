"""A simulated study: all tables the reporting reads, with effects of known sign and size."""

from __future__ import annotations

import importlib
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.style import Drawing
from mtlcurves.schemas import SCHEMAS
from mtlcurves.tables import write_json, write_table
from scipy import stats
from similarity_tables import SHOWN, similarity_tables

RECEPTORS = [
    ("CHEMBL234", "D3", "aminergic"),
    ("CHEMBL219", "D4", "aminergic"),
    ("CHEMBL214", "5-HT1A", "aminergic"),
    ("CHEMBL228", "SERT", "aminergic"),
    ("CHEMBL238", "DAT", "aminergic"),
    ("CHEMBL233", "MOR", "opioid"),
    ("CHEMBL236", "DOR", "opioid"),
    ("CHEMBL237", "KOR", "opioid"),
    ("CHEMBL204", "thrombin", "protease"),
    ("CHEMBL244", "factor Xa", "protease"),
]
METRICS = ("auroc", "aupr")
FORMS = ("LAST1", "POW2", "LOG2", "EXP2", "LIN2", "ILOG2", "POW3", "EXP3", "VAP3", "EXPP3", "EXPD3", "LOGPOW3")
FORMS += ("MMF4", "WBL4", "EXP4", "POW4", "JANOSCHEK4")
SIZES = np.arange(1, 10)
COMPARING = ("arm_effects", "effect_counts", "transfer", "transfer_estimates", "truth")
COMPARING += ("parameter_change", "parameter_correlation", "balancing", "grouping_results")
COMPARING += ("tag_affinity", "transfer_comparison")


class SimulatedStudy:
    """Tables of a study with `n_tasks` tasks; the first ten are receptors of three families.

    Parameters
    ----------
    n_tasks : int
        Tasks.
    gain : float
        Scale of what multi-task learning changes (AUROC); 0: noise only, negative: losses.
    transfer : float
        Scale of what a raised auxiliary changes; 0: noise only.
    rotations : int
        Rotations.
    """

    def __init__(
        self, n_tasks: int = 10, gain: float = 1.0, transfer: float = 1.0, rotations: int = 4, seed: int = 0
    ):
        self.rng = np.random.default_rng(seed)
        self.rotations = rotations
        self.gain, self.transfer_scale = gain, transfer
        self.tasks = self._tasks(n_tasks)
        self.tables: dict[str, pd.DataFrame] = {"tasks": self.tasks}
        self._truth()
        self._scores()
        self._curves()
        self._effects()
        self._balancing()
        self._transfer()
        self._estimates()
        self._forms()
        self._parameters()
        self._grid_points()
        self._groupings()
        self._affinities()
        self.tables |= similarity_tables(self.tasks)

    def _tasks(self, n_tasks: int) -> pd.DataFrame:
        rows = (RECEPTORS + [(f"P{i:05d}", f"P{i:05d}", f"kinase {i % 7}") for i in range(n_tasks)])[:n_tasks]
        tasks = pd.DataFrame(rows, columns=["task", "name", "family"])
        tasks["n"] = self.rng.lognormal(7.3, 0.6, n_tasks).astype(int) + 100
        tasks["prevalence"] = self.rng.uniform(0.15, 0.7, n_tasks)
        tasks["n_active"] = (tasks["n"] * tasks["prevalence"]).astype(int)
        tasks["digest"] = "0" * 16
        return tasks

    def _truth(self) -> None:
        n = len(self.tasks)
        same = self.tasks["family"].to_numpy()[:, None] == self.tasks["family"].to_numpy()[None, :]
        sign = np.where(self.tasks["family"] == "aminergic", -0.5, 1.0)[:, None]
        self.true_change = self.transfer_scale * np.where(same, sign * 0.015, 0.0)
        self.true_gain = self.gain * self.rng.normal(0.012, 0.015, n)
        self.rate = self.rng.uniform(0.8, 4.0, n) / self.tasks["n"].to_numpy() * 1000  # per 1,000 labels
        self.top = self.rng.uniform(0.8, 0.95, n)

    def _scores(self) -> None:
        rows = []
        for i, task in enumerate(self.tasks["task"]):
            labels = self.tasks["n"].iloc[i] * SIZES / 10
            for metric in METRICS:
                base = 0.5 if metric == "auroc" else self.tasks["prevalence"].iloc[i]
                for arm in ("stl", "mtl"):
                    shift = self.true_gain[i] if arm == "mtl" else 0
                    rate = self.rate[i] * (1.3 if arm == "mtl" else 1)
                    score = self.top[i] - (self.top[i] - base) * 0.6 * np.exp(-rate * labels / 1000) + shift
                    score = score + self.rng.normal(0, 0.004, len(SIZES))
                    for size, n, value in zip(SIZES, labels, score, strict=True):
                        rows.append(("main", arm, "all", task, metric, size, n, 20_000 * size / 10, value))
        columns = ["recipe", "arm", "subset", "task", "metric", "size", "n_target", "n_complement", "score"]
        table = pd.DataFrame(rows, columns=columns)
        self.tables["mean_scores"] = table.assign(
            sd=self.rng.uniform(0.008, 0.03, len(table)), n_rotations=self.rotations
        )

    def _curves(self) -> None:
        rows = []
        for i, task in enumerate(self.tasks["task"]):
            largest = self.tasks["n"].iloc[i] * 0.9
            for metric in METRICS:
                base = 0.5 if metric == "auroc" else self.tasks["prevalence"].iloc[i]
                for arm in ("stl", "mtl"):
                    a = self.rate[i] * (1.3 if arm == "mtl" else 1) * self.rng.normal(1, 0.03)
                    c = self.top[i] + (self.true_gain[i] if arm == "mtl" else 0)
                    values = {
                        "a": a,
                        "b": np.log((self.top[i] - base) * 0.6),
                        "c": c,
                        "half_size": np.log(2) / a * 1000,
                    }
                    for name, value in values.items():
                        error = 0.1 * abs(value) if name != "c" else 0.01
                        status = "not identified" if a * largest / 1000 < 1 else "ok"
                        rows.append(
                            ("main", arm, "all", task, metric, "EXP3", name, value, np.nan, error, status)
                            + (1e-4, 9, self.rotations, a * largest / 1000)
                        )
        columns = ["recipe", "arm", "subset", "task", "metric", "form", "coefficient", "value", "per_fold"]
        columns += ["standard_error", "status", "sse", "n_points", "n_rotations", "rate_range"]
        self.tables["curves"] = pd.DataFrame(rows, columns=columns)

    def _effects(self) -> None:
        rows = []
        for i, task in enumerate(self.tasks["task"]):
            for metric in METRICS:
                for size in SIZES:
                    difference = self.true_gain[i] + self.rng.normal(0, 0.002)
                    half = self.rng.uniform(0.005, 0.015)
                    p = float(np.clip(0.05 * np.exp(3 * (1 - abs(difference) / half)), 0, 1))
                    rows.append(
                        ("mtl-stl", task, metric, size, difference, half, difference - half, difference + half, p)
                    )
        effects = pd.DataFrame(
            rows,
            columns=["comparison", "task", "metric", "size", "difference", "sd", "low", "high", "p_corrected"],
        )
        effects = effects.assign(
            effect_size=effects["difference"] / effects["sd"],
            n_pairs=self.rotations,
            p_naive=effects["p_corrected"] / 2,
            q_corrected=np.minimum(effects["p_corrected"] * 1.5, 1),
            q_naive=np.minimum(effects["p_corrected"], 1),
            undefined=None,
        )
        self.tables["arm_effects"] = effects
        counts = []
        for (metric, size), group in effects.groupby(["metric", "size"]):
            for test in ("corrected", "naive"):
                low, fdr = group[f"p_{test}"] < 0.05, group[f"q_{test}"] < 0.05
                up, down = group["difference"] > 0, group["difference"] < 0
                counts.append(
                    ("mtl-stl", metric, size, len(group), group["difference"].mean(), test, (low & up).sum())
                    + ((low & down).sum(), (fdr & up).sum(), (fdr & down).sum(), 0.025 * len(group))
                )
        columns = ["comparison", "metric", "size", "n_tasks", "mean_difference", "test", "n_gain", "n_loss"]
        columns += ["n_gain_fdr", "n_loss_fdr", "expected_by_chance"]
        self.tables["effect_counts"] = pd.DataFrame(counts, columns=columns)

    def _balancing(self) -> None:
        """Four ways of balancing: one verdict each, the same at every size."""
        rows = []
        kinds = {"pcgrad": (0.001, 0.002), "cagrad": (0.012, 0.004), "mgda": (-0.02, 0.006), "dwa": (0.002, 0.012)}
        verdicts = ["equivalent", "better", "worse", "undecided"]
        for (kind, (difference, half)), verdict in zip(kinds.items(), verdicts, strict=True):
            for metric in METRICS:
                for size in (1, 9, pd.NA):
                    interval = (difference, difference - half, difference + half)
                    rows.append((f"with_{kind}", kind, metric, size, *interval, verdict))
        columns = ["recipe", "balancing", "metric", "size", "difference", "low", "high", "verdict"]
        table = pd.DataFrame(rows, columns=columns).astype({"size": "Int8"})
        table = table.assign(reference="main", subset="all", margin=0.005, p_equivalence=0.03, seconds_ratio=1.5)
        table = table.assign(n_tasks=len(self.tasks), n_rotations=self.rotations, undefined=None)
        if self.rotations < 2:
            reason = "1 rotation has scores in both, at least 2 are needed"
            table = table.assign(low=np.nan, high=np.nan, verdict=None, undefined=reason)
        self.tables["balancing"] = table.reindex(columns=list(SCHEMAS["balancing"].columns))

    def _transfer(self) -> None:
        n = len(self.tasks)
        names = self.tasks["task"].to_numpy()
        target, auxiliary = np.nonzero(~np.eye(n, dtype=bool))
        parts = []
        for metric in METRICS:
            for coefficient in ("a_ij", "b", "c"):
                error = self.rng.uniform(0.002, 0.006, len(target))
                change = self.true_change[target, auxiliary] + self.rng.normal(0, error)
                unsure = self.rng.random(len(target)) < 0.08
                parts.append(
                    pd.DataFrame(
                        {
                            "target": names[target],
                            "auxiliary": names[auxiliary],
                            "metric": metric,
                            "stage": 3,
                            "coefficient": coefficient,
                            "value": change * 8 + self.rng.normal(0, 0.01, len(target)),
                            "per_fold": change,
                            "standard_error": np.where(unsure, np.nan, error * 8),
                            "status": np.where(unsure, "not identified", "ok"),
                            "n_points": 5,
                            "score_change": change,
                            "score_change_se": error,
                        }
                    )
                )
        early = pd.DataFrame(
            {"target": names, "metric": "auroc", "stage": 1, "coefficient": "a_i", "value": self.rate}
        )
        early = early.assign(status="ok", n_points=9)
        self.tables["transfer"] = pd.concat([early, *parts], ignore_index=True).assign(
            recipe="main", n_rotations=self.rotations
        )
        for column in ("auxiliary", "score_change"):
            self.tables["transfer"][column] = self.tables["transfer"].get(column)

    def _estimates(self) -> None:
        """Weights per fold of the same truth, 3 times what a raise changes the score by, by two estimators."""
        rng = np.random.default_rng(1)  # other tables keep their draws
        n, names = len(self.tasks), self.tasks["task"].to_numpy()
        target, auxiliary = np.nonzero(~np.eye(n, dtype=bool))
        fold = self.tasks["n"].to_numpy() / 10 / 1000
        freedom = float(self.rotations - 1)
        parts = []
        for metric in METRICS:
            for estimator in ("joint", "paired"):
                error = rng.uniform(0.003, 0.008, len(target))
                weight = 3 * self.true_change[target, auxiliary] + rng.normal(0, error)
                pairs = self._estimated(weight, error, fold[auxiliary], freedom)
                pairs = pairs.assign(target=names[target], auxiliary=names[auxiliary], coefficient="a_ij")
                pairs["q"], pairs["q_map"] = np.minimum(1, 1.5 * pairs["p"]), np.minimum(1, 3 * pairs["p"])
                if n * (n - 1) >= 20:
                    pairs["shrunken"] = 0.8 * pairs["value"]
                    pairs["shrunken_error"] = 0.8 * pairs["standard_error"]
                    pairs["null_probability"] = np.minimum(1, 2 * pairs["p"])
                rate, spread = self.rate[target], 1.2 * pairs["standard_error"]
                if estimator == "joint":
                    pairs["exchange_rate"] = pairs["value"] / rate
                    pairs["exchange_low"] = (pairs["value"] - 2 * spread) / rate
                    pairs["exchange_high"] = (pairs["value"] + 2 * spread) / rate
                    parts += [
                        self._base(name, names, freedom, rng).assign(metric=metric) for name in ("a_i", "a_iS")
                    ]
                parts.append(pairs.assign(metric=metric, estimator=estimator))
        estimates = pd.concat(parts, ignore_index=True).assign(recipe="main", n_rotations=self.rotations)
        self.tables["transfer_estimates"] = estimates.reindex(columns=list(SCHEMAS["transfer_estimates"].columns))
        change = self.true_change[target, auxiliary]
        sign = 1 - 2 * ((target + auxiliary) % 2)  # opposite tasks help as alike ones do
        self.tables["truth"] = pd.DataFrame(
            {
                "target": names[target],
                "auxiliary": names[auxiliary],
                "correlation": 40 * sign * (change - change.min(initial=0)),
            }
        )

    def _estimated(self, per_fold, error, fold, freedom: float) -> pd.DataFrame:
        half = stats.t.ppf(0.95, freedom) * error if freedom else np.full_like(error, np.nan)
        p = 2 * stats.t.sf(np.abs(per_fold) / error, freedom) if freedom else np.full_like(error, np.nan)
        return pd.DataFrame(
            {
                "value": per_fold / fold,
                "per_fold": per_fold,
                "standard_error": error / fold if freedom else np.nan,
                "freedom": freedom,
                "low": (per_fold - half) / fold,
                "high": (per_fold + half) / fold,
                "p": p,
                "status": "ok" if freedom else "no interval: 1 rotation",
            }
        )

    def _base(self, coefficient: str, names, freedom: float, rng) -> pd.DataFrame:
        share = 1.0 if coefficient == "a_i" else rng.uniform(0.02, 0.2, len(names))
        fold = self.tasks["n"].to_numpy() / 10_000
        table = self._estimated(self.rate * share * fold, 0.1 * self.rate * share * fold, fold, freedom)
        table = table.assign(target=names, auxiliary=None, coefficient=coefficient, estimator="joint")
        if coefficient == "a_iS" and freedom:
            table["exchange_rate"] = share
            table["exchange_low"], table["exchange_high"] = 0.7 * share, 1.5 * share
        return table

    def _forms(self) -> None:
        rows = []
        for metric in METRICS:
            for arm in ("stl", "mtl"):
                for k, form in enumerate(FORMS):
                    error = 3e-4 * np.exp(self.rng.normal(0, 0.4)) * (1.5 if form == "LAST1" else 1)
                    rows.append(
                        (
                            "main",
                            arm,
                            "all",
                            metric,
                            form,
                            60 * error,
                            error,
                            60 * error,
                            2 * error,
                            error,
                            k / 2 + 4,
                        )
                    )
        columns = ["recipe", "arm", "subset", "metric", "form", "l2", "l2_mean", "prequential", "prequential_mean"]
        columns += ["prequential_common", "mean_rank"]
        self.tables["form_ranking"] = pd.DataFrame(rows, columns=columns).assign(n_tasks=len(self.tasks))

    def _parameters(self) -> None:
        rows, correlations = [], []
        for metric in METRICS:
            for coefficient, link in (("a", 0.0), ("b", -0.2), ("c", 0.6)):
                for version in ("all rotations", "split-half"):
                    for i, task in enumerate(self.tasks["task"]):
                        noise = self.rng.normal(0, 0.01)
                        change = link * self.true_gain[i] + noise * (1 - abs(link))
                        rows.append(("main", task, metric, coefficient, version, change, self.true_gain[i]))
                    correlations.append(("main", metric, coefficient, version, link, link - 0.2, link + 0.2, 0.01))
        columns = ["recipe", "task", "metric", "coefficient", "version", "parameter_change", "score_change"]
        self.tables["parameter_change"] = pd.DataFrame(rows, columns=columns).assign(status="ok")
        columns = ["recipe", "metric", "coefficient", "version", "spearman", "low", "high", "p"]
        correlation = pd.DataFrame(correlations, columns=columns).assign(n_tasks=len(self.tasks))
        self.tables["parameter_correlation"] = correlation

    def _grid_points(self) -> None:
        scores = self.tables["mean_scores"].query("metric == 'auroc'")
        parts = []
        for rotation in range(self.rotations):
            for epoch in (5, 10, 20):
                part = scores.assign(rotation=rotation, epoch=epoch, last_epoch=epoch == 20)
                part["auroc"] = part["score"] - 0.05 / epoch + self.rng.normal(0, 0.01, len(part))
                parts.append(part)
        points = pd.concat(parts, ignore_index=True)
        points["allocation"] = (
            np.where(points["arm"] == "stl", points["task"], "all") + "@" + points["size"].astype(str)
        )
        points["training_id"] = points["arm"] + points["allocation"] + points["rotation"].astype(str)
        points = points.assign(
            study="simulated",
            labels="full",
            auxiliary=None,
            replicate=0,
            n_auxiliary=0,
            n_test=100,
            n_test_active=40,
            aupr=points["auroc"] - 0.1,
            average_precision=points["auroc"] - 0.1,
            undefined=None,
            n_rows=points["n_target"],
            n_steps=1000,
            seconds=np.where(points["arm"] == "stl", 0.4, 3.0) * points["size"],
            backend="reference",
            device="cpu",
            versions="python 3.11, torch 2.13",
        )
        integers = {name: points[name].astype(int) for name in ("n_target", "n_complement", "n_rows")}
        points = points.drop(columns=["metric", "score", "sd", "n_rotations"]).assign(**integers)
        undefined = self.rng.random(len(points)) < 0.02
        points.loc[undefined, ["auroc", "aupr", "average_precision"]] = np.nan
        points.loc[undefined, "undefined"] = "one class in the test fold"
        self.tables["grid_points"] = points

    def _affinities(self) -> None:
        """Affinities that follow the true change, and a table that says so."""
        rng, names = np.random.default_rng(len(self.tasks)), self.tasks["task"].to_numpy()
        n, parts = len(names), []
        for size in (1, 5, 9):
            mean = 1e-3 * (1 + rng.normal(size=(n, 1))) + 0.02 * self.true_change + rng.normal(0, 2e-5, (n, n))
            own, others = np.eye(n, dtype=bool), n - 1
            common = np.where(own, 0, mean).sum(axis=1, keepdims=True) / others if others else np.nan
            pairs = pd.DataFrame({"from": np.tile(names, n), "onto": np.repeat(names, n)})
            pairs = pairs.assign(source="task", mean=mean.ravel(), centred=(mean - common).ravel())
            whole = pd.DataFrame({"from": None, "onto": names, "source": "complement", "centred": np.nan})
            parts.append(pd.concat([pairs, whole.assign(mean=np.ravel(common * others))]).assign(size=size))
        table = pd.concat(parts, ignore_index=True)
        table["standard_error"] = table["centred_error"] = 3e-5 if self.rotations > 1 else np.nan
        table = table.assign(recipe="main", n_rotations=self.rotations, linearity_error=1e-6, status="ok")
        self.tables["tag_affinity"] = table
        rows = [
            (scope, metric, coefficient, version, r, r - 0.2, min(r + 0.2, 1), p, 1.2 * p, n_pairs)
            for metric in METRICS
            for scope, coefficient, r, p, n_pairs in (
                ("task", "a_ij", 0.45, 0.002, n * (n - 1)),
                ("complement", "a_iS", -0.1, 0.7, n),
            )
            for version in ("per label", "per fold", "per fold, less the target's mean")[: 2 + (scope == "task")]
        ]
        columns = ["scope", "metric", "coefficient", "version", "spearman", "low", "high", "p", "q", "n_pairs"]
        self.tables["transfer_comparison"] = pd.DataFrame(rows, columns=columns).assign(
            recipe="main",
            affinity="largest size",
            sizes="9",
            lookahead="preconditioned",
            arm="augmented, 1 to 9 folds",
            estimator="joint",
            n_tasks=n,
            reliability_affinity=0.9,
            reliability_transfer=0.4,
            ceiling=0.6,
            disattenuated=lambda rows: rows["spearman"] / 0.6,
            unknown=None,
            status="ok",
        )

    def add_recipe(self, name: str, score_shift: float = 0.0) -> None:
        """Repeat the grid points and mean scores under another recipe, every score shifted."""
        for table, columns in (("mean_scores", ["score"]), ("grid_points", ["auroc", "aupr"])):
            own = self.tables[table].query("recipe == 'main'")
            other = own.assign(recipe=name, **{column: own[column] + score_shift for column in columns})
            self.tables[table] = pd.concat([self.tables[table], other], ignore_index=True)

    def drop_arms(self) -> None:
        """Leave single-task learning only."""
        for table in ("mean_scores", "grid_points", "curves", "form_ranking"):
            self.tables[table] = self.tables[table].query("arm == 'stl'")
        for table in COMPARING:
            del self.tables[table]

    def write(self, root: Path) -> dict[str, Path]:
        """Write every table, schemas checked; return where each one lies."""
        folders = {"tasks": "dataset", "mean_scores": "curves", "curves": "curves", "transfer": "curves"}
        paths = {}
        for name, table in self.tables.items():
            if name == "truth":
                continue  # of designed studies alone; no page reads it
            folder = folders.get(name, "." if name == "grid_points" else "tables")
            paths[name] = root / folder / f"{name}.parquet"
            write_table(table, paths[name], name)
        paths["card"] = root / "dataset" / "card.json"
        write_json(json.loads(json.dumps({"n_tasks": len(self.tasks)})), paths["card"])
        return paths

    def _groupings(self) -> None:
        entrants = [("random", i) for i in range(1, 41)] + [("transfer", 1), ("single_task", None)]
        rows = []
        for metric in METRICS:
            for method, partition in entrants:
                shift = {"random": self.rng.normal(-0.004, 0.003), "transfer": 0.001}.get(method, -0.012)
                rows.append((metric, method, partition, shift, shift - 0.004, shift + 0.004))
        columns = ["metric", "method", "partition", "difference", "low", "high"]
        table = pd.DataFrame(rows, columns=columns).assign(
            size=9, groups=" | ".join(self.tasks["task"]), n_groups=len(self.tasks), predicted=np.nan,
            score=0.8, sd=0.004, p=0.2, n_tasks=len(self.tasks), n_rotations=self.rotations,
            n_random=40, n_better=3, p_random=4 / 41,
        )  # fmt: skip
        # against each task alone: what a task alone is below all in one, better
        alone = table[table["method"] != "single_task"].copy()
        alone[["difference", "low", "high"]] += 0.012
        table = pd.concat(
            [table.assign(against="all_in_one"), alone.assign(against="single_task")], ignore_index=True
        )
        chance = table["method"] == "random"
        # the groups have 5.0 to 5.8 tasks in random partitions, and 5.5 in the one that was chosen
        size = np.select([chance, table["method"] == "transfer"], [5 + table["partition"] % 9 / 10, 5.5], np.nan)
        self.tables["grouping_results"] = table.assign(
            serving_size=size,
            n_better=table["n_better"].astype("Int64").mask(chance),
            p_random=table["p_random"].mask(chance),
        )

    def draw(self, name: str) -> Drawing:
        """Draw one figure of the study."""
        module = importlib.import_module(f"mtlcurves.reporting.figures.{name}")
        return module.draw(*(self.tables[table] for table in INPUTS[name]), **self.settings(name))

    def settings(self, name: str) -> dict:
        """What a figure's script takes from the configuration."""
        splits = {name: "scaffold" if name == "main" else "compound" for name in self.recipes}
        window, encoder = ({key: SHOWN[key]} for key in ("window", "encoder"))
        of_figures = {
            "epochs": {"metrics": list(METRICS)},
            "split_comparison": {"splits": splits},
            "similarity_map": window,
            "similarity_and_correlation": window | {"rows": SHOWN["rows"]},
            "degradation": encoder | window,
            "pathway_recovery": encoder | window,
            "signals_and_benefit": window | {"significance": 0.05},
        }
        return of_figures.get(name, {})

    @property
    def recipes(self) -> list[str]:
        return list(self.tables["grid_points"]["recipe"].unique())


INPUTS = {
    "label_counts": ["tasks"],
    "run_time": ["grid_points"],
    "learning_curves": ["mean_scores", "curves", "tasks"],
    "mtl_effect": ["arm_effects", "effect_counts", "tasks"],
    "balancing": ["balancing"],
    "split_comparison": ["mean_scores"],
    "epochs": ["grid_points"],
    "form_errors": ["form_ranking"],
    "curve_parameters": ["curves", "tasks"],
    "parameter_change": ["parameter_change", "parameter_correlation", "tasks"],
    "transfer_map": ["transfer_estimates", "tasks"],
    "transfer_forest": ["transfer_estimates", "tasks"],
    "exchange_rates": ["transfer_estimates", "tasks"],
    "estimated_and_true": ["transfer_estimates", "truth"],
    "groupings": ["grouping_results"],
    "affinity_map": ["tag_affinity", "tasks"],
    "affinity_sizes": ["tag_affinity", "tasks"],
    "affinity_and_transfer": ["tag_affinity", "transfer_estimates", "transfer_comparison", "tasks"],
    "similarity_map": ["gradient_similarity", "overlap", "tasks"],
    "similarity_and_correlation": [
        *("gradient_similarity", "task_correlation", "similarity_and_correlation", "tasks"),
    ],
    "similarity_dynamics": ["similarity_dynamics", "claims"],
    "degradation": ["degradation", "degradation_fits"],
    "pathway_recovery": ["gradient_similarity", "pathway_recovery", "tasks"],
    "signals_and_benefit": ["signals_and_benefit"],
    "gradient_groupings": ["gradient_grouping_results"],
}


@pytest.fixture(scope="session")
def simulate():
    """Make a simulated study."""
    return SimulatedStudy


@pytest.fixture(scope="session")
def study():
    """Ten receptors, single- and multi-task, two kinds of folds."""
    made = SimulatedStudy()
    made.add_recipe("compound_folds", 0.03)
    return made


@pytest.fixture
def nameless(simulate):
    """A study whose names try to break out of HTML, of scripts and of CSV."""
    made = simulate(4)
    hostile = [
        '<b>bold</b> & "quoted"',
        "</script><script>alert(1)</script>",
        r"$\badmath$ a, b; c",
        "5-HT\N{SUBSCRIPT TWO}",
    ]
    made.tasks["name"] = hostile
    return made
