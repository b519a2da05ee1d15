"""Labels asked along the path: the order of asking, what is certified on the way, and when to stop."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.trust import CANNOT_TELL, AtMost, Policy, Progress, calibrate, progress

NOBODY = -1


def world(
    seed: int, n: int, *, tiers: int = 2, labels: int = 2, ties: bool = False, sharp: float = 2.5
) -> tuple[np.ndarray, np.ndarray]:
    """Judges that are mostly right and know roughly when; with `ties` many items have the same evidence."""
    rng = np.random.default_rng(seed)
    human = rng.integers(0, labels, n)
    logits = rng.normal(0, 1, (n, tiers, labels))
    logits[np.arange(n), :, human] += rng.exponential(sharp, (n, 1)) + 0.3
    if ties:
        logits = logits.round(0)
    probs = np.exp(logits)
    return probs / probs.sum(axis=2, keepdims=True), human


def nobody(human: np.ndarray) -> np.ndarray:
    """Labels of the same kind as `human`, none given yet."""
    return np.full(human.shape, NOBODY if human.ndim == 1 else np.nan)


def asked_along(
    probs: np.ndarray, human: np.ndarray, pool: np.ndarray, at_once: int = 1, **options: Any
) -> tuple[Progress, np.ndarray, list[Progress]]:
    """Labels in the order that progress asks for, some at once, until it is finished; and every state on the way."""
    given, way = nobody(human), []
    while True:
        now = progress(probs, given, pool=pool, **options)
        way.append(now)
        if now.finished:
            return now, given, way
        assert pool[now.next].all()
        given[now.next[:at_once]] = human[now.next[:at_once]]


def no_more_lenient(partial: Policy, whole: Policy) -> bool:
    """Whether every level of one policy is at least as strict, where both are points of one path."""
    return partial.pool != whole.pool or bool((partial.threshold >= whole.threshold).all())


KINDS: dict[str, dict[str, Any]] = {
    "plain": {},
    "ties": {"ties": True},
    "early exits": {"costs": [0.1, 1.0]},
    "three labels apart": {"labels": 3, "per_label": {1: 0.85}},
    "a limit on one error": {"limit": True},
    "tolerance": {"labels": 4, "tolerance": 1},
    "groups": {"groups": True},
    "fixed levels": {"others": 150},
    "fixed levels, ties": {"others": 150, "ties": True},
    "fixed levels, a budget": {"others": 150, "costs": [0.1, 1.0], "max_mean_cost": 0.9},
    "people differ": {"shares": True},
    "people differ, ties": {"shares": True, "ties": True},
    "some cannot tell": {"unsure": True},
}


def case(kind: str, seed: int, n: int = 120) -> tuple[np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
    options = dict(KINDS[kind])
    others, labels = options.pop("others", 0), options.pop("labels", 2)
    probs, human = world(seed, n + others, labels=labels, ties=options.pop("ties", False))
    rng = np.random.default_rng(seed + 1)
    if options.pop("groups", False):
        options["groups"] = rng.integers(0, 2, n + others).tolist()
    if options.pop("limit", False):
        options["promise"] = AtMost({1: 0.2}, {1: (0,)}, 0.2)
    else:
        options |= {"agreement": 0.8, "delta": 0.2}
    if options.pop("unsure", False):
        human = np.where(rng.random(n + others) < 0.05, CANNOT_TELL, human)
    if options.pop("shares", False):
        human = 0.9 * np.eye(labels)[human] + 0.1 * np.eye(labels)[rng.integers(0, labels, n + others)]
    return probs, human, np.arange(n + others) < n, options


@pytest.mark.parametrize("kind", KINDS)
def test_asked_until_finished_the_policy_is_that_of_the_pool_with_all_labels(kind: str) -> None:
    certified = 0
    for seed in range(4):
        probs, human, pool, options = case(kind, seed)
        whole = calibrate(probs, human, pool=pool, **options)
        end, _, way = asked_along(probs, human, pool, at_once=11, **options)
        assert np.array_equal(end.policy.threshold, whole.threshold)
        assert end.policy.pool == whole.pool
        assert all(no_more_lenient(now.policy, whole) for now in way)
        certified += whole.certified
        left = [now.asked_at_most for now in way]
        assert left[-1] == 0
        assert sorted(left, reverse=True) == left
    assert certified


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(sorted(KINDS)),
    seed=st.integers(0, 10**6),
    order=st.randoms(use_true_random=False),
    share=st.floats(0, 1),
)
def test_at_no_moment_more_is_certified_than_with_all_labels(
    kind: str, seed: int, order: Any, share: float
) -> None:
    """Whichever items were labeled, in whatever order and however few."""
    probs, human, pool, options = case(kind, seed)
    whole = calibrate(probs, human, pool=pool, **options)
    given = nobody(human)
    asked = [i for i in np.flatnonzero(pool) if order.random() < share]
    given[asked] = human[asked]
    now = progress(probs, given, pool=pool, **options)
    assert no_more_lenient(now.policy, whole)
    assert no_more_lenient(calibrate(probs, given, pool=pool, **options), now.policy)
    assert np.isin(now.next, np.flatnonzero(pool)).all()
    unlabeled = np.isnan(given).all(axis=1) if given.ndim == 2 else given == NOBODY
    assert unlabeled[now.next].all()


def test_a_pool_with_all_labels_is_certified_as_labels_in_random_order_are() -> None:
    probs, human = world(3, 300)
    pooled = calibrate(probs, human, agreement=0.85, pool=np.ones(300, np.bool_))
    plain = calibrate(probs, human, agreement=0.85)
    assert np.array_equal(pooled.threshold, plain.threshold)
    assert (pooled.certificate.labels, pooled.certificate.pool, pooled.certificate.items) == (300, 300, 300)
    assert (plain.certificate.labels, plain.certificate.pool, plain.certificate.items) == (300, 0, 300)


def test_people_are_asked_from_the_strict_end_and_not_about_the_rest() -> None:
    probs, human = world(5, 400, tiers=1, sharp=1.5)
    pool = np.ones(400, np.bool_)
    end, given, _ = asked_along(probs, human, pool, agreement=0.9)
    asked = given != NOBODY
    assert 150 < asked.sum() < 390
    sure = probs.max(axis=(1, 2))
    assert sure[asked].min() > sure[~asked].max() - 0.02
    assert end.policy.certificate.labels == asked.sum()
    assert end.policy.certificate.pool == 400
    claim = end.policy.certificate.claim
    assert claim.endswith("for items drawn from the same population as the pool of 400.")
    assert f"people labeled {asked.sum()} of the 400 items" in end.policy.certificate.method.path


def test_before_the_first_label_the_whole_first_block_is_asked_in_an_order_that_tells_nothing() -> None:
    probs, human = world(5, 400)
    now = progress(probs, nobody(human), pool=np.ones(400, np.bool_), agreement=0.9)
    assert not now.finished
    assert 40 < len(now.next) < 60  # the first step of the early way
    assert now.asked_at_most == 400
    assert [part.coverage for part in now.parts] == [0.0]
    assert 0.1 < now.parts[0].next_coverage < 0.15
    sure = probs.mean(axis=1).max(axis=1)[now.next]
    assert abs(np.corrcoef(sure, np.arange(len(sure)))[0, 1]) < 0.2
    assert now.policy.certificate.claim == (
        "Nothing is certified so far: every item is left to people; 0 of the 400 items of the pool are labeled."
    )


def test_asking_stops_as_soon_as_no_label_can_help() -> None:
    """Judges that are always wrong: a handful of labels shows it."""
    probs, human = world(1, 300)
    end, given, _ = asked_along(probs, 1 - human, np.ones(300, np.bool_), agreement=0.9)
    assert not end.policy.certified
    assert (given != NOBODY).sum() < 40
    assert all(part.ended for part in end.parts)


def test_all_labels_are_not_staked_on_one_test_of_a_last_judge_that_is_always_as_sure() -> None:
    """Its confidence is one tie, so its first test hangs on the whole pool."""
    probs, human = world(8, 400, tiers=1, sharp=1.2)
    bare = np.where(probs[:, 0].argmax(axis=1)[:, None] == [0, 1], 0.9, 0.1)
    both = np.stack([probs[:, 0], bare], axis=1)
    _, given, _ = asked_along(both, human, np.ones(400, np.bool_), agreement=0.9)
    assert (given != NOBODY).sum() < 390


def test_who_cannot_tell_is_asked_no_more_and_counts_as_an_error() -> None:
    probs, _ = world(2, 200)
    pool = np.ones(200, np.bool_)
    unsure = np.where(np.arange(200) % 2 == 0, CANNOT_TELL, NOBODY)
    now = progress(probs, unsure, pool=pool, agreement=0.8)
    assert now.finished
    assert not now.policy.certified


def test_members_without_a_label_are_no_evidence_from_outside() -> None:
    """Others mark out the path; a pool of which nobody labeled most is none."""
    probs, human = world(4, 400)
    given = np.where(np.arange(400) < 200, human, NOBODY)
    pooled = calibrate(probs, given, agreement=0.8, pool=np.ones(400, np.bool_))
    assert "at fixed ranks of the pool" in pooled.certificate.method.path
    assert pooled.certificate.pool == 400


def test_a_budget_needs_evidence_outside_the_pool() -> None:
    probs, human = world(4, 200)
    with pytest.raises(ValueError, match="needs evidence on 100 items outside it, got 0"):
        progress(probs, human, pool=np.ones(200, np.bool_), agreement=0.8, costs=[0.1, 1], max_mean_cost=0.5)


def test_nobody_can_pick_the_order_in_which_equal_evidence_is_tested() -> None:
    """A betting test hangs on the order of its items: that of the rows given must not be it."""
    rng = np.random.default_rng(0)
    probs = np.tile([[[0.2, 0.8]]], (100, 1, 1))
    share = rng.choice([0, 1 / 3, 2 / 3, 1], 100, p=[0.05, 0.1, 0.2, 0.65])
    people = np.column_stack([1 - share, share])

    def tested(order: np.ndarray) -> object:
        made = calibrate(
            probs,
            people[order],
            agreement=0.75,
            pool=np.ones(100, np.bool_),
            unlabeled=np.tile(probs, (2, 1, 1)),
        )
        return made.certificate.parts

    assert len({repr(tested(rng.permutation(100))) for _ in range(8)}) == 1
