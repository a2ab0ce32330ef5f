"""The engine gpu against the reference; small, because without a GPU Triton interprets the kernels, slowly."""

import dataclasses
import importlib.util
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse
import torch
from mtlcurves.config import Recipe
from mtlcurves.errors import DataError
from mtlcurves.grid.seeds import absorb, epoch_order
from mtlcurves.training.lazy import catchup, kernels, schedule
from mtlcurves.training.problem import Labels, Problem
from mtlcurves.training.reference import Reference
from mtlcurves.training.registry import load_backend

CPU = torch.device("cpu")
RECIPE = Recipe(hidden=5, learning_rate=3e-3, batch_ratio=0.15)


@pytest.fixture(scope="module")
def engine():
    if importlib.util.find_spec("triton") is None:
        pytest.skip("triton is not installed; requirements-test.lock has it, for Linux")
    return load_backend("gpu")


def fingerprints(seed=0, n=40, n_columns=16):
    dense = np.random.default_rng(seed).random((n, n_columns)) < np.linspace(0.01, 0.35, n_columns)
    prints = scipy.sparse.csr_array(dense.astype(np.uint8))
    prints.indices, prints.indptr = prints.indices.astype(np.int32), prints.indptr.astype(np.int32)
    return prints


PRINTS = fingerprints()


def some_labels(rng, n_rows, n_tasks, n):
    cells = np.sort(rng.choice(n_rows * n_tasks, size=n, replace=False))
    return Labels(*(a.astype(np.int32) for a in divmod(cells, n_tasks)), rng.integers(0, 2, n).astype(np.int8))


def problem_of(seed, n_rows=12, n_tasks=2, n_labels=14, epochs=3, scored=(3,), prints=PRINTS, **settings):
    """A training with random rows and labels; rows, tasks and batches may be without any."""
    rng = np.random.default_rng(seed)
    rows, test_rows = (
        np.sort(rng.choice(prints.shape[0], size=n, replace=False)).astype(np.int32) for n in (n_rows, 6)
    )
    tested = some_labels(rng, 6, n_tasks, 9 if n_tasks > 1 else 5)
    return Problem(
        tasks=tuple("abcdefgh"[:n_tasks]),
        rotation=settings.get("rotation", seed),
        replicate=settings.get("replicate", 1),
        epochs=epochs,
        scored=scored,
        fingerprints=prints,
        rows=rows,
        keys=np.sort(rng.integers(0, 1 << 64, n_rows, dtype=np.uint64)),
        labels=some_labels(rng, n_rows, n_tasks, n_labels),
        test_rows=test_rows,
        test_labels=tested,
    )


def logits_of(engine, problems, recipe):
    return {o.problem: o.logits for o in engine.train(problems, recipe)}


def agree(problems, recipe, found):
    for i, problem in enumerate(problems):
        (expected,) = Reference().train([problem], recipe)
        assert found[i].keys() == expected.logits.keys()
        for epoch, logits in expected.logits.items():
            np.testing.assert_allclose(found[i][epoch], logits, rtol=0, atol=1e-6)


COMPANY = [
    problem_of(1, scored=(1, 3)),
    problem_of(2, n_tasks=3, n_labels=4, n_rows=15, scored=(1, 3)),  # batches and tasks without labels
    problem_of(3, n_tasks=1, n_labels=6, n_rows=7, scored=(1, 3), rotation=1),
    problem_of(4, n_tasks=1, n_labels=0, n_rows=5, scored=(1, 3)),  # nothing to learn from
]


@pytest.mark.parametrize(
    ("lonely", "settings"),
    [(1, {"milestones": [1, 2], "gamma": 0.3}), (2, {"dropout": 0.4})],
    ids=["schedule", "dropout"],
)
def test_equals_the_reference_and_itself_in_company(engine, lonely, settings):
    recipe = RECIPE.model_copy(update=settings)
    together = logits_of(engine, COMPANY, recipe)
    agree(COMPANY, recipe, together)
    (alone,) = engine.train([COMPANY[lonely]], recipe)
    for epoch, logits in alone.logits.items():
        np.testing.assert_array_equal(logits, together[lonely][epoch])


def test_units_over_several_tiles(engine):
    recipe = RECIPE.model_copy(update={"hidden": 150, "dropout": 0.2, "batch_ratio": 0.1})
    problem = problem_of(5, n_rows=14, n_labels=12, epochs=2, scored=(2,))
    agree([problem], recipe, logits_of(engine, [problem], recipe))


