"""The path as the labels saw it agrees with the certificate, and shows where the test stopped and why."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from judgekit.trust import calibrate, diagnose, progress
from judgekit.trust.selective.certificate import Certificate
from judgekit.trust.selective.diagnosis import Diagnosis
from tests.trust.selective.test_diagnosis import judged


def both(probs: np.ndarray, human: np.ndarray, **options: Any) -> tuple[Certificate, Diagnosis]:
    policy = calibrate(probs, human, **options)
    assert policy.certificate is not None
    return policy.certificate, diagnose(policy, probs, human, **options)


@pytest.mark.parametrize(
    "options",
    [
        {"agreement": 0.8},
        {"agreement": 0.7, "costs": [0.1, 1.0]},
        {"agreement": 0.75, "tries": 2, "tolerance": 1},
        {"agreement": 0.7, "groups": ["x", "y", "y"] * 200},
        {"agreement": 0.7, "per_label": {0: 0.8}},
        {"agreement": 0.75, "unlabeled": judged(150, seed=5)[0]},
        {"agreement": 0.95},
    ],
    ids=lambda options: ",".join(options),
)
def test_the_last_test_that_passed_is_what_is_certified(options: dict[str, Any]) -> None:
    certificate, found = both(*judged(600), **options)
    assert [(t.group, t.label, t.items) for t in found.trails] == [
        (part.group, part.label, part.labels) for part in certificate.parts
    ]
    for trail, part in zip(found.trails, certificate.parts, strict=True):
        passed = trail.tested[:-1] if trail.stopped else trail.tested
        assert all(test.p_value <= trail.delta for test in passed)
        assert trail.stopped == (bool(trail.tested) and trail.tested[-1].p_value > trail.delta)
        if part.certified:
            last = passed[-1]
            assert (last.accepted, last.errors) == (part.accepted, part.worst_case_errors)
            assert (last.p_value, last.bound) == pytest.approx((part.p_value, part.bound))
            assert trail.accepted[0] <= part.accepted <= trail.accepted[-1]
        # the exact bound of a test that passed is no less than the target, of one that failed it is less
        assert all(test.bound is not None and test.bound >= part.agreement - 1e-9 for test in passed)
        if trail.stopped:
            assert trail.tested[-1].bound is not None and trail.tested[-1].bound < part.agreement


def test_the_curve_counts_what_the_verdicts_err_at_every_coverage() -> None:
    probs, human = judged(150)
    certificate, found = both(probs, human, agreement=0.6)
    (trail,) = found.trails
    assert len(trail.accepted) == len(trail.errors) == 100
    assert trail.accepted[-1] == trail.items == 150
    assert list(trail.accepted) == sorted(set(trail.accepted))
    assert certificate.accepted == 150 and trail.errors[-1] == certificate.errors


def test_verdicts_are_counted_as_the_policy_gives_them_and_the_rest_is_open() -> None:
    probs, human = judged(600)
    certificate, found = both(probs, human, agreement=0.8)
    table = np.array(found.verdicts)
    assert table.sum() == 600 and table[:, :-1].sum() == certificate.accepted
    assert table[:, :-1].sum() - np.trace(table) == certificate.errors
    nothing, found = both(probs, human, agreement=0.99)
    assert not nothing.certified
    assert [list(row[:-1]) for row in found.verdicts] == [[0, 0, 0]] * 3


def test_items_whose_people_differ_have_no_exact_bound() -> None:
    probs, human = judged(300)
    shares = 0.8 * np.eye(3)[human] + 0.2 / 3
    _, found = both(probs, shares, agreement=0.6)
    assert all(test.bound is None for test in found.trails[0].tested)


def test_with_no_item_there_is_no_path() -> None:
    probs, _human = judged(300)
    _, found = both(probs, np.full(300, -1), agreement=0.8)
    assert (found.trails[0].accepted, found.trails[0].tested, found.trails[0].stopped) == ((), (), False)


def test_of_a_pool_the_path_says_how_far_people_were_asked() -> None:
    probs, human = judged(500)
    pool, asked = np.arange(500) < 400, np.full(500, -1)
    options: dict[str, Any] = {"pool": pool, "agreement": 0.8}
    for _ in range(4):
        block = progress(probs, asked, **options).next
        asked[block] = human[block]
    asked[pool & (asked >= 0) & (np.arange(500) % 50 == 0)] = -1  # some of them cannot tell
    certificate, found = both(probs, asked, **options)
    (trail,), counts = found.trails, np.array(found.verdicts)
    assert (trail.items, trail.answered[-1], found.n) == (400, certificate.labels, certificate.labels)
    assert all(0 <= gave <= took for gave, took in zip(trail.answered, trail.accepted, strict=True))
    assert trail.errors[-1] >= 400 - certificate.labels  # what nobody labeled counts as an error
    assert counts.shape == (4, 4) and counts.sum() == 400
    assert counts[-1].sum() == 400 - certificate.labels
    given = counts[:, :-1]
    assert (given.sum(), given.sum() - np.trace(given)) == (certificate.accepted, certificate.errors)
    assert (
        diagnose(calibrate(probs, human, agreement=0.8), probs, human, agreement=0.8).trails[0].answered == ()
    )
