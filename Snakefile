# mtlcurves: what every task's data buys every other task, measured with multi-task learning curves.
# `snakemake --list` describes every rule; config/README.md every key of the configuration.
from snakemake.utils import min_version

min_version("9.0")


# A study is one file: Snakemake would merge --configfile into this one key by key.
if not workflow.overwrite_configfiles:

    configfile: "config/config.yaml"


report: "workflow/report/workflow.rst"


include: "workflow/common.smk"
include: "workflow/hooks.smk"
include: "workflow/rules/source.smk"
include: "workflow/rules/data.smk"
include: "workflow/rules/estimate.smk"
include: "workflow/rules/power.smk"
include: "workflow/rules/overlap.smk"
include: "workflow/rules/train.smk"
include: "workflow/rules/curves.smk"
include: "workflow/rules/transfer.smk"
include: "workflow/rules/affinity.smk"
include: "workflow/rules/grouping.smk"
include: "workflow/rules/gradients.smk"
include: "workflow/rules/similarity.smk"
include: "workflow/rules/benefit.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/share.smk"


rule all:
    """Everything: data, trainings, curves, transfer, report."""
    default_target: True
    input:
        complete(final_output, arms=True),


rule dataset:
    """Stop after the data stage: labels, folds, fingerprints and the data card."""
    input:
        complete(dataset_output, arms=False),


rule tables:
    """Stop after the tables, without figures and report."""
    input:
        complete(table_output, arms=True),


rule figures:
    """Every figure, without the report."""
    input:
        complete(figure_output, arms=False),
