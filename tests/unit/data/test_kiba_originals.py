"""The KIBA tables built from files laid out as the public originals."""

import gzip
import hashlib

import openpyxl
import pytest
from mtlcurves.data.kiba import read_kiba
from mtlcurves.data.kiba_originals import build_kiba, fetch_kiba
from mtlcurves.data.locations import KIBA_FILES
from mtlcurves.errors import DataError

MATRIX = [
    ["Compound_CHEMBL_ID", "P00533", "O14920-2", "A0A024R1R8"],
    ["CHEMBL10", 2.5, None, -3.09691],
    ["CHEMBL7724", None, "#NAME?", None],
    ["CHEMBL3", None, None, None],
    ["CHEMBL4", 3, None, 17.8],
]
SMILES = {"CHEMBL10": r"F/C=C\F", "CHEMBL7724": "CCO", "CHEMBL99": 'C"C'}
VALUES = [
    "chembl_id,uniprot,kiba",
    "CHEMBL10,P00533,2.5",
    "CHEMBL10,A0A024R1R8,-3.09691",
    "CHEMBL7724,O14920-2,#NAME?",
    "CHEMBL4,P00533,3",
    "CHEMBL4,A0A024R1R8,17.8",
]
COMPOUNDS = [
    "chembl_id,smiles,smiles_source",
    r"CHEMBL10,F/C=C\F,chembl_36",
    "CHEMBL7724,CCO,chembl_36",
    "CHEMBL3,,",
    "CHEMBL4,,",
]


def write_scores(folder, ending, matrix=MATRIX, sheets=("Kd", "Ki", "KIBA")):
    path = folder / f"scores{ending}"
    if ending == ".xlsx":
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name in sheets:
            sheet = book.create_sheet(name)
            for row in matrix if name in ("KIBA", "alone") else [["nothing"]]:
                sheet.append(row)
        book.save(path)
        return path
    delimiter = "\t" if ".tsv" in ending else ","
    lines = [delimiter.join("" if cell is None else str(cell) for cell in row) for row in matrix]
    data = ("\n".join(lines) + "\n").encode()
    path.write_bytes(gzip.compress(data) if ending.endswith(".gz") else data)
    return path


def write_structures(folder, header="chembl_id\tcanonical_smiles\tstandard_inchi\tstandard_inchi_key"):
    path = folder / "chembl_36_chemreps.txt.gz"
    lines = [header, *(f"{key}\t{smiles}\tInChI=x\tKEY" for key, smiles in SMILES.items())]
    path.write_bytes(gzip.compress(("\n".join(lines) + "\n").encode()))
    return path


def built(folder):
    return [gzip.decompress((folder / name).read_bytes()).decode().splitlines() for name in KIBA_FILES]


@pytest.mark.parametrize("ending", [".xlsx", ".csv", ".tsv", ".csv.gz"])
def test_every_form_of_the_matrix_gives_the_same_tables(tmp_path, ending):
    build_kiba(write_scores(tmp_path, ending), write_structures(tmp_path), tmp_path / "out")
    values, compounds, targets = built(tmp_path / "out")
    assert values == VALUES
    assert compounds == COMPOUNDS
    assert targets == ["uniprot,entry_name,gene_names,protein_names", "P00533,,,", "O14920-2,,,", "A0A024R1R8,,,"]


def test_the_tables_read_back_and_their_bytes_depend_on_content_alone(tmp_path):
    structures = write_structures(tmp_path)
    for ending in (".xlsx", ".csv"):
        build_kiba(write_scores(tmp_path, ending), structures, tmp_path / ending)
    for name in KIBA_FILES:
        assert (tmp_path / ".xlsx" / name).read_bytes() == (tmp_path / ".csv" / name).read_bytes()
    values, rejected = read_kiba(*(tmp_path / ".csv" / name for name in KIBA_FILES[:2])).frames()
    assert values[["compound", "smiles", "task", "value"]].values.tolist() == [
        ["CHEMBL10", r"F/C=C\F", "P00533", 2.5],
        ["CHEMBL10", r"F/C=C\F", "A0A024R1R8", -3.09691],
    ]
    assert list(rejected["reason"]) == ["not a number", "no structure", "no structure"]


def test_a_workbook_of_one_sheet_may_name_it_as_it_likes(tmp_path):
    scores = write_scores(tmp_path, ".xlsx", sheets=("alone",))
    build_kiba(scores, write_structures(tmp_path), tmp_path / "out")
    assert built(tmp_path / "out")[0] == VALUES


