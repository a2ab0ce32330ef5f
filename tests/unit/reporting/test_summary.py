"""The sentences about multi-task learning and curve forms: gains, losses, noise, and nothing to say."""

import numpy as np
import pandas as pd
import pytest
from mtlcurves.reporting.summary import findings


def said(study, raised="from 1 fold to 9"):
    return [finding.sentence for finding in findings(study.tables, "auroc", 0.05, raised, 0.005)]


def test_every_sentence_is_whole(study):
    sentences = said(study)
    # effect, pairs, what is not seen, what matters, all others' labels, purchase, balancing, groups, two of
    # affinities, published numbers, form
    assert len(sentences) == 12
    assert all(sentence.endswith(".") and "nan" not in sentence for sentence in sentences)


def test_gains_are_counted_from_the_table(study):
    effects = study.tables["arm_effects"].query("metric == 'auroc' and size == 9")
    gains = ((effects["q_corrected"] < 0.05) & (effects["difference"] > 0)).sum()
    losses = ((effects["q_corrected"] < 0.05) & (effects["difference"] < 0)).sum()
    assert gains > 0 == losses
    assert f"raises AUROC significantly in {gains} of 10 tasks and lowers it in none" in said(study)[0]
    assert f"{effects['difference'].mean():+.3f}" in said(study)[0]


def test_losses_are_said_as_plainly_as_gains(simulate):
    study = simulate(10, gain=-1.0)
    effects = study.tables["arm_effects"].query("metric == 'auroc' and size == 9")
    losses = ((effects["q_corrected"] < 0.05) & (effects["difference"] < 0)).sum()
    assert losses > 0
    assert f"in none of 10 tasks and lowers it in {losses}" in said(study)[0]


def test_no_effect_is_said_to_be_none(simulate):
    study = simulate(10, gain=0.0)
    effect = said(study)[0]
    effects = study.tables["arm_effects"].query("metric == 'auroc' and size == 9")
    half = ((effects["high"] - effects["low"]) / 2).median()
    assert "With 9 training folds and 4 rotations" in effect
    assert "changes AUROC significantly in none of 10 tasks" in effect
    assert f"only a change above about {half:.3f} would be seen" in effect
    assert "interval no wider than" in effect


def test_the_interval_of_the_mean_holds_whatever_the_dependence(simulate):
    rng = np.random.default_rng(3)
    sd, shared = 0.01, rng.normal(size=4000)
    covered = []
    for dependence in (0.0, 1.0):
        noise = sd * (dependence * shared[:, None] + (1 - dependence) * rng.normal(size=(4000, 10)))
        covered.append((np.abs(noise.mean(axis=1)) <= 1.96 * sd).mean())
    assert min(covered) > 0.94


def test_best_form_is_named_for_each_arm(study):
    ranking = (
        study.tables["form_ranking"].query("metric == 'auroc'").set_index(["arm", "form"])["prequential_common"]
    )
    sentence = said(study)[-1]
    for arm, name in (("stl", "single-task"), ("mtl", "multi-task")):
        best = ranking[arm].idxmin()
        assert f"{best} is best for {name} curves (error {np.sqrt(ranking[arm][best]):.3f}, " in sentence
        assert f"{100 * (1 - np.sqrt(ranking[arm][best] / ranking[arm]['LAST1'])):.0f} % below LAST1" in sentence


def test_last_score_wins_when_no_form_predicts_better(simulate):
    study = simulate(10)
    ranking = study.tables["form_ranking"]
    ranking.loc[ranking["form"] == "LAST1", "prequential_common"] = 1e-9
    assert "no fitted form beats LAST1 for single-task curves" in said(study)[-1]
    assert "no fitted form beats LAST1 for multi-task curves" in said(study)[-1]


def test_errors_of_a_sentence_have_the_same_decimals(simulate):
    study = simulate(10)
    ranking = study.tables["form_ranking"]
    for form, error in (("LAST1", 0.019), ("EXP2", 0.0201)):
        ranking.loc[ranking["form"] == form, "prequential_common"] = error**2
    ranking.loc[~ranking["form"].isin(["LAST1", "EXP2"]), "prequential_common"] = 1.0
    assert said(study)[-1].count("(error 0.019; the next is EXP2, 0.020)") == 2


def test_equal_to_the_last_score_is_not_better(simulate):
    study = simulate(10)
    study.tables["form_ranking"]["prequential_common"] = 1e-4
    assert said(study)[-1].count("no fitted form beats LAST1") == 2


def test_a_study_of_single_tasks_says_what_it_does_not_say(simulate):
    study = simulate(10)
    study.drop_arms()
    effect, transfer, published, form = said(study)
    assert "nothing is said about multi-task learning" in effect
    assert "nothing is said about transfer" in transfer
    assert "1 is reproduced" in published
    assert "single-task curves" in form and "multi-task" not in form


def test_recipes_that_balance_are_not_taken_for_learning_together(simulate):
    study = simulate(10)
    effects = study.tables["arm_effects"]
    study.tables["arm_effects"] = effects.assign(comparison="cagrad-mtl")
    balancing = study.tables.pop("balancing", pd.DataFrame())
    assert "cagrad \N{MINUS SIGN} multi-task" in said(study)[0]
    study.tables["balancing"] = balancing
    assert said(study)[0].startswith("No task was trained alone, so nothing is said")


def test_a_study_without_any_result_says_so(simulate):
    tables = {"tasks": simulate(2).tables["tasks"]}
    sentences = [finding.sentence for finding in findings(tables, "auroc", 0.05, "", 0.005)]
    assert len(sentences) == 3
    assert all(
        word in text for word, text in zip(["No two arms", "No task's", "could not"], sentences, strict=True)
    )


@pytest.mark.parametrize("name", ["arm_effects", "transfer_estimates", "form_ranking"])
def test_empty_tables_are_as_good_as_none(simulate, name):
    study = simulate(3)
    study.tables[name] = study.tables[name].iloc[:0]
    emptied = said(study)
    del study.tables[name]
    assert emptied == said(study)


def test_scores_that_are_all_undefined_are_no_result(simulate):
    study = simulate(3)
    study.tables["arm_effects"][["difference", "low", "high", "p_corrected", "q_corrected"]] = np.nan
    study.tables["transfer_estimates"]["value"] = np.nan
    study.tables["form_ranking"][["prequential_common", "prequential_mean"]] = np.nan
    effect, transfer, *_, form = said(study)
    assert "No task has enough scores" in effect
    assert "nothing is said about transfer" in transfer
    assert "could not be compared" in form


def test_one_and_two_tasks_are_enough(simulate):
    for n_tasks in (1, 2):
        assert f"of {n_tasks} task" in said(simulate(n_tasks))[0]


def test_other_comparisons_are_named(simulate):
    study = simulate(3)
    study.tables["arm_effects"] = study.tables["arm_effects"].assign(comparison="mtl[opsins]-stl")
    assert "multi-task [opsins] \N{MINUS SIGN} single-task" in said(study)[0]


def test_a_task_that_is_not_in_the_table_of_tasks_does_not_stop_the_report(simulate):
    study = simulate(4)
    study.tables["tasks"] = study.tables["tasks"].iloc[:3]
    assert len(said(study)) == 11
    assert isinstance(pd.DataFrame(findings(study.tables, "aupr", 0.05, "", 0.005)), pd.DataFrame)
