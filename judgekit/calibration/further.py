"""What further labels are likely to buy, by those at hand: for reading, no promise."""

from __future__ import annotations

import numpy as np

from judgekit import trust
from judgekit.calibration.grounds import Grounds
from judgekit.calibration.stages import judge_index
from judgekit.errors import mendable

FEWEST = 30
"""Labels that tell anything of further ones."""

DRAWS = 12
"""Calibrations for each number of labels: enough to see whether more would pay."""


def further(grounds: Grounds) -> trust.Outlook | None:
    """What as many fresh labels again, and twice as many, are likely to buy at the same target.

    The labels at hand are the pilot. On items of a pool that nobody was asked about judges are believed.

    Returns
    -------
    Outlook or None
        None where there are too few labels, and for a promise by group, with a limit on an error, about a person drawn
        at random, or at a cost.
    """
    promise, human = grounds.promise, grounds.human
    if not isinstance(promise, trust.Agreement) or grounds.groups or grounds.max_mean_cost is not None:
        return None
    if human.ndim > 1 or (human >= 0).sum() < FEWEST:
        return None
    evidence, judges = grounds.evidence, judge_index(grounds.table.tiers)
    people, known = trust.claimed(evidence, judges), human >= 0
    people[known] = np.eye(evidence.shape[2])[human[known]]
    labels = int(known.sum())
    return mendable(trust.outlook)(
        evidence,
        people,
        (labels, 2 * labels),
        agreement=promise.agreement,
        draws=DRAWS,
        delta=promise.delta,
        per_label=promise.per_label,
        tolerance=promise.tolerance,
        costs=grounds.prices,
        judges=judges,
    )
