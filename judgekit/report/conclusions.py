"""Which conclusions change with the measure: pairs of runs ordered otherwise, and the questions behind it.

All measures are brought to one orientation first: higher = forgotten worse (more revealed, or not forgotten well),
in [0, 1].
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from judgekit.report.compare import LEVEL, Values, decided

EXAMPLES = 3


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


def changes(measures: Mapping[str, Mapping[str, Values]], level: float = LEVEL) -> list[Change]:
    """Every pair of runs that two measures order differently, opposite orders first.

    Parameters
    ----------
    measures : measure name to run name to value per question
        Higher = forgotten worse, in [0, 1]: ROUGE-L recall, entailment, 1 for the judged label *leaked*, ...
    level : float
        Confidence of all orders under one measure together (Holm).
    """
    wins = {name: decided(runs, level, higher=False) for name, runs in measures.items()}
    found = []
    for one, other in combinations(measures, 2):
        for a, b in combinations([run for run in measures[one] if run in measures[other]], 2):
            says = tuple(_better(wins[name], a, b) for name in (one, other))
            if says[0] != says[1]:
                examples = _examples(measures[one], measures[other], a, b)
                found.append(Change((a, b), (one, other), (says[0], says[1]), examples))
    return sorted(found, key=lambda change: not change.reversed)


def _better(wins: frozenset[tuple[str, str]], a: str, b: str) -> str | None:
    return a if (a, b) in wins else b if (b, a) in wins else None


def _examples(one: Mapping[str, Values], other: Mapping[str, Values], a: str, b: str) -> tuple[Example, ...]:
    common = [q for q in one[a] if q in one[b] and q in other[a] and q in other[b]]

    def gap(question: str) -> float:
        return abs((one[a][question] - one[b][question]) - (other[a][question] - other[b][question]))

    worst = sorted(common, key=lambda q: (-gap(q), q))[:EXAMPLES]
    return tuple(Example(q, (one[a][q], one[b][q]), (other[a][q], other[b][q])) for q in worst if gap(q) > 0)


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
