"""Where results come from: digests of the library, its commit, versions, the processor."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import platform
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).parent
# Modules whose effect reaches a rule through its params, its inputs or its table's columns, or its log alone: an
# edit of theirs (a new configuration key, a better message) must not run every job again.
PLUMBING = {
    "config",
    "sections",
    "training.progress",
    "grid_sections",
    "balancing_sections",
    "balancing_schemas",
    "source_sections",
    "affinity_sections",
    "affinity_checks",
    "grouping_sections",
    "grouping_checks",
    "gradient_sections",
    "gradient_checks",
    "gradient_runs",
    "keys",
    "messages",
    "checks",
    "study",
    "schemas",
    "estimate_schemas",
    "affinity_schemas",
    "designed_schemas",
    "gradient_schemas",
    "similarity_schemas",
    "similarity_columns",
    "benefit_schemas",
    "transfer_schemas",
    "grouping_schemas",
    "schema_types",
    "tables",
    "errors",
    "provenance",
    "jobs",
    "problems",
}


def code_digest(path: Path) -> str:
    """Digest a file's Python code, without comments, docstrings and layout."""
    return _read(path)[0]


@cache
def _read(path: Path) -> tuple[str, frozenset[str]]:
    """Digest of a file's code, and the library modules that it imports; parsed once, every job waits for it."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    names: set[str] = set()
    for node in [tree, *_statements(tree)]:
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                node.body = body[1:] or [ast.Pass()]
    library = (n.removeprefix("mtlcurves.") for n in names if n.startswith("mtlcurves."))
    imported = frozenset(n for n in library if _file_of(n).is_file())
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest(), imported


def _statements(block: ast.AST) -> Iterator[ast.AST]:
    """Every statement below one; expressions, most of a file, hold neither an import nor a docstring."""
    for part in ("body", "handlers", "orelse", "finalbody", "cases"):
        for statement in getattr(block, part, ()):
            yield statement
            yield from _statements(statement)


def module_digest(module: str) -> str:
    """Digest the code of one library module.

    Parameters
    ----------
    module : str
        Dotted name below ``mtlcurves``, such as ``curves.fitting``.
    """
    return code_digest(_file_of(module))


def _file_of(module: str) -> Path:
    return LIBRARY.joinpath(*module.split(".")).with_suffix(".py")


def imported_modules(module: str) -> set[str]:
    """List the library modules that a module imports, itself and those behind them included."""
    found, queue = set(), [module]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += sorted(_direct_imports(_file_of(name)))
    return found


def _direct_imports(path: Path) -> frozenset[str]:
    return _read(path)[1]


@cache
def script_digest(script: Path) -> str:
    """Digest the code of a script and of every library module, plumbing apart, that it reaches through imports."""
    modules = set().union(*(imported_modules(name) for name in _direct_imports(script))) - PLUMBING
    return digest(code_digest(script), *(f"{name} {module_digest(name)}" for name in sorted(modules)))


def digest(*parts: str) -> str:
    """Digest some texts; 16 hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def versions(*packages: str) -> str:
    """Name the versions of Python and some packages, for a table's row."""
    named = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    return ", ".join([f"python {platform.python_version()}", *named])


@cache
def commit(folder: Path) -> str:
    """Name the commit of the code, with ``-dirty`` when a file was changed since; git is asked once a process.

    Parameters
    ----------
    folder : Path
        Some folder of the code.

    Returns
    -------
    str
        40 hexadecimal digits; ``unknown`` where there is no git or no clone.
    """
    # without optional locks, many jobs may ask at once
    git = ["git", "--no-optional-locks", "-C", str(folder)]
    try:
        done = subprocess.run(
            [*git, "describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"],
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return done.stdout.strip()


def processor() -> str:
    """Name the kind of processor and the vector instructions that numpy finds: they decide about last bits."""
    import numpy as np

    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return " ".join([platform.machine(), *found])
