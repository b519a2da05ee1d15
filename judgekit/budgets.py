"""What budgets buy: the frontier of coverage against cost, from evidence files, before anybody labels anything."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from judgekit import trust
from judgekit.arrays import Table, judge_index, one_per_question
from judgekit.errors import InputError, mendable
from judgekit.records import EvidenceRow


@dataclass(frozen=True)
class Frontier:
    """What each ``budget`` of a calibration would choose, the dearest first.

    Attributes
    ----------
    tiers : names of the tiers.
    prices : what asking each tier adds per item, in US dollars if ``dollars``, else in calls or as stated.
    items : how many items it was drawn from.
    candidates : see :class:`judgekit.trust.Candidate`.
    """

    tiers: tuple[str, ...]
    prices: tuple[float, ...]
    dollars: bool
    items: int
    candidates: tuple[trust.Candidate, ...]


def frontier(
    rows: Iterable[EvidenceRow],
    *,
    agreement: float,
    tiers: Sequence[str] = (),
    labels: Sequence[str] = (),
    costs: Mapping[str, float] | None = None,
    exclude: Collection[str] = (),
) -> Frontier:
    """The frontier of evidence rows; of the outputs of a question one is drawn at random.

    Parameters
    ----------
    rows : evidence of one rubric, from a run without calibration, which asked every tier about every item.
    agreement : the agreement that will be promised.
    tiers, labels, costs, exclude : see :meth:`judgekit.arrays.Table.of`, which says the errors too.
    """
    table = Table.of(rows, tiers, labels, costs, exclude)
    nobody = np.zeros(len(table.rows), np.bool_)
    _, counted = one_per_question([row.question_id for row in table.rows], nobody, seed=0)
    found = mendable(trust.frontier)(
        table.arrays.probs[counted],
        agreement=agreement,
        costs=table.prices,
        judges=judge_index(table.tiers),
    )
    if not any(table.prices):
        raise InputError("the evidence states no cost of any tier: give them (--cost TIER=COST)")
    if not found:
        raise InputError("no item has evidence of the last tier")
    dollars = table.dollars and not costs
    return Frontier(table.tiers, tuple(table.prices), dollars, int(counted.sum()), tuple(found))
