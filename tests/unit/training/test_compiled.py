"""Where machine code is kept."""

import subprocess
import sys

import pytest
from mtlcurves.training.lazy import compiled

USE = """
import numpy as np
from mtlcurves.training.lazy.rows import dot
total = dot(np.ones((1, 4), np.float32), 0, np.ones((1, 3, 4), np.float32), 0)
print(float(total), sum(dot.stats.cache_hits.values()))
"""


@pytest.fixture
def environment(monkeypatch, tmp_path):
    """Caches in places of this test alone."""
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "near"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    compiled.cache_folder.cache_clear()
    yield tmp_path
    compiled.cache_folder.cache_clear()


def use():
    done = subprocess.run([sys.executable, "-c", USE], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_a_second_process_finds_the_code(environment):
    assert use() == ["4.0", "0"]
    assert use() == ["4.0", "1"]


def test_where_one_folder_cannot_be_written_another_serves(environment):
    (environment / "near").write_text("not a folder")
    assert compiled.cache_folder().is_relative_to(environment / "home" / "mtlcurves")
    assert use() == ["4.0", "0"]
    assert use() == ["4.0", "1"]


def test_where_none_can_be_written_each_process_compiles(environment):
    for name in ("near", "home"):
        (environment / name).write_text("not a folder")
    assert compiled.cache_folder() is None
    assert use() == ["4.0", "0"]
    assert use() == ["4.0", "0"]
