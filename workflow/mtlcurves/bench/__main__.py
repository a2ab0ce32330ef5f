"""Time the engines side by side, print a table and write it to results/bench/engines.parquet."""

from __future__ import annotations

import argparse
import logging
import os
from pathlib import Path

import numpy as np
import pandas as pd
import torch

from mtlcurves.affinity_sections import Affinity
from mtlcurves.bench import plain
from mtlcurves.bench.affinity import logging_ratio
from mtlcurves.bench.cases import Case, simulated_dataset, timed_cases
from mtlcurves.bench.gradients import encoders_here, similarity_ratio
from mtlcurves.bench.measure import (
    bundle_seconds,
    peak_memory,
    scoring_ratio,
    step_seconds,
    throughput_of_two,
    training_seconds,
)
from mtlcurves.data.dataset import Dataset
from mtlcurves.tables import atomic

log = logging.getLogger("mtlcurves.bench")
PLAIN = "plain torch"
# trainings of the published study (config/studies/kiba244.yaml), and how many networks a GPU trains at once here
STL_TRAININGS, COMPLETE_TRAININGS = 244 * 9 * 10, 9 * 10 + 244 * 8 * 10
ON_GPU = {"single": 256, "complete": 8}


def main() -> None:
    """Run the whole benchmark."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--output", type=Path, default=Path("results/bench/engines.parquet"))
    output = arguments.parse_args().output
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S")
    log.info("simulating 50,522 compounds")
    dataset = simulated_dataset()
    backends = ["reference", "lazy_adam"] + ["gpu"] * torch.cuda.is_available()
    for name in backends:  # what is compiled at first use is compiled before anything is timed
        training_seconds(name, timed_cases(dataset)[0], dataset, 1)
    rows = [row for case in timed_cases(dataset) for row in time_case(case, backends, dataset)]
    table = pd.DataFrame(rows)
    with atomic(output) as file:
        table.to_parquet(file)
    print(layout(table))
    complete = next(case for case in timed_cases(dataset) if case.name == "complete")
    log.info("two trainings at once")
    ratio = throughput_of_two("lazy_adam", complete, dataset, 3)
    print(f"\nTwo complete trainings at once, one a core: {ratio:.2f} x the steps a second of one alone.")
    log.info("scores")
    faster = scoring_ratio(complete, dataset)
    print(f"Scores of {len(dataset.tasks)} tasks: {faster:.0f} x as fast as scikit-learn, called task by task.")
    log.info("affinities")
    print("\n" + affinity_cost(complete, dataset))
    log.info("similarities of gradients")
    print("\n" + "\n".join(similarity_cost(encoder) for encoder in encoders_here()))
    print("\n" + "\n".join(whole_trainings(dataset)))
    print(f"\nWritten to {output}")


def time_case(case: Case, backends: list[str], dataset: Dataset) -> list[dict[str, object]]:
    """Time a step of every engine, in turn, round after round, and its memory."""
    seconds: dict[str, list[float]] = {name: [] for name in [PLAIN, *backends]}
    single = len(case.folds) == 1
    for turn in range(case.rounds):
        log.info("%s, round %d of %d", case.name, turn + 1, case.rounds)
        seconds[PLAIN] += plain.seconds_per_step(case.problem(dataset, 1), case.recipe(), 8 if single else 4)
        for name in backends:
            at_once = ON_GPU["single" if single else "complete"] if name == "gpu" else 1
            seconds[name].append(step_seconds(name, case, dataset, 40 if single else 2, at_once))
    memory = {name: peak_memory(name, case, dataset) for name in backends if name != "gpu" and case.hidden == 500}
    yardstick = np.median(seconds[PLAIN])
    return [
        {
            "case": case.name,
            "engine": name,
            "step_ms": 1e3 * np.median(times),
            "step_ms_least": 1e3 * min(times),
            "step_ms_most": 1e3 * max(times),
            "ratio": yardstick / np.median(times),
            "training_seconds": np.median(times) * case.epochs * 50,
            "memory_mb": memory.get(name, np.nan),
            "n_timed": len(times),
        }
        for name, times in seconds.items()
    ]


def affinity_cost(case: Case, dataset: Dataset) -> str:
    """Time a training in which affinities are logged against the same without."""
    ratio, plain, logged = logging_ratio(case, dataset, Affinity())
    return (
        f"Affinities of {len(dataset.tasks)} tasks logged every 10 steps, to first order: {ratio:.1f} x the "
        f"time of a step of reference ({1e3 * logged:.0f} ms against {1e3 * plain:.0f} ms)."
    )


def similarity_cost(encoder: str) -> str:
    """Time a training in which similarities are logged against the same without."""
    ratio, plain, logged = similarity_ratio(encoder)
    return (
        f"Similarities of 12 tasks' gradients logged every 10 steps, encoder {encoder}: {ratio:.1f} x the time of "
        f"a step ({1e3 * logged:.1f} ms against {1e3 * plain:.1f} ms)."
    )


def whole_trainings(dataset: Dataset) -> list[str]:
    """Time whole trainings of each arm and project the published study."""
    log.info("whole trainings")
    chosen = dataset.tasks[:: len(dataset.tasks) // 6]
    stl = [Case("", {task: size}, 500, 40, 1) for task in chosen for size in (1, 5, 9)]
    mtl = [Case("", dict.fromkeys(dataset.tasks, size), 500, 300, 1) for size in (1, 5, 9)]
    alone, complete = (bundle_seconds("lazy_adam", cases, dataset) for cases in (stl, mtl))
    hours = (STL_TRAININGS * alone + COMPLETE_TRAININGS * complete) / 3600
    return [
        f"Whole trainings with lazy_adam, one core, sizes 1, 5 and 9: single {3600 / alone:,.0f} an hour, "
        f"complete and augmented {3600 / complete:,.1f} an hour (300 epochs, extrapolated from 3).",
        f"The published study ({STL_TRAININGS:,} single, {COMPLETE_TRAININGS:,} complete): {hours:,.0f} core "
        f"hours, {hours / (os.cpu_count() or 1):,.0f} hours on this machine's {os.cpu_count()} cores.",
    ]


def layout(table: pd.DataFrame) -> str:
    """Lay the table out for a terminal."""
    lines = [f"{'case':24}{'engine':14}{'ms a step':>12}{'range':>22}{'ratio':>8}{'training':>12}{'memory':>10}"]
    for row in table.to_dict("records"):
        span = f"{row['step_ms_least']:.3g} to {row['step_ms_most']:.3g}"
        memory = f"{row['memory_mb']:.0f} MB" if row["memory_mb"] >= 0 else ""
        lines.append(
            f"{row['case']:24}{row['engine']:14}{row['step_ms']:12.3g}{span:>22}{row['ratio']:7.1f}x"
            f"{row['training_seconds']:10,.1f} s{memory:>10}"
        )
    return "\n".join(lines)


if __name__ == "__main__":
    main()
