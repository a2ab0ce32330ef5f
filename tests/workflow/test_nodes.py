"""Nodes as clusters have them: a home that cannot be written, a scratch folder of their own."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_a_study_runs_without_a_home(tiny_config, workplace):
    config = tiny_config | {"grid": {"rotations": 1, "sizes": [2, 4], "stl": {}}}
    config["recipes"] = {"main": config["recipes"]["main"]}
    place = workplace(config)
    place.tree = place.folder / "tree"
    for name in ("workflow", "scripts", "envs"):
        shutil.copytree(ROOT / name, place.tree / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy2(ROOT / "Snakefile", place.tree)
    # as in an installation that cannot be written: no machine code beside the source
    (place.tree / "workflow/mtlcurves/training/lazy/__pycache__").touch()
    scratch, cache = place.folder / "scratch", place.folder / "cache"
    scratch.mkdir()
    # not even root can write below a file
    nowhere = {"HOME": "/dev/null", "XDG_CACHE_HOME": str(cache), "MPLCONFIGDIR": str(cache / "matplotlib")}
    nowhere["TMPDIR"] = str(scratch)
    environment = {key: value for key, value in os.environ.items() if key != "NUMBA_CACHE_DIR"}
    done = subprocess.run(
        place.command("all"), cwd=place.folder, capture_output=True, text=True, env=environment | nowhere
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (place.results / "report.html").is_file()
    assert list((cache / "mtlcurves").rglob("*.nbi"))  # machine code, kept for the next process
    assert list(cache.glob("matplotlib/fontlist*"))
    assert [path.name for path in scratch.iterdir()] == []
