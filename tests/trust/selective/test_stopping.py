"""The path of cascades: counted along it as its policies decide, with ties together and costs as stated."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.trust import Policy
from judgekit.trust.bounds import allowed_errors
from judgekit.trust.selective.fixed_sequence import (
    EARLY,
    START,
    STEPS,
    Step,
    checkpoints,
    descend,
    entry_order,
    fixed_steps,
    own_steps,
    starts,
)
from judgekit.trust.selective.frontier import candidates
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.stopping import BOTTOM, StoppingRule, tally, thresholds

TARGETS = st.one_of(
    st.floats(0, 1, exclude_min=True, exclude_max=True),
    st.sampled_from([5e-324, 1e-17, 1e-9, 0.3, 0.5, 0.6, 0.9, 1 - 1e-9, 1 - 2**-53]),
)


@st.composite
def evidence(draw: st.DrawFn) -> tuple[np.ndarray, OpinionPool, StoppingRule]:
    """Ties, gaps, stages, judges without weight, any target, any prices; stopping as priced or as a budget chooses."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tiers, classes = draw(st.integers(1, 4)), draw(st.integers(2, 10))
    probs = rng.choice([0.0, 0.2, 0.5, 0.6, 1.0], (40, tiers, classes)) + 0.001
    probs[rng.random(40) < 0.2] = 1 / classes
    probs[rng.random((40, tiers)) < draw(st.sampled_from([0.0, 0.2, 0.6]))] = np.nan
    probs[rng.random(40) < draw(st.sampled_from([0.0, 0.7])), -1] = np.nan
    combination = OpinionPool.equal(tiers, np.cumsum(rng.random(tiers) < 0.7).tolist())
    owners = sorted(set(combination.judges))
    heard = [j for j in owners if rng.random() < 0.7] or owners[-1:]
    weights = tuple(1 / len(heard) if j in heard else 0.0 for j in combination.judges)
    combination = draw(st.sampled_from([combination, OpinionPool(combination.judges, weights)]))
    prices = rng.choice([0.0, 0.1, 1.0], tiers)
    target, cost_weight = draw(TARGETS), draw(st.sampled_from([0.0, 2.0, 6.5]))
    found = [
        StoppingRule.priced(combination, prices, cost_weight, target, classes),
        StoppingRule.never(tiers),
    ]
    score, present = combination.opinions(probs)[1], ~np.isnan(probs[:, :, 0])
    found += [one.stopping for one in candidates(combination, prices, score, present, target, classes)]
    return probs, combination, draw(st.sampled_from(found))


@given(evidence())
def test_counting_along_the_path_is_deciding_at_every_level(
    case: tuple[np.ndarray, OpinionPool, StoppingRule],
) -> None:
    probs, combination, stopping = case
    classes = probs.shape[2]
    label, score = combination.opinions(probs)
    present = ~np.isnan(probs[:, :, 0])
    entry = stopping.entries(score, present)
    loss = (label != 0).astype(float)
    entered, charge = stopping.outcomes(entry, loss)
    np.testing.assert_array_equal(entered, entry.max(axis=1))
    ranks = own_steps(np.sort(entered[entered > -np.inf])[::-1], np.arange(1, 41))
    scores = score[np.arange(0, 40, 4), -1]
    at = sorted({*thresholds(entered, range(1, 41)), *(step.threshold for step in ranks), *scores})[::-1]
    total = tally(entry, loss, at)
    erred, before = np.zeros(len(probs), dtype=bool), np.zeros(len(probs), dtype=bool)
    for k, level in enumerate(at):
        policy = Policy(combination, stopping, np.full((1, classes), level))
        decided = policy.decide(probs)
        np.testing.assert_array_equal(decided.accepted, entered >= level)
        first = np.argmax(entry >= level, axis=1)
        np.testing.assert_array_equal(decided.tier[decided.accepted], first[decided.accepted])
        np.testing.assert_array_equal(
            decided.label[decided.accepted], label[np.arange(40), first][decided.accepted]
        )
        assert total[k] == (decided.label[decided.accepted] != 0).sum()
        erred |= decided.accepted & (decided.label != 0)
        stop = np.where(decided.tier < 0, stopping.depth - 1, decided.tier)
        reach = [(stop >= t).mean() for t in range(policy.tiers)]
        np.testing.assert_allclose(stopping.reach(entry, score, present, level), reach)
        walk = policy.start(len(probs))
        for tier in range(stopping.depth):
            alive = walk.active
            np.testing.assert_array_equal(alive, np.flatnonzero(stop >= tier))
            actions = walk.add(probs[alive, tier])
            np.testing.assert_array_equal(actions.escalate, (stop > tier)[alive])
            np.testing.assert_array_equal(actions.label, np.where(stop == tier, decided.label, -1)[alive])
        assert (decided.accepted >= before).all(), "a verdict was lost on a more lenient level"
        before = decided.accepted
    assert (charge >= erred).all(), "an item erred at some level and was not charged"
    one_verdict = [len(set(row[np.isfinite(at)])) == 1 for row, at in zip(label, entry, strict=True)]
    assert (charge == (label[:, -1] != 0))[one_verdict & np.isfinite(entry[:, -1])].all()


