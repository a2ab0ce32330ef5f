"""Compare the tables of a study that was run again with those that were handed over.

Exits with 1 when a table is different.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from mtlcurves.archive import Archive
from mtlcurves.compare.comparison import Finding, compare_study
from mtlcurves.errors import DataError

TOLERANCE = 0.05
WORDS = {"identical": "identical bits", "within": "within tolerance", "different": "DIFFERENT"}


def main() -> None:
    """Print a line per table."""
    parser = argparse.ArgumentParser(prog="python -m mtlcurves.compare", description=__doc__)
    parser.add_argument("archive", type=Path, help="what `snakemake share` wrote: <study>-share.zip")
    parser.add_argument("results", type=Path, help="results/<study> of the run to check")
    help_text = (
        "largest difference of a number, over its size where above 1; of a score a tenth (default: %(default)s)"
    )
    parser.add_argument("--tolerance", type=float, default=TOLERANCE, help=help_text)
    arguments = parser.parse_args()
    if not arguments.results.is_dir():
        sys.exit(f"error: no folder {arguments.results}; give the results/<study> of the run to check")
    try:
        findings = list(compare_study(Archive(arguments.archive), arguments.results, arguments.tolerance))
    except DataError as error:
        sys.exit(f"error: {error}")
    width = max(len(finding.table) for finding in findings)
    for finding in findings:
        print(f"{finding.table:<{width}}  {WORDS[finding.verdict]:<16}  {details(finding)}".rstrip())
    counts = [f"{sum(f.verdict == v for f in findings)} {word.lower()}" for v, word in WORDS.items()]
    print(", ".join(counts))
    sys.exit(int(any(finding.verdict == "different" for finding in findings)))


def details(finding: Finding) -> str:
    """Say how far a table is off, and where."""
    number = f"{finding.largest:.1e} " if finding.largest > 0 else ""
    return number + finding.why


if __name__ == "__main__":
    main()
