"""The configuration's section ``source``: one model per kind of source, every key with its meaning."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, NonNegativeFloat, NonNegativeInt, PositiveInt

from mtlcurves.sections import Download, Section, Sha256

Share = Annotated[float, Field(ge=0, le=1)]


class MoleculeAceSource(Section):
    """The 30 ChEMBL Ki/EC50 tables carried by the MoleculeACE wheel (MIT), fetched with pip, never imported."""

    kind: Literal["moleculeace"]
    version: str = Field(default="3.0.0", description="Version of the wheel.")
    sha256: Sha256 = Field(
        default="c2028c9a75281eab53d3b3e7dc11cbc8ac970d008bac4a0d3927f11ac2024bdc",
        description="Digest of the wheel.",
    )


class TableSource(Section):
    """Your own table: csv, tsv or parquet, gzipped or not, from a local path or a URL."""

    kind: Literal["table"]
    path: str = Field(
        description="Local path (from the working directory; {data_dir}/ in front stands for the folder that "
        "data_dir or MTLCURVES_DATA names) or URL of the table."
    )
    sha256: Sha256 | None = Field(
        default=None,
        description="Digest of the file. Empty, for a URL: the first fetch prints the digest and stops, asking to "
        "pin it.",
    )
    layout: Literal["wide", "tidy"] = Field(
        description="wide: one row per compound, one column per task (columns without numbers are skipped "
        "and listed); tidy: one row per measured value. A cell that is empty, NA, NaN, null or none is missing; "
        "one that holds no number (text, a bound such as >10) is left out and listed."
    )
    smiles: str = Field(default="smiles", description="Column with the structure.")
    compound: str | None = Field(
        default=None, description="Column with your compound id; the structure itself when left out."
    )
    task: str = Field(default="task", description="Column with the task's name (tidy only).")
    value: str = Field(default="value", description="Column with the measured value (tidy only).")


class KibaSource(Section):
    """The KIBA score matrix of Tang et al. 2014, in the folder that data_dir or MTLCURVES_DATA names."""

    kind: Literal["kiba"]
    scores: Download = Field(
        default=Download(url="https://pubs.acs.org/doi/suppl/10.1021/ci400709d/suppl_file/ci400709d_si_002.xlsx"),
        description="Public original of the score matrix, read by fetch_kiba only.",
    )
    structures: Download = Field(
        default=Download(
            url="https://ftp.ebi.ac.uk/pub/databases/chembl/ChEMBLdb/releases/chembl_36/chembl_36_chemreps.txt.gz"
        ),
        description="Public original of the structures by ChEMBL id, read by fetch_kiba only.",
    )


class ChemblSource(Section):
    """Activity records of ChEMBL and the structures of their molecules, as two tables; values are -log10(molar).

    Read are the columns molecule_chembl_id, standard_type, relation, standard_value, standard_units and, where
    there is one, data_validity_comment; of the other table molecule_chembl_id and canonical_smiles. Records that
    are bounds, have another unit than of amount, or a value that is not above 0, are left out and listed.
    """

    kind: Literal["chembl"]
    activities: str = Field(
        description="Table of records: local path, {data_dir}/ as for a table. Values of 100 nM become 7."
    )
    compounds: str = Field(description="Table of structures: local path.")
    task: str = Field(default="target_chembl_id", description="Column of the records that names the task.")
    type: str = Field(default="IC50", description="standard_type of the records that are read.")
    doubtful: Literal["reject", "keep"] = Field(
        default="reject", description="Records that ChEMBL itself doubts, in data_validity_comment."
    )


class PrevalenceRange(Section):
    """Range that each task's share of active compounds is drawn from, uniformly."""

    least: Annotated[float, Field(gt=0, lt=1)] = Field(default=0.1, description="Lowest share.")
    most: Annotated[float, Field(gt=0, lt=1)] = Field(default=0.5, description="Highest share.")


class LabelRange(Section):
    """How many compounds a task measures: log-normal, so that few tasks have many."""

    least: PositiveInt = Field(default=100, description="Smallest number; what is drawn below counts as this.")
    median: PositiveInt = Field(default=300, description="Half of the tasks have fewer.")
    most: PositiveInt = Field(default=2000, description="Largest number; one task in 40 reaches it.")


class DesignedSource(Section):
    """Real molecules, simulated assays: what the tasks have in common is known. Active values are 0 and above."""

    kind: Literal["designed"]
    molecules: str = Field(
        default="moleculeace",
        description="moleculeace: the 35,633 structures of its wheel; nci: the 4,999 that come with RDKit; or a "
        "file of yours, one SMILES a line, an id behind it if you like, gzipped or not.",
    )
    n_compounds: Annotated[int, Field(ge=100, le=50_000)] = Field(
        default=6000, description="Compounds drawn from them; of two numbers, the larger draws all of the smaller."
    )
    n_tasks: Annotated[int, Field(ge=2, le=999)] = Field(
        default=60, description="Tasks, named T001, T002 and so on; one more changes nothing about the others."
    )
    independent: Share = Field(
        default=0.2,
        description="Share of the tasks that have nothing in common with any other; they are in no group.",
    )
    groups: PositiveInt = Field(
        default=4, description="Groups that the other tasks are dealt out to, in turn; the family of a task."
    )
    similarity: Share = Field(
        default=0.8,
        description="Correlation of two tasks of one group, as designed: the weight of what they share.",
    )
    negative: Share = Field(
        default=0.1, description="Share of the grouped tasks that turn what the group shares to its opposite."
    )
    background: Share = Field(
        default=0.05,
        description="Weight, in every grouped task, of factors that all groups draw on; similarity, "
        "background and what is a task's own add up to 1.",
    )
    factors: PositiveInt = Field(default=3, description="Number of these factors.")
    noise: NonNegativeFloat = Field(
        default=0.5, description="Standard deviation of a measurement's error; that of the scores is 1."
    )
    prevalence: PrevalenceRange = Field(default=PrevalenceRange(), description="Share of active compounds.")
    labels_per_task: LabelRange = Field(default=LabelRange(), description="Compounds measured in a task.")
    overlap: Share = Field(
        default=0.5,
        description="How far tasks measure the same scaffolds: 0 by chance, 1 all the same.",
    )
    sharing: Literal["group", "all", "graded"] = Field(
        default="group",
        description="Which tasks do so: those of a group; all tasks, whatever their groups; or all, each as far "
        "as is drawn for it between 0 and overlap, so that pairs of any similarity have any overlap.",
    )
    disjoint: Literal["compound", "scaffold"] | None = Field(
        default=None,
        description="No compound is measured in two tasks, or no scaffold; tasks choose one after the other. By "
        "compound, overlap still says how alike their scaffolds are. Left out, tasks choose as if alone.",
    )
    seed: NonNegativeInt = Field(default=0, description="Seed of everything that is drawn.")


Source = Annotated[
    MoleculeAceSource | TableSource | KibaSource | ChemblSource | DesignedSource, Field(discriminator="kind")
]
