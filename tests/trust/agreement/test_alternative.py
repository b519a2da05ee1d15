"""The alternative-annotator test against a literal reading of the paper, on recorded labels and drawn ones."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_1samp

from judgekit.trust.agreement.alternative import alternative_annotator_test
from judgekit.trust.agreement.ceiling import beside_people
from tests.shared_data import shared


def literal(labels: np.ndarray, judge: np.ndarray, epsilon: float, ordinal: bool) -> tuple[float, float]:
    """Winning rate and advantage, item by item as in section 3 of the paper."""

    def score(said: int, others: list[int]) -> float:
        if ordinal:
            return -float(np.sqrt(np.mean([(said - other) ** 2 for other in others])))
        return float(np.mean([said == other for other in others]))

    p_values, advantages = [], []
    for left_out in range(labels.shape[1]):
        model, person = [], []
        for row, said in zip(labels, judge, strict=True):
            others = [int(x) for k, x in enumerate(row) if k != left_out and x >= 0]
            if row[left_out] < 0 or said < 0 or not others:
                continue
            ours, theirs = score(int(said), others), score(int(row[left_out]), others)
            model.append(ours >= theirs)
            person.append(theirs >= ours)
        if len(model) >= 30:
            behind = np.array(person, float) - np.array(model, float)
            p_values.append(ttest_1samp(behind, epsilon, alternative="less").pvalue)
            advantages.append(np.mean(model))
    won = false_discovery_control(p_values, method="by") <= 0.05
    return float(np.mean(won)), float(np.mean(advantages))


@pytest.mark.parametrize("scale", ["nominal", "ordinal"])
@pytest.mark.parametrize("seed", range(6))
def test_it_is_what_the_paper_says(seed: int, scale: str) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, 120)
    said = np.where(rng.random((120, 5)) < 0.7, truth[:, None], rng.integers(0, 4, (120, 5)))
    judge = np.where(rng.random(120) < 0.1, -1, said[:, 4])
    labels = np.where(rng.random((120, 4)) < 0.4, -1, said[:, :4])
    got = alternative_annotator_test(labels, judge, scale=scale, epsilon=0.15)  # type: ignore[arg-type]
    assert got is not None
    assert (got.winning_rate, got.advantage) == pytest.approx(
        literal(labels, judge, 0.15, scale == "ordinal")
    )


@pytest.mark.parametrize(("file", "key"), [("gpt-3.5-turbo", "gpt_result"), ("pandalm-7b", "pandalm_result")])
def test_recorded_judges(file: str, key: str) -> None:
    rows = json.loads(shared("data/humans/pandalm_testset.json").read_text())
    said = {
        row["idx"]: row[key] for row in json.loads(shared(f"data/humans/pandalm_{file}.json").read_text())
    }
    names = {"0": 0, "1": 1, "2": 2, "Tie": 0}
    labels = np.array([[row[f"annotator{i}"] for i in (1, 2, 3)] for row in rows])
    judge = np.array([names.get(str(said[row["idx"]]), -1) for row in rows])
    got = alternative_annotator_test(labels, judge)
    assert got is not None
    assert (got.winning_rate, got.advantage) == pytest.approx(literal(labels, judge, 0.1, False))
    assert not got.passes  # people agree on 92 %, these judges with them on fewer than 70 %


def test_the_least_epsilon_is_where_it_begins_to_pass() -> None:
    rng = np.random.default_rng(3)
    truth = rng.integers(0, 3, 300)
    labels = np.where(rng.random((300, 3)) < 0.8, truth[:, None], rng.integers(0, 3, (300, 3)))
    judge = np.where(rng.random(300) < 0.7, truth, rng.integers(0, 3, 300))
    got = alternative_annotator_test(labels, judge)
    assert got is not None and got.least_epsilon is not None and 0 < got.least_epsilon < 0.5
    at, below = (
        alternative_annotator_test(labels, judge, epsilon=got.least_epsilon - less) for less in (0.0, 0.01)
    )
    assert at is not None and below is not None and at.passes and not below.passes


def test_more_outputs_of_a_question_are_no_more_evidence() -> None:
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, 60)
    labels = np.where(rng.random((60, 3)) < 0.8, truth[:, None], rng.integers(0, 3, (60, 3)))
    judge = np.where(rng.random(60) < 0.75, truth, rng.integers(0, 3, 60))
    once = alternative_annotator_test(labels, judge)
    again = np.repeat(np.arange(60), 5)
    five = alternative_annotator_test(labels[again], judge[again], questions=again)
    assert once is not None and five is not None
    assert [one.p_value for one in five.people] == pytest.approx([one.p_value for one in once.people])


def test_a_judge_that_is_a_copy_of_a_person_is_beside_people() -> None:
    rng = np.random.default_rng(7)
    truth = rng.integers(0, 3, 400)
    people = np.where(rng.random((400, 4)) < 0.8, truth[:, None], rng.integers(0, 3, (400, 4)))
    got = beside_people(people[:, :3], people[:, 3])
    assert got is not None
    assert got.difference.low < 0 < got.difference.high and got.difference.high - got.difference.low < 0.15
    assert got.difference.value == pytest.approx(got.judge.value - got.person.value)
    worse = beside_people(people[:, :3], rng.integers(0, 3, 400))
    assert worse is not None and worse.difference.high < -0.3


def test_too_little_says_nothing() -> None:
    labels = np.zeros((29, 3), dtype=int)
    assert alternative_annotator_test(labels, np.zeros(29, dtype=int)) is None
    assert beside_people(labels, np.full(29, -1)) is None
    with pytest.raises(ValueError, match="epsilon is 1"):
        alternative_annotator_test(labels, labels[:, 0], epsilon=1.0)
