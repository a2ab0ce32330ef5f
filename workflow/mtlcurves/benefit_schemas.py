"""Tables of what tasks gain from each other, and which signal foretells it: what a row is, and each column."""

from __future__ import annotations

from mtlcurves.schema_types import Schema, table

_ENCODER = ("string", "shared encoder: ecfp, gcn, gat or cnn")
_WINDOW = ("string", "last_fifth, all or frozen")
_PART = ("string", "all, cross or same")
_VERSION = ("string", "raw: similarity as it is; corrected: divided by the Ochiai overlap")
_N_TASKS = ("int32", "tasks known on both sides")
_METRIC = ("string", "auroc or average_precision of classes; r2 or rmse of values")
_STATUS = ("string", "ok, or why there is no number")
_P = ("float64", "two-sided P-value by permutation of whole tasks (Mantel)")
_LOW = ("float64", "lower end of the 95 % interval (tasks resampled, the same on both sides)")
_HIGH = ("float64", "upper end")

BENEFIT: dict[str, Schema] = {
    "pair_benefit": table(
        "one task beside one partner: what their common network gives it, against a network of its own",
        encoder=_ENCODER,
        metric=_METRIC,
        task=("string", "task that gains or loses"),
        partner=("string", "task trained with it"),
        benefit=("float64", "mean gain on the test fold, paired by rotation and seed (rmse: what it falls by)"),
        standard_error=("float64", "its standard error"),
        low=("float64", "lower end of the 95 % interval (over rotations by Nadeau and Bengio's t)"),
        high=("float64", "upper end"),
        p=("float64", "P-value of the benefit being 0"),
        q=("float64", "Benjamini-Hochberg over all directions of the encoder and metric"),
        verdict=(
            "string",
            "equal (interval within the margin, key gradients.benefit.margin), gain or loss (interval on one side "
            "of 0) or unclear",
        ),
        over=("string", "what the interval is over: rotations; or seeds of the one rotation: this split alone"),
        n_trainings=("int16", "trainings with a score both alone and together"),
        n_rotations=("int16", "rotations of these"),
        status=_STATUS,
    ),
    "benefit_prediction": table(
        "one similarity and one score: do similar gradients foretell a gain on held-out folds",
        encoder=_ENCODER,
        window=_WINDOW,
        part=_PART,
        version=_VERSION,
        metric=_METRIC,
        outcome=("string", "gain of each direction, or mean of both (as published)"),
        pearson=("float64", "Pearson's correlation; null see status"),
        pearson_low=_LOW,
        pearson_high=_HIGH,
        pearson_p=_P,
        spearman=("float64", "rank correlation; null see status"),
        spearman_low=_LOW,
        spearman_high=_HIGH,
        spearman_p=_P,
        auc=("float64", "chance that a direction with a gain has the larger similarity than one with a loss"),
        auc_low=_LOW,
        auc_high=_HIGH,
        auc_p=("float64", "two-sided P-value by permutation of whole tasks"),
        n_tasks=_N_TASKS,
        n_directions=("int32", "ordered pairs known on both sides"),
        n_positive=("int32", "of these, those with a gain above 0"),
        status=_STATUS,
    ),
    "benefit_calibration": table(
        "one range of similarity: the gains in it",
        encoder=_ENCODER,
        window=_WINDOW,
        part=_PART,
        version=_VERSION,
        metric=_METRIC,
        bin=("string", "quarter 1 to 4 of the similarities; of raw ones below 0.02 and above 0.05, as published"),
        similarity_low=("float64", "lowest similarity in it"),
        similarity_high=("float64", "highest similarity"),
        n_directions=("int32", "ordered pairs of tasks in it"),
        benefit=("float64", "mean gain"),
        benefit_low=("float64", "lower end of its 95 % interval (tasks resampled)"),
        benefit_high=("float64", "upper end"),
        share_positive=("float64", "share with a gain above 0"),
        share_positive_low=("float64", "lower end of its 95 % interval (tasks resampled)"),
        share_positive_high=("float64", "upper end"),
    ),
    "benefit_thresholds": table(
        "one rule which tasks to train together, judged on random halves of the pairs",
        encoder=_ENCODER,
        window=_WINDOW,
        part=_PART,
        version=_VERSION,
        metric=_METRIC,
        rule=(
            "string",
            "keep all pairs; at least 0.05, 0.1 or 0.15 (as published); chosen on one half (by F1), judged on the "
            "other",
        ),
        threshold=("float64", "least similarity kept; of the chosen ones the median; null where all are kept"),
        avoided=("float64", "share of the directions without gain that are not kept: median over 200 halves"),
        avoided_low=("float64", "lower end of the middle 95 % of the halves"),
        avoided_high=("float64", "upper end"),
        kept=("float64", "share of the directions with a gain that are kept: median"),
        kept_low=("float64", "lower end"),
        kept_high=("float64", "upper end"),
        f1=("float64", "harmonic mean of kept and of the share of gains among what is kept: median"),
        f1_low=("float64", "lower end"),
        f1_high=("float64", "upper end"),
        n_pairs=("int32", "unordered pairs, of which halves are drawn"),
        n_positive=("int32", "directions with a gain"),
        n_negative=("int32", "directions without"),
        status=_STATUS,
    ),
    "signals_and_benefit": table(
        "one signal, one outcome, one choice of pairs: which signal tells what tasks give each other, and when",
        signal=("string", "gradient similarity, TAG affinity (largest size) or transfer weight (a_ij)"),
        window=("string", "of gradient similarity: last_fifth, all or frozen"),
        part=("string", "of gradient similarity: all, cross or same"),
        version=("string", "raw or corrected; of other signals how they are scaled"),
        outcome=(
            "string",
            "benefit: gain of a pair on the test fold; designed: true correlation of a designed study's scores",
        ),
        metric=("string", "score of the benefit"),
        stratum=("string", "all pairs, or thirds by ochiai overlap or by the labels of the task that gains"),
        third=("string", "low, middle or high; null of all pairs"),
        from_value=("float64", "lowest overlap, or fewest labels, in the stratum"),
        to_value=("float64", "highest overlap, or most labels"),
        spearman=("float64", "rank correlation over ordered pairs; null see status"),
        low=_LOW,
        high=_HIGH,
        p=_P,
        n_tasks=_N_TASKS,
        n_pairs=("int32", "ordered pairs known on both sides"),
        status=_STATUS,
    ),
    "gradient_grouping_results": table(
        "one partition of the tasks against one reference, held-out scores averaged over tasks; one rotation, so "
        "intervals are over seeds and speak of this split alone",
        metric=_METRIC,
        n_groups=("int16", "groups asked for; of a reference, those of the random partitions beside it"),
        method=(
            "string",
            "linkage or search: chosen by similarity of gradients; random; all_in_one and single_task: references",
        ),
        partition=("int32", "number of the partition, from 1"),
        groups=("string", "tasks of each group, groups apart by |"),
        n_networks=("int32", "groups there are, that is networks"),
        predicted=("float64", "mean over tasks of the mean similarity to the others of the serving group"),
        against=(
            "string",
            "reference: all_in_one, all tasks in one network; single_task, each task alone; random, the mean of "
            "the random partitions into as many groups (the paper's)",
        ),
        score=("float64", "mean over tasks, and then seeds, of the serving group's score on the test fold"),
        difference=("float64", "score minus the reference's, paired by task and seed (rmse: what it falls by)"),
        sd=("float64", "standard deviation of a seed's difference"),
        low=("float64", "lower end of the 95 % interval over seeds; null with one seed"),
        high=("float64", "upper end"),
        p=("float64", "P-value of the difference being 0, t test over seeds"),
        n_tasks=("int32", "tasks scored with any seed"),
        n_seeds=("int16", "seeds compared"),
        n_random=("int32", "random partitions into as many groups"),
        n_better=("Int64", "random partitions at least as good; null for random ones"),
        p_random=("float64", "(1 + n_better) / (1 + n_random): P-value of its rank; null for random ones"),
    ),
}
