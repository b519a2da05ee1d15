"""What budgets buy: priced as policies then ask, chosen without labels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.trust import Policy, calibrate, frontier
from judgekit.trust.selective.frontier import affordable, candidates
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.stopping import thresholds

COSTS = [0.0, 0.1, 1.0]
POOL = OpinionPool.equal(3)


def evidence(items: int, labels: int = 2, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).dirichlet([0.4] * labels, size=(items, 3))


@pytest.mark.slow
@given(st.integers(0, 2**32 - 1), st.integers(2, 4), st.sampled_from([0.6, 0.8, 0.95]))
def test_a_candidate_costs_what_its_cascades_ask(seed: int, labels: int, agreement: float) -> None:
    probs = evidence(60, labels, seed)
    found = frontier(probs, agreement=agreement, costs=COSTS)
    assert [one.budget for one in found] == sorted((one.budget for one in found), reverse=True)
    for one in found:
        entered = one.stopping.entries(POOL.opinions(probs)[1], np.ones((60, 3), bool)).max(axis=1)
        for coverage, reach, cost in zip(one.coverage, one.reach, one.cost, strict=True):
            (level,) = thresholds(entered, [round(coverage * 60)])
            decided = Policy(POOL, one.stopping, np.full((1, labels), level)).decide(probs)
            assert decided.accepted.mean() == coverage
            asked = [(np.where(decided.tier < 0, 2, decided.tier) >= t).mean() for t in range(3)]
            np.testing.assert_allclose(asked, reach)
            assert cost == pytest.approx(float(np.dot(asked, COSTS)))


def test_the_dearest_candidate_within_a_budget_is_chosen() -> None:
    found = frontier(evidence(500), agreement=0.8, costs=COSTS)
    assert found[0].budget > 0.5 > found[-1].budget
    assert affordable(found, 0.5).budget <= 0.5
    assert affordable(found, found[1].budget) is found[1]
    assert affordable(found, 9.0) is found[0]
    with pytest.raises(ValueError, match="no candidate costs at most -1.0 per item; the cheapest costs"):
        affordable(found, -1.0)
    with pytest.raises(ValueError, match="too few items to price them by"):
        affordable([], 1.0)


def test_calibration_takes_what_the_frontier_showed() -> None:
    probs, others = evidence(300), evidence(400, seed=1)
    shown = frontier(others, agreement=0.8, costs=COSTS)
    human = probs[:, 2].argmax(axis=1)
    policy = calibrate(
        probs, human, agreement=0.8, costs=COSTS, unlabeled=others, max_mean_cost=shown[2].budget
    )
    assert policy.stopping == shown[2].stopping


def test_costs_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="costs must be 3 finite numbers"):
        frontier(evidence(5), agreement=0.8, costs=[0.0, 1.0])


@pytest.mark.parametrize("agreement", [0.0, 1.0, -1.0, 2.0, float("nan")])
def test_no_agreement_is_refused(agreement: float) -> None:
    with pytest.raises(ValueError, match="agreement must lie strictly between 0 and 1"):
        frontier(evidence(5), agreement=agreement, costs=COSTS)


def test_a_cascade_that_ends_before_any_judge_with_weight_is_not_offered() -> None:
    probs = evidence(50)
    pool = OpinionPool((0, 1, 2), (0.0, 0.5, 0.5))
    score = pool.opinions(probs)[1]
    found = candidates(pool, np.array([0.1, 1.0, 3.0]), score, np.ones((50, 3), bool), 0.8, 2)
    assert min(one.stopping.depth for one in found) >= 2


def test_a_budget_and_promises_by_label_exclude_each_other() -> None:
    with pytest.raises(ValueError, match="exclude each other"):
        calibrate(
            evidence(9), np.zeros(9, int), agreement=0.8, costs=COSTS, max_mean_cost=1.0, per_label={0: 0.9}
        )
