"""Evidence of several judges as one opinion: who counts how much, and what changes nothing."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.trust import Policy
from judgekit.trust.selective.opinion_pool import SURENESS, OpinionPool
from judgekit.trust.selective.stopping import StoppingRule


def test_stages_of_a_judge_replace_each_other() -> None:
    one, five = [0.6, 0.4], [0.9, 0.1]
    other = [0.3, 0.7]
    staged = OpinionPool.equal(3, [0, 0, 1])
    label, score = staged.opinions(np.array([[one, five, other]]))
    again, same = OpinionPool.equal(2).opinions(np.array([[five, other]]))
    assert label[0, 2] == again[0, 1]
    assert score[0, 2] == pytest.approx(same[0, 1])
    np.testing.assert_allclose(staged.pending, [0.75, 0.5, 0.0])


@given(st.lists(st.floats(-9, 9).filter(lambda x: abs(x) > 0.01), min_size=1, max_size=5))
def test_two_labels_are_mean_log_odds_and_the_sure_count_more(odds: list[float]) -> None:
    own = np.array(odds)
    probs = np.stack([1 / (1 + np.exp(-own)), 1 / (1 + np.exp(own))], axis=1)
    label, score = OpinionPool.equal(len(own)).opinions(probs[None])
    for asked in range(1, len(own) + 1):
        mean = np.average(own[:asked], weights=np.abs(own[:asked]) ** SURENESS) * asked / len(own)
        assert score[0, asked - 1] == pytest.approx(abs(mean), abs=1e-9)
        assert label[0, asked - 1] == int(mean < 0) or abs(mean) < 1e-9


@given(st.integers(2, 6), st.integers(0, 2**32 - 1))
def test_judges_that_say_the_same_are_sure_together(labels: int, seed: int) -> None:
    probs = np.random.default_rng(seed).dirichlet(np.ones(labels))
    alone_label, alone = OpinionPool.equal(1).opinions(probs[None, None])
    label, score = OpinionPool.equal(3).opinions(np.stack([probs] * 3)[None])
    assert (label == alone_label).all()
    assert score[0, 2] == pytest.approx(alone[0, 0])
    missing = np.stack([probs, np.full(labels, np.nan), probs])
    np.testing.assert_allclose(OpinionPool.equal(3).opinions(missing[None])[1][0, :2], score[0, 0])


def test_judges_that_know_nothing_leave_it_even() -> None:
    label, score = OpinionPool.equal(2).opinions(np.full((1, 2, 4), 0.25))
    assert label.tolist() == [[0, 0]]
    np.testing.assert_allclose(score, -np.log(3), atol=1e-8)


@given(st.integers(0, 2**32 - 1))
def test_scores_do_not_hang_on_how_an_array_lies_in_memory(seed: int) -> None:
    probs = np.random.default_rng(seed).choice([0.01, 0.3, 0.7, 1.0], (30, 3, 10))
    policy = Policy(OpinionPool.equal(3), StoppingRule.never(3), np.full((1, 10), 0.5))
    ordered, turned = policy.decide(probs), policy.decide(np.asfortranarray(probs))
    np.testing.assert_array_equal(ordered.label, turned.label)
    np.testing.assert_array_equal(ordered.confidence, turned.confidence)


def test_a_judge_whose_confidence_is_upside_down_is_left_out() -> None:
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 400)
    good = [rng.normal(1.5 * (2 * y - 1), 1.5) for _ in range(2)]
    sure = rng.uniform(0, 4, 400)
    upside_down = sure * np.where(rng.random(400) < 0.9 - 0.2 * sure, 1, -1) * (2 * y - 1)
    probs = np.stack([1 / (1 + np.exp(np.stack([s, -s], axis=1))) for s in (*good, upside_down)], axis=1)
    assert OpinionPool.equal(3).without_inverted(probs).weights == (0.5, 0.5, 0.0)
    assert OpinionPool.equal(2).without_inverted(probs[:, :2]).weights == (0.5, 0.5)


@pytest.mark.parametrize("judges", [[0, 1, 0], [0]])
def test_judges_that_do_not_fit_are_refused(judges: list[int]) -> None:
    with pytest.raises(ValueError, match="tier"):
        OpinionPool.equal(3, judges)
