"""What a calibration rests on: which rows certify, which give their evidence alone, and what is promised of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from judgekit import trust
from judgekit.calibration.evidence_table import (
    EvidenceTable,
    label_shares,
    majority,
    one_per_question,
)
from judgekit.calibration.ood import OodGuard
from judgekit.calibration.pool import Pool, first_answer, members
from judgekit.calibration.promise import promise_of
from judgekit.calibration.stages import judge_index
from judgekit.calibration.suspects import DETECTOR
from judgekit.calibration.tries import Try
from judgekit.errors import InputError, known
from judgekit.records import EvidenceRow, several

People = Literal["majority", "random"]


@dataclass(frozen=True)
class Grounds:
    """Rows laid out, before any of their labels is looked at.

    Attributes
    ----------
    table : EvidenceTable
        All rows; evidence on what guard or detector refuse is taken out.
    certify : int (items,), the rows that certify: labeled ones, one a question, or all items of a pool.
    others : bool (rows,), those that give their evidence alone.
    groups : list[str] | None
        The group of each item that certifies, where the promise is made by group.
    promise, people, max_mean_cost
        What is promised, in the eyes of whom, at what cost.
    prices : list[float] | None
        What asking each tier adds; None where nothing tells it.
    guard : OodGuard | None
        What ordinary items look like.
    detector : int
        The version of the rule that names items which may mislead a judge; 0 where some row does not say.
    split : int
        Labeled rows that were left out because people have no majority on them.
    pool : Pool | None
        The pool that labels are asked from along the path.
    this : Try
        The try that a calibration on these grounds is.
    """

    table: EvidenceTable
    certify: NDArray[np.intp]
    others: NDArray[np.bool_]
    groups: list[str] | None
    promise: trust.Promise
    people: People
    max_mean_cost: float | None
    prices: list[float] | None
    guard: OodGuard | None
    detector: int
    split: int
    pool: Pool | None
    this: Try

    @classmethod
    def of(
        cls,
        rows: Iterable[EvidenceRow],
        *,
        agreement: float | None = None,
        delta: float = 0.1,
        tiers: Sequence[str] = (),
        labels: Sequence[str] = (),
        costs: Mapping[str, float] | None = None,
        group_by: Literal["split", "model", "method"] | None = None,
        per_label: Mapping[str, float] | None = None,
        at_most: Mapping[str, float] | None = None,
        tolerance: int = 0,
        people: People = "majority",
        exclude: Collection[str] = (),
        max_mean_cost: float | None = None,
        per: Literal["question", "item"] = "question",
        tries: int = 1,
        pool: Pool | None = None,
    ) -> Grounds:
        """Lay rows out; the parameters are those of :func:`judgekit.calibration.calibrate.calibrate`.

        Parameters
        ----------
        pool : Pool | None
            The pool that people are asked about along the path; by default all labels certify.

        Raises
        ------
        InputError
            See there.
        """
        known("way to count people's labels", people, ("majority", "random"))
        if group_by is not None:
            known("grouping", group_by, ("split", "model", "method"))
        asked: dict[str, Any] = {
            "agreement": agreement,
            "delta": delta,
            "per_label": dict(per_label or {}),
            "at_most": dict(at_most or {}),
            "tolerance": tolerance,
            "people": people,
            "group_by": group_by,
            "per": per,
            "max_mean_cost": max_mean_cost,
            "tries": tries,
            "costs": dict(costs or {}),
        }
        questions = None if pool is None else pool.questions
        if pool is not None:
            labels = pool.labels or labels
        table = EvidenceTable.of(rows, tiers, labels, costs, several(exclude), questions)
        rows, arrays = table.rows, table.arrays
        within = [str(getattr(row, group_by)) for row in rows] if group_by else None
        seen = arrays.labeled
        if pool is None:
            given = seen if people == "random" else np.asarray(arrays.majority != -1)
            labeled, others = one_per_question(
                table.questions, given, table.order, groups=within, seen=seen, per=per
            )
            certify, split = np.flatnonzero(labeled), int(seen.sum() - given.sum())
        else:
            _as_asked(pool, {**asked, "tiers": table.tiers})
            certify, split = np.array(members(pool, rows), dtype=np.intp), 0
            _check_one_a_question([(within[i] if within else "", table.questions[i]) for i in certify], pool)
            given = np.isin(np.arange(len(rows)), certify)
            _, others = one_per_question(table.questions, given, table.order, groups=within, per=per)
        _check_asked(table, given)
        prices = (table.prices or None) if max_mean_cost is None else table.priced()
        detector = DETECTOR if all(row.suspect is not None for row in rows) else 0
        if detector:  # items that may mislead a judge never get one either
            arrays.probs[[bool(row.suspect) for row in rows]] = np.nan
        guard = OodGuard.of((row.text_features for row, rests in zip(rows, others, strict=True) if rests))
        if guard is not None:  # such items never get a verdict
            arrays.probs[guard.refuses([row.text_features for row in rows])] = np.nan
        if not given.any():
            raise InputError(
                f"none of the {len(rows):,} items"
                + (f" of rubric '{table.rubric}'" if table.rubric else "")
                + " has a label of people to calibrate on; give them (--labels FILE)"
            )
        promise = promise_of(
            table.labels,
            agreement=agreement,
            per_label=per_label,
            at_most=at_most,
            tolerance=tolerance,
            delta=delta,
            drawn=_drawn(table, within, split, per),
            tries=tries,
        )
        options: tuple[Any, ...] = (
            agreement,
            group_by,
            sorted((per_label or {}).items()),
            tolerance,
            people,
            max_mean_cost,
            per,
            prices,
            *([sorted(at_most.items())] if at_most else []),
            sorted(several(exclude)),
        )
        name = "" if pool is None else pool.fingerprint
        return cls(
            table=table,
            certify=certify,
            others=others,
            groups=None if within is None else [within[i] for i in certify],
            promise=promise,
            people=people,
            max_mean_cost=max_mean_cost,
            prices=prices,
            guard=guard,
            detector=detector,
            split=split,
            pool=pool,
            this=Try.of(table, given, delta, tries, options, name),
        )

    @property
    def evidence(self) -> NDArray[np.float64]:
        """That on the items that certify, (items, tiers, classes)."""
        return self.table.arrays.probs[self.certify]

    @property
    def human(self) -> NDArray[Any]:
        """What people say of them, as :func:`judgekit.trust.calibrate` takes it."""
        if self.pool is None:
            shares = self.table.arrays.shares[self.certify]
            return shares if self.people == "random" else majority(shares)
        rows = [self.table.rows[i] for i in self.certify]
        first = [first_answer(row.human) for row in rows]
        return self.answers([row.id for row in rows], [one.label if one else "" for one in first])

    def answers(self, ids: Sequence[str], given: Sequence[str]) -> NDArray[np.intp]:
        """The answers of a pool's items as numbers, (items,); -1 where nobody answered (an empty text).

        Raises
        ------
        InputError
            An item holds a label that is none of those there are.
        """
        said = [[label] if label else [] for label in given]
        return majority(label_shares(ids, said, self.table.labels))

    @property
    def promised(self) -> dict[str, Any]:
        """The other arguments of :func:`judgekit.trust.calibrate`."""
        arrays, others = self.table.arrays, self.others
        return {
            "promise": self.promise,
            "costs": self.prices,
            "groups": self.groups,
            "judges": judge_index(self.table.tiers),
            # which of the others a policy sent to every tier hangs on the labels it was made from: all of them or none
            "unlabeled": arrays.probs[others & arrays.asked[others].all()],
            "max_mean_cost": self.max_mean_cost,
            **({"pool": np.ones(len(self.certify), np.bool_)} if self.pool else {}),
        }


def _as_asked(pool: Pool, options: Mapping[str, Any]) -> None:
    """Refuse other options than those that people were asked for.

    Raises
    ------
    InputError
        Naming the option.
    """
    for name, got in options.items():
        wanted = getattr(pool, name)
        if (got or None) != (wanted or None):
            raise InputError(
                "labels asked for along a path certify what they were asked for and nothing else: the pool was drawn "
                f"for {name} {wanted or 'none'}, and here it is {got or 'none'}"
            )


def _check_one_a_question(places: Sequence[tuple[str, str]], pool: Pool) -> None:
    """Refuse a pool that holds two outputs of a question, which would err together."""
    place, count = Counter(places).most_common(1)[0]
    if count > 1:
        raise InputError(
            f"the pool {pool.fingerprint} holds {count} outputs of the question '{place[1]}': draw one"
        )


def _drawn(table: EvidenceTable, within: Sequence[str] | None, split: int, per: str) -> str:
    """What a promise is about, in words: which output of a question, and that people have a majority on it."""
    outputs = Counter(zip(within or [""] * len(table.rows), table.questions, strict=True))
    of = f" on which people have a majority ({split:,} of those labeled have none)" if split else ""
    if max(outputs.values()) == 1:
        return f"items{of}"
    return (
        f"questions, one output of each{of},"
        if per == "question"
        else f"items{of}, every output of a question,"
    )


def _check_asked(table: EvidenceTable, labeled: NDArray[np.bool_]) -> None:
    """Refuse labeled rows of which a tier was not asked: in use it is, and nobody knows what it would have said.

    Raises
    ------
    InputError
        Naming the tier, and the way to complete the evidence.
    """
    unasked = (~table.arrays.asked[labeled]).sum(axis=0)
    if unasked.any():
        tier = int(unasked.argmax())
        raise InputError(
            f"tier '{table.tiers[tier]}' was not asked about {unasked[tier]:,} of {labeled.sum():,} labeled items, so "
            "nothing can be certified on them; run the same 'judgekit score' again with --complete (and --labels), "
            "which asks what was left out (a tier that was asked in vain stands in the evidence with its 'reason')"
        )
