"""One measure of several runs: its figures, and which of the runs the data tell apart.

Two kinds. What a file recorded for every question is compared question by question (paired t intervals). A judged
rate is the one that every table of the report shows, corrected by people's labels or a certificate where there are
any; the difference of two is made from their two intervals (MOVER), so that it rests on what they rest on.

All pairs of runs are compared at once, with arrays (runs, runs); with probability at least `CONFIDENCE` no pair is told
apart that does not differ (Holm).

References: Zou & Donner (2008), "Construction of confidence limits about effect measures: a general approach"; Zou
(2007) for correlated estimates; Bonett & Price (2012); Holm (1979).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, stdtr

from judgekit.report.paired import CONFIDENCE, Estimate, Values, difference, mean
from judgekit.report.rates.judged import JudgedRate

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


class Axis(ABC):
    """A measure of all runs of a comparison.

    Attributes
    ----------
    name : str
    runs : tuple of str
    values : run name to question to value
        For examples; a judged label counts 1 or 0.
    higher : bool
        Whether a higher value is better.
    """

    def __init__(self, name: str, values: Mapping[str, Values], higher: bool) -> None:
        self.name, self.values, self.higher = name, values, higher
        self.runs = tuple(values)

    @abstractmethod
    def middle(self, run: str) -> float:
        """The figure of a run, or the middle of what it can be: for placing, never for printing."""

    @abstractmethod
    def difference(self, first: str, second: str, factor: float = 1.0, level: float = CONFIDENCE) -> Estimate:
        """first - factor * second with its interval."""

    @abstractmethod
    def tests(self) -> tuple[Floats, Floats]:
        """Difference and two-sided p-value of every pair of runs, each (runs, runs)."""

    @cached_property
    def number(self) -> dict[str, int]:
        """The place of each run in the arrays."""
        return {run: place for place, run in enumerate(self.runs)}

    @cached_property
    def middles(self) -> Floats:
        """The middle of every run. Shape (runs,)."""
        return np.array([self.middle(run) for run in self.runs])

    @cached_property
    def adjusted(self) -> Floats:
        """p-values of all pairs, adjusted for their number. Shape (runs, runs)."""
        _, p = self.tests()
        above = np.triu_indices(len(p), 1)
        column = p[above]
        order = np.argsort(column, kind="stable")
        scaled = np.minimum((len(column) - np.arange(len(column))) * column[order], 1.0)
        column[order] = np.maximum.accumulate(scaled) if len(column) else scaled
        found = np.ones_like(p)
        found[above] = column
        return np.minimum(found, found.T)

    @cached_property
    def better(self) -> Bools:
        """[i, j]: the data tell that run i is better than run j. Shape (runs, runs)."""
        gap, _ = self.tests()
        told = self.adjusted <= 1 - CONFIDENCE
        return np.asarray(told & (gap > 0 if self.higher else gap < 0))

    @property
    def places(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The best and the worst rank that the data leave each run, each (runs,)."""
        return 1 + self.better.sum(axis=0), len(self.runs) - self.better.sum(axis=1)

    @property
    def order(self) -> NDArray[np.intp]:
        """Runs from best to worst by their figures; those without one come last. Shape (runs,)."""
        key = -self.middles if self.higher else self.middles
        return np.argsort(np.where(np.isnan(key), np.inf, key), kind="stable")

    def leader(self, among: Collection[str]) -> str | None:
        """The run that the data tell is better than every other of these; None where there is no such run."""
        places = [self.number[run] for run in among]
        ahead = self.better[np.ix_(places, places)].sum(axis=1) == len(places) - 1
        return next(
            (self.runs[i] for i, first in zip(places, ahead, strict=True) if first and len(places) > 1), None
        )


class RecordedAxis(Axis):
    """A value for every question, in [0, 1]; questions that both runs answered are paired."""

    @cached_property
    def means(self) -> dict[str, Estimate]:
        """Mean of each run over its questions."""
        return {run: mean(values) for run, values in self.values.items()}

    def middle(self, run: str) -> float:
        """See `Axis.middle`."""
        value = self.means[run].value
        return float("nan") if value is None else value

    def difference(self, first: str, second: str, factor: float = 1.0, level: float = CONFIDENCE) -> Estimate:
        """See `Axis.difference`."""
        return difference(self.values[first], self.values[second], level, factor=factor)

    def tests(self) -> tuple[Floats, Floats]:
        """As `paired.difference`, for all pairs at once: one pseudo-question at either end."""
        table, known = as_table(self.values)
        square = np.square(table)
        n = known @ known.T
        total = table @ known.T - known @ table.T
        spread = square @ known.T + known @ square.T - 2 * table @ table.T
        with np.errstate(divide="ignore", invalid="ignore"):
            center = total / (n + 2)
            error = np.sqrt((spread - (n + 2) * center**2 + 2) / (n + 1) / (n + 2))
            p = 2 * stdtr(n + 1, -np.abs(center) / error)
            gap = total / n
        return np.where(n > 0, gap, 0.0), np.where(n > 0, p, 1.0)


