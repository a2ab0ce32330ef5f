"""The estimate as a page for the terminal."""

from __future__ import annotations

import heapq
import textwrap
from collections.abc import Mapping, Sequence

import pandas as pd

from mtlcurves.config import Config
from mtlcurves.estimate.calibration import Calibration
from mtlcurves.estimate.predict import totals
from mtlcurves.sections import Limits

AT_ONCE = (1, 2, 4, 16, 100, 400)
STAGES = {
    "data": "data (measured)",
    "trainings": "trainings",
    "curves": "curves, transfer",
    "affinity": "affinity of gradients",
    "gradients": "similarity of gradients",
    "figures": "figures, report",
}
TRAINED = {
    "train_gradients": "all tasks",
    "train_benefit": "tasks alone, pairs",
    "train_gradient_groups": "groups",
}


def wall_seconds(jobs: Sequence[float], rest: float, longest: float, n: int) -> float:
    """Seconds of a study when `n` cores work at once: its trainings' jobs in their order, then all the rest."""
    busy = [0.0] * min(n, len(jobs)) or [0.0]
    for seconds in jobs:
        heapq.heapreplace(busy, busy[0] + seconds)
    return max(busy) + max(rest / n, longest)


def page(
    config: Config, table: pd.DataFrame, jobs: Sequence[float], calibration: Calibration, asked_mb: int
) -> str:
    """Lay the estimate out.

    Parameters
    ----------
    config : Config
        The study.
    table : pandas.DataFrame
        Schema ``estimate``.
    jobs : sequence of float
        Seconds of every job that trains.
    calibration : Calibration
        What the estimate rests on.
    asked_mb : int
        Memory that a training job asks for.
    """
    whole, rest = totals(table), table[table["basis"] != "timed"]
    starts = [sum(calibration.job)] if calibration.trainings else []
    starts += [timing.start for timing in calibration.encoders]
    lines = [
        f"Estimate of the study {config.study}, from trainings timed on {calibration.device} "
        f"({calibration.backend}, {calibration.cores} at once) in {calibration.seconds:.0f} s.",
        "",
        *_table(table, config.backend == "gpu"),
        "",
        f"Longest job: {duration(table['longest_seconds'].max())}. Memory of a training job: "
        f"{table['memory_mb'].max():,.0f} MB found, {asked_mb:,} MB asked for.",
        f"A job starts in {max(starts, default=0):.1f} s (in the hours); a scheduler's own seconds a job are not.",
        "Time with several cores at once, all free: "
        + ", ".join(
            f"{n}: {duration(wall_seconds(jobs, rest['core_seconds'].sum(), rest['longest_seconds'].max(), n))}"
            for n in AT_ONCE
            if n == 1 or n <= 4 * len(jobs)
        )
        + ".",
        *_limit_lines(config.limits, whole),
    ]
    unknown = table.loc[table["core_seconds"].isna(), "rule"].unique()
    if len(unknown):
        lines += textwrap.wrap(f"Without a benchmark, and not in the hours: {', '.join(unknown)}.", 115)
    return "\n".join(lines) + "\n"


def _table(table: pd.DataFrame, gpu: bool) -> list[str]:
    unit, seconds = ("hours", 3600) if table["core_seconds"].sum() >= 7200 else ("minutes", 60)
    times = ["core_seconds", "gpu_seconds"] if gpu else ["core_seconds"]
    head = ["", "jobs", "trainings", "steps", *(f"{key.split('_')[0]}-{unit}" for key in times)]
    rows = [[*head, "longest job", "disk"]]
    for stage, name in STAGES.items():
        own = table[table["stage"] == stage]
        if own.empty:
            continue
        lines = own.groupby(["recipe", "arm"], sort=False) if stage == "trainings" else _parts(name, own)
        rows += [_line(": ".join(map(str, key)), part, times, seconds) for key, part in lines]
    rows.append(_line("all", table, times, seconds))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    text = ["  ".join([row[0].ljust(widths[0]), *map(str.rjust, row[1:], widths[1:])]).rstrip() for row in rows]
    rule = "-" * max(map(len, text))
    return [text[0], rule, *text[1:-1], rule, text[-1]]


def _parts(name: str, own: pd.DataFrame) -> list[tuple[tuple[str, ...], pd.DataFrame]]:
    """Tell the rules of a stage that train from its others."""
    trains = own["basis"] == "timed"
    parts = [((name, TRAINED[str(rule)]), part) for rule, part in own[trains].groupby("rule", sort=False)]
    return [*parts, ((name,), own[~trains])]


def _line(name: str, rows: pd.DataFrame, times: Sequence[str], seconds: int) -> list[str]:
    counts = (int(rows[key].fillna(0).sum()) for key in ("jobs", "trainings", "steps"))
    return [
        name,
        *(f"{n:,}" if n else "" for n in counts),
        *(_digits(rows[key].sum() / seconds) for key in times),
        duration(rows["longest_seconds"].max()),
        _size(rows["disk_mb"].sum()),
    ]


def _limit_lines(limits: Limits, whole: Mapping[str, float]) -> list[str]:
    given = {key: getattr(limits, key) for key in whole if getattr(limits, key) is not None}
    if not given:
        return ["No limit on hours or disk space is set (limits.core_hours, gpu_hours, disk_gb)."]
    return [
        f"limits.{key}: {allowed:g}; {'kept' if whole[key] <= allowed else 'EXCEEDED'}, at {_digits(whole[key])}."
        for key, allowed in given.items()
    ]


def _digits(number: float) -> str:
    return f"{number:,.0f}" if number >= 100 else f"{number:.1f}" if number >= 10 else f"{number:.2f}"


def _size(mb: float) -> str:
    return f"{_digits(mb / 1000)} GB" if mb >= 1000 else f"{mb:.0f} MB"


def duration(seconds: float) -> str:
    """Write a time with the unit that suits it."""
    for unit, size in (("days", 172_800), ("h", 7_200), ("min", 120)):
        if seconds >= size:
            return f"{seconds / {'days': 86_400, 'h': 3600, 'min': 60}[unit]:.1f} {unit}"
    return f"{seconds:.0f} s"
