"""Evidence rows as arrays: the seam between files and the mathematics of :mod:`judgekit.trust`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from judgekit.errors import InputError
from judgekit.records import PEOPLE, Evidence, EvidenceRow, several

STAGE = "@"
"""Separates a judge's name from the stage, in the tier names of judges that are asked in stages."""


@dataclass(frozen=True)
class Labelled:
    """Evidence as arrays.

    ``probs`` (items, tiers, classes), NaN where a tier has no evidence; ``shares`` (items, classes) the share of
    an item's people who gave each label, NaN rows where nobody did.
    """

    probs: NDArray[np.float64]
    shares: NDArray[np.float64]

    @property
    def majority(self) -> NDArray[np.intp]:
        """The label most people gave, (items,); -1 where nobody labelled or the first place is shared."""
        top = np.nan_to_num(self.shares, nan=-1.0)
        best = top.max(axis=1)
        alone = (top == best[:, None]).sum(axis=1) == 1
        return np.where((best > 0) & alone, top.argmax(axis=1), -1)


def to_arrays(rows: Sequence[EvidenceRow], tiers: Sequence[str], labels: Sequence[str]) -> Labelled:
    """Evidence rows as arrays, in the given order of tiers and labels.

    Raises
    ------
    InputError : a row holds a label that is not in ``labels``.
    """
    index = {label: k for k, label in enumerate(labels)}
    probs = np.full((len(rows), len(tiers), len(labels)), np.nan)
    shares = np.full((len(rows), len(labels)), np.nan)
    for i, row in enumerate(rows):
        try:
            for t, tier in enumerate(tiers):
                evidence = row.tiers.get(tier)
                if evidence is not None and evidence.probs:
                    probs[i, t] = 0.0
                    for label, p in evidence.probs.items():
                        probs[i, t, index[label]] = p
            if row.human:
                shares[i] = 0.0
                for given in row.human:
                    shares[i, index[given.label]] += 1 / len(row.human)
        except KeyError as error:
            raise InputError(
                f"item '{row.id}' holds label {error}; expected one of {', '.join(labels)}"
            ) from None
    return Labelled(probs, shares)


class Table(NamedTuple):
    """Evidence rows of one rubric laid out for the mathematics.

    ``tiers`` and ``labels`` in the order of the arrays; ``prices``: what asking each tier adds, in US dollars if
    ``dollars``, else in calls or as stated.
    """

    rows: list[EvidenceRow]
    rubric: str
    tiers: tuple[str, ...]
    labels: tuple[str, ...]
    prices: list[float]
    dollars: bool
    arrays: Labelled

    @classmethod
    def of(
        cls,
        rows: Iterable[EvidenceRow],
        tiers: Sequence[str] = (),
        labels: Sequence[str] = (),
        costs: Mapping[str, float] | None = None,
        exclude: Collection[str] = (),
    ) -> Table:
        """Lay out rows.

        Parameters
        ----------
        tiers, labels : their order; by default as the rows give them (labels sorted).
        costs : tier -> cost of asking it. By default the mean cost in the rows, and for a judge without a price that
            of the one before it (nothing for the first): cheaper judges come first. Where no judge has a price, the
            mean number of calls, no judge less than the one before it. Means are of questions that nobody
            labelled, where the tier was asked about any (prices must not hang on what certifies), to one digit.
        exclude : question ids (or item ids) to leave out.

        Raises
        ------
        InputError : no rows, rows of two rubrics, a tier or a label that is not known.
        """
        rows = [row for row in rows if row.id not in exclude and row.question_id not in exclude]
        if not rows:
            raise InputError("no evidence rows to calibrate on")
        tiers = several(tiers) or tier_names(rows)
        if unknown := {*tiers, *(costs or {})} - set(tier_names(rows)):
            raise InputError(f"no row has evidence of tier {', '.join(sorted(unknown))}")
        rubrics = {row.rubric for row in rows}
        if len(rubrics) > 1:
            raise InputError(
                f"rows of several rubrics ({', '.join(sorted(rubrics))}); take one at a time (--rubric NAME)"
            )
        labels = several(labels) or label_set(rows)
        if len(set(tiers)) < len(tiers):
            raise InputError(f"a tier is named twice: {', '.join(tiers)}")
        seen, dollars = _seen_costs(rows, tiers)
        prices = incremental(tiers, seen | dict(costs or {}))
        arrays = to_arrays(rows, tiers, labels)
        return cls(rows, rubrics.pop(), tiers, labels, prices, dollars and not costs, arrays)

    def priced(self) -> list[float]:
        """The prices, for what makes no sense without.

        Raises
        ------
        InputError : no tier has one.
        """
        if not any(self.prices):
            raise InputError("the evidence states no cost of any tier: give them (--cost TIER=COST)")
        return self.prices


