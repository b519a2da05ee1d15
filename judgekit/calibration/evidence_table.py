"""Evidence rows as arrays: the seam between files and the mathematics of :mod:`judgekit.trust`."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from judgekit import trust
from judgekit.calibration.row_order import in_order, shuffled
from judgekit.calibration.stages import incremental
from judgekit.errors import InputError
from judgekit.records import CANNOT_TELL, PEOPLE, Evidence, EvidenceRow, several
from judgekit.trust.draws import chance


@dataclass(frozen=True)
class EvidenceArrays:
    """Evidence as arrays.

    ``probs`` (items, tiers, classes), NaN where a tier has no evidence; ``asked`` (items, tiers), whether it was asked
    at all, be it in vain; ``shares`` (items, classes) the share of an item's people who gave each label, NaN rows where
    nobody did; what is lacking to one is the share of those who could not tell.
    """

    probs: NDArray[np.float64]
    asked: NDArray[np.bool_]
    shares: NDArray[np.float64]

    @property
    def majority(self) -> NDArray[np.intp]:
        """What most people said, (items,): a label or :data:`judgekit.trust.CANNOT_TELL`.

        -1 where nobody labeled or the first place is shared.
        """
        return majority(self.shares)

    @property
    def labeled(self) -> NDArray[np.bool_]:
        """Whether people labeled the item at all, also those who are split or could not tell, (items,)."""
        return np.asarray(np.isfinite(self.shares).all(axis=1))


def to_arrays(rows: Sequence[EvidenceRow], tiers: Sequence[str], labels: Sequence[str]) -> EvidenceArrays:
    """Evidence rows as arrays, in the given order of tiers and labels.

    Raises
    ------
    InputError
        A row holds a label that is not in ``labels``.
    """
    ids = [row.id for row in rows]
    probs = np.empty((len(rows), len(tiers), len(labels)))
    for t, tier in enumerate(tiers):
        probs[:, t] = tier_probs(ids, [row.tiers.get(tier) for row in rows], labels)
    asked = np.array([[row.asked(tier) for tier in tiers] for row in rows], np.bool_).reshape(len(rows), -1)
    said = [[given.label for given in row.human if not given.again] for row in rows]
    return EvidenceArrays(probs, asked, label_shares(ids, said, labels))


def label_shares(
    ids: Sequence[str], said: Sequence[Sequence[str]], labels: Sequence[str]
) -> NDArray[np.float64]:
    """The share of each item's people who gave each label, as in :class:`EvidenceArrays`.

    Raises
    ------
    InputError
        An item holds a label that is not in ``labels``.
    """
    shares = np.full((len(ids), len(labels)), np.nan)
    index = {label: k for k, label in enumerate(labels)}
    for i, given in enumerate(said):
        if given:
            shares[i] = 0.0
        for label in given:
            if label in index:
                shares[i, index[label]] += 1 / len(given)
            elif label != CANNOT_TELL:
                raise no_such_label(ids[i], label, labels)
    return shares


def majority(shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """What most people said, (items,), by the share of an item's people who gave each label (items, classes)."""
    unsure = 1 - shares.sum(axis=1, keepdims=True)
    top = np.nan_to_num(np.hstack([shares, unsure]), nan=-1.0).round(9)
    best, said = top.max(axis=1), top.argmax(axis=1)
    alone = (top == best[:, None]).sum(axis=1) == 1
    said[said == shares.shape[1]] = trust.CANNOT_TELL
    return np.where((best > 0) & alone, said, -1)


def tier_probs(
    ids: Sequence[str], said: Iterable[Evidence | None], labels: Sequence[str]
) -> NDArray[np.float64]:
    """What one tier said of some items, (items, labels); NaN rows where it said nothing.

    Raises
    ------
    InputError
        It gave an item a label that is not in ``labels``.
    """
    index = {label: k for k, label in enumerate(labels)}
    probs = np.full((len(ids), len(labels)), np.nan)
    for i, evidence in enumerate(said):
        if evidence is None or not evidence.probs:
            continue
        row = [0.0] * len(labels)
        for label, p in evidence.probs.items():
            if label not in index:
                raise no_such_label(ids[i], label, labels)
            row[index[label]] = p
        probs[i] = row
    return probs


