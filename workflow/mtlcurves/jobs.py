"""A job: its log, and the origin that it writes into every table."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import mtlcurves
from mtlcurves import problems
from mtlcurves.config import Config
from mtlcurves.errors import DataError
from mtlcurves.provenance import LIBRARY, commit, digest, processor, versions

# Packages that compute; a job names the versions of those it has imported.
COMPUTING = {
    "numpy": "numpy",
    "scipy": "scipy",
    "pandas": "pandas",
    "pyarrow": "pyarrow",
    "rdkit": "rdkit",
    "numba": "numba",
    "llvmlite": "llvmlite",
    "torch": "torch",
    "torch_geometric": "torch-geometric",
    "triton": "triton",
    "lmfit": "lmfit",
    "sklearn": "scikit-learn",
}


class Script(Protocol):
    """What Snakemake hands to a script, as far as it is needed here."""

    log: Sequence[str]
    rule: str
    config: Mapping[str, Any]
    params: Any
    scriptdir: str


_running: list[Script] = []


@contextmanager
def job(script: Script) -> Iterator[logging.Logger]:
    """Run a job: it logs to its file, errors too, and its tables say where they come from.

    A :class:`DataError` ends the job with its message alone, on standard error, in the log, and for the end of
    the workflow (:mod:`mtlcurves.problems`); any other error leaves its traceback in the log. A library of
    another place than the script's is refused.

    Parameters
    ----------
    script : Script
        The object ``snakemake`` of the script.

    Yields
    ------
    logging.Logger
        For what the script itself has to say.
    """
    logging.basicConfig(
        filename=script.log[0],
        filemode="w",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
        force=True,
    )
    log = logging.getLogger("mtlcurves")
    _running.append(script)
    try:
        _refuse_another_library(script)
        yield log
    except DataError as error:
        log.error("%s", error)
        problems.leave(Path(script.log[0]), str(error))
        sys.exit(f"error: {error}")
    except BaseException:
        log.exception("the job failed")
        raise
    finally:
        _running.pop()


def _refuse_another_library(script: Script) -> None:
    # an installed library comes before the one beside the rules that planned the job, and may be of another clone
    planned = Path(script.scriptdir).resolve().parent / "workflow/mtlcurves"
    # in a container it lies elsewhere and is the same folder, or is not there
    if planned.is_dir() and not planned.samefile(LIBRARY):
        raise DataError(
            f"the library installed for {sys.executable} is {LIBRARY}, that of the workflow is {planned}; in this "
            f"environment `pip install --no-deps --editable {planned.parent.parent}`, or run the other workflow"
        )


def origin() -> dict[str, str]:
    """Say where a table that is written now comes from; host and time are left out, so that equal jobs agree.

    Returns
    -------
    dict of str to str
        Commit, versions of this library and of the packages in use, processor. Within a job also study, rule, the
        digests of the configuration (defaults filled in) and of the library's code behind the rule, and the seeds.
    """
    computing = [package for module, package in COMPUTING.items() if module in sys.modules]
    folder = Path(_running[-1].scriptdir) if _running else LIBRARY
    here = {
        "commit": commit(folder),
        "mtlcurves": mtlcurves.__version__,
        "versions": versions(*computing),
        "processor": processor(),
    }
    return _of_job(_running[-1]) | here if _running else here


def _of_job(script: Script) -> dict[str, str]:
    config = Config.model_validate(script.config)
    return {
        "study": config.study,
        "rule": script.rule,
        "config": config_digest(config),
        "library": str(script.params["library"]),
        "seeds": seeds(config),
    }


def config_digest(config: Config) -> str:
    """Digest a configuration, defaults filled in, whatever the order of its keys."""
    return digest(json.dumps(config.model_dump(mode="json"), sort_keys=True))


def seeds(config: Config) -> str:
    """Name the seeds of a study; random numbers are keyed by these, compounds, tasks, units and epochs alone."""
    rotations, replicates = config.grid.rotations - 1, config.grid.replicates - 1
    return f"folds {config.folds.seed}; rotations 0 to {rotations}; replicates 0 to {replicates}"
