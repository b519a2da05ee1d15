"""The promise of `rate`: its 95 % interval holds the true figure at least 95 % of the time.

Each case is one of `benchmarks/rates.py`, which measures many more; the allowance is three Monte-Carlo errors.
"""

from __future__ import annotations

import csv
from collections.abc import Callable

import numpy as np
import pytest

from judgekit.trust import calibrate
from judgekit.trust.prevalence.certified import Certified
from judgekit.trust.prevalence.rates import Judged, rate, rate_difference, rate_ratio
from judgekit.trust.risk import Agreement
from judgekit.trust.sample_size import choose_items
from tests.promises.promised import KINDS, WANTED, draw, held
from tests.shared_data import shared

pytestmark = pytest.mark.slow

ITEMS, DRAWS = 1000, 500
ALLOWANCE = 3 * (0.95 * 0.05 / DRAWS) ** 0.5

Draw = Callable[[np.random.Generator], tuple[float, float, float]]  # true figure, low, high


def coverage(draw: Draw) -> float:
    rng = np.random.default_rng(0)
    inside = 0
    for _ in range(DRAWS):
        true, low, high = draw(rng)
        inside += low - 1e-9 <= true <= high + 1e-9
    return inside / DRAWS


def truth_of(prevalence: float) -> np.ndarray:
    return (np.arange(ITEMS) < round(ITEMS * prevalence)).astype(int)


def ask(rng: np.random.Generator, truth: np.ndarray, hit: float, false: float, silent: float) -> np.ndarray:
    verdict = (rng.random(len(truth)) < np.where(truth == 1, hit, false)).astype(int)
    return np.where(rng.random(len(truth)) < silent, -1, verdict)


