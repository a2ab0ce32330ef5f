"""The README's table of what runs again after a change."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
# as in the profiles: what a script does is in its digest, its age says nothing
TRIGGERS = ["--rerun-triggers", "mtime", "params", "input", "software-env"]


def rows() -> dict[str, str]:
    """A change to what runs again."""
    body = (ROOT / "README.md").read_text().split("<!-- reruns -->")[1].split("<!-- end")[0]
    cells = (line.strip("| ").split(" | ") for line in body.strip().splitlines()[2:])
    return {change: again for change, again, _ in cells}


def expected(again: str, followers: dict[str, set[str]]) -> set[str]:
    """Rules that a cell of the table names, with all that come after them where it says so."""
    named = re.findall(r"`(\w+)`", again)
    assert named or again == "nothing"
    return set().union(*(followers[rule] for rule in named)) if "all after" in again else set(named)


def followers_of(pairs: list[tuple[str, str]]) -> dict[str, set[str]]:
    """Every rule of a rule graph with all that come after it."""

    def after(rule: str) -> set[str]:
        return {rule}.union(*(after(b) for a, b in pairs if a == rule))

    return {rule: after(rule) for pair in pairs for rule in pair}
