"""A study: its configuration checked, its tasks read, its grid of trainings and their bundles laid out.

Light on purpose: each Snakemake process parses it, so nothing here imports pandas, numpy or torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from mtlcurves.checks import ARMS, problems_of, resolve_recipes
from mtlcurves.config import Config, Recipe
from mtlcurves.gradient_runs import GradientRun, SetsRun, benefit_runs, gradient_runs, group_runs
from mtlcurves.grid import allocations, bundles, designs, groups
from mtlcurves.grid.allocations import Allocation
from mtlcurves.grid.bundles import Bundle
from mtlcurves.grid_sections import AugmentedArm, HadamardDesign, RandomDesign
from mtlcurves.provenance import digest
from mtlcurves.task_info import TaskInfo, read_tasks
from mtlcurves.training.epochs import kind_of


class ConfigError(ValueError):
    """All that is wrong with a configuration, one line each, under a line that says where it was given."""

    def __init__(self, problems: Sequence[str], where: str) -> None:
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"{count} in {where}:\n" + "\n".join(f"  - {problem}" for problem in problems))


class Study:
    """A checked configuration and what follows from it.

    Parameters
    ----------
    config : mapping
        The configuration as Snakemake reads it.
    where : str
        Where it was given, for messages.
    further : sequence of str
        What is known to be wrong with it already.
    closely : bool
        Whether to look for the tasks in the rows of a tidy table too, which may take a second; a job need not.

    Raises
    ------
    ConfigError
        When anything is wrong; the message lists everything that is.
    """

    def __init__(
        self,
        config: Mapping[str, Any],
        where: str = "the configuration",
        further: Sequence[str] = (),
        closely: bool = False,
    ) -> None:
        if problems := [*further, *problems_of(config, closely)]:
            raise ConfigError(problems, where)
        self.where = where
        self.config = Config.model_validate(config)
        self.name = self.config.study
        self.root = Path("results") / self.name
        self.task_info: list[TaskInfo] = read_tasks(self.config.tasks, self.config.source)
        self.tasks = [info.task for info in self.task_info]
        self.subsets = {"all": self.tasks} | dict(self.config.subsets)
        self.recipes: dict[str, Recipe] = resolve_recipes(config)
        self._plans: dict[tuple[str, str], tuple[str, frozenset[str]]] = {}

    def check_complete(self, arms: bool, classes: bool = False) -> None:
        """Refuse a study too young for a target: some targets work without tasks, and some without a grid.

        Parameters
        ----------
        arms : bool
            Whether the target needs trainings, too.
        classes : bool
            Whether it needs labels with classes.

        Raises
        ------
        ConfigError
            When the study names no task, or has no arm or no classes although it needs them.
        """
        problems = []
        if not self.tasks:
            problems.append(
                "tasks: is left out; name the study's tasks (the target list_tasks lists those there are)"
            )
        if arms and not self.arms and not self.gradient_runs:
            problems.append(
                f"grid: has no arm, so nothing would be trained; allowed: one or more of {', '.join(ARMS)}; or a "
                "section gradients"
            )
        if classes and self.config.labels.kind == "value":
            problems.append("labels.kind: value has no classes, and so no learning curves to plan or measure")
        if problems:
            raise ConfigError(problems, self.where)

    @property
    def rotations(self) -> range:
        """Rotations of the grid."""
        return range(self.config.grid.rotations)

    @property
    def replicates(self) -> range:
        """Replicates of the grid."""
        return range(self.config.grid.replicates)

    @property
    def training_folds(self) -> int:
        """Folds a rotation can train on: all but its test fold."""
        return self.config.folds.count - 1

    @property
    def sizes(self) -> list[int]:
        """Training sizes of the arms that have none of their own."""
        return self.config.grid.sizes or list(range(1, self.training_folds + 1))

    @cached_property
    def arms(self) -> dict[str, list[Allocation]]:
        """Allocations of every arm of the grid, in the study's order."""
        grid, tasks = self.config.grid, self.tasks
        arms: dict[str, list[Allocation]] = {}
        if grid.stl:
            chosen = self._named(grid.stl.tasks)
            arms["stl"] = list(allocations.single_task(chosen, grid.stl.sizes or self.sizes))
        if grid.mtl:
            sizes = grid.mtl.sizes or self.sizes
            arms["mtl"] = [
                allocation
                for subset in grid.mtl.subsets
                for allocation in allocations.multi_task(subset, self.subsets[subset], sizes)
            ]
        if grid.augmented:
            arms["augmented"] = list(self._raised(grid.augmented))
        if grid.shuffled:
            arms["shuffled"] = list(allocations.shuffled(self._raised(grid.shuffled)))
        if grid.offdiagonal:
            off = grid.offdiagonal
            arms["offdiagonal"] = list(
                allocations.off_diagonal(tasks, self._named(off.targets), off.target_sizes, off.complement_sizes)
            )
        if grid.design:
            arms["design"] = list(self._weighing(grid.design))
        return arms

    def _raised(self, arm: AugmentedArm) -> Iterator[Allocation]:
        chosen = self._named(arm.auxiliaries)
        return allocations.augmented(self.tasks, chosen, arm.sizes, arm.raise_by, self.training_folds)

    def _weighing(self, arm: HadamardDesign) -> Iterator[Allocation]:
        n_tasks = len(self.tasks)
        if isinstance(arm, RandomDesign):
            raised = designs.random_shares(n_tasks, arm.rows, arm.seed, arm.share)
        else:
            raised = designs.hadamard_rows(n_tasks)
        raised = designs.folded_over(raised) if arm.fold_over else raised
        high = self.training_folds if arm.high == "full" else arm.high
        return allocations.weighing_design(self.tasks, raised, arm.low, high)

    @property
    def affinity_logs(self) -> list[tuple[int, int]]:
        """Size and rotation of each training in which affinities are logged."""
        affinity, mtl = self.config.affinity, self.config.grid.mtl
        if affinity is None:
            return []
        sizes = affinity.sizes or (mtl and mtl.sizes) or self.sizes
        rotations = affinity.rotations or self.config.grid.rotations
        return [(size, rotation) for size in sizes for rotation in range(rotations)]

    @cached_property
    def gradient_runs(self) -> list[GradientRun]:
        """Trainings in which similarities of gradients are logged."""
        return list(gradient_runs(self.config.gradients))

    @cached_property
    def benefit_runs(self) -> list[SetsRun]:
        """Jobs that train single tasks and pairs of them with an encoder."""
        return list(benefit_runs(self.config.gradients, self.tasks, self.config.bundles.gradient_networks))

    @cached_property
    def gradient_group_runs(self) -> list[SetsRun]:
        """Jobs that train groups of tasks with an encoder."""
        return list(group_runs(self.config.gradients, self.config.bundles.random_partitions))

    @cached_property
    def bundles(self) -> list[Bundle]:
        """The trainings of every job, recipe by recipe."""
        return [
            Bundle(recipe, arm, rotation, replicate, name, members)
            for recipe, settings in self.recipes.items()
            for arm, members_of in self._cut.items()
            if settings.arms is None or arm in settings.arms
            for rotation in self.rotations
            for replicate in self.replicates
            for name, members in members_of.items()
        ]

    @cached_property
    def _cut(self) -> dict[str, dict[str, list[Allocation]]]:
        return {arm: bundles.cut(arm, members, self.config.bundles) for arm, members in self.arms.items()}

    @cached_property
    def group_bundles(self) -> list[Bundle]:
        """Stand-ins for the trainings of groups of tasks, job by job: who is in a group is known later."""
        grouping = self.config.grouping
        if grouping is None:
            return []
        size, per_bundle = self.group_size, self.config.bundles.random_partitions
        partitions = groups.partitions_of_bundles(grouping.by, grouping.random_partitions, per_bundle)
        members = {
            name: groups.expected_groups(self.tasks, n, grouping.budget, size) for name, n in partitions.items()
        }
        return [
            Bundle("main", groups.ARM, rotation, 0, name, expected)
            for rotation in range(grouping.rotations or len(self.rotations))
            for name, expected in members.items()
        ]

    @property
    def every_bundle(self) -> list[Bundle]:
        """The trainings of every job: those of the grid, then those of groups."""
        return self.bundles + self.group_bundles

    @property
    def group_size(self) -> int:
        """Training folds of the members of groups."""
        return (self.config.grouping and self.config.grouping.size) or self.training_folds

    def bundle(self, recipe: str, arm: str, rotation: int, replicate: int, name: str) -> Bundle:
        """Return the bundle that a job's wildcards name."""
        return Bundle(recipe, arm, rotation, replicate, name, self._cut[arm][name])

    def planned(self, arm: str, bundle: str) -> tuple[str, frozenset[str]]:
        """Say what a bundle trains, in a few words and a digest, and the kinds of its trainings."""
        if (arm, bundle) not in self._plans:
            members = self._cut[arm][bundle]
            folds = digest(*(f"{a.id} {a.arm} {a.auxiliary} {sorted(a.folds.items())}" for a in members))
            kinds = frozenset(kind_of(len(a.folds), len(self.tasks)) for a in members)
            text = f"{members[0].id} to {members[-1].id}, {len(members)} in all ({folds})"
            self._plans[arm, bundle] = text, kinds
        return self._plans[arm, bundle]

    def resolved(self) -> dict[str, Any]:
        """Return the configuration with every default filled in and every recipe as it is trained."""
        full = self.config.model_dump(mode="json")
        recipes = {name: recipe.model_dump(mode="json") for name, recipe in self.recipes.items()}
        return full | {"recipes": recipes, "grid": full["grid"] | {"sizes": self.sizes}}

    def _named(self, tasks: list[str] | str) -> list[str]:
        return self.tasks if isinstance(tasks, str) else tasks