def no_such_label(item: str, label: str, labels: Sequence[str]) -> InputError:
    """An item holds a label that is none of those there are."""
    return InputError(f"item '{item}' holds label '{label}'; expected one of {', '.join(labels)}")


class EvidenceTable(NamedTuple):
    """Evidence rows of one rubric laid out for the mathematics, by their names, whatever order they came in.

    ``tiers`` and ``labels`` in the order of the arrays; ``prices``: what asking each tier adds, in US dollars if
    ``dollars``, else in calls or as stated; empty where nothing tells them that may.
    """

    rows: list[EvidenceRow]
    rubric: str
    tiers: tuple[str, ...]
    labels: tuple[str, ...]
    prices: list[float]
    dollars: bool
    arrays: EvidenceArrays

    @classmethod
    def of(
        cls,
        rows: Iterable[EvidenceRow],
        tiers: Sequence[str] = (),
        labels: Sequence[str] = (),
        costs: Mapping[str, float] | None = None,
        exclude: Collection[str] = (),
        certify: Collection[str] | None = None,
    ) -> EvidenceTable:
        """Lay out rows.

        Parameters
        ----------
        tiers, labels : Sequence[str]
            Their order; by default as the rows give them (labels sorted).
        costs : Mapping[str, float] | None
            tier -> cost of asking it. By default the mean cost in the rows, and for a judge without a
            price that of the one before it (nothing for the first): cheaper judges come first. Where no
            judge has a price, the mean number of calls, no judge less than the one before it. Means are
            of questions that do not certify, to one digit: prices must not hang on what certifies.
            Where a tier was asked about none of those, there are no prices unless all of them are
            stated.
        exclude : Collection[str]
            Question ids (or item ids) to leave out.
        certify : Collection[str] | None
            The questions that certify; by default those that people labeled.

        Raises
        ------
        InputError
            No rows, rows of two rubrics, a tier or a label that is not known, a cost that neither is
            stated nor may be taken from the rows.
        """
        rows = [row for row in rows if row.id not in exclude and row.question_id not in exclude]
        if not rows:
            raise InputError("no evidence rows to calibrate on")
        rows = in_order(rows)
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
        if certify is None:
            certify = {row.question_id or row.id for row in rows if row.human}
        seen, dollars = _seen_costs(
            [row for row in rows if (row.question_id or row.id) not in certify], tiers
        )
        known = seen | dict(costs or {})
        if costs and (untold := [tier for tier in tiers if tier not in known]):
            raise InputError(_no_price(untold[0]))
        prices = incremental(tiers, known) if all(tier in known for tier in tiers) else []
        arrays = to_arrays(rows, tiers, labels)
        return cls(rows, rubrics.pop(), tiers, labels, prices, dollars and not costs, arrays)

    @property
    def questions(self) -> list[str]:
        """The question of each row; where none is named, the item stands for it."""
        return [row.question_id or row.id for row in self.rows]

    @property
    def order(self) -> NDArray[np.intp]:
        """A random order of the rows, which depends on their names alone."""
        return shuffled(self.rows)

    def priced(self) -> list[float]:
        """The prices, for what makes no sense without.

        Raises
        ------
        InputError
            No tier has one, or they could be taken from labeled items only.
        """
        if not self.prices:
            raise InputError(_no_price(self.tiers[-1]))
        if not any(self.prices):
            raise InputError("the evidence states no cost of any tier: give them (--cost TIER=COST)")
        return self.prices


def _no_price(tier: str) -> str:
    return (
        f"no unlabeled item tells what tier '{tier}' costs, and a price must not depend on the items that certify: "
        "state the costs (--cost TIER=COST, one for each tier)"
    )


