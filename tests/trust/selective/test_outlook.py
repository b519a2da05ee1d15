"""What labels are likely to buy: as calibrations on such labels give it, and as asking along the path takes it."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.trust import calibrate, claimed, outlook, progress
from tests.trust.selective.test_progress import asked_along, world


def test_what_is_told_of_random_order_is_what_calibrations_give() -> None:
    probs, human = world(2, 4000, sharp=1.5)
    told = outlook(probs, np.eye(2)[human], [200], agreement=0.85, draws=60).random[0]
    rng, reached = np.random.default_rng(1), []
    for _ in range(60):
        drawn = rng.integers(0, len(human), 200)
        reached.append(calibrate(probs[drawn], human[drawn], agreement=0.85).certificate.coverage)
    assert told.coverage == pytest.approx(np.mean(reached), abs=4 * np.std(reached) / np.sqrt(60) + 0.01)
    assert told.low <= told.coverage <= told.high
    assert 0 < told.coverage < 1


def test_along_the_path_a_pool_is_larger_and_takes_about_the_labels_that_are_told() -> None:
    probs, human = world(2, 4000, sharp=1.2)
    found = outlook(probs, np.eye(2)[human], [100, 200], agreement=0.9, draws=30)
    for path, random in zip(found.path, found.random, strict=True):
        assert path.pool > 1.2 * path.labels and random.pool == random.labels
        assert path.coverage >= random.coverage - 0.03
    rng, asked = np.random.default_rng(3), []
    for _ in range(6):
        drawn = rng.integers(0, len(human), found.path[1].pool)
        end, _, _ = asked_along(probs[drawn], human[drawn], np.ones(len(drawn), np.bool_), 10, agreement=0.9)
        asked.append(end.policy.certificate.labels)
    assert np.mean(asked) == pytest.approx(200, rel=0.2)


def test_more_labels_and_lower_targets_buy_more() -> None:
    probs, human = world(4, 1000, sharp=1.5)
    people = np.eye(2)[human]
    low, high = (outlook(probs, people, [50, 400], agreement=a, draws=20) for a in (0.8, 0.9))
    assert low.random[1].coverage > high.random[1].coverage
    assert high.random[1].coverage > high.random[0].coverage
    assert high.random[1].certified >= high.random[0].certified


def test_what_judges_claim_is_their_pooled_opinion() -> None:
    probs = np.array([[[0.9, 0.1], [0.9, 0.1]], [[0.2, 0.8], [0.2, 0.8]], [[0.5, 0.5], [np.nan, np.nan]]])
    people = claimed(probs)
    np.testing.assert_allclose(people.sum(axis=1), 1)
    np.testing.assert_allclose(people[:2], [[0.9, 0.1], [0.2, 0.8]], atol=1e-6)
    np.testing.assert_allclose(people[2], 0.5)


def test_a_pool_with_no_label_starts_where_the_outlook_ends() -> None:
    """Nothing is asked about where no step can be tested."""
    probs, human = world(1, 5)
    assert outlook(probs, np.eye(2)[human], [5], agreement=0.9, draws=3).random[0].certified == 0
    assert progress(probs, np.full(5, -1), pool=np.ones(5, np.bool_), agreement=0.9).finished


@pytest.mark.parametrize(
    ("people", "labels", "what"),
    [
        (np.ones((3, 2)), [5], "people must have shape"),
        (np.ones((4, 2)), [], "numbers of labels"),
        (np.ones((4, 2)), [0], "numbers of labels"),
    ],
)
def test_what_does_not_fit_is_refused(people: np.ndarray, labels: list[int], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        outlook(np.full((4, 1, 2), 0.5), people, labels, agreement=0.9)
