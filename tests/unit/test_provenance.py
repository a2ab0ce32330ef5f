"""Digests follow the code and nothing else; the commit is the one that the code is at."""

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from mtlcurves import provenance
from mtlcurves.provenance import digest, imported_modules, module_digest, script_digest, versions

SOURCE = '"""What it does."""\n\n\ndef half(x):\n    """Halve it."""\n    return x / 2  # exactly\n'
SCRIPT = "from mtlcurves.curves.half import half\nfrom mtlcurves.jobs import job\n"


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A library of its own: curves.half, which uses curves.base and config."""
    folder = tmp_path / "mtlcurves"
    (folder / "curves").mkdir(parents=True)
    (folder / "curves/base.py").write_text("BASE = 2\n")
    (folder / "config.py").write_text("KEYS = 1\n")
    (folder / "jobs.py").write_text("LOG = 1\n")
    (folder / "curves/half.py").write_text(
        "from mtlcurves import config\nfrom mtlcurves.curves import base\n" + SOURCE.split("\n\n\n")[1]
    )
    monkeypatch.setattr(provenance, "LIBRARY", folder)
    forget()
    yield folder
    forget()


def forget() -> None:
    for function in (provenance._read, script_digest, provenance.commit):
        function.cache_clear()


def digest_of(library: Path, source: str) -> str:
    forget()
    (library / "curves/half.py").write_text(source)
    return module_digest("curves.half")


@pytest.mark.parametrize(
    "source",
    [
        SOURCE.replace("exactly", "or nearly so"),
        SOURCE.replace("Halve it.", "Halve a number."),
        SOURCE.replace('"""What it does."""\n', ""),
        SOURCE.replace("    return x / 2", "\n    return (\n        x / 2\n    )"),
    ],
    ids=["comment", "docstring", "module docstring", "layout"],
)
def test_words_and_layout_do_not_change_a_digest(library: Path, source: str) -> None:
    assert digest_of(library, source) == digest_of(library, SOURCE)


@pytest.mark.parametrize(
    "source",
    [SOURCE.replace("x / 2", "x / 3"), SOURCE.replace("(x)", "(x, y=1)"), SOURCE + "half = None\n"],
    ids=["body", "signature", "statement"],
)
def test_code_changes_a_digest(library: Path, source: str) -> None:
    assert digest_of(library, source) != digest_of(library, SOURCE)


def test_a_text_that_is_no_docstring_counts(library: Path) -> None:
    assert digest_of(library, 'NAME = "a"\n') != digest_of(library, 'NAME = "b"\n')


def test_imports_are_followed(library: Path) -> None:
    assert imported_modules("curves.half") == {"curves.half", "curves.base", "config"}


@pytest.mark.parametrize(
    ("module", "changes"), [("curves/base.py", True), ("config.py", False), ("jobs.py", False)]
)
def test_a_scripts_digest_follows_what_it_reaches(
    library: Path, tmp_path: Path, module: str, changes: bool
) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    before = script_digest(script)
    forget()
    (library / module).write_text("OTHER = 3\n")
    assert (script_digest(script) != before) == changes


@pytest.mark.parametrize(("line", "changes"), [("# for later\n", False), ("LATER = 1\n", True)])
def test_a_scripts_digest_follows_its_own_code(library: Path, tmp_path: Path, line: str, changes: bool) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    before = script_digest(script)
    forget()
    script.write_text(SCRIPT + line)
    assert (script_digest(script) != before) == changes


def test_no_module_is_missed_by_the_shape_of_its_import(library: Path, tmp_path: Path) -> None:
    forms = [
        "import mtlcurves.curves.base\n",
        "from mtlcurves.curves import base\n",
        "from mtlcurves.curves.base import BASE\n",
        "def later():\n    from mtlcurves.curves import base\n",
    ]
    for number, form in enumerate(forms):
        script = tmp_path / f"script{number}.py"
        script.write_text(form)
        assert provenance._direct_imports(script) == {"curves.base"}, form


def test_plumbing_names_modules_that_exist() -> None:
    for module in provenance.PLUMBING:
        assert provenance.LIBRARY.joinpath(*module.split(".")).with_suffix(".py").is_file()


def test_digest_tells_its_parts_apart() -> None:
    assert digest("ab", "c") != digest("a", "bc")
    assert digest("a", "b") == digest("a", "b")
    assert len(digest("a")) == 16


def test_versions_name_python_and_the_packages() -> None:
    text = versions("pydantic", "mtlcurves")
    assert [part.split()[0] for part in text.split(", ")] == ["python", "pydantic", "mtlcurves"]
    assert ast.literal_eval(text.split(", ")[1].split()[1].split(".")[0]) >= 2


def test_the_commit_is_gits_and_says_whether_files_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, library: Path
) -> None:
    def git(*arguments: str) -> None:
        name = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", "-C", str(tmp_path), *name, *arguments], check=True, capture_output=True)

    def commit() -> str:
        provenance.commit.cache_clear()
        return provenance.commit(library)

    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert commit() == "unknown"
    git("init")
    git("add", ".")
    git("commit", "-m", "first")
    assert re.fullmatch("[0-9a-f]{40}", first := commit())
    git("tag", "v1")
    assert commit() == first
    (library / "config.py").write_text("KEYS = 2\n")
    assert commit() == f"{first}-dirty"
    monkeypatch.setenv("PATH", str(tmp_path))
    assert commit() == "unknown"
