"""What overlap means for a study, as a page for the terminal: first the answer, then what it rests on."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

import numpy as np
import pandas as pd

from mtlcurves.gradient_sections import Gradients
from mtlcurves.similarity.overlap import (
    ADVICE,
    CLOSE,
    CLOSE_ONLY,
    FEW_SHARED,
    NOISE,
    RELATED,
    TOO_NOISY,
    UNLOGGED,
    USABLE,
    expected_epochs,
    noise_of,
)

WIDTH = 100
BAR = 40
LISTED = 12  # pairs named one by one; the table has all
BANDS = (1.0, 0.8, 0.6, 0.4, 0.2, 0.1, 0.05, 0.0)
QUARTERS = {"lowest": 0.0, "quarter": 0.25, "median": 0.5, "3 quarters": 0.75, "highest": 1.0}


def overlap_page(
    study: str, table: pd.DataFrame, tasks: pd.DataFrame, n_compounds: int, gradients: Gradients
) -> str:
    """Lay out what tasks share, and what follows for gradients.

    Parameters
    ----------
    study : str
        Name of the study.
    table : pandas.DataFrame
        Schema ``overlap``.
    tasks : pandas.DataFrame
        Schema ``tasks``.
    n_compounds : int
        Compounds of the study.
    gradients : mtlcurves.gradient_sections.Gradients
        The section that the table was made with.
    """
    names = dict(zip(tasks["task"], tasks["name"], strict=True))
    counts = table["advice"].value_counts().reindex(list(ADVICE), fill_value=0)
    title = f"Overlap of the study {study}: {len(names)} tasks, {len(table):,} pairs, {n_compounds:,} compounds"
    lines = [title, "=" * len(title), "", *_verdict(counts, len(table)), ""]
    lines += [*_quarters(table, gradients), "", *_bands(table), "", *_examples(table, names)]
    lines += [*_advice(table, counts, gradients), *_of_one_class(tasks), "", *_reasons(table, gradients)]
    return "\n".join(lines) + "\n"


def _verdict(counts: pd.Series, n_pairs: int) -> Iterator[str]:
    """Say in a line whether gradients are usable, and in one for each advice for how many pairs."""
    usable = counts[USABLE]
    if usable == n_pairs:
        yield "GRADIENTS ARE USABLE for all pairs."
        return
    if usable:
        yield f"GRADIENTS ARE USABLE FOR SOME PAIRS: {usable:,} of {n_pairs:,} ({usable / n_pairs:.0%})."
    elif counts[CLOSE_ONLY]:
        yield "GRADIENTS TELL CLOSE RELATIONS AT MOST."
    else:
        yield f"GRADIENTS ARE NOT USABLE for any pair{', as they are logged' if counts[UNLOGGED] else ''}."
    meanings = {
        USABLE: f"a similarity of {RELATED:g} on the same compounds would be seen",
        CLOSE_ONLY: f"one of {RELATED:g} would not, one of {CLOSE:g} would: a small one is no news",
        TOO_NOISY: f"not even one of {CLOSE:g} would be seen",
        UNLOGGED: "a training logs too few batches with labels of both for a similarity",
        FEW_SHARED: "nothing to compare the similarity with either",
    }
    width = max(map(len, ADVICE))
    for advice, meaning in meanings.items():
        if counts[advice]:
            yield f"  {counts[advice]:>7,}  {advice:<{width}}  {meaning}"


def _quarters(table: pd.DataFrame, gradients: Gradients) -> list[str]:
    """Tabulate how what is shared is spread over the pairs."""

    def count(number: float) -> str:
        return f"{number:,.0f}" if number >= 10 or number == round(number) else f"{number:.2g}"

    def share(number: float) -> str:
        return f"{number:.3f}"

    rows: list[tuple[str, str, Callable[[float], str]]] = [
        ("shared compounds", "n_shared", count),
        (f"  in a batch of {gradients.training.batch}, expected", "shared_per_batch", count),
        ("overlap (Jaccard): of the compounds of either", "jaccard", share),
        ("overlap (Ochiai): of sqrt(n_a n_b)", "ochiai", share),
        ("overlap of the smaller task", "smaller", share),
        ("overlap of all compounds", "of_all", share),
        ("smallest similarity seen, at best", "detectable", _seen),
    ]
    cells = [["Over pairs", *QUARTERS]]
    for text, column, show in rows:
        # a pair without shared compounds would show nothing, however large
        values = table[column].astype(float).fillna(np.inf)
        cells.append([text, *(show(float(values.quantile(q, interpolation="lower"))) for q in QUARTERS.values())])
    return _aligned(cells)


def _bands(table: pd.DataFrame) -> Iterator[str]:
    """Draw how many pairs keep how much of a similarity."""
    yield "What is left of a similarity (Ochiai overlap), and pairs"
    bands = [f"{low:g} - {high:g}" for high, low in pairwise(BANDS)] + ["none"]
    place = np.minimum(np.searchsorted(-np.array(BANDS), -table["ochiai"], side="right") - 1, len(BANDS) - 1)
    counts = np.bincount(place, minlength=len(bands))
    for band, count in zip(bands, counts, strict=True):
        bar = "#" * (max(1, round(BAR * count / counts.max())) if count else 0)
        yield f"  {band:>10}  {count:>7,}  {bar}".rstrip()


def _examples(table: pd.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Name the pairs that are the exception: the usable ones, or those that are not."""
    usable = table["advice"] == USABLE
    if usable.all():
        return []
    few = usable.mean() <= 0.5
    what = "Usable pairs, most overlap first" if few else "Pairs that are not usable, least overlap first"
    shown = table[usable == few]
    if not usable.any():
        what, shown = "Pairs with the most overlap", table
    shown = shown.sort_values(["ochiai", "n_shared"], ascending=not few, kind="stable")
    cells = [[what, "shared", "Jaccard", "Ochiai", "seen", "advice"]]
    columns = ["task_a", "task_b", "n_shared", "jaccard", "ochiai", "detectable", "advice"]
    for one, other, shared, jaccard, ochiai, seen, advice in shown[columns].head(LISTED).to_numpy(dtype=object):
        pair = _cut(f"{names.get(one, one)} / {names.get(other, other)}")
        cells.append([pair, f"{shared:,}", f"{jaccard:.3f}", f"{ochiai:.3f}", _seen(seen), advice])
    more = len(shown) - LISTED
    return [*_aligned(cells, left=(0, 5)), *([f"... and {more:,} more in tables/overlap.csv"] * (more > 0)), ""]


