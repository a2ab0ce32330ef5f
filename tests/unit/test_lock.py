"""requirements.lock, pyproject.toml and envs/*.yaml name the same packages at the same versions."""

import importlib.util
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted((ROOT / "envs").glob("*.yaml"))
PYPI_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake"}


def lock(name: str) -> dict[str, str]:
    lines = [line for line in (ROOT / name).read_text().splitlines() if not line.startswith("#")]
    assert all(re.fullmatch(r"[a-z0-9-]+==[\w.]+", line) for line in lines), (
        "one name==version a line, no build label"
    )
    return dict(line.split("==") for line in lines)


def declared(*path: str) -> list[Requirement]:
    node = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for key in path:
        node = node[key]
    return [Requirement(line) for line in node]


def pins(environment: Path) -> dict[str, str]:
    listed = yaml.safe_load(environment.read_text())["dependencies"]
    flat = [pin for entry in listed for pin in (entry["pip"] if isinstance(entry, dict) else [entry])]
    named = (re.split("==?", pin) for pin in flat if not pin.startswith("python="))
    return {PYPI_NAMES.get(name, name): version for name, version in named}


@pytest.mark.parametrize(
    ("path", "files"),
    [
        (["dependencies"], ["requirements.lock"]),
        (["optional-dependencies", "graphs"], ["requirements.lock", "requirements-graphs.lock"]),
        (["optional-dependencies", "test"], ["requirements.lock", "requirements-test.lock"]),
    ],
    ids=["run", "graphs", "test"],
)
def test_the_lock_satisfies_every_lower_bound(path: list[str], files: list[str]) -> None:
    locked = {name: version for file in files for name, version in lock(file).items()}
    for requirement in declared(*path):
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), requirement


def test_no_package_is_locked_twice() -> None:
    names = [name for file in ROOT.glob("requirements*.lock") for name in lock(file.name)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("environment", ENVIRONMENTS, ids=lambda path: path.stem)
def test_conda_files_pin_the_locked_versions(environment: Path) -> None:
    locked = lock("requirements.lock") | lock("requirements-graphs.lock")
    assert pins(environment) == {name: locked.get(name) for name in pins(environment)}


def test_conda_files_take_python_from_the_supported_range() -> None:
    supported = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    for environment in ENVIRONMENTS:
        listed = yaml.safe_load(environment.read_text())["dependencies"]
        (python,) = (pin for pin in listed if str(pin).startswith("python="))
        assert Requirement(f"python{supported}").specifier.contains(python.removeprefix("python="))


def test_the_container_has_the_conda_files_python() -> None:
    recipe = (ROOT / "envs/mtlcurves.def").read_text()
    pinned = {
        str(pin) for e in ENVIRONMENTS for pin in yaml.safe_load(e.read_text())["dependencies"] if "python=" in pin
    }
    image = re.search(r"^From: python:([\d.]+)-slim", recipe, re.MULTILINE)
    assert image
    assert pinned & {f"python={image[1]}"}
    installed = set(re.findall(r"--requirement /opt/(\S+)", recipe))
    assert installed == {"requirements.lock", "requirements-graphs.lock"}


def test_pinning_a_conda_file_changes_versions_and_nothing_else(tmp_path: Path) -> None:
    spec = importlib.util.spec_from_file_location("lock", ROOT / "envs/lock.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    environment = tmp_path / "train.yaml"
    text = "# Trains.\nchannels:\n  - conda-forge\ndependencies:\n  - python=3.11\n  - pytorch={}\n  - numpy={}\n"
    text += "  - pip:\n      - torchjd==0.18.0\n"
    environment.write_text(text.format("2.0.0", "1.0"))
    module.pin_environment(environment, {"torch": "2.13.0", "numpy": "2.4.6"})
    assert environment.read_text() == text.format("2.13.0", "2.4.6")
