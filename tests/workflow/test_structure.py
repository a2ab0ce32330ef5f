"""The shape of the project: what every rule declares, what may import what, how long files may be."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from mtlcurves import provenance
from mtlcurves.estimate import plan

ROOT = Path(__file__).parents[2]
LIBRARY = ROOT / "workflow/mtlcurves"
MODULES = sorted(LIBRARY.rglob("*.py"))
SCRIPTS = sorted((ROOT / "scripts").glob("*.py"))
SNAKEFILES = [ROOT / "Snakefile", *sorted((ROOT / "workflow").rglob("*.smk"))]
PACKAGES = {"data", "grid", "training", "affinity", "curves", "estimators", "simulation", "reporting"}
PACKAGES |= {"grouping", "gains", "gradients", "similarity"}
# What a package may import besides itself and the modules beside it; everything may import those.
MAY_IMPORT = {
    "data": {"grid"},  # draws by key
    "training": {"data", "grid"},
    "affinity": {"data", "grid", "training", "curves"},
    "estimators": {"curves"},
    "simulation": {"curves", "grid"},
    "grouping": {"curves", "grid"},
    "gains": {"curves", "grid", "training"},  # one of its surrogates is a network
    "gradients": {"data", "grid", "training"},
    "similarity": {"curves", "grouping"},
    "reporting": {"curves"},  # to draw a fitted curve by the very formula that was fitted
}
# The import names of packages whose conda-forge name is another one
CONDA_NAMES = {
    "torch": "pytorch",
    "matplotlib": "matplotlib-base",
    "vl_convert": "vl-convert-python",
    "yaml": "pyyaml",
    "sklearn": "scikit-learn",
    "torch_geometric": "torch-geometric",
}


class Rule:
    """A rule as it is written: its name, its directives, the text of each."""

    def __init__(self, indent: str, name: str, body: str) -> None:
        self.name, self.body = name, body
        step = len(indent) + 4
        parts = re.split(rf"^ {{{step}}}(\w+):", body, flags=re.MULTILINE)
        self.directives = dict(zip(parts[1::2], parts[2::2], strict=True))
        self.does_something = not self.directives.keys().isdisjoint(
            {"script", "shell", "run", "notebook", "wrapper"}
        )


def rules_of(path: Path) -> list[Rule]:
    text = path.read_text() + "\n"
    found = re.finditer(r"^( *)rule (\w+):\n((?:\1 +.*\n|[ \t]*\n)+)", text, flags=re.MULTILINE)
    return [Rule(*match.groups()) for match in found]


RULES = [rule for path in SNAKEFILES for rule in rules_of(path)]
JOBS = [pytest.param(rule, id=rule.name) for rule in RULES if rule.does_something]


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def imports_of(path: Path) -> set[str]:
    """Full names of what a file imports, but for what only the type checker sees."""
    tree = ast.parse(path.read_text())
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING":
            node.body = [ast.Pass()]
    names: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def library_imports(path: Path) -> set[str]:
    """First part below mtlcurves of every library module that a file imports."""
    names = (name.split(".") for name in imports_of(path))
    return {parts[1] for parts in names if parts[0] == "mtlcurves" and len(parts) > 1}


def third_party(path: Path) -> set[str]:
    """Packages that a script needs, itself or through the library."""
    modules = set().union(*map(provenance.imported_modules, provenance._direct_imports(path)))
    files = [path, *(LIBRARY.joinpath(*module.split(".")).with_suffix(".py") for module in modules)]
    roots = {name.split(".")[0] for file in files for name in imports_of(file)}
    # torch's CUDA builds bring triton, at the version they need
    return roots - sys.stdlib_module_names - {"mtlcurves", "triton"}


def test_rules_are_found() -> None:
    assert {"all", "read_source"} <= {rule.name for rule in RULES}
    assert len(RULES) == sum(len(re.findall(r"^ *rule \w+:", p.read_text(), re.MULTILINE)) for p in SNAKEFILES)


@pytest.mark.parametrize("rule", [pytest.param(rule, id=rule.name) for rule in RULES])
def test_every_rule_says_what_it_does(rule: Rule) -> None:
    assert re.search(r'^ *""".+\."""$', rule.body, re.MULTILINE), (
        f"rule {rule.name} has no docstring of one sentence"
    )


@pytest.mark.parametrize("rule", JOBS)
def test_every_job_declares_what_runs_it(rule: Rule) -> None:
    wanted = {"output", "log", "benchmark", "conda", "threads", "resources", "params", "script"}
    assert wanted <= rule.directives.keys()
    assert {"mem_mb", "runtime"} <= set(re.findall(r"(\w+)=", rule.directives["resources"]))
    assert f'library=library_digest("{rule.name}")' in rule.directives["params"]
    assert f"../../scripts/{rule.name}.py" in rule.directives["script"]


def test_the_estimate_knows_the_rules_threads() -> None:
    threads = {rule.name: rule.directives["threads"].split()[0] for rule in RULES if "threads" in rule.directives}
    declared = {name: int(n) for name, n in threads.items() if n != "1"}
    assert {name: n for name, n in declared.items() if name not in ("list_tasks", "calibrate")} == plan.THREADS


def test_a_script_per_rule() -> None:
    assert {path.stem for path in SCRIPTS} == {rule.name for rule in RULES if rule.does_something}


@pytest.mark.parametrize("rule", JOBS)
def test_a_rules_environment_holds_what_its_script_imports(rule: Rule) -> None:
    match = re.search(r'"\.\./\.\./(envs/\w+\.yaml)"', rule.directives["conda"])
    assert match, rule.directives["conda"]
    pins = yaml.safe_load((ROOT / match[1]).read_text())["dependencies"]
    needed = {CONDA_NAMES.get(name, name) for name in third_party(ROOT / f"scripts/{rule.name}.py")}
    named = [pin for entry in pins for pin in (entry["pip"] if isinstance(entry, dict) else [entry])]
    assert needed <= {pin.split("=")[0] for pin in named}


@pytest.mark.parametrize("path", SNAKEFILES, ids=relative)
def test_no_lambda_in_the_workflow(path: Path) -> None:
    assert not re.search(r"\blambda\b", path.read_text())


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_imports_run_one_way(path: Path) -> None:
    package = path.relative_to(LIBRARY).parts[0]
    if package in ("bench", "estimate", "power"):
        timed = {"affinity"} if package == "bench" else set()
        assert library_imports(path) & PACKAGES <= {"data", "grid", "training", "gradients"} | timed
    elif package in PACKAGES:
        assert library_imports(path) & PACKAGES <= {package} | MAY_IMPORT.get(package, set())
    elif path.stem not in (
        "study",
        "checks",
        "outputs",
        "task_info",
    ):  # they read a header, lay out the grid, list the figures
        assert not library_imports(path) & PACKAGES


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_the_library_stands_without_snakemake_and_does_not_print(path: Path) -> None:
    assert not any(name.split(".")[0] == "snakemake" for name in imports_of(path))
    calls = [node.func for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    if path.stem != "__main__":  # a command of its own
        assert "print" not in [getattr(func, "id", None) for func in calls]


@pytest.mark.parametrize(
    ("paths", "most"),
    [([ROOT / "Snakefile"], 60), ([ROOT / "workflow/common.smk"], 150), (SCRIPTS, 40), (MODULES, 300)],
    ids=["Snakefile", "common.smk", "scripts", "library"],
)
def test_files_are_short(paths: list[Path], most: int) -> None:
    assert paths
    assert {relative(path): lines(path) for path in paths if lines(path) > most} == {}


def test_nobody_edits_the_search_path() -> None:
    hacks = ["sys" + ".path", "PYTHON" + "PATH"]
    folders = ["workflow", "scripts", "tests", "envs"]
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in (".py", ".smk")]
    files += [ROOT / "Snakefile", ROOT / "Makefile", ROOT / "pyproject.toml"]
    assert [relative(path) for path in files if any(hack in path.read_text() for hack in hacks)] == []


def test_no_profile_applies_on_its_own() -> None:
    assert (ROOT / "profiles/local/config.yaml").is_file()
    assert not (ROOT / "profiles/default").exists()


def test_the_version_is_the_same_everywhere() -> None:
    version = provenance.importlib.metadata.version("mtlcurves")
    stated = {
        "pyproject.toml": re.search(r'^version = "(.+)"', (ROOT / "pyproject.toml").read_text(), re.MULTILINE),
        "__init__.py": re.search(r'__version__ = "(.+)"', (LIBRARY / "__init__.py").read_text()),
        "CITATION.cff": re.search(r"^version: (.+)", (ROOT / "CITATION.cff").read_text(), re.MULTILINE),
    }
    assert {name: match and match[1] for name, match in stated.items()} == dict.fromkeys(stated, version)


def test_make_help_names_every_goal_and_knob() -> None:
    text = (ROOT / "Makefile").read_text()
    goals = re.search(r"^\.PHONY: (.+)$", text, re.MULTILINE)
    knobs = re.findall(r"^(\w+) \?=", text, re.MULTILINE)
    assert goals
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert {f"make {goal} " in done.stdout for goal in goals[1].split()} == {True}
    assert {f"  {knob} " in done.stdout for knob in knobs} == {True}


def test_test_files_have_names_of_their_own() -> None:
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert len(names) == len(set(names)), sorted({name for name in names if names.count(name) > 1})
