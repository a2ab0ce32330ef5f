"""Tables of what the similarity of gradients tells: what a row is, and what each column means."""

from __future__ import annotations

from mtlcurves.benefit_schemas import BENEFIT
from mtlcurves.gradient_schemas import GRADIENTS
from mtlcurves.schema_types import Schema, table
from mtlcurves.similarity_columns import CORRELATIONS, ENCODER, MEASURE, N_TASKS, PART, STATUS, VERSION, WINDOW

_N_PAIRS = ("int32", "unordered pairs known on both sides")

RELATION: dict[str, Schema] = {
    "similarity_and_correlation": table(
        "one similarity and one correlation of labels: do similar gradients go with correlated labels, r(G, E)",
        encoder=ENCODER,
        window=WINDOW,
        part=PART,
        version=VERSION,
        rows=("string", "compounds whose labels are correlated: all, train or heldout; mean over rotations"),
        measure=MEASURE,
        **CORRELATIONS,
        ceiling=(
            "float64",
            "of raw similarities and pearson: largest r that noise lets be seen, root of the reliability of the "
            "labels' correlations (halves of the compounds), times that of the similarities where trainings or "
            "halves of the batches tell it; null below 0.1, or where train or heldout are of several rotations",
        ),
        n_tasks=N_TASKS,
        n_pairs=_N_PAIRS,
        status=STATUS,
    ),
    "degradation": table(
        "one training of a sweep, one reference: what is left of r(G, E) as labels are taken away (P2 Fig. 3)",
        encoder=ENCODER,
        arm=("string", "sweep: thinned, core, size, blocks or masked"),
        level=("float64", "share of labels kept, Jaccard overlap, or labels of every task"),
        seed=("int16", "draw of the labels and training"),
        window=WINDOW,
        part=PART,
        reference=(
            "string",
            "labels that are correlated: full (all there are), own (those of this training, all folds) or heldout "
            "(of the folds not trained on, all labels); of designed tasks also truth, the size of the correlation",
        ),
        pearson=("float64", "Pearson's correlation over pairs; null see status"),
        spearman=("float64", "rank correlation over pairs"),
        p=("float64", "two-sided P-value of pearson by permutation of whole tasks (Mantel)"),
        n_tasks=N_TASKS,
        n_pairs=_N_PAIRS,
        mean_similarity=("float64", "mean over these pairs of the similarity of gradients"),
        ochiai=("float64", "mean over these pairs of the Ochiai overlap expected of the labels kept"),
        status=STATUS,
    ),
    "degradation_fits": table(
        "one curve through the means over seeds of one arm of a sweep: is there a threshold",
        encoder=ENCODER,
        arm=("string", "sweep: thinned, core, size, blocks or masked"),
        window=WINDOW,
        part=PART,
        reference=("string", "labels that are correlated: full, own or heldout; of designed tasks also truth"),
        statistic=("string", "pearson or spearman"),
        form=(
            "string",
            "sigmoid L / (1 + exp(-k (x - x0))) + b, x in per cent of the largest level (overlaps: of 1); sigmoid "
            "to 0: b = 0; hyperbola L a / (a + (1 - a) h), a = x / 100; linear in Ochiai",
        ),
        limit=("float64", "L; of the straight line its value at Ochiai 1"),
        steepness=("float64", "k, per per cent; null of other forms"),
        midpoint=("float64", "x0; of the hyperbola its half-height point 100 h / (1 + h); null of the line"),
        midpoint_low=(
            "float64",
            "lower end of its 95 % interval: t, with the error that leaving out one seed after the other gives; "
            "null below three seeds",
        ),
        midpoint_high=("float64", "upper end"),
        floor=("float64", "b; of the straight line its value at Ochiai 0"),
        r2=("float64", "share of the variance of the means that the curve explains"),
        aicc=("float64", "Akaike's criterion, corrected for few levels; less is better; null with too few levels"),
        n_levels=("int16", "levels"),
        n_seeds=("int16", "seeds"),
        status=(
            "string",
            "ok; midpoint not located: it has no interval, or one that leaves the levels; at bound: ...; or why "
            "there is no fit, as one takes a level more than the form has parameters",
        ),
    ),
    "pathway_recovery": table(
        "one similarity, one partition of the tasks, one way to cluster: do reference groups come back",
        encoder=ENCODER,
        window=WINDOW,
        part=PART,
        version=VERSION,
        partition=("string", "column of the tasks' table that names the reference groups"),
        linkage=("string", "average, complete or ward, on 1 - similarity; cut to as many clusters as groups"),
        n_tasks=("int32", "tasks that are clustered: those with similarities to all others of them"),
        n_clusters=("int32", "reference groups of these tasks; one without a name is a group of its own"),
        ari=("float64", "adjusted Rand index: 0 by chance, 1 the same groups; null see status"),
        ari_p=(
            "float64",
            "share of random clusters of the same sizes with as high an ARI (999, and the real one)",
        ),
        nmi=("float64", "normalised mutual information, not corrected for chance"),
        nmi_of_chance=("float64", "its mean over random clusters of the same sizes"),
        ami=("float64", "adjusted mutual information: 0 by chance"),
        ami_p=("float64", "share of random clusters of the same sizes with as high an AMI"),
        status=STATUS,
    ),
    "similarity_dynamics": table(
        "one epoch under one encoder: how far its similarities are those of the end",
        encoder=ENCODER,
        epoch=("int32", "epoch, from 1"),
        with_final=(
            "float64",
            "Pearson's correlation over pairs with the last fifth of the epochs (which it is left out of): mean "
            "over trainings; null see status",
        ),
        low=("float64", "lower end of its 95 % interval (tasks resampled)"),
        high=("float64", "upper end"),
        reliability=("float64", "of the epoch: odd against even batches, stepped up (Spearman-Brown)"),
        final_reliability=("float64", "of the last fifth, likewise"),
        ceiling=(
            "float64",
            "root of the product of both: with_final if all that differs were noise; null below 0.1",
        ),
        disattenuated=("float64", "with_final / ceiling; may pass 1 by chance"),
        n_trainings=("int16", "trainings that reached the epoch"),
        n_pairs=_N_PAIRS,
        status=STATUS,
    ),
    "architecture_consistency": table(
        "two encoders: do they see the same similarities",
        encoder_a=ENCODER,
        encoder_b=ENCODER,
        window=WINDOW,
        part=PART,
        **CORRELATIONS,
        reliability_a=("float64", "reliability of encoder_a's similarities; null where unknown"),
        reliability_b=("float64", "of encoder_b's"),
        over=(
            "string",
            "what reliability is over: trainings; or batches of one training: rather too high",
        ),
        ceiling=("float64", "root of the product of both: largest correlation that could be seen"),
        disattenuated=("float64", "pearson / ceiling: what it would be without noise; may pass 1 by chance"),
        n_tasks=N_TASKS,
        n_pairs=_N_PAIRS,
        status=STATUS,
    ),
    "claims": table(
        "one number published of the study's data: what the papers claim, what we found",
        paper=("string", "P1 or P2, and where in it"),
        claim=("string", "what is claimed"),
        data=("string", "data set that it was measured on"),
        published=("float64", "the published number"),
        found=("float64", "the study's; null where it is not measured"),
        low=("float64", "lower end of its interval, as the table has it; null without one"),
        high=("float64", "upper end"),
        n=("Int64", "pairs, directions, tasks or levels that it rests on"),
        table=("string", "table that it stands in"),
        verdict=(
            "string",
            "of the interval. It holds the published number and not that of no effect: reproduced; both: "
            "undecided; neither: there, but weaker or stronger, or not reproduced if it lies on the other side; "
            "not the published number, but that of no effect: not reproduced. Where no effect is claimed, or has "
            "no number: reproduced within a margin of the published number, not reproduced outside, else "
            "undecided. Without an interval, of a range over random halves, or of fewer than six tasks: "
            "undecided. Not measured",
        ),
        reason=("string", "why it is undecided or not measured"),
    ),
    "synthetic_pairs": table(
        "two simulated tasks of known similarity, at one level of one arm",
        arm=("string", "thinned: a share of every task's labels; core: as many labels, fewer of them shared"),
        level=("float64", "share kept, or Jaccard overlap"),
        seed=("int16", "simulated data set and training"),
        window=("string", "logged steps: all, or last_fifth of the epochs"),
        task_a=("string", "one task"),
        task_b=("string", "the other"),
        designed=("float64", "cosine of their weights as designed"),
        realised=("float64", "cosine of their weights as drawn: the truth"),
        ochiai=("float64", "shared labels / sqrt(n_a n_b)"),
        similarity=("float64", "mean cosine of gradients; null where no batch has labels of both"),
        n_batches=("int32", "logged batches with labels of both"),
    ),
    "synthetic_similarity": table(
        "one training on simulated tasks, one truth: do similar gradients tell similar tasks",
        arm=("string", "thinned or core"),
        level=("float64", "share kept, or Jaccard overlap"),
        seed=("int16", "simulated data set and training"),
        window=("string", "logged steps: all, or last_fifth of the epochs"),
        truth=(
            "string",
            "cosines of the tasks' weights: designed, realised as they were drawn, or the size of the realised",
        ),
        ochiai=("float64", "mean overlap"),
        mean_similarity=("float64", "mean similarity of gradients"),
        **CORRELATIONS,
        n_tasks=N_TASKS,
        n_pairs=_N_PAIRS,
        status=STATUS,
    ),
    "task2vec": table(
        "two tasks, one network or pair of networks: how alike Task2Vec embeds them",
        form=("string", "published: a network for each task; fair: one trunk for all, Fisher information"),
        seed=("int16", "networks drawn"),
        task_a=("string", "one task"),
        task_b=("string", "the other"),
        similarity=("float64", "cosine of the embeddings, in the fair form each divided by their sum"),
    ),
    "task2vec_and_correlation": table(
        "one form of Task2Vec, one correlation of labels",
        form=("string", "published or fair"),
        rows=("string", "compounds whose labels are correlated: all, train or heldout; mean over rotations"),
        measure=MEASURE,
        **CORRELATIONS,
        n_tasks=N_TASKS,
        n_pairs=_N_PAIRS,
        status=STATUS,
    ),
}

SIMILARITY: dict[str, Schema] = GRADIENTS | RELATION | BENEFIT
