"""What is promised of people's labels: intervals hold at 95 %, and who works as the others do is seldom named.

The allowance is three Monte-Carlo errors. Intervals are those over items labeled by the same people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from scipy.stats import binom

from judgekit.trust.agreement.alternative import alternative_annotator_test
from judgekit.trust.agreement.annotators import FALSE_ALARM, one_label, pace, places
from judgekit.trust.agreement.ceiling import beside_people, ceiling
from judgekit.trust.agreement.interval import Estimate
from judgekit.trust.agreement.reliability import by_label, reliability

pytestmark = pytest.mark.slow

DRAWS = 200
ALLOWANCE = 3 * (0.95 * 0.05 / DRAWS) ** 0.5
LARGE = 100_000

Draw = Callable[[np.random.Generator, int], np.ndarray]


def people(
    skills: tuple[float, ...], shares: tuple[float, ...], *, each: int | None = None, near: bool = False
) -> Draw:
    """People who see the truth with these chances and else guess (``near``: one label off); ``each`` an item."""

    def draw(rng: np.random.Generator, items: int) -> np.ndarray:
        size = (items, len(skills))
        truth = rng.choice(len(shares), (items, 1), p=shares)
        off = np.clip(truth + rng.choice([-1, 1], size), 0, len(shares) - 1)
        guess = off if near else rng.choice(len(shares), size, p=shares)
        table = np.where(rng.random(size) < np.array(skills), truth, guess)
        order = rng.random(size).argsort(axis=1).argsort(axis=1)
        return table if each is None else np.where(order < each, table, -1)

    return draw


POPULATIONS: dict[str, Draw] = {
    "three labels": people((0.8, 0.8, 0.8), (0.5, 0.3, 0.2)),
    "rare labels": people((0.8, 0.8, 0.8), (0.9, 0.07, 0.03)),
    "nearly always alike": people((0.98, 0.98), (0.6, 0.4)),
    "two of five": people((0.9, 0.9, 0.8, 0.8, 0.6), (0.4, 0.3, 0.3), each=2),
    "neighbors in an order": people((0.6, 0.7), (0.2, 0.2, 0.2, 0.2, 0.2), near=True),
}


def figures(
    table: np.ndarray, labels: int, questions: np.ndarray | None = None
) -> Iterator[tuple[str, Estimate | None]]:
    """Everything that gets an interval."""
    nominal = reliability(table, n_labels=labels, questions=questions)
    yield from (
        ("raw", nominal.raw),
        ("alpha", nominal.alpha),
        ("fleiss", nominal.fleiss),
        ("ac1", nominal.ac1),
    )
    yield "cohen", nominal.cohen
    yield "ordinal", reliability(table, n_labels=labels, questions=questions, scale="ordinal").alpha
    best = ceiling(table, questions=questions)
    yield "ceiling", Estimate(best.estimate, best.low, best.high, best.n_items)
    for label, one in enumerate(by_label(table, labels, questions=questions)):
        yield f"specific {label}", one.specific
        yield f"alpha {label}", one.alpha


@pytest.mark.parametrize(
    ("name", "items"), [*((name, 25) for name in POPULATIONS), ("two of five", 100), ("rare labels", 100)]
)
def test_intervals_hold_at_their_level(name: str, items: int) -> None:
    draw, rng = POPULATIONS[name], np.random.default_rng([items, len(name)])
    large = draw(rng, LARGE)
    labels = int(large.max()) + 1
    truth = {what: one.value for what, one in figures(large, labels) if one is not None}
    held, defined = dict.fromkeys(truth, 0), dict.fromkeys(truth, 0)
    for _ in range(DRAWS):
        for what, one in figures(draw(rng, items), labels):
            if one is not None:
                defined[what] += 1
                held[what] += one.low <= truth[what] <= one.high
    shares = {what: held[what] / defined[what] for what in truth if defined[what] > DRAWS / 2}
    assert min(shares.values()) >= 0.95 - ALLOWANCE, shares


def test_outputs_of_one_question_do_not_narrow_an_interval() -> None:
    """Four outputs a question that are labeled alike: the intervals hold for further questions."""
    draw, rng = POPULATIONS["three labels"], np.random.default_rng(4)
    truth = {what: one.value for what, one in figures(draw(rng, LARGE), 3) if one is not None}
    questions = np.repeat(np.arange(40), 4)
    held = dict.fromkeys(truth, 0)
    for _ in range(DRAWS):
        for what, one in figures(draw(rng, 40)[questions], 3, questions):
            if what in truth:
                held[what] += one is None or one.low <= truth[what] <= one.high
    assert min(held.values()) / DRAWS >= 0.95 - ALLOWANCE, held


@pytest.mark.parametrize(("items", "count"), [(25, 3), (60, 3), (200, 5)])
def test_people_who_work_alike_are_seldom_named(items: int, count: int) -> None:
    """Anyone of them, with one label frequent: in at most 5 of 100 sets of labels, for each kind of mark."""
    draw, rng = people((0.6,) * count, (0.6, 0.4), each=3), np.random.default_rng([items, count])
    draws, named = 400, np.zeros(3)
    for _ in range(draws):
        table = draw(rng, items)
        seconds = np.where(table < 0, np.nan, rng.lognormal(np.log(9), 0.8, table.shape))
        named += [
            any(one.against for one in places(table)),
            any(one.too_fast for one in pace(seconds, reading=np.full(items, 3.0))),
            one_label(table).any(),
        ]
    assert (named / draws <= FALSE_ALARM + 3 * np.sqrt(FALSE_ALARM / draws)).all(), named


def test_who_is_just_within_the_margins_is_seldom_named() -> None:
    """A third of the others' time, just the time that reading takes, a tenth more disagreement: the worst cases."""
    rng = np.random.default_rng(9)
    draws, named = 400, np.zeros(3)
    for _ in range(draws):
        others = rng.lognormal(np.log(9), 0.8, (80, 2))
        own = rng.lognormal(np.log(np.median(np.median(others, axis=0)) / 3), 0.8, (80, 1))
        named[0] += pace(np.hstack([others, own]))[2].too_fast
        named[1] += pace(rng.lognormal(np.log(3), 0.8, (80, 1)), reading=np.full(80, 3.0))[0].too_fast
        named[2] += places((rng.random((80, 3)) < np.array([1.0, 1.0, 0.9])).astype(int))[2].against
    assert (named / draws <= FALSE_ALARM + 3 * np.sqrt(FALSE_ALARM / draws)).all(), named


