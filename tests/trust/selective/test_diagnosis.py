"""Why nothing was certified: agreement, confusions, and how far each target is, by the procedure that certifies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from judgekit.trust import calibrate, diagnose, plan_labels
from judgekit.trust.sample_size import accuracy_needed, certificate_power
from judgekit.trust.selective.certificate import Nearest
from judgekit.trust.selective.diagnosis import TARGETS, Agreed, Confusion, Diagnosis
from judgekit.trust.selective.summary import nearest


def judged(n: int, right: float = 1.5, seed: int = 0, classes: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """Evidence of a weak and a stronger judge, and people's labels."""
    rng = np.random.default_rng(seed)
    human = rng.integers(0, classes, n)
    odds = rng.normal(0, 1, (n, 2, classes))
    odds[np.arange(n)[:, None], np.arange(2), human[:, None]] += np.array([0.7, 1]) * right
    odds = np.exp(odds)
    return odds / odds.sum(axis=2, keepdims=True), human


def both(probs: np.ndarray, human: np.ndarray, **options: Any) -> Diagnosis:
    policy = calibrate(probs, human, **{k: v for k, v in options.items() if k != "judge_names"})
    return diagnose(policy, probs, human, **options)


def says(*labels: int) -> np.ndarray:
    """One judge that is sure of these labels of three; -1: it says nothing."""
    probs = np.full((len(labels), 1, 3), 0.05)
    for item, label in enumerate(labels):
        probs[item, 0, label] = 0.9 if label >= 0 else np.nan
    return probs


def test_agreement_and_confusions_are_counted_on_the_labeled_items_alone() -> None:
    probs = says(0, 0, 0, 1, 1, 2, 0, -1, 2, 2)
    human = np.array([0, 0, 1, 1, 1, 2, 2, 2, -1, -1])
    found = both(probs, human, agreement=0.9, label_names=["a", "b", "c"])
    assert (found.n, found.together.n) == (8, 7)
    assert found.confusion == ((2, 0, 0, 0), (1, 2, 0, 0), (1, 0, 1, 1))
    assert found.confused == (Confusion("b", "a", 1, 3), Confusion("c", "a", 1, 3))
    assert [one.n for one in found.by_people] == [2, 3, 2]
    assert [one.share for one in found.by_verdict] == [0.5, 1.0, 1.0]
    interval = binomtest(5, 7).proportion_ci(0.95, "exact")
    assert found.by_judge[0] == found.together
    assert (found.together.share, found.together.low, found.together.high) == pytest.approx(
        (5 / 7, interval.low, interval.high)
    )
    assert found.weakest == "b"


def test_each_judge_counts_with_its_latest_stage() -> None:
    probs, human = judged(200)
    probs = np.concatenate([probs, probs[:, 1:]], axis=1)
    probs[:, 1] = probs[:, 1, [1, 2, 0]]  # an earlier stage that is wrong throughout
    found = both(probs, human, agreement=0.99, judges=[0, 1, 1], judge_names=["weak", "strong"])
    assert found.judges == ("weak", "strong")
    assert found.by_judge[1].share == (probs[:, 2].argmax(axis=1) == human).mean()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"costs": [0.1, 1.0]},
        {"delta": 0.05, "tries": 2},
        {"tolerance": 1},
        {"groups": ["x", "y", "y"] * 100},
        {"costs": [0.1, 1.0], "max_mean_cost": 0.9},
        {"unlabeled": judged(150, seed=5)[0]},
    ],
    ids=lambda options: ",".join(options) or "plain",
)
def test_hindsight_is_what_the_same_procedure_gives_at_the_target(options: dict[str, Any]) -> None:
    probs, human = judged(300)
    found = both(probs, human, agreement=0.995, **options)
    assert [target.agreement for target in found.targets] == [*TARGETS, 0.995]
    for target in found.targets:
        certificate = calibrate(probs, human, agreement=target.agreement, **options).certificate
        assert target.certified == (certificate.status == "certified")
        assert target.coverage == certificate.coverage
        if not target.certified:
            assert target.labels == certificate.labels_needed
    assert any(target.certified for target in found.targets)
    assert [target.asked for target in found.targets] == [False] * len(TARGETS) + [True]


def test_hindsight_of_verdict_labels_holds_each_to_the_target() -> None:
    probs, human = judged(400)
    found = both(probs, human, agreement=0.999, per_label={0: 0.9999}, label_names=["a", "b", "c"])
    parts = {target.agreement: target.parts for target in found.targets}
    again = calibrate(probs, human, agreement=0.8, per_label={0: 0.8}).certificate.parts
    assert parts[0.8] == tuple("abc"[part.label] for part in again if part.status == "certified") != ()
    assert {target.promises for target in found.targets} == {3}


def test_where_something_is_certified_no_other_target_is_looked_at() -> None:
    probs, human = judged(300, right=3)
    assert both(probs, human, agreement=0.8).targets == ()


def test_right_on_the_weakest_label_is_calibrated_as_if_it_were() -> None:
    probs, human = judged(400)
    verdict = human.copy()
    wrong = np.flatnonzero(human == 1)
    found = both(probs, human, agreement=0.97)
    assert found.weakest is not None
    weakest = int(found.weakest)
    policy = calibrate(probs, human, agreement=0.97)
    together = policy.pool.opinions(probs)[0][:, -1]
    verdict = np.where(human == weakest, together, human)
    again = calibrate(probs, verdict, agreement=0.97).certificate
    asked = found.targets[-1]
    assert len(wrong) and asked.agreement == 0.97
    assert asked.corrected == (400 if again.status == "certified" else again.labels_needed)
    assert asked.corrected is not None and (asked.labels is None or asked.corrected < asked.labels)


