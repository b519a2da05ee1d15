"""How far an item's evidence went, and how far it had to go: what `decide` does is the measure of both."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.policy import Policy
from judgekit.trust.selective.stopping import BOTTOM, StoppingRule

number = st.floats(-6, 6)


@settings(max_examples=200, deadline=None)
@given(number, st.floats(-3, 3) | st.just(np.inf), number | st.just(-np.inf), number | st.just(BOTTOM))
def test_the_least_score_is_the_one_from_which_on_a_tier_settles(
    score: float, margin: float, minimum: float, threshold: float
) -> None:
    rule = StoppingRule((margin,), (0.0,), (minimum,), 1)
    least = float(rule.needs(np.array([threshold]), 0)[0])
    passes = (
        bool(rule.settles(np.array([score]), 0)[0] >= threshold)
        and rule.settles(np.array([score]), 0)[0] > -np.inf
    )
    if abs(score - least) > 1e-9:
        assert passes == (score > least)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_a_verdict_is_what_went_far_enough(seed: int) -> None:
    rng = np.random.default_rng(seed)
    items, tiers, classes = 40, 3, 3
    probs = rng.dirichlet(np.ones(classes) / 2, (items, tiers))
    probs[rng.random((items, tiers)) < 0.2] = np.nan
    pool = OpinionPool.equal(tiers)
    rule = StoppingRule.priced(pool, np.array([0.0, 1.0, 10.0]), rng.uniform(0, 4), 0.8, classes)
    threshold = rng.normal(size=(2, classes))
    threshold[rng.random(threshold.shape) < 0.2] = np.inf
    policy = Policy(pool, rule, threshold, ("a", "b"))
    groups = rng.choice(["a", "b", "never met"], items)
    decided = policy.decide(probs, groups)
    score, needed = policy.standing(probs, groups)
    silent = np.isnan(probs[:, :, 0]).all(axis=1)
    assert (np.isnan(score) == (silent | (decided.tier < 0))).all()
    assert (np.isnan(score) == np.isnan(needed)).all()
    sure = np.abs(score - needed) > 1e-9
    known = ~np.isnan(score) & sure & ~np.isnan(probs[np.arange(items), decided.tier, 0])
    assert (decided.accepted == (score >= needed))[known].all()
    assert 1 / (1 + np.exp(-score[decided.accepted])) == pytest.approx(decided.confidence[decided.accepted])
    assert np.isposinf(needed[(groups == "never met") & ~np.isnan(needed)]).all()
