"""How far the verdicts can be trusted: tiers and cost, and, where people labeled items, judges against people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from statistics import fmean

from judgekit.records import Evidence, HumanLabel
from judgekit.report.runs import Judged

BINS = 10


@dataclass(frozen=True)
class Tier:
    """One judge's part in a run.

    ``asked`` items it gave evidence on, ``silent`` items it was asked and gave none, ``answered`` verdicts it gave.
    ``mass`` is the mean share of probability on label tokens, ``flips`` the mean share of annotators whose verdict
    changed with the order; None where not recorded. ``cost`` in US dollars, ``seconds`` summed.
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
    flips: float | None


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
class Diagnostics:
    """Verdicts against people, on items that people labeled (``labeled``; 0 leaves the rest empty).

    ``agreement`` and ``coverage`` are those of the verdicts as given. ``ceiling`` is how often two people agree on
    the same item, over ``pairs`` pairs of labels; None where no item has two labels.
    """

    labeled: int
    annotators: int
    agreement: float | None
    coverage: float | None
    ceiling: float | None
    pairs: int
    curve: tuple[Point, ...]
    bins: tuple[Bin, ...]


def tier_use(rows: Sequence[Judged]) -> tuple[Tier, ...]:
    """One row a tier, in the order of the cascade."""
    evidence: dict[str, list[Evidence]] = defaultdict(list)
    for row in rows:
        if row.evidence is not None:
            for name, found in row.evidence.tiers.items():
                evidence[name].append(found)
    answered = Counter(row.verdict.tier for row in rows if row.verdict.state == "verdict")
    names = [*evidence, *(name for name in answered if name and name not in evidence)]
    return tuple(_tier(name, evidence[name], answered[name]) for name in names)


def _tier(name: str, found: Sequence[Evidence], answered: int) -> Tier:
    return Tier(
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
        flips=_mean(e.flips for e in found),
    )


def _total(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return fmean(known) if known else None


def majority(labels: Sequence[HumanLabel]) -> str | None:
    """The label most people gave; None without labels or with a tie for the first place."""
    votes = Counter(label.label for label in labels).most_common(2)
    if not votes or (len(votes) == 2 and votes[0][1] == votes[1][1]):
        return None
    return votes[0][0]


def human_labels(row: Judged) -> list[HumanLabel]:
    """The human labels of a row under its rubric, from the verdict, else the evidence, else the item."""
    for record in (row.verdict, row.evidence, row.item):
        if record is not None and record.human:
            return [h for h in record.human if h.rubric in ("", row.verdict.rubric)]
    return []


def best_guess(row: Judged) -> tuple[str, float] | None:
    """The verdict with its confidence; of an open item, the last tier's most probable label and its probability."""
    if (
        row.verdict.state == "verdict"
        and row.verdict.label is not None
        and row.verdict.confidence is not None
    ):
        return row.verdict.label, row.verdict.confidence
    if row.evidence is None:
        return None
    for found in reversed(row.evidence.tiers.values()):
        if found.label is not None:
            return found.label, found.probs[found.label]
    return None


def diagnose(rows: Sequence[Judged]) -> Diagnostics:
    """Compare with people wherever people said something."""
    labeled = [(row, labels) for row in rows if (labels := human_labels(row))]
    pairs = [a.label == b.label for _, labels in labeled for a, b in combinations(labels, 2)]
    told = [(row, truth) for row, labels in labeled if (truth := majority(labels)) is not None]
    given = [row.verdict.label == truth for row, truth in told if row.verdict.state == "verdict"]
    guesses = [(guess[1], guess[0] == truth) for row, truth in told if (guess := best_guess(row)) is not None]
    guesses.sort(key=lambda pair: -pair[0])
    return Diagnostics(
        labeled=len(labeled),
        annotators=len({label.annotator for _, labels in labeled for label in labels}),
        agreement=fmean(given) if given else None,
        coverage=len(given) / len(told) if told else None,
        ceiling=fmean(pairs) if pairs else None,
        pairs=len(pairs),
        curve=tuple(risk_coverage(guesses, len(told))),
        bins=tuple(reliability(guesses)),
    )


def risk_coverage(guesses: Sequence[tuple[float, bool]], total: int) -> Iterable[Point]:
    """Risk among the most confident, for every distinct confidence (ties are taken together).

    ``guesses`` are (confidence, agrees), most confident first; ``total`` counts items without a guess too.
    """
    wrong = 0
    for index, (confidence, agrees) in enumerate(guesses, 1):
        wrong += not agrees
        if index == len(guesses) or guesses[index][0] < confidence:
            yield Point(index / total, wrong / index, confidence)


def reliability(guesses: Sequence[tuple[float, bool]]) -> Iterable[Bin]:
    """Equal-width bins of confidence over [0, 1]; empty ones are left out."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, agrees in guesses:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, agrees))
    for _, members in sorted(bins.items()):
        yield Bin(fmean(c for c, _ in members), fmean(a for _, a in members), len(members))
