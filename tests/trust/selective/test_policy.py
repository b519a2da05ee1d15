"""A policy decides one tier at a time, and writes itself down exactly."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.trust import Agreement, Policy, calibrate
from judgekit.trust.selective.certificate import Certificate
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.stopping import BOTTOM, StoppingRule


@st.composite
def policies(draw: st.DrawFn) -> tuple[Policy, np.ndarray, np.ndarray]:
    """Any thresholds at all, with evidence that has gaps and ties."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    tiers, labels, groups = draw(st.integers(1, 4)), draw(st.integers(2, 5)), draw(st.integers(1, 3))
    judges = np.cumsum(rng.random(tiers) < 0.7).tolist()
    levels = np.array([BOTTOM, -1.0, 0.0, 0.5, 1.0, 3.0, np.inf])
    policy = Policy(
        OpinionPool.equal(tiers, judges),
        StoppingRule(
            tuple(rng.choice([-1.0, 0.0, 0.5, np.inf], tiers).tolist()),
            tuple(rng.choice([0.0, 0.5, np.inf], tiers).tolist()),
            tuple(rng.choice([-np.inf, 0.0, 1.0], tiers).tolist()),
            int(rng.integers(1, tiers + 1)),
        ),
        rng.choice(levels, (groups, labels)),
        tuple("abc"[:groups]) if groups > 1 else (),
        Certificate("certified", "a promise", Agreement(0.9, 0.1), reach=(1.0,)),
    )
    probs = rng.choice([0.0, 0.1, 0.5, 1.0], (30, tiers, labels)) + 0.01
    probs[rng.random((30, tiers)) < 0.3] = np.nan
    return policy, probs, rng.choice(["a", "b", "c", "d"], 30)


@given(policies())
def test_deciding_together_is_going_alone_tier_by_tier(case: tuple[Policy, np.ndarray, np.ndarray]) -> None:
    policy, probs, groups = case
    decided = policy.decide(probs, groups)
    for i in range(len(probs)):
        alone = policy.start(1, groups[i : i + 1])
        for tier in range(policy.tiers):
            actions = alone.add(probs[i : i + 1, tier])
            assert (
                int(actions.escalate[0])
                + int(actions.accept[0])
                + int(actions.abstain[0])
                + int(actions.unscored[0])
                == 1
            )
            if not actions.escalate[0]:
                break
        assert actions.label[0] == decided.label[i]
        assert actions.unscored[0] == decided.unscored[i]
        assert decided.tier[i] == (-1 if decided.unscored[i] else tier)
        np.testing.assert_equal(actions.confidence[0], decided.confidence[i])


@given(policies())
def test_round_trip_is_exact(case: tuple[Policy, np.ndarray, np.ndarray]) -> None:
    policy, probs, groups = case
    again = Policy.from_dict(json.loads(json.dumps(policy.to_dict())))
    assert again.to_dict() == policy.to_dict()
    np.testing.assert_array_equal(again.threshold, policy.threshold)
    for field in ("label", "tier", "confidence", "unscored"):
        np.testing.assert_equal(
            getattr(again.decide(probs, groups), field), getattr(policy.decide(probs, groups), field)
        )


def test_evidence_missing_at_the_last_tier_is_unscored_and_before_it_escalates() -> None:
    policy = Policy(
        OpinionPool.equal(2),
        StoppingRule((0.0, 0.0), (9.0, 0.0), (-np.inf, -np.inf), 2),
        np.full((1, 2), BOTTOM),
    )
    probs = np.full((3, 2, 2), np.nan)
    probs[0, 0], probs[1, 1] = [0.9, 0.1], [0.2, 0.8]
    decided = policy.decide(probs)
    assert decided.label.tolist() == [0, 1, -1]
    assert decided.tier.tolist() == [0, 1, -1]
    assert decided.unscored.tolist() == [False, False, True]


def test_a_group_never_calibrated_gets_no_verdict_and_costs_nothing() -> None:
    policy = Policy(OpinionPool.equal(2), StoppingRule.never(2), np.full((1, 2), BOTTOM), ("forget",))
    actions = policy.start(2, ["forget", "retain"]).add(np.full((2, 2), 0.5))
    assert actions.escalate.tolist() == [True, False]
    assert actions.abstain.tolist() == [False, True]


def test_a_policy_with_a_part_cut_off_is_refused() -> None:
    whole = Policy(OpinionPool.equal(2), StoppingRule.never(2), np.full((1, 2), BOTTOM)).to_dict()
    assert Policy.from_dict(whole).to_dict() == whole
    for part in (
        {"minimum_score": ["-inf"]},
        {"depth": 3},
        {"depth": 0},
        {"threshold": [0.5, 0.5]},
        {"weights": [1.0]},
    ):
        with pytest.raises(ValueError, match="different lengths"):
            Policy.from_dict(whole | part)


@pytest.mark.parametrize(
    ("row", "word"),
    [
        ({}, "schema"),
        ({"schema": "judgekit.policy/1"}, "calibrate again"),
        ({"schema": "judgekit.policy/2"}, "complete"),
    ],
)
def test_not_a_policy_is_refused(row: dict, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        Policy.from_dict(row)


def test_wrong_shape_is_refused() -> None:
    policy = calibrate(np.full((5, 2, 2), 0.5), np.zeros(5, int), agreement=0.8)
    with pytest.raises(ValueError, match="2 tiers and 2 classes"):
        policy.decide(np.full((5, 3, 2), 0.5))