@pytest.mark.parametrize(("items", "chance"), [(50, 0.12), (100, 0.06), (200, 0.06)])
@pytest.mark.parametrize("epsilon", [0.1, 0.15, 0.2])
def test_a_judge_that_is_epsilon_behind_seldom_passes(items: int, chance: float, epsilon: float) -> None:
    """Exact, where the t-test is at its worst: people always agree, and the judge errs just too often."""
    truth = np.arange(items) % 2

    def passes(errors: int) -> bool:
        found = alternative_annotator_test(
            np.column_stack([truth] * 3),
            np.where(np.arange(items) < errors, 1 - truth, truth),
            epsilon=epsilon,
        )
        assert found is not None
        return found.passes

    false = sum(float(binom.pmf(errors, items, epsilon)) for errors in range(items // 4) if passes(errors))
    assert false <= chance


def test_the_difference_of_judge_and_person_holds_at_its_level() -> None:
    draw, rng = people((0.9, 0.8, 0.8, 0.75), (0.5, 0.3, 0.2)), np.random.default_rng(11)

    def beside(items: int) -> list[Estimate]:
        table = draw(rng, items)
        found = beside_people(table[:, :3], table[:, 3])
        assert found is not None
        return [found.person, found.judge, found.difference]

    truth, held = beside(LARGE), np.zeros(3)
    for _ in range(DRAWS):
        held += [one.low <= true.value <= one.high for one, true in zip(beside(60), truth, strict=True)]
    assert (held / DRAWS >= 0.95 - ALLOWANCE).all(), held
