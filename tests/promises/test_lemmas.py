"""The lemmas of proof 2 in docs/guarantee.md, draw by draw: whatever bad is certified has passed the guard they name."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from judgekit.trust.bounds import binomial_p
from judgekit.trust.selective.fixed_sequence import EARLY, START, Step, checkpoints, descend, own_steps

pytestmark = pytest.mark.slow

NEAR = 1e-12


@dataclass(frozen=True)
class Ties:
    """A population: the mass and the error rate of each tie, the strictest first; the rest never enters."""

    mass: np.ndarray
    rate: np.ndarray
    alpha: float

    @property
    def end(self) -> np.ndarray:
        return np.cumsum(self.mass)

    def excess(self, v: np.ndarray) -> np.ndarray:
        """``v (R(v) - alpha)``: above 0 where it is bad. Within a tie what is not charged comes first."""
        wrong = self.mass * self.rate
        knots = np.append(0, np.stack([self.end - wrong, self.end], axis=1).ravel())
        errors = np.append(0, np.stack([np.cumsum(wrong) - wrong, np.cumsum(wrong)], axis=1).ravel())
        return np.interp(v, knots, errors) - self.alpha * np.asarray(v)

    def bad(self) -> list[tuple[float, float]]:
        """The intervals ``(a_i, b_i)``."""
        knots = np.unique(np.concatenate([[0], self.end - self.mass * self.rate, self.end]))
        over = self.excess(knots)
        over[np.abs(over) < NEAR] = 0
        ends = [float(knots[0])] if over[0] == 0 and over[1] > 0 else []
        for x0, x1, f0, f1 in zip(knots[:-1], knots[1:], over[:-1], over[1:], strict=True):
            if (f0 > 0) != (f1 > 0) and x0 > 0:
                ends.append(float(x0 - f0 * (x1 - x0) / (f1 - f0)))
        return list(zip(ends[::2], [*ends, float(self.end[-1])][1::2], strict=False))


@st.composite
def draws(draw: st.DrawFn) -> tuple[Ties, list[np.ndarray], int]:
    """A population whose risk hovers at the target, and draws of ``n`` items: the positions of those that enter."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    ties, alpha, n = (
        draw(st.integers(2, 8)),
        draw(st.sampled_from([0.2, 0.3, 0.6])),
        draw(st.integers(12, 60)),
    )
    mass = rng.dirichlet(np.full(ties, draw(st.sampled_from([0.3, 1, 3])))) * draw(st.sampled_from([0.9, 1]))
    assume(mass.min() > 1e-6)
    rate = np.zeros(ties)
    for t, risk in enumerate(alpha + 0.06 * rng.normal(size=ties)):
        rate[t] = np.clip((risk * mass[: t + 1].sum() - mass[:t] @ rate[:t]) / mass[t], 0, 1)
    places = np.sort(rng.random((20, n)))
    return Ties(mass, rate, alpha), [place[place < mass.sum()] for place in places], n


@given(draws(), st.sampled_from([0.1, 0.3]), st.sampled_from([EARLY, START]))
@settings(max_examples=200)
def test_what_is_bad_passes_its_guard(
    case: tuple[Ties, list[np.ndarray], int], delta: float, start: float
) -> None:
    ties, places, n = case
    points = checkpoints(n, ties.alpha, delta, start)
    assume(len(points))
    for place in places:
        if len(place):
            passes_its_guard(ties, place, points, delta)


def passes_its_guard(ties: Ties, place: np.ndarray, points: np.ndarray, delta: float) -> None:
    m = len(place)
    begin, end = ties.end - ties.mass, ties.end
    tie = np.searchsorted(end, place, side="right").clip(max=len(end) - 1)
    errors = np.append(0, np.cumsum(place > end[tie] - (ties.mass * ties.rate)[tie]))
    steps = own_steps(-tie.astype(float), points)

    def p_value(step: Step) -> float:
        sizes = {step.first, step.whole} if step.certifies else {step.first}
        return max(float(binomial_p(errors[k], k, ties.alpha)) for k in sizes)

    def before(v: float) -> int:
        return int((place < v).sum()) if v < end[-1] else m

    ranks = [step.first for step in steps]
    reach = [(a, b) for a, b in ties.bad() if before(b) >= ranks[0]]
    within = [[r for r in ranks if before(a) <= r <= before(b)] for a, b in reach]
    first = next((i for i, found in enumerate(within) if found), len(reach))
    guard = min(within[first]) if first < len(reach) else None
    for i, (a, b) in reversed(list(enumerate(reach[:first]))):
        rank = min(r for r in ranks if r > before(b))
        around = np.flatnonzero((begin > a) & (begin < b - NEAR) & (end > b + NEAR))
        if not len(around):
            continue
        start, stop = float(begin[around[0]]), float(end[around[0]])
        occurs = before(stop) > rank
        guard = before(start) if occurs else guard
        if (
            i + 1 < len(reach) and reach[i + 1][0] < stop - NEAR
        ):  # Lemma 6: decided, or Lemma 4's item decides
            low, high = (before(v) for v in reach[i + 1])
            assert occurs if rank < low else not occurs if rank >= high else rank == min(within[i + 1])
    won = descend(steps, p_value, delta)
    if won is not None:
        level = end[-1] if won is steps[-1] else begin[tie[won.whole]]
        if ties.excess(level) > NEAR:
            assert guard is not None and binomial_p(errors[guard], guard, ties.alpha) <= delta
