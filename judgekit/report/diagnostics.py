"""How far the verdicts can be trusted: tiers and cost, and, where people labeled items, judges against people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from judgekit.calibration.people_table import Said, tabulated
from judgekit.records import Evidence
from judgekit.report.run import JudgedItem
from judgekit.trust.agreement.ceiling import ceiling
from judgekit.trust.agreement.table import MISSING

BINS = 10


@dataclass(frozen=True)
class TierUse:
    """One judge's part in a run.

    ``asked`` items it gave evidence on, ``silent`` items it was asked and gave none, ``answered`` verdicts it gave.
    ``mass`` is the mean share of probability on label tokens, ``order_inconsistency`` the mean share of
    annotators whose verdict changed with the order; None where not recorded. ``cost`` in US dollars,
    ``seconds`` summed.
    """

    name: str
    asked: int
    silent: int
    answered: int
    asks: int
    cost: float | None
    seconds: float | None
    tokens: int | None
    mass: float | None
    order_inconsistency: float | None


@dataclass(frozen=True)
class Bin:
    """Items of one range of confidence: their mean confidence and the share on which people agree."""

    confidence: float
    agreement: float
    items: int


@dataclass(frozen=True)
class Point:
    """What giving verdicts on the most confident ``coverage`` of the labeled items costs in disagreement."""

    coverage: float
    risk: float
    confidence: float


@dataclass(frozen=True)
class People:
    """Verdicts against people, on the items that people labeled under one rubric.

    Attributes
    ----------
    labeled, annotators : int
        Items with a human label, and people.
    decided : int
        Labeled items with a verdict and a majority label, which agreement is over.
    agreement, coverage : float | None
        Of the verdicts as given, against the majority label; None where there is nothing to count.
    ceiling : tuple[float, float, float] | None
        How often a person agrees with the majority of the others, with its interval; None where no item
        has two labels.
    curve, bins
        By confidence.
    """

    rubric: str
    labeled: int
    annotators: int
    decided: int
    agreement: float | None
    coverage: float | None
    ceiling: tuple[float, float, float] | None
    curve: tuple[Point, ...]
    bins: tuple[Bin, ...]


def tier_use(rows: Sequence[JudgedItem]) -> tuple[TierUse, ...]:
    """One row a tier, in the order of the cascade."""
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.evidence is not None:
            for name, found in row.evidence.tiers.items():
                evidence[name].append(found)
    answered = Counter(row.verdict.tier for row in rows if row.verdict.state == "verdict")
    names = [*evidence, *(name for name in answered if name and name not in evidence)]
    return tuple(_tier(name, evidence[name], answered[name]) for name in names)


def _tier(name: str, found: Sequence[Evidence], answered: int) -> TierUse:
    return TierUse(
        name=name,
        asked=sum(bool(e.probs) for e in found),
        silent=sum(not e.probs for e in found),
        answered=answered,
        asks=sum(e.asks for e in found),
        cost=_total(e.cost for e in found),
        seconds=_total(e.seconds for e in found),
        tokens=int(total)
        if (total := _total(t for e in found for t in (e.prompt_tokens, e.completion_tokens))) is not None
        else None,
        mass=_mean(e.mass for e in found),
        order_inconsistency=_mean(e.order_inconsistency for e in found),
    )


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def against_people(rubric: str, rows: Sequence[JudgedItem]) -> People | None:
    """Compare judges with people wherever people said something; None where they said nothing.

    Open items follow all verdicts in the curve, by the probability of the last tier's most probable label.
    """
    labeled = [row for row in rows if row.human]
    if not labeled:
        return None
    told = [(row, row.majority) for row in labeled if row.majority is not None]
    judged = [(row, truth) for row, truth in told if row.verdict.state == "verdict" and not row.settled]
    given = [row.verdict.label == truth for row, truth in judged]
    accepted, rest = [], []
    for row, truth in told:
        if row.verdict.label is not None and row.verdict.confidence is not None and not row.settled:
            accepted.append((row.verdict.confidence, row.verdict.label == truth))
        elif row.last is not None:
            rest.append((row.last[1], row.last[0] == truth))
    accepted.sort(key=lambda guess: -guess[0])
    rest.sort(key=lambda guess: -guess[0])
    return People(
        rubric=rubric,
        labeled=len(labeled),
        annotators=len({given.annotator for row in labeled for given in row.human}),
        decided=len(given),
        agreement=fmean(given) if given else None,
        coverage=len(given) / len(told) if told else None,
        ceiling=_ceiling(labeled),
        curve=tuple(risk_coverage([accepted, rest], len(told))),
        bins=tuple(reliability([*accepted, *rest])),
    )


def _ceiling(rows: Sequence[JudgedItem]) -> tuple[float, float, float] | None:
    table = tabulated(
        Said(row.verdict.key, row.verdict.question_id or row.verdict.id, given)
        for row in rows
        for given in row.human
    )
    if not np.any(np.sum(table.given != MISSING, axis=1) > 1):
        return None
    found = ceiling(table.given, questions=table.questions)
    return found.estimate, found.low, found.high


def risk_coverage(ranked: Sequence[Sequence[tuple[float, bool]]], total: int) -> Iterable[Point]:
    """Disagreement among the most confident, for every distinct confidence (ties are taken together).

    Parameters
    ----------
    ranked : Sequence[Sequence[tuple[float, bool]]]
        Lists of (confidence, agrees), each from most to least confident, one list after the other.
    total : int
        Labeled items, those without any opinion included.
    """
    wrong = seen = 0
    for guesses in ranked:
        for index, (confidence, agrees) in enumerate(guesses, 1):
            wrong, seen = wrong + (not agrees), seen + 1
            if index == len(guesses) or guesses[index][0] < confidence:
                yield Point(seen / total, wrong / seen, confidence)


def reliability(guesses: Sequence[tuple[float, bool]]) -> Iterable[Bin]:
    """Equal-width bins of confidence over [0, 1]; empty ones are left out."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, agrees in guesses:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, agrees))
    for _, members in sorted(bins.items()):
        yield Bin(fmean(c for c, _ in members), fmean(a for _, a in members), len(members))
