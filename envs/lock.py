"""Pin the project's packages: requirements.lock, those of extras beside it, and the versions in envs/*.yaml.

Run by ``make lock``. The packages are resolved afresh from the lower bounds of pyproject.toml, as if nothing
were installed. torch alone keeps its pinned version unless another is named, because it is large and comes
in builds: ``make lock TORCH=2.14.0``.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
LOCK, GRAPHS_LOCK, TEST_LOCK = (ROOT / f"requirements{extra}.lock" for extra in ("", "-graphs", "-test"))
# optional packages: each lock names what those before it do not
EXTRAS = [
    (GRAPHS_LOCK, "graphs", "the encoders of graphs", ""),
    (TEST_LOCK, "test", "`make test` and `make lint`", "triton"),
]
HEADER = "# {what}. Written by `make lock`; do not edit.\n"
# Packages that only some builds of torch bring. torch pins them itself, so every build fits one lock.
BUILD_PACKAGES = re.compile(r"nvidia-|cuda-|triton")
# conda-forge's names, where they differ from PyPI's
CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib"}


def read_lock(path: Path) -> dict[str, str]:
    """Read a lock file: package name, lower case, to version."""
    lines = (line.split("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return dict(line.lower().split("==") for line in lines if line)


def resolve(*requirements: str, kept: str = "") -> dict[str, str]:
    """Let pip choose versions without installing anything; local version labels such as +cpu are cut.

    Packages of torch's builds are left out, but for the one that is `kept`.
    """
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--ignore-installed", "--quiet"]
    answer = subprocess.run(
        [*command, "--report", "-", *requirements], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    )
    chosen = (item["metadata"] for item in json.loads(answer.stdout)["install"])
    named = {item["name"].lower().replace("_", "-"): item["version"].split("+")[0] for item in chosen}
    return {
        name: version for name, version in sorted(named.items()) if name == kept or not BUILD_PACKAGES.match(name)
    }


def write_lock(path: Path, what: str, versions: dict[str, str]) -> None:
    """Write a lock file, one ``name==version`` a line."""
    lines = [f"{name}=={version}\n" for name, version in versions.items() if name != "mtlcurves"]
    path.write_text(HEADER.format(what=what) + "".join(lines), encoding="utf-8")


def pin_environment(path: Path, versions: dict[str, str]) -> None:
    """Give the packages that a conda file names the versions of the lock."""

    def pinned(match: re.Match[str]) -> str:
        name = match["name"]
        return f"- {name}{match['equal']}{versions.get(CONDA_NAMES.get(name, name), match['version'])}"

    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"- (?P<name>[\w.-]+)(?P<equal>==?)(?P<version>\S+)", pinned, text), encoding="utf-8")


def main() -> None:
    """Write the locks and pin the conda files."""
    torch = f"torch=={sys.argv[1] if len(sys.argv) > 1 else read_lock(LOCK)['torch']}"
    run_time = resolve(torch, ".")
    write_lock(LOCK, "Every package a run needs, at one version", run_time)
    locked = dict(run_time)
    for path, extra, what, kept in EXTRAS:
        found = resolve(*(f"{n}=={v}" for n, v in locked.items() if n != "mtlcurves"), f".[{extra}]", kept=kept)
        added = {name: version for name, version in found.items() if name not in locked}
        write_lock(path, f"What {what} need besides requirements.lock", added)
        locked |= added
    for path in sorted((ROOT / "envs").glob("*.yaml")):
        pin_environment(path, locked)


if __name__ == "__main__":
    main()
