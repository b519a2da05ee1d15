from __future__ import annotations

import math

import pytest

from judgekit.metrics import better, catalog, item_values, measure_run

FIELDS = {
    "output": ["Paris", "I don't know.", None],
    "reference": ["Paris", "Rome", "Oslo"],
    "loss": [0.1, 2.0, None],
    "perturbed_losses": [[3.0, 4.0], [2.0, 1.0], [1.0, 1.0]],
    "paraphrased_loss": [0.5, 2.5, 1.0],
}


def test_every_measure_has_a_value_or_says_what_it_lacks() -> None:
    found = item_values("forget", {"output": ["a b", "c"]})
    assert set(found) <= set(catalog())
    assert found["refusal"] == [0.0, 0.0]
    assert found["rougeL_recall"] == "not recorded: rougeL_recall"
    assert found["normalized_probability"].startswith(
        "not recorded: normalized_probability, or probability and"
    )
    assert found["truth_ratio_clipped"] == "not recorded: truth_ratio"


def test_a_missing_value_stays_missing_and_is_never_zero() -> None:
    run = measure_run({"forget": FIELDS})
    forget = run.splits["forget"]
    assert run.items["forget"]["rougeL_recall"] == [1.0, 0.0, None]
    assert (forget["rougeL_recall"].value, forget["rougeL_recall"].n, forget["rougeL_recall"].missing) == (
        0.5,
        2,
        1,
    )
    assert forget["probability"].n == 2
    assert forget["truth_ratio"].n == 3
    assert forget["cosine_similarity"].value is None


def test_a_recorded_value_wins_over_a_computed_one() -> None:
    found = item_values(
        "forget", {**FIELDS, "rougeL_recall": [0.25, 0.5, 0.75], "probability": [0.9, 0.1, 0.5]}
    )
    assert found["rougeL_recall"] == [0.25, 0.5, 0.75]
    assert found["probability"] == [0.9, 0.1, 0.5]


def test_stored_ratios_win_only_beside_stored_probabilities() -> None:
    fields = {"truth_ratio": [0.5], "paraphrased_loss": [1.0], "perturbed_losses": [[1.0]], "loss": [2.0]}
    assert item_values("forget", fields)["truth_ratio"] == [1.0]
    assert item_values("forget", {**fields, "probability": [0.1]})["truth_ratio"] == [0.5]
    assert item_values("forget", {"truth_ratio": [0.5]})["truth_ratio"] == [0.5]


def test_the_right_answer_stands_in_for_a_paraphrase_on_authors_and_facts_only() -> None:
    fields = {"loss": [1.0], "perturbed_losses": [[2.0, 3.0]]}
    assert item_values("real_authors", fields)["truth_ratio"] == [pytest.approx(math.exp(1.0 - 2.5))]
    assert item_values("forget", fields)["truth_ratio"] == (
        "not recorded: truth_ratio and probability, or paraphrased_loss, or truth_ratio"
    )


def test_wrong_answers_may_differ_in_number() -> None:
    fields = {"paraphrased_loss": [1.0, 1.0], "perturbed_losses": [[1.0], [1.0, 3.0]]}
    assert item_values("forget", fields)["truth_ratio"] == [1.0, pytest.approx(math.exp(-1))]


def test_fields_of_different_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match="split 'forget' are not aligned"):
        item_values("forget", {"output": ["a"], "reference": ["a", "b"]})


def test_forget_quality_needs_a_retrained_model() -> None:
    alone = measure_run({"forget": FIELDS})
    assert alone.overall["forget_quality_raw"].reason == "no retrained model to compare with"
    same = measure_run({"forget": FIELDS}, retrained=alone)
    assert same.overall["forget_quality_raw"].value == pytest.approx(1.0)
    without = measure_run({"forget": {"output": ["a"]}}, retrained=alone)
    assert "this run" in without.overall["forget_quality_folded"].reason


def test_privacy_leakage_is_relative_to_the_retrained_model_or_to_chance() -> None:
    retrained = measure_run({}, membership={"mia_min_k": 0.6})
    alone = measure_run({}, membership={"mia_min_k": 0.8}).overall["privacy_leakage"]
    against = measure_run({}, retrained, {"mia_min_k": 0.8}).overall["privacy_leakage"]
    assert alone.value == pytest.approx(-60)
    assert against.value == pytest.approx(-50)
    assert "Min-K%" in measure_run({}).overall["privacy_leakage"].reason


def test_a_list_with_a_hole_is_a_missing_value() -> None:
    fields = {"paraphrased_loss": [1.0, 1.0, 1.0], "perturbed_losses": [[1.0, None], [], [1.0, 1.0]]}
    assert item_values("forget", fields)["truth_ratio"] == [None, None, 1.0]


def test_rouge_is_computed_only_where_none_is_recorded() -> None:
    found = item_values("forget", {**FIELDS, "rougeL_recall": [0.25, 0.5, 0.75]})
    assert found["rougeL_f1"] == "not recorded: rougeL_f1"
    assert item_values("forget", FIELDS)["rougeL_f1"] == [1.0, 0.0, None]


def test_the_catalog_covers_every_measure_and_nothing_is_oriented_twice() -> None:
    run = measure_run({"forget": FIELDS, "retain": FIELDS}, membership={"mia_loss": 0.5})
    assert set(run.overall) | set(run.splits["forget"]) <= set(catalog())
    assert better("rougeL_recall", "forget") == -1
    assert better("rougeL_recall", "retain") == better("rougeL_recall", "neighbor") == 1
    assert better("truth_ratio_folded", "forget") == 1
    assert better("perplexity", "retain") == -1
    assert all(entry.ideal is None or entry.forget == 0 for entry in catalog().values())


def test_a_loop_without_spaces_repeats_in_characters_and_not_in_words() -> None:
    found = item_values("forget", {"output": ["located" * 20, "It is in Ghent."]})
    loop, plain = found["character_repetition"]
    assert isinstance(loop, float) and loop > 0.9 and plain == 0.0
    assert found["repetition"][0] in (0.0, None)