def label_set(rows: Iterable[EvidenceRow]) -> tuple[str, ...]:
    """All labels that occur in evidence or human labels, sorted."""
    found: set[str] = set()
    for row in rows:
        found.update(given.label for given in row.human)
        for evidence in row.tiers.values():
            found.update(evidence.probs)
    return tuple(sorted(found))


def tier_names(rows: Iterable[EvidenceRow]) -> tuple[str, ...]:
    """Tier names in the order in which rows first give them; people's labels are no judge's."""
    return tuple(dict.fromkeys(tier for row in rows for tier in row.tiers if tier != PEOPLE))


def judge_index(tiers: Sequence[str]) -> list[int]:
    """For each tier the number of the judge it is a stage of (``small@1``, ``small@2`` and ``small@5`` are one)."""
    seen: dict[str, int] = {}
    return [seen.setdefault(tier.partition(STAGE)[0], len(seen)) for tier in tiers]


def last_stages(row: EvidenceRow) -> dict[str, Evidence]:
    """The last evidence of every judge of a row (later stages include what earlier ones spent)."""
    return {tier.partition(STAGE)[0]: evidence for tier, evidence in row.tiers.items()}


def incremental(tiers: Sequence[str], costs: Mapping[str, float]) -> list[float]:
    """What each tier adds: a later stage of a judge costs what its earlier stages have not spent yet."""
    spent: dict[str, float] = {}
    added = []
    for tier in tiers:
        judge = tier.partition(STAGE)[0]
        added.append(max(costs[tier] - spent.get(judge, 0.0), 0.0))
        spent[judge] = max(costs[tier], spent.get(judge, 0.0))
    return added


def one_per_question(
    questions: Sequence[str], labelled: NDArray[np.bool_], seed: int, groups: Sequence[str] | None = None
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which items certify and which serve as unlabelled evidence, so that both are independent draws.

    Outputs of several models to one question err together; the binomial tests assume independent items. One
    labelled item of each question (in each group, where every group has a promise of its own) is drawn at random;
    its siblings are used for nothing. Items without a question id stand for themselves.
    """
    group = [""] * len(questions) if groups is None else groups
    order = np.random.default_rng(seed).permutation(len(questions))
    certifies, rests = np.zeros(len(questions), np.bool_), np.zeros(len(questions), np.bool_)
    seen: set[tuple[str, str]] = set()
    for i in order:
        if labelled[i] and (group[i], questions[i]) not in seen:
            certifies[i] = True
            if questions[i]:
                seen.add((group[i], questions[i]))
    taken = {question for _, question in seen}
    for i in order:
        if not labelled[i] and questions[i] not in taken:
            rests[i] = True
            if questions[i]:
                taken.add(questions[i])
    return certifies, rests


def _seen_costs(rows: Sequence[EvidenceRow], tiers: Sequence[str]) -> tuple[dict[str, float], bool]:
    """Cost of each tier by the rows, and whether in dollars; see :meth:`Table.of`."""
    certify = {row.question_id or row.id for row in rows if row.human}
    others = [row for row in rows if (row.question_id or row.id) not in certify]
    dollars, calls = [0.0], [0.0]  # of the tier before the first
    for tier in tiers:
        asked = [row for row in others if tier in row.tiers] or [row for row in rows if tier in row.tiers]
        seen = [row.tiers[tier] for row in asked]
        priced = [evidence.cost for evidence in seen if evidence.cost is not None]
        dollars.append(_digit(priced) if priced else dollars[-1])
        calls.append(max(0.0 if priced else _digit([evidence.asks for evidence in seen]), calls[-1]))
    known = any(dollars)
    return dict(zip(tiers, (dollars if known else calls)[1:], strict=True)), known


def _digit(numbers: Sequence[float]) -> float:
    """The mean, to one digit."""
    return float(f"{np.mean(numbers or [0]):.1g}")