@given(evidence())
def test_the_last_step_takes_all_that_ever_enter(case: tuple[np.ndarray, OpinionPool, StoppingRule]) -> None:
    probs, combination, stopping = case
    score, present = combination.opinions(probs)[1], ~np.isnan(probs[:, :, 0])
    entered = stopping.entries(score, present).max(axis=1)
    ever = entered > -np.inf
    steps = own_steps(np.sort(entered[ever])[::-1], np.arange(1, 41))
    for last in (*thresholds(entered, [ever.sum()]), *(step.threshold for step in steps[-1:])):
        decided = Policy(combination, stopping, np.full((1, probs.shape[2]), last)).decide(probs)
        np.testing.assert_array_equal(decided.accepted, ever)
    if stopping.depth == probs.shape[1]:
        assert ever[present[:, -1]].all(), "evidence at the last tier is enough for a verdict at some level"


@given(st.lists(st.integers(0, 5), min_size=1, max_size=30), st.integers(1, 30))
def test_levels_never_split_ties(values: list[int], count: int) -> None:
    entered = np.array(values, dtype=float)
    found = thresholds(entered, [count])
    if count > len(values):
        assert found == []
    else:
        taken = entered >= found[0]
        assert taken.sum() >= count
        assert (entered[taken].min() > entered[~taken]).all()


@given(st.integers(0, 600), st.floats(0.02, 0.4), st.floats(0.02, 0.3), st.floats(0, 1))
def test_checkpoints_lie_where_one_more_error_is_allowed(
    n: int, risk: float, delta: float, start: float
) -> None:
    points = checkpoints(n, risk, delta, start)
    assert (np.diff(points) > 0).all()
    for point in points[:-1]:
        assert allowed_errors(point, risk, delta) > allowed_errors(point - 1, risk, delta)
    if len(points):
        assert points[-1] == n
        assert allowed_errors(points[0], risk, delta) >= 0
        assert points[0] >= start * n or allowed_errors(points[0], risk, delta) == allowed_errors(
            n, risk, delta
        )
    else:
        assert n == 0 or allowed_errors(n, risk, delta) == -1


@given(st.integers(0, 5000), st.floats(0.02, 0.4), st.floats(0.02, 0.3))
@settings(max_examples=30)
def test_ways_down_share_the_error_level_and_the_early_one_begins_earlier(
    n: int, risk: float, delta: float
) -> None:
    main, *early = starts(n, risk, delta)
    assert sum(start.delta for start in (main, *early)) == pytest.approx(delta)
    for start in (main, *early):
        assert len(start.points) <= STEPS + 1
        assert (allowed_errors(start.points, risk, start.delta) >= 0).all()
    for start in early:
        assert EARLY * n <= start.points[0] < main.points[0]
    if not early:
        np.testing.assert_array_equal(main.points, checkpoints(n, risk, delta, START))