def test_published_tables_survive_the_round_trip(tmp_path, shared_data):
    """A corner of the published matrix, written out as a matrix, gives its own cells back."""
    values = [
        line.split(",") for line in gzip.decompress((shared_data / KIBA_FILES[0]).read_bytes()).decode().split()
    ]
    some = {row[0] for row in values[1:400]}
    cells = {(c, t): score for c, t, score in values[1:] if c in some}
    compounds, targets = sorted({c for c, _ in cells}), sorted({t for _, t in cells})
    matrix = [["id", *targets], *([c, *(cells.get((c, t)) for t in targets)] for c in compounds)]
    build_kiba(write_scores(tmp_path, ".csv", matrix), write_structures(tmp_path), tmp_path / "out")
    back = [tuple(line.split(",")) for line in built(tmp_path / "out")[0][1:]]
    assert len(targets) > 100 and {(c, t): score for c, t, score in back} == cells


def changed(row, column, cell):
    matrix = [list(cells) for cells in MATRIX]
    matrix[row][column] = cell
    return matrix


@pytest.mark.parametrize(
    ("matrix", "message"),
    [
        (changed(0, 1, "EGFR"), "first row must name UniProt accessions; found 'EGFR'"),
        (changed(0, 1, "O14920-2"), "targets occur twice: O14920-2"),
        (changed(2, 0, "aspirin"), "row 3: 'aspirin' in the first column is not a ChEMBL id"),
        (changed(2, 0, "CHEMBL10"), "row 3: 'CHEMBL10' in the first column occurs twice"),
        ([row[:1] for row in MATRIX], "accessions; found 'none'"),
        ([*MATRIX[:1], [*MATRIX[1], 5.0]], "row 2 has more cells than the header"),
    ],
)
@pytest.mark.parametrize("ending", [".xlsx", ".csv"])
def test_another_matrix_is_refused(tmp_path, ending, matrix, message):
    with pytest.raises(DataError, match=message):
        build_kiba(write_scores(tmp_path, ending, matrix), write_structures(tmp_path), tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))


def test_broken_originals_are_refused(tmp_path):
    structures = write_structures(tmp_path)
    scores = write_scores(tmp_path, ".xlsx", sheets=("Kd", "Ki"))
    with pytest.raises(DataError, match="no sheet 'KIBA'; found Kd, Ki"):
        build_kiba(scores, structures, tmp_path / "out")
    scores.write_bytes(scores.read_bytes()[:500])
    with pytest.raises(DataError, match="not a whole Excel workbook"):
        build_kiba(scores, structures, tmp_path / "out")
    scores = write_scores(tmp_path, ".csv")
    with pytest.raises(DataError, match="no column 'canonical_smiles'; found: 'chembl_id', 'smiles'"):
        build_kiba(scores, write_structures(tmp_path, "chembl_id\tsmiles"), tmp_path / "out")
    write_structures(tmp_path)
    structures.write_bytes(structures.read_bytes()[:-30])
    with pytest.raises(DataError, match=f"{structures}: the gzip data are truncated"):
        build_kiba(scores, structures, tmp_path / "out")


class TestFetch:
    """Nothing is built from a file whose digest nobody has pinned."""

    def source(self, tmp_path, **digests):
        served = tmp_path / "served"
        served.mkdir(exist_ok=True)
        files = {"scores": write_scores(served, ".csv"), "structures": write_structures(served)}
        return {"kind": "kiba"} | {
            key: {"url": path.as_uri(), "sha256": digests.get(key)} for key, path in files.items()
        }

    def test_both_digests_are_asked_for_at_once(self, tmp_path):
        source = self.source(tmp_path)
        with pytest.raises(DataError) as error:
            fetch_kiba(source, tmp_path / "originals", tmp_path / "out")
        for key in ("scores", "structures"):
            name = source[key]["url"].rsplit("/", 1)[-1]
            digest = hashlib.sha256((tmp_path / "originals" / key / name).read_bytes()).hexdigest()
            assert f"source.{key}.sha256: {digest}" in str(error.value)
            source[key]["sha256"] = digest
        assert not (tmp_path / "out").exists()
        # pinned: built from what was kept, although the addresses answer no more
        for name in ("scores.csv", "chembl_36_chemreps.txt.gz"):
            (tmp_path / "served" / name).unlink()
        fetch_kiba(source, tmp_path / "originals", tmp_path / "out")
        assert built(tmp_path / "out")[0] == VALUES

    def test_a_wrong_pin_is_refused(self, tmp_path):
        with pytest.raises(DataError, match=f"expected {'0' * 64}, found [0-9a-f]{{64}}"):
            fetch_kiba(self.source(tmp_path, scores="0" * 64), tmp_path / "originals", tmp_path / "out")
        assert not list(tmp_path.glob("o*/**/*.*"))

    def test_local_files_need_no_pin(self, tmp_path):
        files = {"scores": write_scores(tmp_path, ".xlsx"), "structures": write_structures(tmp_path)}
        source = {"kind": "kiba"} | {key: {"url": str(path)} for key, path in files.items()}
        fetch_kiba(source, tmp_path / "originals", tmp_path / "out")
        assert built(tmp_path / "out")[1] == COMPOUNDS
