"""The audit's evidence, bounds and status."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.trust.monitoring.audit import Audit

COUNTS = st.integers(0, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_starts_undecided_and_knows_nothing() -> None:
    audit = Audit(0.85)
    assert (audit.status, audit.low, audit.high, audit.e_holds, audit.e_broken) == ("undecided", 0, 1, 1, 1)


def test_checks_decide_it() -> None:
    assert Audit(0.85).update([True] * 60).status == "holds"
    assert Audit(0.85).update([True, False] * 20).status == "broken"
    assert Audit(0.85).update([True] * 17 + [False] * 3).status == "undecided"


def test_one_by_one_or_at_once_is_the_same() -> None:
    checks = np.random.default_rng(0).random(50) < 0.9
    one_by_one = Audit(0.85)
    for check in checks:
        one_by_one = one_by_one.update(bool(check))
    assert one_by_one == Audit(0.85).update(checks)


def test_update_leaves_the_old_audit_alone() -> None:
    audit = Audit(0.85)
    audit.update([True] * 10)
    assert audit.checked == 0


def test_evidence_is_fair_under_the_worst_case_of_the_hypothesis() -> None:
    """The expectation of an e-value is at most 1: summed exactly over all outcomes of n checks."""
    from scipy.stats import binom

    for target, n in [(0.85, 30), (0.6, 50), (0.95, 20)]:
        outcomes = range(n + 1)
        audits = [Audit(target, agreed=k, checked=n) for k in outcomes]
        for p in np.linspace(0.02, target, 20):
            weights = binom.pmf(outcomes, n, p)
            assert np.dot(weights, [a.e_holds for a in audits]) <= 1 + 1e-9
        for p in np.linspace(target, 0.98, 20):
            weights = binom.pmf(outcomes, n, p)
            assert np.dot(weights, [a.e_broken for a in audits]) <= 1 + 1e-9


@settings(max_examples=200, deadline=None)
@given(COUNTS, st.floats(0.05, 0.98), st.floats(0.01, 0.3))
def test_status_and_bounds_say_the_same(counts: tuple[int, int], target: float, level: float) -> None:
    audit = Audit(target, level, *counts)
    assert 0 <= audit.low <= audit.high <= 1
    if audit.checked:
        assert audit.low <= audit.agreed / audit.checked <= audit.high
    # the bounds are where the same stakes reach the same threshold (up to the root finder's tolerance)
    if abs(audit.low - target) > 1e-6:
        assert (audit.status == "holds") == (audit.low > target)
    if abs(audit.high - target) > 1e-6:
        assert (audit.status == "broken") == (audit.high < target)


def test_long_streams_stay_finite() -> None:
    audit = Audit(0.85, agreed=999_999, checked=1_000_000)
    assert audit.status == "holds" and 0.99999 < audit.low < audit.high <= 1
    assert Audit(0.85, agreed=0, checked=1_000_000).status == "broken"


def test_sentence_names_the_state() -> None:
    assert "holds" in Audit(0.85).update([True] * 60).sentence
    assert "undecided" in Audit(0.85).sentence


@pytest.mark.parametrize("checks", [[0.5], [2], [np.nan], ["yes"]])
def test_checks_must_be_yes_or_no(checks: list) -> None:
    with pytest.raises(ValueError, match="0/1"):
        Audit(0.85).update(checks)


def test_impossible_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="target"):
        Audit(1.0)
    with pytest.raises(ValueError, match="counts"):
        Audit(0.8, agreed=3, checked=2)