def label_set(rows: Iterable[EvidenceRow]) -> tuple[str, ...]:
    """All labels that occur in evidence or human labels, sorted."""
    found: set[str] = set()
    for row in rows:
        found.update(given.label for given in row.human if given.label != CANNOT_TELL)
        for evidence in row.tiers.values():
            found.update(evidence.probs)
    return tuple(sorted(found))


def tier_names(rows: Iterable[EvidenceRow]) -> tuple[str, ...]:
    """Tier names in the order in which rows first give them; people's labels are no judge's."""
    return tuple(dict.fromkeys(tier for row in rows for tier in row.tiers if tier != PEOPLE))


def one_per_question(
    questions: Sequence[str],
    labeled: NDArray[np.bool_],
    order: NDArray[np.intp],
    *,
    groups: Sequence[str] | None = None,
    seen: NDArray[np.bool_] | None = None,
    per: Literal["question", "item"] = "question",
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which items certify and which serve as unlabeled evidence, so that both are independent draws.

    Outputs of several models to one question err together; the binomial tests assume independent items. One labeled
    item of each question (in each group, where every group has a promise of its own) is drawn at random; its siblings
    are used for nothing. That speaks for questions. To speak for items (``per="item"``), where a question counts as
    often as it has outputs, a question is kept with a probability in proportion to their number
    (``docs/guarantee.md``, "Several promises at once").

    Parameters
    ----------
    questions : (items,).
    labeled : bool (items,), whether the item has a label that can certify.
    order : int (items,), a random order of the items.
    groups : (items,), optional.
    seen : bool (items,), whether people labeled the item at all, also those who were split; default ``labeled``.

    Returns
    -------
    certifies, rests : bool (items,)
    """
    group = [""] * len(questions) if groups is None else groups
    places = list(zip(group, questions, strict=True))
    given = labeled if seen is None else seen
    outputs, people = Counter(places), Counter(place for place, has in zip(places, given, strict=True) if has)
    usable = Counter(place for place, has in zip(places, labeled, strict=True) if has)
    most: dict[str, int] = {}
    for (name, _), count in outputs.items():
        most[name] = max(count, most.get(name, 0))

    def kept(place: tuple[str, str], share: float) -> bool:
        """Whether a question is taken for an item's sake."""
        weight = share * outputs[place] / most[place[0]]
        return per == "question" or bool(chance(["\0".join(place)])[0] < weight)

    certifies, rests = np.zeros(len(questions), np.bool_), np.zeros(len(questions), np.bool_)
    met: set[tuple[str, str]] = set()
    for i in order:
        if labeled[i] and places[i] not in met:
            met.add(places[i])
            certifies[i] = kept(places[i], usable[places[i]] / people[places[i]])
    taken = {question for _, question in met}
    for i in order:
        if not labeled[i] and questions[i] not in taken:
            taken.add(questions[i])
            rests[i] = kept(places[i], 1.0)
    return certifies, rests


def _seen_costs(others: Sequence[EvidenceRow], tiers: Sequence[str]) -> tuple[dict[str, float], bool]:
    """Cost of each tier that items tell which do not certify, and whether in dollars; see :meth:`EvidenceTable.of`."""
    dollars, calls = [0.0], [0.0]  # of the tier before the first
    for tier in tiers:
        seen = [row.tiers[tier] for row in others if row.asked(tier)]
        priced = [evidence.cost for evidence in seen if evidence.cost is not None]
        dollars.append(_digit(priced) if priced else dollars[-1])
        calls.append(max(0.0 if priced else _digit([evidence.asks for evidence in seen]), calls[-1]))
    known = any(dollars)
    told = dict(zip(tiers, (dollars if known else calls)[1:], strict=True))
    return {tier: told[tier] for tier in tiers if any(row.asked(tier) for row in others)}, known


def _digit(numbers: Sequence[float]) -> float:
    """The mean, to one digit."""
    return float(f"{math.fsum(numbers) / max(len(numbers), 1):.1g}")