@dataclass(frozen=True)
class Rated:
    """A judged rate, and its limits for all runs of a comparison together where its bounds are limits themselves."""

    rate: JudgedRate
    joint: tuple[float, float]
    items: int

    @property
    def bounds(self) -> tuple[float, float]:
        """What the share can be at these items, as far as it is known."""
        return self.joint if self.rate.only_bounds else self.rate.bounds

    @property
    def reach(self) -> tuple[float, float]:
        """How far the confidence limits lie outside of `bounds`, downwards and upwards."""
        if self.rate.only_bounds:
            return 0.0, 0.0
        return self.rate.bounds[0] - self.rate.low, self.rate.high - self.rate.bounds[1]


class JudgedAxis(Axis):
    """A judged rate of every run.

    Runs that rest on people or a certificate are not ordered against runs that rest on the judge alone, whose errors no
    interval covers. Where both rest on the judge alone, its verdicts on the same questions say how far the two rates
    go together; corrected rates are taken to be uncorrelated, which makes intervals wider, not narrower.
    """

    def __init__(
        self, name: str, rates: Mapping[str, Rated], values: Mapping[str, Values], higher: bool
    ) -> None:
        super().__init__(name, values, higher)
        self.rates = rates
        self._bounds = np.array([rates[run].bounds for run in self.runs])
        self._reach = np.array([rates[run].reach for run in self.runs])
        self._alone = np.array([rates[run].rate.kind == "judge" for run in self.runs])

    def middle(self, run: str) -> float:
        """See `Axis.middle`."""
        return self.rates[run].rate.middle

    def difference(self, first: str, second: str, factor: float = 1.0, level: float = CONFIDENCE) -> Estimate:
        """See `Axis.difference`."""
        a, b = self.number[first], self.number[second]
        if self._alone[a] != self._alone[b]:
            return Estimate(
                None, reason="one rests on the judge alone, the other on people's labels or a certificate"
            )
        ends = np.array([self._low(a, b, factor), self._low(b, a, 1 / factor) * -factor])
        errors = np.array([self._error(a, b, factor), self._error(b, a, 1 / factor) * factor])
        z = float(ndtri((1 + level) / 2))
        low, high = np.clip([ends[0] - z * errors[0], ends[1] + z * errors[1]], -factor, 1.0)
        known = all(self.rates[run].rate.value is not None for run in (first, second))
        value = float(ends[0]) if known else None
        n = len(self.values[first].keys() & self.values[second].keys())
        return Estimate(value, float(low), float(high), n, reason="" if value is not None else "bounds")

    def _low(self, a: int, b: int, factor: float = 1.0) -> float:
        return float(self._bounds[a, 0] - factor * self._bounds[b, 1])

    def _error(self, a: int, b: int, factor: float = 1.0) -> float:
        down, up = self._reach[a, 0], factor * self._reach[b, 1]
        square = down**2 + up**2 - 2 * self.correlation[a, b] * down * up
        return float(np.sqrt(max(0.0, square)) / _Z)

    @cached_property
    def correlation(self) -> Floats:
        """Of the rates of every two runs that rest on the judge alone. Shape (runs, runs)."""
        table, known = as_table(self.values)
        counts = np.maximum(known.sum(axis=1, keepdims=True), 1)
        centered = (table - table.sum(axis=1, keepdims=True) / counts) * known
        length = np.sqrt(np.square(centered).sum(axis=1))
        scale = np.outer(length, length)
        together = np.outer(self._alone, self._alone) & (scale > 0)
        found = np.divide(centered @ centered.T, scale, out=np.zeros_like(scale), where=together)
        return np.asarray(found)

    def tests(self) -> tuple[Floats, Floats]:
        """See `Axis.tests`."""
        least = self._bounds[:, :1] - self._bounds[:, 1]
        down, up = self._reach[:, :1], self._reach[:, 1]
        error = np.sqrt(np.maximum(down**2 + up**2 - 2 * self.correlation * down * up, 0.0)) / _Z
        z = np.divide(least, error, out=np.full_like(least, np.inf), where=error > 0)
        p = np.where(least > 0, 2 * ndtr(-z), 1.0)
        if any(rated.rate.only_bounds for rated in self.rates.values()):
            p = np.minimum(2 * p, 1.0)  # half of the error went into the joint limits
        p = np.where(self._alone[:, None] == self._alone, np.minimum(p, p.T), 1.0)
        return np.subtract.outer(self.middles, self.middles), p


_Z = float(ndtri((1 + CONFIDENCE) / 2))


def as_table(values: Mapping[str, Values]) -> tuple[Floats, Floats]:
    """Values and whether there is one (1 or 0), each (runs, questions); 0 where there is none."""
    questions = {q: column for column, q in enumerate(dict.fromkeys(q for v in values.values() for q in v))}
    table, known = np.zeros((2, len(values), len(questions)))
    for row, own in enumerate(values.values()):
        columns = [questions[q] for q in own]
        table[row, columns] = np.fromiter(own.values(), dtype=float, count=len(own))
        known[row, columns] = 1.0
    return table, known