def _advice(table: pd.DataFrame, counts: pd.Series, gradients: Gradients) -> Iterator[str]:
    """Say what to do."""
    yield "What to do"
    least, trainings = gradients.log.min_batches, gradients.rotations * gradients.seeds
    unlogged = int((table["batches"] < least * trainings).sum())
    if unlogged:
        yield from _wrapped(
            f"- Log more steps: {unlogged:,} of {len(table):,} pairs may get no similarity at all, since a "
            f"training is expected to log fewer than the {least} batches with labels of both that one takes "
            "(gradients.log.min_batches). Lower gradients.log.every, raise gradients.training.epochs, or change "
            "gradients.log.window."
        )
    if noisy := int(counts[TOO_NOISY]):
        often = ", lower gradients.log.every" if gradients.log.every > 1 else ""
        yield from _wrapped(
            f"- Log more batches: {noisy:,} of {len(table):,} pairs share enough compounds to confirm a "
            "similarity, and too few to see one through the noise. Four times as many batches halve the smallest "
            f"one seen: raise gradients.seeds or gradients.rotations{often}."
        )
    if counts[USABLE]:
        pairs = "" if counts[USABLE] == len(table) else " of the usable pairs, and of no others,"
        yield from _wrapped(
            f"- Read the similarities{pairs} beside their errors and beside the trainings with shuffled labels "
            "(gradients.shuffled). A study with the section gradients has them."
        )
    if table["ochiai"].max() > 2 * max(table["ochiai"].min(), 0.05) and counts[USABLE] + counts[CLOSE_ONLY]:
        yield from _wrapped(
            "- Overlaps differ between pairs, and similarities follow them. Log the part that shared compounds "
            "make (gradients.log.parts), and compare pairs by that part divided by the overlap (part same, column "
            "corrected)."
        )
    wanting = table[(table["advice"] != USABLE) & table["to_measure"].notna()]
    if len(wanting):
        fewest = int(wanting["to_measure"].min())
        yield from _wrapped(
            f"- Measure compounds of one task in the other, too: {fewest:,} more shared would make the nearest of "
            f"the other pairs usable, {int(wanting['to_measure'].median()):,} the median one (column to_measure)."
        )
    if counts[USABLE] < len(table):
        yield from _wrapped(
            f"- {'For the other pairs, learn' if counts[USABLE] else 'Learn'} from trainings instead: whether "
            "tasks help each other shows in their scores, shared compounds or not. Name grid arms (stl, mtl, "
            "augmented), or gradients.benefit for pairs trained together."
        )


