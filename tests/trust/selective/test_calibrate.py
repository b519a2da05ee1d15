"""Calibration: what it says of small, bad and odd data, and what a certificate holds."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.trust import calibrate
from judgekit.trust.risk import Agreement


def world(n: int = 300, tiers: int = 2, labels: int = 2, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Judges that are mostly right and know roughly when."""
    rng = np.random.default_rng(seed)
    human = rng.integers(0, labels, n)
    logits = rng.normal(0, 1, (n, tiers, labels))
    logits[np.arange(n), :, human] += rng.exponential(2.5, (n, 1)) + 0.3
    probs = np.exp(logits)
    return probs / probs.sum(axis=2, keepdims=True), human


def nothing(policy: Any, probs: np.ndarray) -> None:
    """Nothing certified: no verdict at all, no call beyond the first tier, and a word on what is lacking."""
    assert not policy.certified
    assert policy.certificate.claim.startswith("Nothing is certified")
    decided = policy.decide(probs, ["x"] * len(probs) if policy.grouped else None)
    assert not decided.accepted.any()
    assert (decided.tier <= 0).all()
    json.dumps(policy.to_dict(), allow_nan=False)


def test_certificate_says_what_was_seen() -> None:
    probs, human = world()
    policy = calibrate(probs, human, agreement=0.9, costs=[0.1, 1.0], fingerprints={"small": "ab12"})
    got = policy.certificate
    decided = policy.decide(probs)
    assert got.status == "certified"
    assert got.accepted == decided.accepted.sum()
    assert got.errors == (decided.label != human)[decided.accepted].sum()
    assert got.coverage == pytest.approx(decided.accepted.mean())
    assert got.reach == pytest.approx([1.0, ((decided.tier == 1) | decided.unscored).mean()])
    assert got.cost == pytest.approx(0.1 + got.reach[1])
    assert got.observed >= got.bound >= 0.9
    assert got.fingerprints == {"small": "ab12"}
    assert got.claim == (
        "With 90% confidence, at least 90% of the verdicts agree with the people's label, "
        "for items drawn from the same population as those labeled."
    )
    json.dumps(policy.to_dict(), allow_nan=False)


def test_same_input_same_policy() -> None:
    probs, human = world()
    assert (
        calibrate(probs, human, agreement=0.9).to_dict() == calibrate(probs, human, agreement=0.9).to_dict()
    )


@given(st.integers(0, 60), st.integers(0, 1000), st.sampled_from([0.7, 0.9, 0.99]))
def test_any_small_data_gives_a_policy_that_keeps_its_word_on_it(n: int, seed: int, agreement: float) -> None:
    rng = np.random.default_rng(seed)
    probs = rng.choice([0.0, 0.5, 1.0], (n, 2, 3)) + 1e-3
    probs[rng.random((n, 2)) < 0.2] = np.nan
    human = rng.integers(-1, 3, n)
    policy = calibrate(probs, human, agreement=agreement)
    if policy.certified:
        assert policy.certificate.observed >= agreement
    else:
        nothing(policy, probs)


@pytest.mark.parametrize(
    ("probs", "human"),
    [
        (np.zeros((0, 2, 2)), np.zeros(0, int)),
        (np.full((40, 2, 2), np.nan), np.zeros(40, int)),
        (np.full((9, 2, 2), 0.5), np.zeros(9, int)),
        (np.tile([[0.9, 0.1]], (50, 2, 1)), np.ones(50, int)),
        (np.tile([[0.9, 0.1]], (50, 2, 1)), np.full(50, -1)),
        (np.tile([[0.9, 0.1]], (60, 2, 1)), np.tile([0, 1], 30)),
    ],
    ids=["no items", "no evidence", "too few", "all wrong", "no labels", "duplicates that contradict"],
)
def test_nothing_to_go_by(probs: np.ndarray, human: np.ndarray) -> None:
    nothing(calibrate(probs, human, agreement=0.9), probs)


def test_the_labels_needed_are_one_number_for_the_part_that_needs_most() -> None:
    probs, human = world(60)
    certificate = calibrate(probs, human, agreement=0.95, groups=["a"] * 40 + ["b"] * 20).certificate
    most = max(part.labels_needed for part in certificate.parts)
    assert certificate.labels_needed == most
    assert f"about {most:,} labels of each part would be needed" in certificate.claim


