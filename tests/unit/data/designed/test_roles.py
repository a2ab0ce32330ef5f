"""Names and groups of designed tasks, and what can be wrong with a design."""

from collections import Counter

import pytest
from mtlcurves.checks import problems_of
from mtlcurves.data.designed.roles import families
from mtlcurves.study import Study
from mtlcurves.task_info import read_tasks

CONFIG = {"study": "simulated", "source": {"kind": "designed"}, "labels": {"threshold": 0}}


def problems(tasks=None, **keys):
    config = CONFIG | {"source": {"kind": "designed"} | keys} | ({"tasks": tasks} if tasks else {})
    return problems_of(config)


def test_groups_are_dealt_out_in_turn(design):
    found = families(design(n_tasks=61, groups=6))
    assert list(found)[:3] == ["T001", "T002", "T003"] and list(found)[-1] == "T061"
    assert Counter(found.values()) == {"independent": 12, "G1": 9} | {f"G{g}": 8 for g in range(2, 7)}


@pytest.mark.parametrize("share", [0, 0.1, 0.29, 0.5, 1])
def test_the_share_of_independent_tasks_is_met_and_stays(design, share):
    found = families(design(n_tasks=200, independent=share))
    assert Counter(found.values())["independent"] == round(200 * share)
    fewer = families(design(n_tasks=77, independent=share))
    assert fewer == dict(list(found.items())[:77])


def test_a_study_that_names_no_task_has_all():
    study = Study(CONFIG)
    assert study.tasks == [f"T{n:03d}" for n in range(1, 61)]
    assert study.task_info[4].family == "independent"
    assert [info.family for info in read_tasks(["T007", "T001"], study.config.source)] == ["G2", "G1"]


def test_a_right_design_has_no_problem():
    assert problems() == problems(["T060"], molecules="nci") == []


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"tasks": ["T061"]}, "tasks: no task 'T061' among the designed tasks T001 to T060"),
        ({"molecules": "ncii"}, "source.molecules: no file 'ncii'; did you mean 'nci'?"),
        ({"n_compounds": 60_000}, "source.n_compounds: found 60000; allowed: a whole number (>= 100, <= 50000)"),
        ({"n_compounds": 500}, "source.labels_per_task.most: found 2000; the source has 500 compounds"),
        ({"labels_per_task": {"least": 400}}, "found least 400, median 300, most 2000; they must not fall"),
        ({"disjoint": "compound", "n_tasks": 99}, "99 tasks that share no compound need 9900 compounds"),
        ({"prevalence": {"least": 0.6}}, "source.prevalence.least: found 0.6, more than most (0.5)"),
        ({"similarity": 0.96}, "source.background: found 0.05 beside similarity 0.96; their sum may be 1 at most"),
    ],
)
def test_a_wrong_design_is_told_before_anything_runs(keys, said):
    (found,) = problems(**keys)
    assert said in found


def test_values_need_their_threshold():
    assert problems_of(CONFIG | {"labels": {}}) == [
        "labels.threshold: is required; the values of a designed source are active at 0 and above"
    ]
