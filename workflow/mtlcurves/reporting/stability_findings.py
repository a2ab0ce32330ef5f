"""Whether similarities are the same at other epochs and under other encoders, in words: beyond their noise."""

from __future__ import annotations

from math import comb

import numpy as np
import pandas as pd

from mtlcurves.reasons import commonest
from mtlcurves.reporting.findings import Finding
from mtlcurves.reporting.names import count_text, plural
from mtlcurves.reporting.style import signed
from mtlcurves.reporting.words import correlation_text, interval_text, listed
from mtlcurves.similarity_columns import FEWEST_TASKS

NAMED = 3  # epochs, or pairs of encoders, that a sentence names
FEWEST_PAIRS = comb(FEWEST_TASKS, 2)
BY_CHANCE = 0.025  # share of 95 % intervals that lie below what they are of
HALVES = ["reliability", "final_reliability"]  # from halves of the batches of the epoch, and of the end
DISAGREE, MISSING = "halves of the logged batches disagree", "too few batches are logged for halves of them"


def dynamics_finding(dynamics: pd.DataFrame) -> Finding:
    """Say how early similarities are those of the end, and whether what differs is more than noise.

    Parameters
    ----------
    dynamics : pandas.DataFrame
        Rows of table ``similarity_dynamics`` of one encoder.
    """
    known = dynamics[dynamics["with_final"].notna()].sort_values("epoch")
    if known.empty:
        reason = commonest(dynamics["status"])
        return Finding(f"How early similarities are those of the end could not be tested: {reason}.")
    first, middle = known.iloc[0], known.iloc[len(known) // 2]
    parts = [f"those of epoch {int(first['epoch'])} have r {_with_end(first)}"]
    if len(known) > 1:
        parts.append(
            f"those of epoch {int(middle['epoch'])} of {int(dynamics['epoch'].max())} {_with_end(middle)}"
        )
    sentence = (
        f"With the similarities of the end (last fifth of the epochs), {' and '.join(parts)}, over "
        f"{count_text(known['n_pairs'], 'pair')} of tasks. {_change(known)}"
    )
    return Finding(
        sentence,
        f"{count_text(known['n_trainings'], 'training')}; intervals from resampled tasks; no P-value. "
        "What noise alone would leave is from halves of the epoch's logged batches, and has an error of its own "
        "that the intervals do not hold.",
    )


def _with_end(row: pd.Series) -> str:
    known = np.isfinite(row["ceiling"])
    noise = f"noise alone would leave {min(row['ceiling'], 1):.2f}" if known else _unknown(row.to_frame().T)
    parts = [interval_text(row["low"], row["high"]), noise]
    return f"{signed(row['with_final'], 2)} ({'; '.join(filter(None, parts))})"


def _unknown(rows: pd.DataFrame) -> str:
    """Say why noise is not known: the halves of the batches disagree, or there are none."""
    return DISAGREE if rows[HALVES].notna().all(axis=1).any() else MISSING


def _change(known: pd.DataFrame) -> str:
    """Say at how many epochs the interval stays below what noise alone would leave."""
    judged = known[known["ceiling"].notna() & known["high"].notna()]
    if known["n_pairs"].max() < FEWEST_PAIRS:
        return "So few tasks cannot tell a change from noise."
    if judged.empty:
        return f"Whether they change or are only noisy is not known: {_unknown(known)}."
    if len(judged) < len(known) / 2:
        some = f"{len(judged)} of {plural(len(known), 'epoch')}"
        return f"Whether they change or are only noisy is not known: noise is known of {some} alone."
    below = list(judged.loc[judged["high"] < judged["ceiling"], "epoch"].astype(int))
    of_judged = f"of {plural(len(judged), 'epoch')} with known noise"
    if not below:
        return f"At none {of_judged} is the interval below what noise alone would leave: no change is found."
    which = f"the last is epoch {below[-1]}"
    if len(below) <= NAMED:
        which = f"epoch{'s' if len(below) > 1 else ''} {listed([str(epoch) for epoch in below])}"
    return (
        f"At {len(below)} {of_judged} the interval is below what noise alone would leave ({which}), where chance "
        f"gives about {BY_CHANCE * len(judged):.1g}."
    )


def consistency_finding(consistency: pd.DataFrame, significance: float) -> Finding:
    """Say whether encoders see the same similarities, and whether what differs is more than noise.

    Parameters
    ----------
    consistency : pandas.DataFrame
        Rows of table ``architecture_consistency`` of one window and part.
    significance : float
        P-value below which encoders that agree are told from chance.
    """
    known = consistency[consistency["pearson"].notna()].sort_values("pearson", ascending=False)
    if known.empty:
        reason = commonest(consistency["status"])
        return Finding(f"Whether encoders see the same similarities could not be tested: {reason}.")
    shown = known if len(known) <= NAMED else known.iloc[[0, -1]]
    parts = [f"{_names(row)} {correlation_text(row)}" for _, row in shown.iterrows()]
    range_ = "" if len(known) <= NAMED else f" (the most and the least of {len(known)} pairs)"
    sentence = (
        f"Similarities under two encoders have, over {count_text(known['n_pairs'], 'pair')} of tasks{range_}: "
        f"{'; '.join(parts)}. {_agree(known, significance)}"
    )
    return Finding(sentence, _consistency_detail(known))


def _names(row: pd.Series) -> str:
    return f"{row['encoder_a']} and {row['encoder_b']}"


def _agree(known: pd.DataFrame, significance: float) -> str:
    told = int(((known["pearson_p"] < significance) & (known["pearson"] > 0)).sum())
    enough = known["n_pairs"] >= FEWEST_PAIRS
    judged = known[known["ceiling"].notna() & known["pearson_high"].notna() & enough]
    below = int((judged["pearson_high"] < judged["ceiling"]).sum())
    if len(known) == 1:
        agree = "They agree by more than chance" if told else "They are not found to agree"
        differ = f"and {'differ' if below else 'are not found to differ'} by more than the noise of both"
    else:
        of_all = f"Of {plural(len(known), 'pair')} of encoders"
        agree = f"{of_all}, {told or 'none'} {_verb('agree', told)} by more than chance"
        differ = f"and {below or 'none'} of {len(judged)} {_verb('differ', below)} by more than the noise of both"
    return f"{agree}, {differ if len(judged) else 'and whether they differ by more than noise is not known'}."


def _verb(verb: str, count: int) -> str:
    return f"{verb}s" if count == 1 else verb


def _consistency_detail(known: pd.DataFrame) -> str:
    judged = known[known["ceiling"].notna()]
    without = [
        f"{_names(row)} {signed(np.clip(row['disattenuated'], -1, 1), 2)} (noise leaves at most "
        f"{min(row['ceiling'], 1):.2f})"
        for _, row in judged.iterrows()
    ]
    over = [text for text in dict.fromkeys(judged["over"]) if pd.notna(text)]
    noise = f" Noise is over {' or '.join(over)}." if over else ""
    numbers = f" Without noise r would be near: {'; '.join(without)}." if without else ""
    return f"P by permutation of tasks, not corrected for the number of encoders.{numbers}{noise}"