@given(st.lists(st.integers(0, 6), min_size=1, max_size=40), st.data())
def test_steps_at_own_ranks_take_ties_together(values: list[int], data: st.DataObject) -> None:
    entered = np.sort(np.array(values, dtype=float))[::-1]
    points = np.array(sorted(data.draw(st.sets(st.integers(1, 45), min_size=1, max_size=6))))
    steps = own_steps(entered, points)
    assert [step.first for step in steps] == [*points[points < len(values)], len(values)]
    for step in steps:
        assert (entered >= step.threshold).sum() == step.whole <= step.first
        assert step.certifies == (step.whole >= points[0] or step is steps[-1])
    assert steps[-1] == Step(BOTTOM, len(values), len(values))
    again = fixed_steps(entered, [step.threshold for step in steps])
    assert [step.whole for step in again] == [step.whole for step in steps]


def test_among_equals_the_least_charged_come_first_and_the_unscored_never() -> None:
    order = entry_order(np.array([1.0, 2.0, 1.0, -np.inf]), np.array([1.0, 1.0, 0.0, 0.0]))
    assert order.tolist() == [1, 2, 0]


def test_descent_stops_at_the_first_failure() -> None:
    steps = [Step(3.0, 10, 8, False), Step(2.0, 20, 19), Step(1.0, 30, 27), Step(0.0, 40, 40)]
    assert descend(steps, lambda step: 0.01, 0.1) == steps[3]
    assert descend(steps, lambda step: 0.5 if step.whole == 27 else 0.01, 0.1) == steps[1]
    assert descend(steps, lambda step: 0.5 if step.whole == 19 else 0.01, 0.1) is None
    assert descend(steps, lambda step: 0.5 if step.whole == 8 else 0.01, 0.1) is None
    assert descend([], lambda step: 0.0, 0.1) is None


@pytest.mark.parametrize("labels", [2, 4])
def test_who_claims_less_than_is_promised_waits_for_the_last(labels: int) -> None:
    stopping = StoppingRule.priced(OpinionPool.equal(3), np.array([0.0, 0.1, 1.0]), 2.0, 0.9, labels)
    needed = np.log(9) - np.log(labels - 1)
    np.testing.assert_allclose(
        stopping.minimum_score, [np.sqrt(0.5) * np.log(9) - np.log(labels - 1), needed, -np.inf]
    )


def test_two_of_three_judges_decide_as_soon_as_they_claim_what_is_promised() -> None:
    stopping = StoppingRule.priced(OpinionPool.equal(3), np.array([0.0, 0.1, 1.0]), 1.0, 0.9, 2)
    policy = Policy(OpinionPool.equal(3), stopping, np.full((1, 2), BOTTOM))
    odds = (
        (np.log(9) + np.array([-0.01, 0.01])) * 3 / 2
    )  # each of the two; the third is not heard in the mean yet
    sure = 1 / (1 + np.exp(-odds))
    probs = np.stack([sure, 1 - sure], axis=1)[:, None].repeat(3, axis=1)
    assert policy.decide(probs).tier.tolist() == [2, 1]


@pytest.mark.parametrize("weights", [(0.0, 0.0, 1.0), (0.0, 0.5, 0.5)])
def test_a_judge_without_weight_never_decides(weights: tuple[float, ...]) -> None:
    combination = OpinionPool((0, 1, 2), weights)
    for cost_weight in (0.0, 2.0, 5.0):
        stopping = StoppingRule.priced(combination, np.array([0.0, 0.1, 1.0]), cost_weight, 0.8, 2)
        policy = Policy(combination, stopping, np.full((1, 2), BOTTOM))
        probs = np.array([[[0.99, 0.01], [0.01, 0.99], [0.01, 0.99]]])
        decided = policy.decide(probs)
        assert decided.label.tolist() == [1]
        assert decided.tier[0] > 0


@pytest.mark.parametrize("kept", [6, 7, 9, 11, 13])
def test_a_judge_without_weight_never_decides_however_many_follow(kept: int) -> None:
    combination = OpinionPool(tuple(range(kept + 1)), (0.0, *(1 / kept,) * kept))
    for depth in range(1, kept + 2):
        costs = np.array([0.0, 1.0, *[0.0] * (kept - 1)])
        assert StoppingRule.priced(combination, costs, 5.0, 0.8, 2, depth).minimum_score[0] == (
            np.inf if depth > 1 else -np.inf
        )
