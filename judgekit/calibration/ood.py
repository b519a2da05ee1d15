"""The out-of-distribution guard of a calibration: no verdict on items unlike those it was made from.

The guard is laid down from items whose labels play no part in the certificate, before labels are looked at, and is
applied to the items that certify as to all later ones: refusing is part of the rule that is certified.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from pydantic import AliasChoices, Field

from judgekit.records import Record
from judgekit.trust.draws import shuffled
from judgekit.trust.monitoring.ood import ood_check

REFUSED = 0.02
"""Share of ordinary items that are refused, at most, on average over what a guard is laid from."""

FEWEST, MOST = 98, 1_000
"""Items that a guard needs, and remembers. Half are places; the other half, no fewer than 1 / REFUSED - 1, tell how far
from the nearest places ordinary items lie."""

REASON = "out-of-distribution: unlike the items that the calibration was made from"


class OodGuard(Record):
    """What ordinary items look like.

    Attributes
    ----------
    features : tuple[tuple[float, ...], ...]
        See :func:`judgekit.calibration.text_features.text_features`, one entry an item.
    level : float
        An ordinary item is refused with at most this probability.
    """

    features: tuple[tuple[float, ...], ...] = Field(validation_alias=AliasChoices("features", "forms"))
    level: float = REFUSED

    @classmethod
    def of(cls, features: Iterable[tuple[float, ...]]) -> OodGuard | None:
        """A guard from the features of items that do not certify; None where they are too few, or unknown."""
        known = [form for form in features if form]
        if len(known) < FEWEST:
            return None
        order = shuffled(np.asarray(form, np.float64).tobytes() for form in known)[:MOST]
        return cls(features=tuple(known[i] for i in order), level=REFUSED)

    def refuses(self, features: Sequence[tuple[float, ...]]) -> NDArray[np.bool_]:
        """Which items look unlike all that are known; one whose form is unknown is refused. Shape (items,)."""
        width = len(self.features[0])
        known = np.array([len(form) == width for form in features], dtype=np.bool_)
        refused = ~known
        if known.any():
            new = np.array([form for form in features if len(form) == width])
            refused[known] = ~ood_check(self.features, new, level=self.level).in_distribution
        return refused
