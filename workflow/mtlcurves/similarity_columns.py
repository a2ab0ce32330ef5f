"""Columns that several tables of gradient similarity have, type and meaning; tasks that their intervals need."""

from __future__ import annotations

FEWEST_TASKS = 6
"""Tasks from which on an interval by resampling them is trusted: of four there are 35 different draws."""

ENCODER = ("string", "shared encoder: ecfp, gcn, gat or cnn")
WINDOW = ("string", "last_fifth, all or frozen")
PART = ("string", "all, cross or same")
VERSION = ("string", "raw: similarity as it is; corrected: divided by the Ochiai overlap (not of part cross)")
MEASURE = (
    "string",
    "column of task_correlation: pearson (of classes phi), phi_of_most, spearman, size (of pearson, no sign)",
)
N_TASKS = ("int32", "tasks known on both sides")
STATUS = ("string", "ok, or why there is no number")
P = ("float64", "two-sided P-value by permutation of whole tasks (Mantel)")
LOW = ("float64", "lower end of the 95 % interval (tasks resampled, the same on both sides)")
HIGH = ("float64", "upper end")
CORRELATIONS = {
    "pearson": ("float64", "Pearson's correlation over pairs; null see status"),
    "pearson_low": LOW,
    "pearson_high": HIGH,
    "pearson_p": P,
    "spearman": ("float64", "rank correlation over pairs; null see status"),
    "spearman_low": LOW,
    "spearman_high": HIGH,
    "spearman_p": P,
}
"""Columns of whatever is correlated over pairs of tasks both ways."""
