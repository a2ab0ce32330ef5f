"""Nodes as clusters have them: a home that cannot be written, a scratch folder of their own."""

import os
import subprocess


def test_the_smallest_study_runs_without_a_home(tiny_config, workplace):
    config = tiny_config | {"grid": {"rotations": 1, "sizes": [5], "stl": {"tasks": ["opsin-A"]}}}
    config["recipes"] = {"main": config["recipes"]["main"]}
    place = workplace(config)
    scratch, cache = place.folder / "scratch", place.folder / "cache"
    scratch.mkdir()
    # nobody can write below a file, not even root
    nowhere = {"HOME": "/dev/null", "NUMBA_CACHE_DIR": "/dev/null"}
    instead = {"XDG_CACHE_HOME": cache, "MPLCONFIGDIR": cache / "matplotlib", "TMPDIR": scratch}
    environment = os.environ | nowhere | {name: str(path) for name, path in instead.items()}
    done = subprocess.run(place.command(), cwd=place.folder, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert (place.results / "report.html").is_file()
    # kept for the next process
    assert list((cache / "mtlcurves").rglob("*.nbi"))
    assert list(cache.glob("matplotlib/fontlist*"))
    assert [path.name for path in scratch.iterdir()] == []