def test_steps_and_share_of_the_time(engine):
    outcomes = list(engine.train(COMPANY[2:], RECIPE))
    assert {o.problem: o.n_steps for o in outcomes} == {0: 3 * 4, 1: 0}
    assert outcomes[0].seconds == outcomes[1].seconds > 0


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_divergence_stops_with_epoch_and_step(engine):
    wild = RECIPE.model_copy(update={"learning_rate": 1e38})
    with pytest.raises(
        DataError, match=r"training of a, b \(2 in all\), rotation 1, replicate 1.*epoch 1 \(step 6\)"
    ):
        list(engine.train(COMPANY[:1], wild))


def test_hash_on_the_device(engine):
    from mtlcurves.training.gpu import hashing

    state, words = np.random.default_rng(0).integers(0, 1 << 64, (2, 1000), dtype=np.uint64)
    found = hashing.absorb(hashing.as_words(state, CPU), hashing.as_words(words, CPU))
    np.testing.assert_array_equal(found.numpy().view(np.uint64), absorb(state, words))
    by_word = torch.argsort(hashing.sortable(hashing.as_words(words, CPU)))
    np.testing.assert_array_equal(by_word.numpy(), np.argsort(words))


@pytest.mark.parametrize("read", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_schedule_is_that_of_lazy_adam(engine, seed, read):
    from mtlcurves.training.gpu.networks import Network, lay_out, seeds_of
    from mtlcurves.training.gpu.schedule import Scheduler

    rng = np.random.default_rng(seed)
    sizes = [(int(n), int(rng.integers(1, n))) for n in rng.integers(5, 35, 5)]
    problems = [problem_of(10 * seed + i, n, 3, k, rotation=i // 2) for i, (n, k) in enumerate(sizes)]
    networks = [Network(p, 0.2) for p in problems]
    n_steps = max(network.n_batches for network in networks)
    inputs = lay_out(networks, CPU)
    scheduler = Scheduler(inputs, seeds_of(problems), n_steps)
    order, following = scheduler.order(4), scheduler.order(5)
    first_next = torch.zeros(len(inputs.sizes), dtype=torch.int64) if read else scheduler.first_touches(following)
    found = scheduler.schedule(order, first_next)

    rows_before = groups_before = 0
    for k, (network, problem) in enumerate(zip(networks, problems, strict=True)):
        places = [network.place[epoch_order(problem.replicate, problem.rotation, e, problem.keys)] for e in (4, 5)]
        starts, groups, n_groups = network.starts.astype(np.int32), network.groups, len(network.sizes)
        after = schedule.first_touches(places[1], network.size, starts, groups, n_groups)
        expected = schedule.make_schedule(
            places[0], network.size, starts, groups, np.zeros_like(after) if read else after
        )
        for b in range(network.n_batches):
            begin, end = expected.batch_starts[b : b + 2]
            rows = found.rows[found.row_at[b] : found.row_at[b + 1]].numpy()
            own = np.flatnonzero(inputs.row_net[rows].numpy() == k)
            np.testing.assert_array_equal(rows[own] - rows_before, expected.rows[begin:end])
            at = slice(found.touch_at[b], found.touch_at[b + 1])
            mine = inputs.group_net[found.touched[at].long()].numpy() == k
            touches = slice(*expected.touched_starts[b : b + 2])
            np.testing.assert_array_equal(
                found.touched[at].numpy()[mine] - groups_before, expected.touched[touches]
            )
            np.testing.assert_array_equal(found.waits[at].numpy()[mine], expected.waits[touches])
            for touch, theirs in zip(
                np.flatnonzero(mine) + found.touch_at[b], range(touches.start, touches.stop), strict=True
            ):
                members = found.members[found.member_starts[touch] : found.member_starts[touch + 1]].numpy()
                wanted = expected.members[expected.member_starts[theirs] : expected.member_starts[theirs + 1]]
                np.testing.assert_array_equal(np.sort(rows[members]), np.sort(rows[own][wanted]))
        rows_before += len(network.labelled)
        groups_before += n_groups


@pytest.mark.parametrize(("epoch", "n_batches"), [(1, 7), (2, 5), (60, 50)])
def test_catches_up_like_lazy_adam(engine, epoch, n_batches):
    from mtlcurves.training.gpu.device import computing_device
    from mtlcurves.training.gpu.kernels import catch_up
    from mtlcurves.training.gpu.moves import catch_up_table

    rng, n_groups = np.random.default_rng(epoch), 4
    size = 10 ** rng.uniform(-11, -1, (n_groups, 16))
    changes = np.stack([0 * size, size * rng.normal(size=size.shape), size**2], axis=1).astype(np.float32)
    waits = rng.integers(0, n_batches, n_groups).astype(np.int32)
    powers = np.arange(2 * n_batches)
    decays = [(b**powers).astype(np.float32) for b in (catchup.BETA1, catchup.BETA2)]
    arrays = [changes, waits, np.zeros(n_groups, np.int32), np.zeros(1, np.int32)]
    moved, *rest = (
        torch.from_numpy(a).to(computing_device(), copy=True)
        for a in [*arrays, catch_up_table(n_batches, epoch, 1.0), *decays, np.zeros(1, np.int32)]
    )
    catch_up[(n_groups, 1)](moved, *rest, 16, 16, num_warps=1)

    rates = kernels.Rates(1.0, 1.0, *decays)
    kernels.catch_up(changes, waits, catchup.Moves.empty(), rates, (epoch - 1) * n_batches)
    np.testing.assert_allclose(moved.cpu().numpy(), changes, rtol=2e-6, atol=1e-6)
    assert not rest[-1].any()


def test_out_of_memory_halves_the_launch(engine, monkeypatch):
    from mtlcurves.training.gpu import engine as module

    tried = []

    class Training:
        def __init__(self, networks, recipe, device):
            tried.append(len(networks))
            if len(networks) > 2:
                raise torch.OutOfMemoryError("no memory")
            self.networks = networks

        def run(self):
            return [{3: network.problem.rotation} for network in self.networks]

    monkeypatch.setattr(module, "Training", Training)
    problems = [problem_of(seed) for seed in range(11)]
    outcomes = {o.problem: o.logits[3] for o in engine.train(problems, RECIPE)}
    assert outcomes == {i: p.rotation for i, p in enumerate(problems)}
    assert tried == [11, 5, 2, 2, 2, 2, 2, 1]


def test_memory_that_one_network_exceeds_is_an_error(engine, monkeypatch):
    from mtlcurves.training.gpu import engine as module

    def fail(*_):
        raise torch.OutOfMemoryError("no memory")

    monkeypatch.setattr(module, "Training", fail)
    with pytest.raises(torch.OutOfMemoryError):
        list(engine.train(COMPANY[:2], RECIPE))


def test_launches_hold_what_fits_and_what_is_alike(engine, monkeypatch):
    from mtlcurves.training.gpu import engine as module
    from mtlcurves.training.gpu.memory import SPARE, needed_bytes, shared_bytes
    from mtlcurves.training.gpu.networks import Network

    other_prints = dataclasses.replace(problem_of(3, n_rows=30), fingerprints=fingerprints(1))
    problems = [COMPANY[0], *(problem_of(2, n_labels=n) for n in (9, 7, 5)), other_prints]
    needed = [needed_bytes(Network(p, RECIPE.batch_ratio), RECIPE.hidden) for p in problems]
    launched = []

    def launch(networks, *_, **__):
        launched.append([next(i for i, p in enumerate(problems) if p is n.problem) for n in networks])
        return [{} for _ in networks]

    monkeypatch.setattr(module, "_launch", launch)
    for room, expected in ((needed[1] + needed[2], [[0], [1, 2], [3], [4]]), (0, [[0], [1], [2], [3], [4]])):
        free = int((room + shared_bytes(problems[0]) + 10) / SPARE)
        monkeypatch.setattr(module, "free_bytes", lambda free=free: free)
        launched.clear()
        assert {o.problem for o in engine.train(problems, RECIPE)} == set(range(5))
        assert sorted(launched) == expected  # 0 is scored after other epochs


def test_memory_is_planned_from_what_a_network_holds(engine):
    from mtlcurves.training.gpu.memory import needed_bytes
    from mtlcurves.training.gpu.networks import Network

    small, large = (needed_bytes(Network(problem_of(1, n_rows=n), 0.02), 500) for n in (12, 30))
    assert 12 * 512 * 10 < small < large


def test_refused_without_a_gpu(monkeypatch):
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(DataError, match=r"backend: gpu needs an NVIDIA GPU .* use lazy_adam"):
        load_backend("gpu")


def test_kernels_compile_and_all_launches_run_the_same_code(engine, tmp_path):
    # other code for other numbers of networks, rows or steps could sum in another order
    environment = {key: value for key, value in os.environ.items() if key != "TRITON_INTERPRET"}
    program = Path(__file__).with_name("gpu_compiles.py")
    done = subprocess.run(
        [sys.executable, program],
        env=environment | {"TRITON_CACHE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert not done.returncode, done.stderr
    assert set(json.loads(done.stdout).values()) == {1}
