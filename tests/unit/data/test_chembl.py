"""Reading ChEMBL's activity records."""

import pytest
from mtlcurves.data.sources import read_source
from mtlcurves.errors import DataError

HEAD = "gene,molecule_chembl_id,standard_type,relation,standard_value,standard_units,data_validity_comment\n"
RECORDS = [
    "CDK1,M1,IC50,=,100.0,nM,",
    "CDK1,M1,IC50,=,1,µM,",
    "CDK2,M2,IC50,=,1e9,nM,Outside typical range",
    "CDK2,M1,IC50,>,50,nM,",
    "CDK2,M1,IC50,=,5,ug.mL-1,",
    "CDK2,M1,IC50,=,0,nM,",
    "CDK2,M1,IC50,,,,",
    "CDK2,M1,Ki,=,10,nM,",
    "CDK2,M3,IC50,=,10,nM,",
    ",M1,IC50,=,10,nM,",
]
COMPOUNDS = "molecule_chembl_id,canonical_smiles\nM1,CCO\nM2,CCN\n"


def read(folder, head=HEAD, **keys):
    (folder / "a.csv").write_text(head + "\n".join(RECORDS) + "\n")
    (folder / "c.csv").write_text(COMPOUNDS)
    source = {"kind": "chembl", "activities": "a.csv", "compounds": "c.csv", "task": "gene"} | keys
    return read_source(source, [str(folder / "a.csv"), str(folder / "c.csv")])


def test_concentrations_become_negative_logarithms(tmp_path):
    values, rejected = read(tmp_path)
    assert values[["row", "compound", "smiles", "task"]].values.tolist() == [
        [1, "M1", "CCO", "CDK1"],
        [2, "M1", "CCO", "CDK1"],
    ]
    assert values["value"].tolist() == pytest.approx([7, 6])
    assert rejected[["row", "value"]].values.tolist() == [
        [3, "= 1e9 nM"],
        [4, "> 50 nM"],
        [5, "= 5 ug.mL-1"],
        [6, "= 0 nM"],
        [9, "= 10 nM"],
        [10, "= 10 nM"],
    ]
    assert [reason.split(":")[0].split(",")[0] for reason in rejected["reason"]] == [
        "doubtful",
        "a bound or without relation",
        "unit is none of M",
        "not above 0",
        "no structure",
        "no task named",
    ]


def test_what_is_read_can_be_chosen(tmp_path):
    values, _ = read(tmp_path, doubtful="keep")
    assert values["value"].tolist() == pytest.approx([7, 6, 0])
    assert read(tmp_path, type="Ki")[0]["value"].tolist() == pytest.approx([8])


def test_broken_tables_are_refused(tmp_path):
    with pytest.raises(DataError, match=r"a.csv: no column 'relation'; did you mean 'relations'"):
        read(tmp_path, HEAD.replace("relation", "relations"))


def test_the_18_kinases(shared_data):
    names = ["chembl_kinase_ic50_activities.csv.gz", "chembl_kinase_ic50_compounds.csv.gz"]
    source = {"kind": "chembl", "activities": names[0], "compounds": names[1], "task": "gene", "doubtful": "keep"}
    values, _ = read_source(source, [str(shared_data / name) for name in names])
    assert values["task"].nunique() == 18
    per_compound = values.drop_duplicates(["compound", "task"])["compound"].value_counts()
    assert (len(per_compound), (per_compound > 1).sum(), (per_compound > 2).sum()) == (15_938, 3_827, 542)
