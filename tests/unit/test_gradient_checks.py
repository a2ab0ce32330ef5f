"""What a section gradients must agree with."""

from mtlcurves.gradient_checks import gradient_problems
from mtlcurves.gradient_sections import Gradients
from mtlcurves.task_info import TaskInfo


def problems(*groups: dict[str, str], **keys: object) -> list[str]:
    tasks = [TaskInfo(str(number), str(number), own.get("family", ""), own) for number, own in enumerate(groups)]
    return list(gradient_problems(Gradients.model_validate(keys), tasks, None))


def test_a_partition_names_groups() -> None:
    table = [{"family": "", "organ": "liver"}, {"family": "", "organ": ""}]
    assert problems(*table, partitions=["organ"]) == []
    assert problems(*table, partitions=["family"]) == [
        "gradients.partitions: 'family' names no group in the tasks' table; found: 'organ'"
    ]
    assert problems(*table, partitions=["organ", "organ"]) == ["gradients.partitions: 'organ' is named twice"]
    (problem,) = problems({"family": ""}, {"family": ""}, partitions=["organ"])
    assert problem.startswith("gradients.partitions: the tasks have no groups")


def test_sweeps_name_what_is_swept() -> None:
    tasks = [{"family": ""}] * 4
    assert problems(*tasks, sweeps={"seeds": 2}) == [
        "gradients.sweeps: asks for nothing; allowed: one or more of thinned, core, size, blocks, masked"
    ]
    assert problems(*tasks, sweeps={"masked": {}}) == []


def test_there_are_only_so_many_pairs() -> None:
    tasks = [{"family": ""}] * 4
    assert problems(*tasks, benefit={"pairs": 6}) == problems(*tasks, benefit={"pairs": "all"}) == []
    assert problems(*tasks, benefit={"pairs": 7}) == ["gradients.benefit.pairs: found 7; allowed: 1 to 6, or all"]