def _of_one_class(tasks: pd.DataFrame) -> Iterator[str]:
    """Name the tasks whose labels cannot go together with any other's."""
    active = tasks["n_active"].astype(float)  # NaN of values, which have no classes
    single = tasks[(active == 0) | (active == tasks["n"])]
    if len(single):
        more = f" and {len(single) - LISTED:,} more" if len(single) > LISTED else ""
        yield from _wrapped(
            f"- Expect nothing of {', '.join(single['name'].head(LISTED))}{more}: labels of one class only "
            "correlate with no other task's, and nothing could confirm a similarity of gradients."
        )


def _reasons(table: pd.DataFrame, gradients: Gradients) -> Iterator[str]:
    """Say what the answer rests on."""
    batches = " to ".join(dict.fromkeys(f"{n:,.0f}" for n in (table["batches"].min(), table["batches"].max())))
    window = {"last_fifth": "the last fifth of the epochs", "all": "all epochs", "frozen": "the frozen network"}
    least = gradients.min_shared
    of_rows = "" if gradients.rows == "all" else f" of the rows {gradients.rows}, a part of all (gradients.rows),"
    fingerprints = gradients.encoders == ["ecfp"]
    measured = "fingerprints" if fingerprints else "a graph network"
    other = "" if fingerprints else f" (with fingerprints, encoder ecfp, by {NOISE['ecfp']:g})"
    yield "Why"
    for reason in (
        "  What two tasks' gradients have in common is of two kinds. One is what most compounds push alike, "
        "such as to inactive; it needs no shared compound, and on Tox21 does not tell which tasks are related. "
        "The other comes from compounds with labels of both: the Ochiai overlap in a batch times the similarity"
        " on the same compounds. It fades in proportion; there is no overlap at which it breaks down. All that "
        "is said here is of this one; gradients.log.parts tells it from the first.",
        f"  Noise decides. The similarity of one batch scatters by about {noise_of(gradients):g}, as measured "
        f"with {measured}{other}, and a pair has {batches} logged batches with labels of both "
        f"({window[gradients.log.window]}, in all trainings of an encoder, where they run for "
        f"{expected_epochs(gradients)} of the {gradients.training.epochs} epochs that they may). A similarity is "
        "seen from two standard errors of their mean on, divided by the overlap. More seeds, rotations or logged "
        "steps see smaller ones. This is the best case, as trainings differ more than their batches do. What "
        "single pairs do not show, many together may (their correlation with labels).",
        f"  {RELATED:g} and {CLOSE:g} are what related and closely related tasks of Tox21 show (ATAD5 and p53 "
        "0.10, the androgen receptor and its ligand-binding domain 0.24; published, a graph network).",
        f"  With {least} shared compounds{of_rows} the labels' own correlation is uncertain by "
        f"{1 / np.sqrt(max(least - 1, 1)):.2f}. With fewer (gradients.min_shared), nothing could confirm a "
        "similarity.",
    ):
        yield from _wrapped(reason)


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent="  ", break_on_hyphens=False)


def _seen(similarity: float) -> str:
    """Write the smallest similarity seen; there is none above 1."""
    return f"{similarity:.3f}" if similarity <= 1 else "none"


def _cut(text: str, width: int = 48) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"


def _aligned(cells: Sequence[Sequence[str]], left: Sequence[int] = (0,)) -> list[str]:
    """Set a table in columns, a line under its head."""
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    text = [
        "  ".join(
            cell.ljust(width) if place in left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in cells
    ]
    return [text[0], "-" * max(map(len, text)), *text[1:]]
