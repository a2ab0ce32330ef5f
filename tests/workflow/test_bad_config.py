"""A wrong configuration is answered by Snakemake before any job: every mistake, and nothing else."""

import resource
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

FIVE_MISTAKES = f"""\
study: 1st
source:
  kind: table
  path: {ROOT}/tests/data/tiny.csv
  layout: wide
  compund: id
tasks: [opsin-A, opsin-C]
folds:
  count: many
grid:
  stl:
"""


YOUNG = f"""\
study: young
source:
  kind: table
  path: {ROOT}/tests/data/tiny.csv
  layout: wide
  compound: id
labels:
  threshold: 5.0
"""


def dry_run(folder: Path, config: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    (folder / "study.yaml").write_text(config)
    command = [sys.executable, "-m", "snakemake", "--dry-run", "--snakefile", str(ROOT / "Snakefile")]
    command += ["--configfile", "study.yaml", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


def test_five_mistakes_are_five_lines_and_no_traceback(tmp_path: Path) -> None:
    done = dry_run(tmp_path, FIVE_MISTAKES)
    assert done.returncode == 1
    assert (done.stdout + done.stderr).splitlines() == [
        "5 problems in study.yaml:",
        "  - study: found '1st'; allowed: a name (a letter, then letters, digits, - or _)",
        "  - source.compund: no such key; did you mean 'compound'?",
        f"  - tasks: no column 'opsin-C' in {ROOT}/tests/data/tiny.csv; did you mean 'opsin-B'?",
        "  - folds.count: found 'many'; allowed: a whole number (>= 3, <= 20)",
        "  - grid.stl: is empty; write {} for its defaults, or leave the key out",
    ]


def test_quiet_does_not_silence_mistakes(tmp_path: Path) -> None:
    for config, target in ((FIVE_MISTAKES, "list_tasks"), (YOUNG, "all")):
        done = dry_run(tmp_path, config, "--quiet", "all", "--", target)
        assert done.returncode == 1
        assert "problems in study.yaml:\n  - " in done.stderr
        assert "Traceback" not in done.stderr


def test_a_key_that_stands_twice_is_one_of_the_problems(tmp_path: Path) -> None:
    twice = YOUNG + "grid:\n  stl: {}\n  stl: {}\n" + "tasks: [opsin-A]\ngrid:\n  mtll: {}\n"
    done = dry_run(tmp_path, twice, "--config", "title=x")
    assert done.returncode == 1
    assert (done.stdout + done.stderr).splitlines() == [
        "3 problems in study.yaml and --config:",
        "  - grid: stands in lines 9 and 13; all but the last would be lost, so make them one",
        "  - grid.stl: stands in lines 10 and 11; all but the last would be lost, so make them one",
        "  - grid.mtll: no such key; did you mean 'mtl'?",
    ]


def test_targets_need_as_much_of_a_study_as_they_use(tmp_path: Path) -> None:
    done = dry_run(tmp_path, YOUNG, "--", "list_tasks")
    assert done.returncode == 0, done.stdout + done.stderr
    done = dry_run(tmp_path, YOUNG)
    assert done.returncode == 1
    assert (done.stdout + done.stderr).splitlines()[-3:] == [
        "2 problems in study.yaml:",
        "  - tasks: is left out; name the study's tasks (the target list_tasks lists those there are)",
        "  - grid: has no arm, so nothing would be trained; allowed: one or more of "
        "stl, mtl, augmented, shuffled, offdiagonal, design; or a section gradients",
    ]
    named = YOUNG + "tasks: [opsin-A]\ngrid: {}\n"
    done = dry_run(tmp_path, named, "--", "dataset")
    assert done.returncode == 0, done.stdout + done.stderr
    done = dry_run(tmp_path, named, "--", "tables")
    assert done.returncode == 1
    assert (done.stdout + done.stderr).splitlines()[-2:][0] == "1 problem in study.yaml:"


def test_what_is_no_configuration_at_all(tmp_path: Path) -> None:
    done = dry_run(tmp_path, "- a\n- list\n")
    assert done.returncode == 1
    assert "Config file" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


def test_checking_costs_little() -> None:
    """Snakemake alone takes most of two seconds to start; processor time does not depend on the machine's load."""
    check = "import sys, yaml, mtlcurves.checks as c; print(len(c.problems_of(yaml.safe_load(sys.stdin))))"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", check]
    done = subprocess.run(command, input=FIVE_MISTAKES, capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert int(done.stdout) == 5
    assert after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime < 1.0