def test_labels_needed_is_said_when_there_are_too_few() -> None:
    probs, human = world(20)
    needed = calibrate(probs, human, agreement=0.9).certificate.labels_needed
    assert 20 < needed < 5000
    hopeless = calibrate(np.tile([[0.9, 0.1]], (400, 1, 1)), np.tile([0, 1], 200), agreement=0.9)
    assert hopeless.certificate.labels_needed is None
    assert "no part of the verdicts that agrees often enough" in hopeless.certificate.claim


def test_one_class_only_and_a_tier_missing_everywhere() -> None:
    probs, _ = world(200)
    sure = np.tile([[0.95, 0.05]], (200, 2, 1))
    assert calibrate(sure, np.zeros(200, int), agreement=0.9).certificate.coverage == 1
    probs[:, 0] = np.nan
    human = probs[:, 1].argmax(axis=1)
    policy = calibrate(probs, human, agreement=0.9)
    assert policy.certificate.coverage == 1
    assert (policy.decide(probs).tier == 1).all()


def test_last_tier_missing_everywhere_leaves_items_unscored() -> None:
    probs, human = world(200)
    probs[:, 1] = np.nan
    decided = calibrate(probs, human, agreement=0.9).decide(probs)
    assert not decided.abstained[~decided.accepted].any()


def test_groups_each_get_their_own_level() -> None:
    probs, human = world(600)
    groups = np.array(["easy", "hard"])[np.arange(600) % 2]
    noisy = np.where((groups == "hard") & (np.random.default_rng(0).random(600) < 0.5), 1 - human, human)
    policy = calibrate(probs, noisy, agreement=0.85, groups=groups)
    easy, hard = policy.certificate.parts
    assert (easy.group, easy.status) == ("easy", "certified")
    assert (hard.group, hard.status) == ("hard", "nothing certified")
    decided = policy.decide(probs, groups)
    assert decided.accepted[groups == "easy"].any()
    assert not decided.accepted[groups == "hard"].any()
    assert "easy" in policy.certificate.claim
    with pytest.raises(ValueError, match="give groups"):
        policy.decide(probs)


def test_each_verdict_label_can_be_held_to_its_own_target() -> None:
    probs, human = world(900, labels=3)
    loose = calibrate(probs, human, agreement=0.85, per_label={0: 0.85})
    strict = calibrate(probs, human, agreement=0.85, per_label={0: 0.97})
    given_loose, given_strict = loose.decide(probs).label, strict.decide(probs).label
    assert (given_strict == 0).sum() < (given_loose == 0).sum()
    assert (given_strict == 1).sum() == (given_loose == 1).sum()
    assert "97% of those saying label 0" in strict.certificate.claim
    for part in strict.certificate.parts:
        assert part.status != "certified" or part.observed >= part.agreement


def test_shares_of_people_and_their_ceiling() -> None:
    probs, human = world(400)
    shares = np.full((400, 2), 0.1)
    shares[np.arange(400), human] = 0.9
    policy = calibrate(probs, shares, agreement=0.75)
    assert policy.certificate.human_ceiling == pytest.approx(0.9)
    assert policy.certificate.observed <= 0.9
    assert "a person drawn at random" in policy.certificate.claim
    assert not calibrate(probs, shares, agreement=0.92).certified
    assert policy.certificate.method.test.endswith("betting")


def test_ordinal_labels_within_a_tolerance() -> None:
    probs, human = world(400, labels=5)
    beside = np.clip(human + np.random.default_rng(0).integers(-1, 2, 400), 0, 4)
    assert not calibrate(probs, beside, agreement=0.8).certified
    policy = calibrate(probs, beside, agreement=0.8, tolerance=1)
    assert policy.certified
    assert "come within 1 of" in policy.certificate.claim


def test_rows_without_a_label_serve_as_evidence() -> None:
    probs, human = world(600)
    human = np.where(np.arange(600) < 300, human, -1)
    got = calibrate(probs, human, agreement=0.9, costs=[0.1, 1.0]).certificate
    assert got.labels == 300
    assert got.method.path == "thresholds fixed by other items"
    apart = calibrate(probs[:300], human[:300], unlabeled=probs[300:], agreement=0.9, costs=[0.1, 1.0])
    assert apart.certificate.accepted == got.accepted


