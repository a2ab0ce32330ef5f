"""Where results come from: digests of the library, versions, and the log of a job."""

from __future__ import annotations

import ast
import hashlib
import importlib.metadata
import logging
import platform
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from mtlcurves.errors import DataError

LIBRARY = Path(__file__).parent
# Modules whose effect reaches a rule through its params, its inputs or its table's columns: an edit of theirs
# (a new configuration key, a better message) must not run every job again.
PLUMBING = {
    "config",
    "sections",
    "keys",
    "messages",
    "checks",
    "study",
    "schemas",
    "estimate_schemas",
    "schema_types",
    "tables",
    "errors",
    "provenance",
}


@cache
def module_digest(module: str) -> str:
    """Digest one library module's code, without comments, docstrings and layout.

    Parameters
    ----------
    module : str
        Dotted name below ``mtlcurves``, such as ``curves.fitting``.
    """
    path = LIBRARY.joinpath(*module.split(".")).with_suffix(".py")
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body
            if body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
                node.body = body[1:] or [ast.Pass()]
    return hashlib.sha256(ast.dump(tree).encode()).hexdigest()


def imported_modules(module: str) -> set[str]:
    """List the library modules that a module imports, itself and those behind them included."""
    found, queue = set(), [module]
    while queue:
        name = queue.pop()
        if name not in found:
            found.add(name)
            queue += sorted(_direct_imports(LIBRARY.joinpath(*name.split(".")).with_suffix(".py")))
    return found


@cache
def _direct_imports(path: Path) -> frozenset[str]:
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    library = (n.removeprefix("mtlcurves.") for n in names if n.startswith("mtlcurves."))
    return frozenset(n for n in library if LIBRARY.joinpath(*n.split(".")).with_suffix(".py").is_file())


@cache
def script_digest(script: Path) -> str:
    """Digest the code of every library module, plumbing apart, that a script reaches through its imports."""
    modules = set().union(*(imported_modules(name) for name in _direct_imports(script))) - PLUMBING
    return digest(*(f"{name} {module_digest(name)}" for name in sorted(modules)))


def digest(*parts: str) -> str:
    """Digest some texts; 16 hexadecimal digits."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def versions(*packages: str) -> str:
    """Name the versions of Python and some packages, for a table's row."""
    named = [f"{name} {importlib.metadata.version(name)}" for name in packages]
    return ", ".join([f"python {platform.python_version()}", *named])


@contextmanager
def job_log(path: str) -> Iterator[logging.Logger]:
    """Log a job to its file: time, level, message; errors too.

    A :class:`DataError` ends the job with its message alone, on standard error and in the log; any other
    error leaves its traceback in the log.
    """
    logging.basicConfig(
        filename=path,
        filemode="w",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        force=True,
    )
    log = logging.getLogger("mtlcurves")
    try:
        yield log
    except DataError as error:
        log.error("%s", error)
        sys.exit(f"error: {error}")
    except BaseException:
        log.exception("the job failed")
        raise
