"""Put the rule graph, as ``snakemake --rulegraph mermaid-js`` prints it, into README.md; run by ``make docs``."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from mtlcurves.tables import atomic

README = Path("README.md")
BEGIN, END = "<!-- rule graph -->", "<!-- end of rule graph -->"


def edges(printed: str) -> set[tuple[str, str]]:
    """Read a rule graph: pairs of a rule and one that reads its files.

    Parameters
    ----------
    printed : str
        Snakemake's drawing, with lines ``id0[rule]`` and ``id1 --> id0``.
    """
    names = dict(re.findall(r"^\s*(id\d+)\[(\w+)\]$", printed, re.MULTILINE))
    pairs = re.findall(r"^\s*(id\d+) --> (id\d+)$", printed, re.MULTILINE)
    return {(names[a], names[b]) for a, b in pairs if names[b] != "all"}


def graph(printed: str) -> str:
    """Redraw a rule graph: figures as one box, direct steps alone, no colours, always in the same order.

    Parameters
    ----------
    printed : str
        Snakemake's drawing.

    Returns
    -------
    str
        A fenced Mermaid diagram.
    """
    pairs = sorted(_direct({(_shown(a), _shown(b)) for a, b in edges(printed)}))
    boxes = {name: f"{name.strip('._')}[{name}]" for name in sorted({n for pair in pairs for n in pair})}
    lines = (f"    {boxes[a]} --> {boxes[b]}" for a, b in pairs)
    return "\n".join(["```mermaid", "flowchart LR", *lines, "```"])


def _shown(rule: str) -> str:
    return re.sub(r"^plot_\w+", "plot_...", rule)


def _direct(pairs: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """Leave out the pairs that a longer way joins too, so that the drawing can be read."""

    def reaches(start: str, goal: str) -> bool:
        return any(b == goal or reaches(b, goal) for a, b in pairs if a == start)

    return {(a, b) for a, b in pairs if not any(reaches(c, b) for x, c in pairs if x == a and c != b)}


def insert(page: str, diagram: str) -> str:
    """Replace what stands between the markers of `page`."""
    before, rest = page.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{diagram}\n{END}{after}"


def main() -> None:
    """Read Snakemake's drawing from standard input and rewrite README.md, in the project's folder."""
    page = insert(README.read_text(encoding="utf-8"), graph(sys.stdin.read()))
    with atomic(README, "w") as handle:
        handle.write(page)


if __name__ == "__main__":
    main()
