"""The profiles: every key explained, and a plan made through them; tests/slurm runs one for real."""

import re
import subprocess
import sys

import pytest
import yaml
from workplace import ROOT

PROFILES = ROOT / "profiles"


def keys(profile: str) -> dict[str, object]:
    loaded: dict[str, object] = yaml.safe_load((PROFILES / profile / "config.yaml").read_text())
    return loaded


def test_every_key_is_explained_with_its_value() -> None:
    rows = re.findall(r"^\| `([\w-]+)` \| (.+?) \| .+ \|$", (PROFILES / "README.md").read_text(), re.MULTILINE)
    explained = dict(rows)
    told = {key: value for key, value in keys("slurm").items() if key != "default-resources"}
    shown = {key: ", ".join(value) if isinstance(value, list) else str(value) for key, value in told.items()}
    assert {key: explained.get(key, "").lower() for key in shown} == {k: v.lower() for k, v in shown.items()}
    assert explained.keys() == {*keys("slurm"), "cores"}
    shared = keys("local").keys() - {"cores"}
    assert {key: keys("local")[key] for key in shared} == {key: keys("slurm")[key] for key in shared}


@pytest.mark.parametrize("profile", ["local", "slurm"])
def test_a_study_is_planned_through_a_profile(profile, tiny_config, workplace) -> None:
    place = workplace(tiny_config)
    snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile")]
    command = [*snakemake, "--configfile", "study.yaml", "--profile", str(PROFILES / profile), "--dry-run"]
    done = subprocess.run(command, cwd=place.folder, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert "rule train_bundle" in done.stdout + done.stderr
    assert "mem_mb=2000" in done.stdout + done.stderr
