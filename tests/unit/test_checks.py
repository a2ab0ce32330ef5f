"""What a configuration's author is told, mistake by mistake."""

import copy
import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from mtlcurves.checks import problems_of, resolve_recipes
from mtlcurves.data.headers import RECORD, STRUCTURE
from mtlcurves.task_info import read_tasks

ROOT = Path(__file__).parents[2]
STUDIES = ["config/config.yaml", *sorted(f"config/studies/{p.name}" for p in (ROOT / "config/studies").glob("*"))]


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The tiny study, without a mistake, in the project's folder."""
    monkeypatch.chdir(ROOT)
    return yaml.safe_load(Path("tests/data/tiny.yaml").read_text())


def put(config: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    *parents, key = path.split(".")
    changed = copy.deepcopy(config)
    section = changed
    for parent in parents:
        section = section.setdefault(parent, {})
    section[key] = value
    return changed


@pytest.fixture(scope="module")
def headers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the head and one row of every table that a study has in the folder of data."""
    folder = tmp_path_factory.mktemp("data")
    for path in STUDIES:
        config = yaml.safe_load((ROOT / path).read_text())
        source = config["source"]
        columns = [source.get("smiles", "smiles"), source.get("compound", "compound")]
        columns += (
            [info.task for info in read_tasks(str(ROOT / str(config["tasks"])))] if "tasks" in config else []
        )
        columns += [*RECORD, *STRUCTURE[1:], source.get("task", "task")]
        for key in ("path", "activities", "compounds"):
            if source.get(key, "").startswith("{data_dir}/"):
                text = ",".join(f'"{name}"' for name in columns) + "\n" + "," * (len(columns) - 1) + "\n"
                (folder / source[key].split("/")[1]).write_bytes(gzip.compress(text.encode()))
    return folder


@pytest.mark.parametrize("path", [*STUDIES, "tests/data/tiny.yaml"])
def test_the_studies_shipped_are_right(path: str, headers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    config = yaml.safe_load(Path(path).read_text())
    if config["source"]["kind"] in ("table", "chembl"):
        monkeypatch.setenv("MTLCURVES_DATA", str(headers))
    assert problems_of(config) == []


def test_five_mistakes_are_five_lines_in_the_files_order(config: dict[str, Any]) -> None:
    config["study"] = "7th"
    config["labels"]["treshold"] = config["labels"].pop("threshold")
    config["folds"]["count"] = 50
    config["grid"]["mtl"]["subsets"] = ["opsin"]
    config["recipes"]["main"]["hidden"] = "eight"
    assert problems_of(config) == [
        "study: found '7th'; allowed: a name (a letter, then letters, digits, - or _)",
        "labels.treshold: no such key; did you mean 'threshold'?",
        "folds.count: found 50; allowed: a whole number (>= 3, <= 20)",
        "grid.mtl.subsets: 'opsin' is not among the study's subsets; did you mean 'opsins'?",
        "recipes.main.hidden: found 'eight'; allowed: a whole number (>= 1)",
    ]


def test_a_mistake_does_not_hide_others_of_its_section(config: dict[str, Any]) -> None:
    config["source"]["compoud"] = config["source"].pop("compound")
    config["tasks"][1] = "opsin-C"
    config["grid"] |= {"rotatons": 3, "sizes": [1, 7, "x"], "stl": {"tasks": ["opsin-D"]}, "augmented": None}
    config["labels"] = {"treshold": 5.0, "active": "above"}
    config["subsets"]["2nd"] = ["opsin-A"]
    found = problems_of(config)
    assert [line.split(":")[0] for line in found] == [
        "source.compoud",
        "tasks",
        "subsets.2nd",
        "subsets.opsins",
        "labels.treshold",
        "grid.augmented",
        "grid.sizes[2]",
        "grid.rotatons",
        "grid.stl.tasks",
        "grid.sizes",
    ]
    assert "no column 'opsin-C'" in found[1]
    assert "'opsin-B' is not among the study's tasks" in found[3]


def test_values_have_no_classes(config: dict[str, Any]) -> None:
    config["labels"] = {"kind": "value", "threshold": 5.0, "active": "above"}
    config["affinity"] = {}
    found = [line.split(":")[0] for line in problems_of(config)]
    arms = ["grid.stl", "grid.mtl", "grid.augmented", "grid.offdiagonal"]
    assert found == ["labels.active", "labels.threshold", *arms, "affinity"]
    gradients = {key: config[key] for key in ("study", "source", "tasks", "folds")}
    assert problems_of(gradients | {"labels": {"kind": "value"}, "gradients": {}}) == []


def test_a_mistake_makes_no_others(config: dict[str, Any]) -> None:
    """Six folds go with the sizes, the subset with the arm that names it, the arm with the recipe that does."""
    for path, value in {
        "folds.count": "six",
        "subsets.opsins": None,
        "grid.stl": None,
        "recipes.main": None,
    }.items():
        assert len(problems_of(put(config, path, value))) == 1


# What is written under which key, and the one line that answers it.
KEYS = [
    # keys that do not exist
    ("fold", {}, "fold: no such key; did you mean 'folds'?"),
    ("rotations", 4, "rotations: no such key; did you mean grid.rotations?"),
    ("grid.stl.size", [1], "grid.stl.size: no such key; did you mean 'sizes'?"),
    ("recipes.main.epochs.few", 1, "recipes.main.epochs.few: no such key; allowed: single, group, complete"),
    (
        "source.pfad",
        "x",
        "source.pfad: no such key; allowed: kind, path, sha256, layout, smiles, compound, task, value",
    ),
    # values of a wrong kind
    ("grid.sizes", 3, "grid.sizes: found 3; allowed: a list of one or more, each a whole number (>= 1)"),
    ("grid.sizes", [1, "two"], "grid.sizes[1]: found 'two'; allowed: a whole number (>= 1)"),
    ("grid.rotations", 0, "grid.rotations: found 0; allowed: a whole number (>= 1)"),
    ("grid.rotations", 2.5, "grid.rotations: found 2.5; allowed: a whole number (>= 1)"),
    ("labels.threshold", "five", "labels.threshold: found 'five'; allowed: a number"),
    ("labels.threshold", float("nan"), "labels.threshold: found nan; allowed: a number"),
    ("recipes.main.learning_rate", float("inf"), "recipes.main.learning_rate: found inf; allowed: a number (> 0)"),
    ("recipes.main.dropout", 1, "recipes.main.dropout: found 1; allowed: a number (>= 0, < 1)"),
    ("recipes.main.batch_ratio", 2, "recipes.main.batch_ratio: found 2; allowed: a number (> 0, <= 1)"),
    ("recipes.2nd", {}, "recipes.2nd: found '2nd'; allowed: a name (a letter, then letters, digits, - or _)"),
    ("title", 7, "title: found 7; for text write '7', in quotes; allowed: text"),
    (
        "source.sha256",
        "abc",
        "source.sha256: found 'abc'; allowed: 64 hexadecimal digits in lower case",
    ),
    # words: one message even where a number would do as well, and the nearest word
    (
        "grid.augmented.raise_by",
        "ful",
        "grid.augmented.raise_by: found 'ful'; did you mean 'full'? allowed: a whole number (>= 1), or full",
    ),
    (
        "molecules.standardise",
        "Full",
        "molecules.standardise: found 'Full'; did you mean 'full'? allowed: canonical or full",
    ),
    (
        "curves.metrics",
        ["auroc", "f1"],
        "curves.metrics[1]: found 'f1'; allowed: auroc, aupr or average_precision",
    ),
    # sources
    (
        "source",
        None,
        "source: found nothing; allowed: a section with kind: chembl, designed, kiba, moleculeace or table",
    ),
    (
        "source",
        "kiba",
        "source: found 'kiba'; allowed: a section with kind: chembl, designed, kiba, moleculeace or table",
    ),
    ("source", {}, "source.kind: is required; allowed: chembl, designed, kiba, moleculeace or table"),
    (
        "source.kind",
        "tabel",
        "source.kind: found 'tabel'; did you mean 'table'? allowed: chembl, designed, kiba, moleculeace or table",
    ),
    # what YAML makes of a key with nothing behind it, and of yes and no
    ("grid.stl", None, "grid.stl: is empty; write {} for its defaults, or leave the key out"),
    ("grid.augmented", None, "grid.augmented: is empty; give it sizes, or leave the key out"),
    ("recipes.main", None, "recipes.main: is empty; write {} for its defaults, or leave the key out"),
    ("recipes", None, "recipes: is empty; give it named entries, or leave the key out"),
    ("labels.min_labels", True, "labels.min_labels: found yes, true or on; allowed: a whole number (>= 1)"),
    ("grid.sizes", [1, False], "grid.sizes[1]: found no, false or off; allowed: a whole number (>= 1)"),
    ("labels.active", True, "labels.active: found yes, true or on; allowed: above or below"),
    # empty lists
    ("tasks", [], "tasks: found []; allowed: a list of one or more, each text"),
    (
        "curves.metrics",
        [],
        "curves.metrics: found []; allowed: a list of one or more, each auroc, aupr or average_pr",
    ),
    ("subsets.opsins", [], "subsets.opsins: found []; allowed: a list of one or more, each text"),
    # names that are not the study's
    (
        "grid.augmented.auxiliaries",
        ["opsinA"],
        "grid.augmented.auxiliaries: 'opsinA' is not among the study's tasks; did you mean 'opsin-A'?",
    ),
    (
        "grid.stl.tasks",
        ["D3"],
        "grid.stl.tasks: 'D3' is not among the study's tasks; "
        "known: 'opsin-A', 'opsin-B', 'kinase, X', 'kinase-Y'",
    ),
    ("subsets.all", ["opsin-A"], "subsets.all: is predefined (all tasks of the study); choose another name"),
    ("grid.mtl.subsets", ["all", "all"], "grid.mtl.subsets: 'all' is named twice"),
    # sizes and rotations that the folds do not have (there are six)
    ("grid.sizes", [1, 6, 7], "grid.sizes: found 6, 7; 5 folds are for training"),
    ("grid.sizes", [1, 1], "grid.sizes: 1 is named twice"),
    ("grid.rotations", 7, "grid.rotations: found 7; 6 folds have 6 rotations"),
    (
        "grid.augmented",
        {"sizes": [4], "raise_by": 2},
        "grid.augmented.sizes: 4 cannot be raised by 2; 5 folds are for training",
    ),
    (
        "grid.offdiagonal.complement_sizes",
        [9],
        "grid.offdiagonal.complement_sizes: found 9; 5 folds are for training",
    ),
    (
        "grid.shuffled",
        {"sizes": [5], "auxiliaries": ["opsin-A"]},
        "grid.shuffled.sizes: 5 cannot be raised by 1; 5 folds are for training",
    ),
    (
        "grid.shuffled",
        {"sizes": [1], "auxiliaries": ["opsinA"]},
        "grid.shuffled.auxiliaries: 'opsinA' is not among the study's tasks; did you mean 'opsin-A'?",
    ),
    # weighing designs
    ("grid.design", None, "grid.design: found nothing; allowed: a section with kind: hadamard or random"),
    ("grid.design", {}, "grid.design.kind: is required; allowed: hadamard or random"),
    ("grid.design", {"kind": "hadamart"}, "grid.design.kind: found 'hadamart'; did you mean 'hadamard'?"),
    ("grid.design", {"kind": "random"}, "grid.design.rows: is required; allowed: a whole number (>= 2)"),
    ("grid.design", {"kind": "random", "rows": 1}, "grid.design.rows: found 1; allowed: a whole number (>= 2)"),
    ("grid.design", {"kind": "hadamard", "rows": 8}, "grid.design.rows: no such key; allowed: kind, low, high"),
    ("grid.design", {"kind": "hadamard", "high": 6}, "grid.design.high: found 6; 5 folds are for training"),
    (
        "grid.design",
        {"kind": "hadamard", "low": 5},
        "grid.design.low: found 5; allowed: less than high, which is 5",
    ),
    (
        "grid",
        {"rotations": 3, "stl": {}, "mtl": {"sizes": [2]}, "design": {"kind": "hadamard"}},
        "grid.design.low: found 1, which is none of the sizes of grid.mtl, as it must be",
    ),
    # affinity
    ("affinity", {}, None),
    ("affinity", {"sizes": [1, 6]}, "affinity.sizes: found 6; 5 folds are for training"),
    ("affinity", {"rotations": 4}, "affinity.rotations: found 4; the grid has 3 (grid.rotations)"),
    ("affinity", {"tasks": ["opsinA"]}, "affinity.tasks: 'opsinA' is not among the study's tasks; did you mean"),
    ("affinity", {"every": 0}, "affinity.every: found 0; allowed: a whole number (>= 1)"),
    ("affinity", {"lookahead": "adm"}, "affinity.lookahead: found 'adm'; did you mean 'adam'?"),
    ("affinity", {"lookahead": "adam", "form": "exact"}, None),
    ("affinity", {"lookahead": "adam"}, "affinity.lookahead: adam has no first-order form"),
    # power
    ("power.noise", 0, "power.noise: found 0; allowed: a number (> 0), or text"),
    ("power.noise", "absent.parquet", "power.noise: no file 'absent.parquet'; paths start at"),
    ("rates", "absent.json", "rates: no file 'absent.json'; paths start at"),
    # recipes
    ("recipes", {"other": {}}, "recipes: main is required; found other"),
    (
        "recipes.main.score_epochs",
        [2, 9],
        "recipes.main.score_epochs: found 9; no training has more than 6 epochs",
    ),
    ("recipes.main.milestones", [3, 3], "recipes.main.milestones: 3 is named twice"),
    (
        "recipes.compound_folds.test_on",
        "complement",
        None,
    ),
    (
        "recipes.main.test_on",
        "complement",
        "recipes.main.test_on: complement cannot serve the arms augmented, offdiagonal, since compared arms must "
        "share a test set; allowed: fold, or arms: [stl, mtl]",
    ),
    (
        "recipes.main.balancing",
        {"kind": "pcgrd"},
        "recipes.main.balancing.kind: found 'pcgrd'; did you mean 'pcgrad'?",
    ),
    ("recipes.main.balancing", {"kind": "mgda", "c": 0.4}, "recipes.main.balancing.c: no such key;"),
    ("recipes.main.balancing", {"kind": "cagrad", "c": 1}, "recipes.main.balancing.c: found 1; allowed: a number"),
    (
        "recipes.main.balancing",
        {"kind": "gradnorm", "least": 2},
        "recipes.main.balancing.least: found 2; allowed: a number (> 0, <= 1)",
    ),
    # keys that would be read in vain
    ("labels", {"active": "below"}, "labels.active: has no meaning without labels.threshold"),
    ("source.value", "pIC50", "source.value: has a meaning with layout: tidy only"),
]


def test_affinities_need_trainings_of_all_tasks_under_main(config: dict[str, Any]) -> None:
    config["affinity"] = {}
    for path, value in (("grid.mtl.subsets", ["opsins"]), ("recipes.main.arms", ["stl"])):
        assert "affinity: is logged in trainings of all tasks; give grid.mtl the subset all" in "".join(
            problems_of(put(config, path, value))
        )
    del config["grid"]["mtl"]
    assert any(line.startswith("affinity: is logged") for line in problems_of(config))


@pytest.mark.parametrize(("path", "value", "line"), KEYS, ids=[f"{p}={v!r}"[:50] for p, v, _ in KEYS])
def test_one_mistake_is_one_line(config: dict[str, Any], path: str, value: object, line: str | None) -> None:
    found = problems_of(put(config, path, value))
    assert len(found) == (line is not None), found
    assert line is None or found[0].startswith(line)


@pytest.mark.parametrize(
    ("design", "keys"),
    [
        ({"kind": "random", "high": 99}, ["rows", "high"]),
        ({"kind": "random", "rows": 1, "low": 9, "high": 30, "sed": 3}, ["rows", "low", "high", "sed"]),
        ({"kind": "hadamard", "low": 9, "high": 30}, ["low", "high"]),
    ],
)
def test_all_mistakes_of_a_design_are_reported_at_once(config: dict[str, Any], design: dict, keys: list) -> None:
    found = problems_of(put(config, "grid.design", design))
    assert sorted(line.split(":")[0] for line in found) == sorted(f"grid.design.{key}" for key in keys)


def test_an_arm_of_a_recipe_must_be_in_the_grid(config: dict[str, Any]) -> None:
    del config["grid"]["offdiagonal"]
    config["recipes"]["compound_folds"]["arms"] = ["offdiagonal"]
    assert problems_of(config) == [
        "recipes.compound_folds.arms: offdiagonal not in the grid; it has stl, mtl, augmented"
    ]


def test_what_a_recipe_takes_over_from_main_is_reported_once(config: dict[str, Any]) -> None:
    config["recipes"]["main"]["milestones"] = [50]
    assert [line for line in problems_of(config) if "50" in line] == [
        "recipes.main.milestones: found 50; no training has more than 6 epochs",
        "recipes.stl_under_mtl_protocol.milestones: found 50; no training has more than 9 epochs",
    ]


def test_affinities_are_those_of_the_plain_sum(config: dict[str, Any]) -> None:
    config["recipes"]["main"]["balancing"] = {"kind": "mgda"}
    assert problems_of(config | {"affinity": {}}) == [
        "affinity: is logged in trainings under main with the plain sum; main has mgda"
    ]


def test_missing_keys_are_named(config: dict[str, Any]) -> None:
    del config["study"]
    del config["source"]["layout"]
    assert problems_of(config) == [
        "study: is required; allowed: a name (a letter, then letters, digits, - or _)",
        "source.layout: is required; allowed: wide or tidy",
    ]


def test_a_long_value_is_cut(config: dict[str, Any]) -> None:
    (line,) = problems_of(put(config, "labels.min_labels", "x" * 5000))
    assert len(line) < 200


def test_task_names_that_are_numbers_must_be_quoted(config: dict[str, Any]) -> None:
    config = {key: config[key] for key in ("study", "source")} | {"tasks": [204, 244]}
    assert problems_of(config) == [
        "tasks[0]: found 204; for text write '204', in quotes; allowed: text",
        "tasks[1]: found 244; for text write '244', in quotes; allowed: text",
    ]


def test_a_name_that_yaml_took_apart_at_its_comma(config: dict[str, Any]) -> None:
    config["tasks"] = ["opsin-A", "kinase", "X", "opsin-B", "kinase-Y"]
    found = problems_of(config)
    assert found[0] == (
        "tasks: no column 'kinase' in tests/data/tiny.csv; names that hold a comma need quotes: 'kinase, X'"
    )
    assert len(found) == 1
    config["tasks"] = ["opsin-A", "kinase, X", "opsin-B", "kinase-Y"]
    assert problems_of(put(config, "grid.stl.tasks", ["kinase", "X"])) == [
        "grid.stl.tasks: 'kinase' is not among the study's tasks; names that hold a comma need quotes: 'kinase, X'"
    ]


def test_a_list_of_wrong_names_is_cut(config: dict[str, Any]) -> None:
    config = {key: config[key] for key in ("study", "source")} | {"tasks": [f"assay {n}" for n in range(300)]}
    found = problems_of(config)
    assert len(found) == 21
    assert found[-1] == "tasks: 280 more of that kind"


def test_sizes_left_out_are_those_the_folds_allow(config: dict[str, Any]) -> None:
    del config["grid"]["sizes"]
    config["grid"] = {"rotations": 3, "stl": {}, "mtl": {}}
    config["recipes"] = {"main": {}}
    assert problems_of(put(config, "folds.count", 5)) == []


def test_tasks_named_twice(config: dict[str, Any]) -> None:
    config["tasks"].append("opsin-A")
    assert problems_of(config) == ["tasks: 'opsin-A' is named twice"]


def kiba(config: dict[str, Any]) -> dict[str, Any]:
    return {"study": "x", "source": {"kind": "kiba"}, "data_dir": "nowhere"}


def unnamed(config: dict[str, Any]) -> dict[str, Any]:
    return put(config, "source.path", "{data_dir}/table.csv")


def remote(config: dict[str, Any]) -> dict[str, Any]:
    return put(config, "source.path", "gopher://example.org/table.csv")


def records(config: dict[str, Any]) -> dict[str, Any]:
    source = {"kind": "chembl", "activities": "tests/data/tiny.csv", "compounds": "tests/data/tiny.csv"}
    return {"study": "x", "source": source}


def absent(config: dict[str, Any]) -> dict[str, Any]:
    return put(config, "source.path", "absent.csv")


def folder(config: dict[str, Any]) -> dict[str, Any]:
    return put(config, "source.path", "tests/data")


def folder_of_tasks(config: dict[str, Any]) -> dict[str, Any]:
    return {"study": "x", "source": config["source"], "tasks": "config/tasks"}


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (kiba, "data_dir: no folder 'nowhere'"),
        (remote, "source.path: cannot fetch 'gopher://"),
        (unnamed, "source.path: '{data_dir}/table.csv' is in the folder that data_dir or the variable"),
        (absent, "source.path: no file 'absent.csv'"),
        (folder, "source.path: 'tests/data' is a folder; name the table in it"),
        (folder_of_tasks, "tasks: cannot be read: 'config/tasks' is a folder"),
    ],
)
def test_files_that_are_not_there(
    config: dict[str, Any],
    change: Callable[[dict[str, Any]], dict[str, Any]],
    line: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MTLCURVES_DATA", raising=False)
    (found,) = problems_of(change(config))
    assert found.startswith(line)


def test_records_without_their_columns(config: dict[str, Any]) -> None:
    found = [line.split(" in ")[0] for line in problems_of(records(config))]
    assert found == [
        "source.activities: no column 'molecule_chembl_id'",
        "source.activities: no column 'standard_type'",
        "source.activities: no column 'relation'",
        "source.activities: no column 'standard_value'",
        "source.activities: no column 'standard_units'",
        "source.activities: no column 'target_chembl_id'",
        "source.compounds: no column 'molecule_chembl_id'",
        "source.compounds: no column 'canonical_smiles'",
    ]


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "tasks: cannot be read: no file"),
        (b"name,family\nD3,amine\n", "no column 'task'; found name, family"),
        (b"", "no column 'task'; found nothing"),
        (b"task;name\nA;a\n", "no column 'task'; found task;name"),
        (b"task,name\n,\n", "names no task"),
        (b"task\n\xff\xfe\n", "cannot be read: 'utf-8' codec"),
        (b"task\nopsin-A\nopsin-A\n", "tasks: 'opsin-A' is named twice"),
        (b"task,name\nopsin-A,opsin\nopsin-B,opsin\n", "tasks: opsin-A, opsin-B share the name 'opsin'"),
    ],
)
def test_a_table_of_tasks(config: dict[str, Any], tmp_path: Path, content: bytes | None, line: str) -> None:
    table = tmp_path / "tasks.csv"
    if content is not None:
        table.write_bytes(content)
    config = {key: config[key] for key in ("study", "source")} | {"tasks": str(table)}
    (found,) = problems_of(config)
    assert found.startswith("tasks: ")
    assert line in found


def test_reading_tasks(tmp_path: Path) -> None:
    table = tmp_path / "tasks.csv"
    table.write_bytes(b"\xef\xbb\xbftask,name,family\r\nCHEMBL234 , D3,amine\r\n\r\nCHEMBL204,,\r\n")
    assert [(t.task, t.name, t.family) for t in read_tasks(str(table))] == [
        ("CHEMBL234", "D3", "amine"),
        ("CHEMBL204", "CHEMBL204", ""),
    ]
    assert read_tasks(None) == []


def test_recipes_take_from_main_what_they_leave_out() -> None:
    recipes = resolve_recipes(
        {
            "recipes": {
                "main": {"arms": ["mtl"], "hidden": 64, "epochs": {"single": 5, "complete": 7}},
                "wide": {"hidden": 128, "epochs": {"single": 6}},
                "same": {},
            }
        }
    )
    assert (recipes["main"].hidden, recipes["wide"].hidden, recipes["same"].hidden) == (64, 128, 64)
    assert (recipes["wide"].epochs.single, recipes["wide"].epochs.complete, recipes["wide"].epochs.group) == (
        6,
        7,
        100,
    )
    assert recipes["main"].arms == ["mtl"]
    assert recipes["same"].arms is None


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        *(
            (
                "grouping.budget",
                found,
                f"grouping.budget: found {found}; as many networks as tasks are each task alone; "
                "allowed: at most 3, for 4 tasks",
            )
            for found in (4, 5)
        ),
        ("grouping.size", 6, "grouping.size: found 6; 5 folds are for training"),
        ("grouping.rotations", 4, "grouping.rotations: found 4; the grid has 3 rotations"),
        ("grouping.by", ["transfer", "transfer"], "grouping.by: 'transfer' is named twice"),
        ("grouping.by", ["tag"], "grouping.by: tag needs the section affinity, which is left out"),
        ("grouping.random_partitions", 1, "grouping.random_partitions: found 1; allowed: a whole number (>= 2)"),
        (
            "grid.stl.tasks",
            ["opsin-A"],
            "grouping: needs every task alone at 5 folds under the recipe main; give grid.stl this size",
        ),
        (
            "grid.mtl.sizes",
            [1, 2],
            "grouping: needs all tasks together at 5 folds under the recipe main; give grid.mtl this size",
        ),
    ],
)
def test_a_grouping_needs_tasks_folds_and_references(
    config: dict[str, Any], key: str, value: object, found: str
) -> None:
    config["grouping"] = {"budget": 2}
    assert problems_of(config) == []
    assert problems_of(put(config, key, value)) == [found]


def test_groups_by_transfer_need_an_arm_that_raises(config: dict[str, Any]) -> None:
    config["grid"] = {key: config["grid"][key] for key in ("rotations", "stl", "mtl")}
    found = "grouping.by: transfer needs an arm that raises tasks; allowed: one of augmented, offdiagonal, design"
    assert problems_of(config | {"grouping": {"budget": 2}}) == [found]
