"""Memory and time that a bundle asks a cluster for."""

import copy
from types import SimpleNamespace

import pytest
from mtlcurves.study import Study
from mtlcurves.training import needs


@pytest.fixture
def asks(tiny_config):
    """Minutes and megabytes of the first bundle of an arm, after a change of the configuration."""

    def ask(arm="stl", threads=1, change=lambda main: None):
        config = copy.deepcopy(tiny_config)
        main = config["recipes"]["main"] | {
            "hidden": 500,
            "epochs": {"single": 400, "group": 400, "complete": 400},
        }
        change(main)
        config["recipes"] = {"main": main}
        study = Study(config)
        bundle = next(bundle for bundle in study.bundles if bundle.arm == arm)
        minutes = needs.run_minutes(study, "main", arm, bundle.name)
        return minutes, needs.memory_mb(study, "main", threads)

    return ask


def test_every_training_counts_with_its_labels_and_epochs(asks):
    # 4 tasks, sizes 1 to 5 of 5 folds: 12 whole tasks of 2,000 labels, 400 epochs, 30 microseconds, fourfold
    assert asks("stl")[0] == needs.START + round(4 * 12 * 2_000 * 400 * 30e-6 / 60)
    # the same labels, in fewer networks
    assert asks("mtl")[0] == asks("stl")[0]


def test_wider_and_longer_trainings_ask_for_more(asks):
    minutes, megabytes = asks()
    assert asks(change=lambda main: main.update(hidden=2000))[0] > 3 * minutes - 3 * needs.START
    assert asks(change=lambda main: main.update(hidden=2000))[1] > megabytes
    assert asks(change=lambda main: main.update(epochs={"single": 800}))[0] > minutes


def test_a_balanced_recipe_asks_for_time_and_no_gpu(tiny_config):
    surgery = {"arms": ["mtl"], "balancing": {"kind": "pcgrad"}}
    recipes = {"main": tiny_config["recipes"]["main"] | {"hidden": 500}, "surgery": surgery}
    study = Study(tiny_config | {"backend": "gpu", "recipes": recipes})
    gpus = needs.gpus(study)
    assert [gpus(SimpleNamespace(recipe=name)) for name in recipes] == [1, 0]
    bundle = next(bundle.name for bundle in study.bundles if bundle.recipe == "surgery")
    assert needs.run_minutes(study, "surgery", "mtl", bundle) > needs.run_minutes(study, "main", "mtl", bundle)


def test_each_thread_has_a_network_of_its_own(asks):
    one, two, three = (asks(threads=threads)[1] for threads in (1, 2, 3))
    assert three - two == two - one > 500


def test_a_job_that_logs_affinities_asks_for_what_they_take(tiny_config):
    def asks(**keys):
        study = Study(tiny_config | {"affinity": keys})
        return needs.logging_minutes(study) - needs.START, needs.logging_memory_mb(study)

    heavy = copy.deepcopy(tiny_config["recipes"])
    heavy["main"] |= {"hidden": 500, "epochs": {"single": 400, "group": 400, "complete": 4000}}
    tiny_config = tiny_config | {"recipes": heavy}
    minutes, megabytes = asks()
    # 8,000 labels, 4,000 epochs, 250 microseconds, fourfold; each logged step as long as 12 others, one in 10
    assert minutes == round(4 * 8_000 * 4_000 * 250e-6 * 2.2 / 60)
    assert asks(every=20)[0] < minutes < asks(form="exact")[0]
    assert megabytes > needs.memory_mb(Study(tiny_config), "main", 1)


def test_a_training_has_no_more_rows_than_compounds_are_to_be_expected(asks, monkeypatch):
    minutes = asks("mtl")[0]
    monkeypatch.setattr(needs, "ROWS", 4_000)
    assert needs.START < asks("mtl")[0] < minutes