def test_few_labels_say_what_is_possible_and_not_that_nothing_is() -> None:
    probs, human = np.concatenate([says(*[0] * 6)] * 2), np.array([0] * 6 + [1] * 6)
    probs[6:] = [0.4, 0.3, 0.3]  # less sure, and wrong
    found = both(probs, human, agreement=0.95)
    asked = found.targets[-1]
    assert (asked.nearest, asked.accuracy, asked.least) == (6, 1.0, 90)
    assert (asked.labels, asked.hopeless, asked.accuracy_needed) == (None, False, None)
    assert (
        "12 labels are too few to tell how many" in calibrate(probs, human, agreement=0.95).certificate.claim
    )


def test_labels_that_a_budget_sets_aside_are_needed_too() -> None:
    probs, human = judged(300)
    found = both(probs, human, agreement=0.995, costs=[0.1, 1.0], max_mean_cost=0.9)
    assert found.n == 300
    for target in found.targets:
        assert target.labels == 300 if target.certified else target.labels is None or target.labels > 300
        assert target.corrected is None or target.corrected >= 300


def test_where_no_verdicts_are_right_often_enough_that_is_said() -> None:
    probs, human = says(*[0] * 60), np.tile([0, 1], 30)
    found = both(probs, human, agreement=0.9)
    assert all(target.hopeless and target.labels is None for target in found.targets)
    assert found.targets[2].accuracy == 0.5
    assert found.targets[2].accuracy_needed is not None and found.targets[2].accuracy_needed > 0.9
    claim = calibrate(probs, human, agreement=0.9).certificate.claim
    assert "no part of the verdicts that agrees often enough" in claim


@pytest.mark.parametrize(("risk", "rate"), [(0.1, 0.08), (0.2, 0.18), (0.05, 0.03)])
def test_the_labels_needed_are_about_those_that_planning_finds(risk: float, rate: float) -> None:
    n = 1000
    charged = np.floor(rate * np.arange(n + 1) + 1e-9)
    # all are tied: there is one part, half of the items
    needed, found = nearest(np.zeros(n), charged, 2 * n, risk, 0.1)
    assert found == Nearest(n, charged[-1])
    exact = plan_labels(1 - risk, 0.1, coverage=0.5, accuracy=1 - rate).labels
    assert exact is not None
    assert needed == (pytest.approx(exact, rel=0.1) if exact > 2 * n else 2 * n + 1)


def test_so_many_labels_certify_about_as_often_as_they_are_said_to() -> None:
    needed = [
        calibrate(*judged(60, 1.8, seed), agreement=0.9).certificate.labels_needed for seed in range(60)
    ]
    typical = int(np.median([labels for labels in needed if labels is not None]))
    assert typical > 60
    won = [calibrate(*judged(typical, 1.8, seed), agreement=0.9).certified for seed in range(100, 200)]
    assert np.mean(won) >= 0.6


def test_the_accuracy_needed_is_where_the_power_is_reached() -> None:
    needed = accuracy_needed(300, 0.9, 0.1, coverage=0.6)
    assert needed is not None and 0.9 < needed < 1
    assert certificate_power(300, 0.1, 0.1, 0.6, needed) == pytest.approx(0.8, abs=1e-3)
    assert accuracy_needed(20, 0.9, 0.1, coverage=1.0) is None
    assert accuracy_needed(300, 0.9, 0.9, coverage=1.0) == 0.9


def test_several_people_an_item_count_by_their_majority_and_ties_by_none() -> None:
    shares = np.array([[1, 0, 0], [0.5, 0.5, 0], [0.25, 0.75, 0], [np.nan] * 3])
    found = both(says(0, 0, 0, 0), shares, agreement=0.9)
    assert found.n == 3
    assert found.confusion == ((1, 0, 0, 0), (1, 0, 0, 0), (0, 0, 0, 0))
    assert found.together.share == pytest.approx((1 + 0.5 + 0.25) / 3)
    assert found.together.low < found.together.share < found.together.high


@given(st.integers(0, 40), st.integers(0, 1000), st.sampled_from([0.5, 0.9, 0.99]), st.booleans())
def test_any_small_data_is_diagnosed(n: int, seed: int, agreement: float, shares: bool) -> None:
    rng = np.random.default_rng(seed)
    probs = rng.choice([0.0, 0.5, 1.0], (n, 2, 3)) + 1e-3
    probs[rng.random((n, 2)) < 0.2] = np.nan
    human: np.ndarray = rng.integers(-1, 3, n)
    if shares:
        human = np.where(human[:, None] < 0, np.nan, rng.dirichlet([0.3] * 3, n))
    found = both(probs, human, agreement=agreement)
    assert sum(map(sum, found.confusion)) == found.n or shares
    for one in (*found.by_judge, found.together, *found.by_people, *found.by_verdict):
        assert isinstance(one, Agreed) and 0 <= one.low <= one.high <= 1
    for target in found.targets:
        assert target.certified or target.labels is None or target.labels > found.n
