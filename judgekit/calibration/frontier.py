"""What budgets buy: the frontier of coverage against cost, from evidence files, before anybody labels anything."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from judgekit import trust
from judgekit.calibration.evidence_table import EvidenceTable, one_per_question
from judgekit.calibration.stages import judge_index
from judgekit.errors import InputError, mendable


@dataclass(frozen=True)
class Frontier:
    """What each ``budget`` of a calibration would choose, the dearest first.

    Attributes
    ----------
    tiers : tuple[str, ...]
        Names of the tiers.
    prices : tuple[float, ...]
        What asking each tier adds per item, in US dollars if ``dollars``, else in calls or as stated.
    items : int
        How many items it was drawn from.
    candidates : tuple[trust.Candidate, ...]
        See :class:`judgekit.trust.Candidate`.
    """

    tiers: tuple[str, ...]
    prices: tuple[float, ...]
    dollars: bool
    items: int
    candidates: tuple[trust.Candidate, ...]


def frontier(table: EvidenceTable, agreement: float) -> Frontier:
    """The frontier of evidence; of the outputs of a question one is drawn at random.

    Parameters
    ----------
    table : EvidenceTable
        Evidence of one rubric, from a run without calibration, which asked every tier about every item.
    agreement : float
        The agreement that will be promised.

    Raises
    ------
    InputError
        No tier has a price, a tier was not asked about some of the items, or no item has evidence of
        the last tier.
    """
    unasked = (~table.arrays.asked).sum(axis=0)
    if unasked.any():
        tier = int(unasked.argmax())
        raise InputError(
            f"tier '{table.tiers[tier]}' was not asked about {unasked[tier]:,} of {len(table.rows):,} items; "
            "a frontier needs a run that was scored without a calibration"
        )
    nobody = np.zeros(len(table.rows), np.bool_)
    _, counted = one_per_question(table.questions, nobody, table.order)
    found = mendable(trust.frontier)(
        table.arrays.probs[counted],
        agreement=agreement,
        costs=table.priced(),
        judges=judge_index(table.tiers),
    )
    if not found:
        raise InputError("no item has evidence of the last tier")
    return Frontier(table.tiers, tuple(table.prices), table.dollars, int(counted.sum()), tuple(found))
