"""How near an item's evidence stood to the threshold at which it would have been decided otherwise.

Under a calibration the policy accepts the leading label of the judges asked so far once their pooled score (log-odds
of that label against all others) is high enough at the tier where the item stops. Without one a verdict is the last
judge's most probable label, so what counts is how far the second label is behind. Both distances are log-odds, so that
one constant says what is near.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from judgekit.calibration.evidence_table import tier_probs
from judgekit.calibration.record import Calibration
from judgekit.records import PEOPLE
from judgekit.report.run import JudgedItem

NEAR = math.log(1.5)
"""An item is near if its odds are within a factor of 1.5 of those at the threshold: 0.9 is 0.857 to 0.931. Without a
calibration: if the two most probable labels are within a factor of 1.5 of each other, as 0.6 and 0.4 are."""


_ANY = -700.0
"""Log-odds below which a threshold is one that any evidence passes; their exponential is no number."""


class Standing(NamedTuple):
    """An item's evidence against its threshold.

    Attributes
    ----------
    score : float or None
        The pooled probability of the leading label at the tier where the item stopped (0..1); None without a
        calibration, without evidence, or where the out-of-distribution guard gave no verdict.
    threshold : float or None
        The score (0..1) from which on a verdict with that label is given there; None where no score is enough.
    margin : float or None
        Distance of the two, or of the two most probable labels, in log-odds (>= 0); None where it is not known.
    """

    score: float | None = None
    threshold: float | None = None
    margin: float | None = None

    @property
    def near(self) -> bool:
        """Whether little would have changed the decision."""
        return self.margin is not None and self.margin <= NEAR


NOWHERE = Standing()


def standings(rows: Sequence[JudgedItem], calibration: Calibration | None) -> list[Standing]:
    """How each item stood, in order; ``calibration`` is the one that the rows were decided under, if any."""
    if calibration is None:
        return [_ahead(row) for row in rows]
    known = [i for i, row in enumerate(rows) if row.evidence is not None]
    found = [NOWHERE] * len(rows)
    for i, standing in zip(known, _under([rows[i] for i in known], calibration), strict=True):
        found[i] = standing
    return found


def _ahead(row: JudgedItem) -> Standing:
    """How far the last judge that answered puts its first label before the second."""
    tiers = row.evidence.tiers if row.evidence else {}
    said = [found.probs for tier, found in tiers.items() if tier != PEOPLE and found.probs]
    if not said or len(said[-1]) < 2:
        return NOWHERE
    first, second = sorted(said[-1].values(), reverse=True)[:2]
    return Standing(margin=math.log(first / second) if second > 0 else math.inf)


def _under(rows: Sequence[JudgedItem], calibration: Calibration) -> list[Standing]:
    evidence = [row.evidence for row in rows if row.evidence is not None]
    ids = [row.verdict.id for row in rows]
    probs = np.full((len(rows), len(calibration.tiers), len(calibration.labels)), np.nan)
    for t, tier in enumerate(calibration.tiers):
        probs[:, t] = tier_probs(ids, [found.tiers.get(tier) for found in evidence], calibration.labels)
    probs[[bool(why) for why in calibration.refuses(rows)]] = np.nan
    groups = [calibration.group(row.verdict) for row in rows] if calibration.group_by else None
    score, needed = calibration.load_policy().standing(probs, groups)
    return [
        NOWHERE
        if math.isnan(reached)
        else Standing(_share(reached))
        if needs == math.inf
        else Standing(_share(reached), _share(needs), abs(reached - needs) if needs > _ANY else math.inf)
        for reached, needs in zip(score.tolist(), needed.tolist(), strict=True)
    ]


def _share(log_odds: float) -> float:
    """Log-odds as a probability."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > _ANY else 0.0
