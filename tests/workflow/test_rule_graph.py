"""The rule graph in README.md is that of the default study."""

import subprocess
import sys
from pathlib import Path

from mtlcurves import rulegraph_docs

ROOT = Path(__file__).parents[2]


def test_the_rule_graph_is_current(tmp_path: Path) -> None:
    (tmp_path / "config").symlink_to(ROOT / "config")
    snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command = [*snakemake, "--rulegraph", "mermaid-js"]
    printed = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    page = (ROOT / "README.md").read_text()
    assert rulegraph_docs.insert(page, rulegraph_docs.graph(printed)) == page, "out of date: run `make docs`"
    assert "train_bundle --> " in page.replace("[train_bundle]", "")
