"""What a report says besides results: raises, key numbers, limits, provenance."""

import subprocess

import pandas as pd
import pytest
from mtlcurves.reporting import facts


def config(raise_by="full", sizes=(1,), rotations=10, augmented=True, **grid):
    arm = {"sizes": list(sizes), "raise_by": raise_by} if augmented else None
    grid = {"rotations": rotations, "replicates": 1, "augmented": arm} | grid
    return {"study": "s", "folds": {"count": 10, "seed": 7}, "grid": grid}


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({}, "from 1 fold to 9"),
        ({"sizes": (2,)}, "from 2 folds to 9"),
        ({"sizes": (1, 2)}, "to all 9 training folds"),
        ({"raise_by": 1}, "by 1 fold"),
        ({"raise_by": 3, "sizes": (1, 2)}, "by 3 folds"),
        ({"augmented": False}, ""),
    ],
)
def test_raises_are_said_in_words(settings, text):
    assert facts.raised_text(config(**settings)) == text


def test_limits_fit_the_study(study):
    tables = study.tables
    few, one_fold = config(rotations=4), config(raise_by=1)
    assert any("Only 4 rotations of 10" in text for text in facts.limits(tables, few))
    assert not any("rotations of 10 were run" in text for text in facts.limits(tables, config()))
    assert any("raise by one fold" in text for text in facts.limits(tables, one_fold))
    assert not any(
        "raised" in text or "raise by" in text for text in facts.limits(tables, config(augmented=False))
    )
    assert set(facts.GENERAL_LIMITS) <= set(facts.limits({}, config()))


def test_curves_with_an_open_limit_are_counted_by_their_status(study):
    curves = study.tables["curves"].assign(status="ok", rate_range=0.1)
    limits = curves.index[curves["coefficient"] == "c"]
    curves.loc[limits[:3], "status"] = "at bound"
    curves.loc[limits[3:8], "status"] = "not identified"
    curves.loc[curves["coefficient"] == "a", "status"] = "not identified"  # says nothing about a limit
    (text,) = [text for text in facts.limits({"curves": curves}, config()) if "not identified" in text]
    assert text.startswith(
        "Of 40 fitted curves, 3 have their limit at the bound (a score of 1) and 5 have one that"
    )


def test_forms_without_a_limit_have_none_to_count(study):
    curves = study.tables["curves"].assign(form="LOG2")
    assert "No curve is a promise beyond the labels seen." in facts.limits({"curves": curves}, config())


def test_scores_without_a_value_are_counted(study):
    points = study.tables["grid_points"]
    (text,) = [text for text in facts.limits({"grid_points": points}, config()) if "have no value" in text]
    assert text.startswith(f"{points['undefined'].notna().sum():,} of {len(points):,} scores")


def test_key_numbers_come_from_card_and_tables(study):
    card = {"compounds": {"compounds": 1234, "scaffolds": 99}, "labels": {"missing_share": 0.856}}
    numbers = {meaning: number for number, meaning in facts.key_numbers(card, study.tables)}
    assert numbers["compounds"] == "1,234" and numbers["scaffolds"] == "99"
    assert numbers["of cells without a label"] == "86 %"
    assert numbers["trainings"] == "792" and numbers["rotations"] == "4"
    active = study.tasks["n_active"].sum()
    assert numbers["active labels"] == f"{active:,}"
    assert numbers["inactive labels"] == f"{study.tasks['n'].sum() - active:,}"


def test_what_was_left_out_is_listed_by_step_and_reason():
    card = {"rejected": {"read_source": {"not a number": 3}, "make_labels": {"conflict": 1, "neither": 2}}}
    assert facts.left_out(card) == [
        ("read source", "not a number", 3),
        ("make labels", "conflict", 1),
        ("make labels", "neither", 2),
    ]
    assert facts.left_out({}) == []


def test_provenance_names_seeds_versions_and_leaves_out_what_is_unknown(monkeypatch):
    monkeypatch.setattr(facts, "commit", lambda: "")
    points = pd.DataFrame({"versions": ["torch 2", "torch 1", None], "backend": ["b"] * 3, "device": [None] * 3})
    rows = dict(facts.provenance({"grid_points": points}, config(rotations=4)))
    assert rows["packages"] == "torch 1; torch 2"
    assert rows["seed of the folds"] == "7"
    assert rows["rotations"].startswith("0 to 3")
    assert "commit" not in rows and "device" not in rows


def test_commit_is_that_of_the_code_and_only_of_a_repository_that_holds_it(tmp_path, monkeypatch):
    monkeypatch.setattr(facts, "LIBRARY", tmp_path)
    git = ["git", "-C", str(tmp_path), "-c", "user.name=t", "-c", "user.email=t@example.org"]
    assert facts.commit() == ""
    subprocess.run([*git, "init", "-q"], check=True)
    (tmp_path / "__init__.py").write_text("")
    assert facts.commit() == ""  # a repository around the code that does not hold it
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "-qm", "first"], check=True)
    head = subprocess.run([*git, "rev-parse", "HEAD"], check=True, capture_output=True, text=True).stdout.strip()
    assert facts.commit() == head
    (tmp_path / "__init__.py").write_text("changed")
    assert facts.commit() == f"{head} with uncommitted changes"
    monkeypatch.setenv("PATH", "")
    assert facts.commit() == ""


def test_gradients_alone_have_limits_of_their_own_and_say_why_no_claim_is_shown(study):
    asked = config() | {"gradients": {"rotations": 1, "seeds": 1}}
    alone = facts.limits({}, asked)
    assert not set(alone) & set(facts.LIMITS_OF_GRIDS) and alone[-1] == facts.NONE_CLAIMED
    assert facts.ONE_SPLIT not in alone
    claims = study.tables["claims"]
    groups = {name: study.tables[name] for name in ("claims", "gradient_grouping_results")}
    assert facts.limits(groups, asked)[-1] == facts.ONE_SPLIT
    unmeasured = {"claims": claims.assign(verdict="not measured")}
    assert facts.limits(unmeasured, asked)[-1] == facts.NONE_MEASURED
    assert facts.NONE_CLAIMED not in facts.limits({}, config())
