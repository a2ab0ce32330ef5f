"""Tables of what the similarity of gradients tells: what a row is, and what each column means."""

from __future__ import annotations

from mtlcurves.gradient_schemas import GRADIENTS
from mtlcurves.schema_types import Schema, table

_ENCODER = ("string", "shared encoder: ecfp, gcn, gat or cnn")
_WINDOW = ("string", "last_fifth, all or frozen")
_PART = ("string", "all, cross or same")
_VERSION = ("string", "raw: similarity as it is; corrected: divided by the Ochiai overlap")
_N_TASKS = ("int32", "tasks known on both sides")
_N_PAIRS = ("int32", "unordered pairs known on both sides")
_STATUS = ("string", "ok, or why there is no number")
_P = ("float64", "two-sided P-value by permutation of whole tasks (Mantel)")
_LOW = ("float64", "lower end of the 95 % interval (tasks resampled, the same on both sides)")
_HIGH = ("float64", "upper end")

SIMILARITY: dict[str, Schema] = GRADIENTS | {
    "similarity_and_correlation": table(
        "one similarity and one correlation of labels: do similar gradients go with correlated labels, r(G, E)",
        encoder=_ENCODER,
        window=_WINDOW,
        part=_PART,
        version=_VERSION,
        rows=("string", "compounds whose labels are correlated: all, train or heldout; mean over rotations"),
        measure=("string", "column of task_correlation: pearson (of classes phi), phi_of_most or spearman"),
        pearson=("float64", "Pearson's correlation over pairs; null see status"),
        pearson_low=_LOW,
        pearson_high=_HIGH,
        pearson_p=_P,
        spearman=("float64", "rank correlation over pairs; null see status"),
        spearman_low=_LOW,
        spearman_high=_HIGH,
        spearman_p=_P,
        n_tasks=_N_TASKS,
        n_pairs=_N_PAIRS,
        status=_STATUS,
    ),
    "degradation": table(
        "one training of a sweep, one reference: what is left of r(G, E) as labels are taken away (P2 Fig. 3)",
        encoder=_ENCODER,
        arm=("string", "sweep: thinned, core, size or blocks"),
        level=("float64", "share of labels kept, Jaccard overlap, or labels of every task"),
        seed=("int16", "draw of the labels and training"),
        window=_WINDOW,
        part=_PART,
        reference=(
            "string",
            "labels that are correlated: full (all there are), own (those of this training, all folds) or heldout "
            "(of the folds not trained on, all labels)",
        ),
        pearson=("float64", "Pearson's correlation over pairs; null see status"),
        spearman=("float64", "rank correlation over pairs"),
        p=("float64", "two-sided P-value of pearson by permutation of whole tasks (Mantel)"),
        n_tasks=_N_TASKS,
        n_pairs=_N_PAIRS,
        mean_similarity=("float64", "mean over these pairs of the similarity of gradients"),
        ochiai=("float64", "mean over these pairs of the Ochiai overlap expected of the labels kept"),
        status=_STATUS,
    ),
    "degradation_fits": table(
        "one curve through the means over seeds of one arm of a sweep: is there a threshold",
        encoder=_ENCODER,
        arm=("string", "sweep: thinned, core, size or blocks"),
        window=_WINDOW,
        part=_PART,
        reference=("string", "labels that are correlated: full, own or heldout"),
        statistic=("string", "pearson or spearman"),
        form=(
            "string",
            "sigmoid L / (1 + exp(-k (x - x0))) + b, x in per cent of the largest level (overlaps: of 1); sigmoid "
            "to 0: b = 0; hyperbola L a / (a + (1 - a) h), a = x / 100; linear in Ochiai",
        ),
        limit=("float64", "L; of the straight line its value at Ochiai 1"),
        steepness=("float64", "k, per per cent; null of other forms"),
        midpoint=("float64", "x0; of the hyperbola its half-height point 100 h / (1 + h); null of the line"),
        midpoint_low=("float64", "lower end of its 95 % interval, seeds resampled; null below three seeds"),
        midpoint_high=("float64", "upper end"),
        floor=("float64", "b; of the straight line its value at Ochiai 0"),
        r2=("float64", "share of the variance of the means that the curve explains"),
        aicc=("float64", "Akaike's criterion, corrected for few levels; less is better; null with too few levels"),
        n_levels=("int16", "levels"),
        n_seeds=("int16", "seeds"),
        status=("string", "ok; at bound: ...; or why there is no fit"),
    ),
    "pathway_recovery": table(
        "one similarity, one partition of the tasks, one way to cluster: do reference groups come back",
        encoder=_ENCODER,
        window=_WINDOW,
        part=_PART,
        version=_VERSION,
        partition=("string", "column of the tasks' table that names the reference groups"),
        linkage=("string", "average, complete or ward, on 1 - similarity; cut to as many clusters as groups"),
        n_tasks=("int32", "tasks that are clustered: those with similarities to all others of them"),
        n_clusters=("int32", "reference groups of these tasks; one without a name is a group of its own"),
        ari=("float64", "adjusted Rand index: 0 by chance, 1 the same groups; null see status"),
        ari_p=("float64", "share of random clusters of the same sizes with as high an ARI (999, and the real one)"),
        nmi=("float64", "normalised mutual information, not corrected for chance"),
        nmi_of_chance=("float64", "its mean over random clusters of the same sizes"),
        ami=("float64", "adjusted mutual information: 0 by chance"),
        ami_p=("float64", "share of random clusters of the same sizes with as high an AMI"),
        status=_STATUS,
    ),
}
