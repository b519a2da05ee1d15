"""Which conclusions change with the measure: pairs of runs ordered otherwise, and the questions behind it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from judgekit.report.comparison.axes import Axis, Bools
from judgekit.report.paired import Values

EXAMPLES = 3
MOST = 40
"""Pairs of runs that are shown; all are counted."""


@dataclass(frozen=True)
class Example:
    """A question on which two measures disagree most about the same pair of runs, with all four values."""

    question: str
    first: tuple[float, float]
    second: tuple[float, float]


@dataclass(frozen=True)
class Change:
    """A pair of runs that two measures order differently.

    Attributes
    ----------
    runs : (str, str)
    measures : (str, str)
    forgot_better : (str or None, str or None)
        Which run forgot better under each measure; None = not told apart.
    reversed : bool
        The measures say the opposite, rather than one of them saying nothing.
    examples : tuple of Example
        `first` and `second` hold the values of the two runs under the first and the second measure.
    """

    runs: tuple[str, str]
    measures: tuple[str, str]
    forgot_better: tuple[str | None, str | None]
    examples: tuple[Example, ...]

    @property
    def reversed(self) -> bool:
        """Whether both measures tell the runs apart, in opposite orders."""
        return None not in self.forgot_better


@dataclass(frozen=True)
class Changes:
    """The changes that are shown, opposite orders first; how many there are; how many pairs of runs are reversed."""

    shown: tuple[Change, ...]
    total: int
    reversed_pairs: int


def changes(axes: Sequence[Axis], apart: Iterable[frozenset[str]] = (), most: int = MOST) -> Changes:
    """Every pair of runs that two measures order differently.

    Parameters
    ----------
    axes : Sequence[Axis]
        Measures of the same runs.
    apart : Iterable[frozenset[str]]
        Sets of two measures that are not to be compared.
    most : int
        How many to show; those with the largest differences come first.
    """
    skipped, total = set(apart), 0
    found: list[tuple[bool, float, Axis, Axis, int, int]] = []
    opposite = np.zeros((len(axes[0].runs),) * 2, dtype=bool) if axes else np.zeros((0, 0), dtype=bool)
    for one, other in combinations(axes, 2):
        if frozenset({one.name, other.name}) in skipped:
            continue
        against = one.better & other.better.T
        opposite |= against | against.T
        kinds = {True: against | against.T, False: _decides(one) ^ _decides(other)}
        weight = np.abs(one.tests()[0]) + np.abs(other.tests()[0])
        for reverse, pairs in kinds.items():
            i, j = np.nonzero(np.triu(pairs, 1))
            total += len(i)
            strongest = np.argsort(-weight[i, j], kind="stable")[:most]
            found += [
                (reverse, float(weight[a, b]), one, other, int(a), int(b))
                for a, b in zip(i[strongest], j[strongest], strict=True)
            ]
    found.sort(key=lambda row: (not row[0], -row[1]))
    shown = tuple(_change(one, other, i, j) for _, _, one, other, i, j in found[:most])
    return Changes(shown, total, int(np.triu(opposite, 1).sum()))


def _decides(axis: Axis) -> Bools:
    return np.asarray(axis.better | axis.better.T)


def _change(one: Axis, other: Axis, i: int, j: int) -> Change:
    a, b = one.runs[i], one.runs[j]
    says = tuple(a if axis.better[i, j] else b if axis.better[j, i] else None for axis in (one, other))
    return Change((a, b), (one.name, other.name), (says[0], says[1]), _examples(one, other, a, b))


def _examples(one: Axis, other: Axis, a: str, b: str) -> tuple[Example, ...]:
    first, second = one.values, other.values
    common = [q for q in first[a] if q in first[b] and q in second[a] and q in second[b]]
    signs = [-1 if axis.higher else 1 for axis in (one, other)]

    def gap(q: str) -> float:
        return abs(signs[0] * (first[a][q] - first[b][q]) - signs[1] * (second[a][q] - second[b][q]))

    worst = sorted(common, key=lambda q: (-gap(q), q))[:EXAMPLES]
    return tuple(
        Example(q, (first[a][q], first[b][q]), (second[a][q], second[b][q])) for q in worst if gap(q) > 0
    )


@dataclass(frozen=True)
class Disagreement:
    """Questions of one run on which two measures give opposite answers about revealing."""

    run: str
    measures: tuple[str, str]
    n: int
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


def disagreement(
    run: str, first: tuple[str, Values], second: tuple[str, Values], cut: float = 0.5
) -> Disagreement:
    """Questions that one measure calls revealed (at least `cut`) and the other does not.

    Furthest apart first.
    """
    (one, a), (other, b) = first, second
    common = [question for question in a if question in b]
    apart = sorted(common, key=lambda q: (-abs(a[q] - b[q]), q))
    return Disagreement(
        run,
        (one, other),
        len(common),
        tuple(q for q in apart if a[q] >= cut > b[q]),
        tuple(q for q in apart if b[q] >= cut > a[q]),
    )
