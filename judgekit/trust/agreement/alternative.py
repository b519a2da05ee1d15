"""The alternative-annotator test: may a judge stand in for a person?

Each person is left out in turn. On every item the person and the judge are scored by how well they agree with the
people who remain; the judge wins over the person if it is the better one almost as often: less than ``epsilon`` more
rarely, which is what its lower price is thought to be worth. It may replace a person if it wins over half of them.

Reference: Calderon, Reichart & Dror (2025), "The Alternative Annotator Test for LLM-as-a-Judge: How to Statistically
Justify Replacing Human Annotators with LLMs" (ACL). Two things are added:
items of one question count as one draw, and the least epsilon that would do is told.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import false_discovery_control
from scipy.stats import t as student

from judgekit.trust.agreement.coefficients import Scale
from judgekit.trust.agreement.table import MISSING, by_unit, checked
from judgekit.trust.arrays import Bools, Floats, Ints

EPSILON = 0.1
"""The strictest of the three that the paper advises: crowd workers .1, skilled people .15, experts .2."""

LEAST_ITEMS = 30
"""Of a person, for the normal approximation of the test to hold."""

_STEPS = np.arange(0, 101) / 100


@dataclass(frozen=True)
class LeftOut:
    """One person left out, and the judge in that person's place.

    Attributes
    ----------
    annotator : int
        Column of the table.
    items : int
        That the person, another one and the judge labeled.
    judge, person : float
        Share of the items on which the judge agrees with the others at least as well as the person, and the person
        at least as well as the judge.
    p_value : float
        Of "the person is better by epsilon or more".
    won : bool
        Whether that is refuted, with the false discovery rate over people controlled.
    """

    annotator: int
    items: int
    judge: float
    person: float
    p_value: float
    won: bool


@dataclass(frozen=True)
class Alternative:
    """What the test says of one judge.

    Attributes
    ----------
    people : tuple of LeftOut
        Those with 30 items or more.
    epsilon : float
        What the judge's lower price is thought to be worth.
    winning_rate : float
        Share of people over whom the judge wins (omega in the paper).
    advantage : float
        Chance that the judge is at least as good as a random person (rho in the paper).
    least_epsilon : float or None
        The smallest epsilon, in hundredths, with which the judge passes; None where none up to 1 does.
    """

    people: tuple[LeftOut, ...]
    epsilon: float
    winning_rate: float
    advantage: float
    least_epsilon: float | None

    @property
    def passes(self) -> bool:
        """Whether the judge may replace a person."""
        return self.winning_rate >= 0.5


def alternative_annotator_test(
    labels: ArrayLike,
    judge: ArrayLike,
    *,
    questions: ArrayLike | None = None,
    scale: Scale = "nominal",
    epsilon: float = EPSILON,
    level: float = 0.05,
    least_items: int = LEAST_ITEMS,
) -> Alternative | None:
    """Test whether a judge may replace a person.

    Parameters
    ----------
    labels : (items, annotators) int
        -1 where missing.
    judge : (items,) int
        What the judge says, -1 where nothing.
    questions : (items,), optional
        Items of one question count as one draw.
    scale : "nominal" or "ordinal"
        Nominal: an item's score is the share of the others who said the same. Ordinal: minus the root mean square
        distance from them.
    epsilon : float
        How much more often the person may be the better one, 0 or more.
    level : float
        False discovery rate over people (Benjamini & Yekutieli 2001).
    least_items : int
        People with fewer items are left out.

    Returns
    -------
    Alternative or None
        None where no person has enough items that another one and the judge labeled.

    Raises
    ------
    ValueError
        An epsilon out of range, or labels that are no table.
    """
    if not 0.0 <= epsilon < 1.0:
        raise ValueError(f"epsilon is {epsilon}: give a number from 0 to below 1")
    table, said = checked(labels), np.asarray(judge, dtype=np.intp)
    asked = np.arange(len(table)) if questions is None else np.asarray(questions)
    usable = (said != MISSING) & (np.sum(table != MISSING, axis=1) > 1)
    compared = []
    for annotator, own in enumerate(table.T):
        rows = np.flatnonzero(usable & (own != MISSING))
        if len(rows) < least_items:
            continue
        others = np.delete(table[rows], annotator, axis=1)
        person, model = (_score(of[rows], others, scale) for of in (own, said))
        behind = (person >= model).astype(float) - (model >= person)
        compared.append((annotator, _Behind.of(behind, asked[rows]), model >= person, person >= model))
    if not compared:
        return None
    tests = [behind for _, behind, *_ in compared]
    won = _won(tests, epsilon, level)
    rates = [float(np.mean(_won(tests, step, level))) for step in _STEPS]
    people = tuple(
        LeftOut(
            annotator, len(model), float(model.mean()), float(person.mean()), behind.p_value(epsilon), bool(w)
        )
        for (annotator, behind, model, person), w in zip(compared, won, strict=True)
    )
    return Alternative(
        people=people,
        epsilon=epsilon,
        winning_rate=float(np.mean(won)),
        advantage=float(np.mean([one.judge for one in people])),
        least_epsilon=next(
            (float(step) for step, rate in zip(_STEPS, rates, strict=True) if rate >= 0.5), None
        ),
    )


@dataclass(frozen=True)
class _Behind:
    """How far the judge is behind a person on average, and the standard error over questions."""

    mean: float
    error: float
    units: int

    @classmethod
    def of(cls, behind: Floats, questions: ArrayLike) -> _Behind:
        mean = float(behind.mean())
        sums = by_unit((behind - mean)[:, None], questions)[:, 0]
        units = len(sums)
        error = np.sqrt(units / max(units - 1, 1) * np.sum(sums**2)) / len(behind)
        return cls(mean, float(error), units)

    def p_value(self, epsilon: float) -> float:
        """Of "behind by epsilon or more", by the t-test (with every question alike: 0 or 1)."""
        if self.units < 2:
            return 1.0
        if self.error == 0:
            return 0.0 if self.mean < epsilon else 1.0
        return float(student.cdf((self.mean - epsilon) / self.error, self.units - 1))


def _won(tests: list[_Behind], epsilon: float, level: float) -> Bools:
    adjusted = false_discovery_control([test.p_value(epsilon) for test in tests], method="by")
    return np.asarray(adjusted <= level)


def _score(said: Ints, others: Ints, scale: Scale) -> Floats:
    """How well labels (items,) agree with those of the others (items, annotators)."""
    there = others != MISSING
    if scale == "ordinal":
        distance = np.where(there, (others - said[:, None]) ** 2, 0).sum(axis=1) / there.sum(axis=1)
        return np.asarray(-np.sqrt(distance))
    return np.asarray(np.sum(others == said[:, None], axis=1) / there.sum(axis=1))
