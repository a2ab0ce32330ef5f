"""What is wrong with the data, told once more when the workflow has ended: its own lines hide what a job said.

Light on purpose: the workflow asks it. A job leaves its message beside its log; the process that was started by
hand gathers the messages of its run.
"""

from __future__ import annotations

import textwrap
from pathlib import Path

ENDING = ".problem"


def leave(log: Path, message: str) -> None:
    """Leave a job's message beside its log."""
    log.with_suffix(ENDING).write_text(message, encoding="utf-8")


def forget(logs: Path) -> None:
    """Remove what earlier runs left in a study's folder of logs."""
    for path in logs.rglob(f"*{ENDING}"):
        path.unlink(missing_ok=True)


def gathered(logs: Path, study: str) -> str:
    """Join what jobs left, in the form of wrong configurations; what several jobs say stands once.

    Parameters
    ----------
    logs : Path
        The study's folder of logs.
    study : str
        Its name.

    Returns
    -------
    str
        Empty when no job left anything.
    """
    found = {path.read_text(encoding="utf-8") for path in logs.rglob(f"*{ENDING}")}
    if not found:
        return ""
    count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
    lines = [textwrap.indent(message, "    ").replace("    ", "  - ", 1) for message in sorted(found)]
    return "\n".join([f"{count} in the data of the study {study}:", *lines])