def seen(truth: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    human = np.full(len(truth), -1)
    human[chosen] = truth[chosen]
    return human


JUDGES = {
    "good": (0.95, 0.02, 0.05),
    "useless": (0.5, 0.5, 0.0),
    "inverted": (0.1, 0.9, 0.1),
    "silent": (0.8, 0.05, 0.4),
}


@pytest.mark.parametrize("population", ["items", "source"])
@pytest.mark.parametrize(
    ("labels", "prevalence", "judge"),
    [
        (30, 0.01, "good"),
        (30, 0.05, "useless"),
        (30, 0.5, "silent"),
        (100, 0.01, "silent"),
        (300, 0.2, "inverted"),
    ],
)
def test_random_sample(labels: int, prevalence: float, judge: str, population: str) -> None:
    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        truth = (
            truth_of(prevalence) if population == "items" else (rng.random(ITEMS) < prevalence).astype(int)
        )
        human = seen(truth, rng.choice(ITEMS, labels, replace=False))
        judged = Judged(ask(rng, truth, *JUDGES[judge]), human, inclusion=labels / ITEMS)
        got = rate(judged, 1, population=population)
        return prevalence, got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


def test_most_of_the_items_labeled() -> None:
    truth = truth_of(0.1)[:120]
    truth[:12] = 1

    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        human = seen(truth, rng.choice(120, 80, replace=False))
        got = rate(Judged(ask(rng, truth, *JUDGES["good"]), human, inclusion=80 / 120), 1)
        return truth.mean(), got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


@pytest.mark.parametrize("prevalence", [0.01, 0.2])
def test_each_class_at_its_own_rate(prevalence: float) -> None:
    truth = truth_of(prevalence)

    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        verdict = ask(rng, truth, *JUDGES["silent"])
        parts = [
            rng.choice(np.flatnonzero(verdict == v), n, replace=False)
            for v, n in ((-1, 50), (0, 20), (1, 15))
        ]
        got = rate(Judged(verdict, seen(truth, np.concatenate(parts))), 1)
        return truth.mean(), got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


def test_uncertain_items_labeled_more_often() -> None:
    truth = truth_of(0.05)

    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        verdict = ask(rng, truth, *JUDGES["silent"])
        unsure = np.where(verdict < 0, 1.0, 0.1) * rng.random(ITEMS)
        choice = choose_items(ITEMS, 60, uncertainty=unsure, seed=int(rng.integers(2**31)))
        got = rate(Judged(verdict, seen(truth, choice.index), inclusion=choice.inclusion), 1)
        return truth.mean(), got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


def test_answers_of_one_question_alike() -> None:
    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        truth = np.repeat((rng.random(200) < 0.1).astype(int), 5)
        question = np.repeat(np.arange(200), 5)
        human = np.where(np.isin(question, rng.choice(200, 40, replace=False)), truth, -1)
        judged = Judged(ask(rng, truth, *JUDGES["good"]), human, questions=question, inclusion=0.2)
        got = rate(judged, 1, population="source")
        return 0.1, got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


@pytest.mark.parametrize("ratio", [False, True])
@pytest.mark.parametrize("paired", [False, True])
@pytest.mark.parametrize(("labels", "first", "second"), [(30, 0.1, 0.01), (100, 0.5, 0.5)])
def test_two_models(labels: int, first: float, second: float, paired: bool, ratio: bool) -> None:
    question = np.arange(ITEMS)
    a, b = truth_of(first), truth_of(second)  # what the better model leaks the other leaks too

    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        chosen = rng.choice(ITEMS, labels, replace=False)
        other = chosen if paired else rng.choice(ITEMS, labels, replace=False)
        models = [
            Judged(ask(rng, t, *JUDGES["good"]), seen(t, c), questions=question, inclusion=labels / ITEMS)
            for t, c in ((a, chosen), (b, other))
        ]
        got = (rate_ratio if ratio else rate_difference)(*models, 1)
        return first / second if ratio else first - second, got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


def test_independent_samples_of_the_same_questions_are_not_pairs() -> None:
    truth, question = truth_of(0.5), np.arange(ITEMS)

    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        models = [
            Judged(
                np.zeros(ITEMS, int), seen(truth, rng.choice(ITEMS, 500, replace=False)), questions=question
            )
            for _ in range(2)
        ]
        got = rate_difference(*models, 1)
        return 0.0, got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


@pytest.mark.parametrize("prevalence", [0.01, 0.5])
def test_certificate_at_its_worst(prevalence: float) -> None:
    truth = truth_of(prevalence)

    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        verdict = ask(rng, truth, 0.9, 0.1, 0.1)
        got = rate(Judged(verdict, np.full(ITEMS, -1)), 1, certificate=Certified(Agreement(0.9, 0.001)))
        return truth.mean(), got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


@pytest.mark.parametrize(("agreement", "labels"), [(0.8, 60), (0.85, 150)])
def test_labels_that_also_chose_the_policy(agreement: float, labels: int) -> None:
    """The same labels calibrate a recorded cascade and estimate the rate: what is accepted depends on them."""
    with shared("data/judges/trust_or_escalate.csv").open() as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name.endswith(("_p1", "_p2"))]
    probs = np.array([[float(row[name]) for name in columns] for row in rows]).reshape(len(rows), -1, 2)
    probs /= probs.sum(axis=2, keepdims=True)
    truth = np.array([int(row["human"]) - 1 for row in rows])

    def draw(rng: np.random.Generator) -> tuple[float, float, float]:
        chosen = rng.choice(len(truth), labels, replace=False)
        policy = calibrate(probs[chosen], truth[chosen], agreement=agreement, delta=0.1)
        verdicts = policy.decide(probs).label
        got = rate(Judged(verdicts, seen(truth, chosen), inclusion=labels / len(truth)), 1)
        return truth.mean(), got.low, got.high

    assert coverage(draw) >= 0.95 - ALLOWANCE


ENDS = {"more than the verdicts say": True, "fewer than the verdicts say": False}


@pytest.mark.parametrize("errors", ENDS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_rate_under_every_kind_of_promise(kind: str, errors: str) -> None:
    """Without labels, with open items, and with all errors where they move the rate most."""
    draws, opened = 50, False
    for name, wanted in WANTED.items():
        found, _ = held(draws, kind, wanted, ENDS[errors], opened=(opened := not opened))
        assert found >= 0.95 - 3 * (0.95 * 0.05 / draws) ** 0.5, name


def test_labels_on_some_verdicts_and_a_certificate_for_the_others() -> None:
    """People labeled verdicts other than 'leaked'; the certificate, with its tolerance, speaks for 'leaked'."""

    def one(rng: np.random.Generator) -> tuple[float, float, float]:
        world = draw(rng, "tolerance", (0,), up=False)
        verdicts = np.asarray(world.judged.verdicts)
        others = rng.permutation(np.flatnonzero(verdicts != 0))[:120]
        got = rate(
            Judged(verdicts, seen(world.people, others)),
            0,
            certificate=world.certificate,
            population="source",
        )
        return float(np.mean(world.people == 0)), got.low, got.high

    assert coverage(one) >= 0.95 - ALLOWANCE
