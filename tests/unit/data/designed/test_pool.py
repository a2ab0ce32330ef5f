"""Molecules of a designed source: drawn by key, refused with counts, listed when they cannot be used."""

import gzip

import pytest
from mtlcurves.data.designed import pool
from mtlcurves.data.designed.pool import draw_pool
from mtlcurves.data.sources import read_source
from mtlcurves.errors import DataError


def chain(n: int) -> str:
    return "C" * n


@pytest.fixture
def file_of_smiles(tmp_path):
    path = tmp_path / "mine.smi.gz"
    lines = [f"{chain(n)}O\tM{n}" for n in range(1, 90)] + [f"{chain(n)}N" for n in range(1, 90)]
    lines += ["", "C1CC not-a-ring", "OC twice-methanol"]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    return path


def test_the_molecules_of_rdkit_are_those_that_are_named():
    assert sum(bool(line.strip()) for line in pool.NCI.read_text().splitlines()) == 4999


def test_more_compounds_are_the_same_and_further_ones(design):
    few, many = (draw_pool(design(), [], n).compounds["smiles"].tolist() for n in (220, 300))
    assert many[: len(few)] == few
    assert len(set(many)) == 300


def test_a_file_of_your_own(design, file_of_smiles):
    source = design(molecules=str(file_of_smiles))
    drawn = draw_pool(source, [str(file_of_smiles)], 178)
    assert len(drawn.compounds) == 178  # methanol once
    by_id = drawn.compounds.set_index("compound")["smiles"]
    assert by_id["M12"] == "CCCCCCCCCCCCO"
    assert by_id["CCN"] == "CCN"


def test_what_cannot_be_used_is_listed(design, file_of_smiles):
    source = design(molecules=str(file_of_smiles), n_compounds=178, labels_per_task={"most": 150})
    values, rejected = read_source(source.model_dump(), [str(file_of_smiles)])
    assert "C1CC" not in set(values["smiles"])
    assert rejected[["row", "compound", "smiles"]].to_numpy().tolist() == [[180, "not-a-ring", "C1CC"]]
    assert rejected["reason"].str.contains("unreadable SMILES").all()
    assert rejected["step"].tolist() == ["standardise_molecules"]


def test_too_many_compounds_are_refused_with_counts(design, file_of_smiles):
    source = design(molecules=str(file_of_smiles), n_compounds=1000)
    with pytest.raises(DataError) as error:
        read_source(source.model_dump(), [str(file_of_smiles)])
    assert str(error.value) == (
        f"source.n_compounds: asked for 1000, but {file_of_smiles} has 178 distinct compounds that can be used "
        "(180 distinct structures, 1 of them unusable)"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no structure in it"), (b"\x1f\x8b broken", "gzip data are truncated or corrupted")],
    ids=["empty", "no gzip"],
)
def test_an_unreadable_file_is_named(design, tmp_path, content, said):
    path = tmp_path / "mine.smi.gz"
    path.write_bytes(content or gzip.compress(b"\n\n"))
    with pytest.raises(DataError, match=said) as error:
        draw_pool(design(molecules=str(path)), [str(path)], 100)
    assert str(path) in str(error.value)