def test_budget_is_kept_and_costs_labels_only_without_other_evidence() -> None:
    probs, human = world(500)
    costs = [0.1, 1.0]
    free = calibrate(probs, human, agreement=0.9, costs=costs)
    tight = calibrate(probs, human, agreement=0.9, costs=costs, max_mean_cost=0.3)
    assert tight.certificate.cost <= 0.35 < free.certificate.cost, "the limit is what made it cheaper"
    assert tight.certificate.method.labels_set_aside == 100
    more = calibrate(
        probs, human, agreement=0.9, costs=costs, max_mean_cost=0.3, unlabeled=world(400, seed=1)[0]
    )
    assert more.certificate.labels == 500
    with pytest.raises(ValueError, match="no candidate costs at most"):
        calibrate(probs, human, agreement=0.9, costs=costs, max_mean_cost=0.05)


PROBS, HUMAN = world(30)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"probs": PROBS[:, 0]}, "items, tiers, classes"),
        ({"probs": -PROBS}, "no distribution"),
        ({"probs": PROBS * np.inf}, "no distribution"),
        ({"probs": PROBS * 0}, "no distribution"),
        ({"human": HUMAN[:5]}, "one entry for each"),
        ({"human": HUMAN + 5}, "whole numbers"),
        ({"human": HUMAN + 0.5}, "whole numbers"),
        ({"human": np.full((30, 2), 0.7)}, "sum to more than 1"),
        ({"human": np.zeros((30, 3))}, "shape"),
        ({"agreement": 1.0}, "agreement"),
        ({"delta": 0.0}, "delta"),
        ({"tolerance": -1}, "tolerance"),
        ({"per_label": {0: 1.5}}, "per_label"),
        ({"per_label": {7: 0.9}}, "per_label"),
        ({"costs": [1.0]}, "costs"),
        ({"costs": [1.0, -1.0]}, "costs"),
        ({"groups": ["a"]}, "groups"),
        ({"judges": [0]}, "judges"),
        ({"unlabeled": PROBS[:, :1]}, "unlabeled"),
    ],
)
def test_bad_input_is_one_line_that_says_what(change: dict[str, Any], word: str) -> None:
    options: dict[str, Any] = {"probs": PROBS, "human": HUMAN, "agreement": 0.9} | change
    with pytest.raises(ValueError, match=word) as error:
        calibrate(options.pop("probs"), options.pop("human"), **options)
    assert "\n" not in str(error.value)


@given(st.integers(2, 6), st.integers(0, 3), st.integers(0, 1000))
def test_losses_are_the_share_of_people_who_disagree(labels: int, tolerance: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    shares = rng.dirichlet(np.ones(labels), 5)
    _, loss = Agreement(0.9, 0.1, tolerance).losses(shares, labels)
    for i in range(5):
        for verdict in range(labels):
            near = [k for k in range(labels) if abs(k - verdict) <= tolerance]
            assert loss[i, verdict] == pytest.approx(1 - shares[i, near].sum(), abs=1e-9)


def test_a_strong_judge_is_not_dragged_down_by_weak_ones() -> None:
    rng = np.random.default_rng(0)
    human = rng.integers(0, 2, 400)
    strong = rng.random(400) < 0.93
    noise = rng.random((2, 400)) < 0.45  # two judges that are sure of nonsense, most often together
    says = np.stack([np.where(right, human, 1 - human) for right in (noise[0], noise[0], strong)], axis=1)
    probs = np.where(says[:, :, None] == [0, 1], 0.95, 0.05)
    policy = calibrate(probs, human, agreement=0.85, costs=[0.01, 0.1, 1.0])
    assert policy.certificate.status == "certified"
    assert policy.pool.weights == (0.0, 0.0, 1.0)
    assert policy.certificate.coverage > 0.9


@pytest.mark.parametrize("labels", [1, 3, 4, 6])
def test_a_budget_always_sets_labels_aside_for_the_choice_of_exits(labels: int) -> None:
    probs, human = world(labels)
    got = calibrate(probs, human, agreement=0.6, delta=0.3, costs=[0.1, 1.0], max_mean_cost=1.0).certificate
    assert got.method.labels_set_aside == -(-labels // 5)
    assert got.labels == labels - got.method.labels_set_aside


def test_old_names_work_for_one_release_and_say_the_new_one() -> None:
    probs, human = world(200)
    others = world(150, seed=1)[0]
    known = {"agreement": 0.8, "costs": [0.1] * (probs.shape[1] - 1) + [1.0]}
    with pytest.warns(DeprecationWarning, match="max_mean_cost") as said:
        old = calibrate(probs, human, budget=0.9, unlabelled=others, **known)
    assert any("'unlabeled'" in str(one.message) for one in said)
    new = calibrate(probs, human, max_mean_cost=0.9, unlabeled=others, **known)
    assert old.to_dict() == new.to_dict()
