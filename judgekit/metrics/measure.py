"""A measured number, or the reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Measure:
    """One figure of one run on one split.

    Parameters
    ----------
    name : str
        Name in the catalog (`judgekit.metrics.catalog`), which knows its direction, range and source.
    value : float or None
        The figure; None when it could not be had, never a stand-in such as 0.
    n : int
        Items behind the figure.
    missing : int
        Items of the split that recorded no value; they are counted here and enter nothing.
    reason : str
        Why `value` is None; empty otherwise.
    """

    name: str
    value: float | None
    n: int = 0
    missing: int = 0
    reason: str = ""

    def __post_init__(self) -> None:
        if self.value is None and not self.reason:
            raise ValueError(f"measure {self.name!r} has neither a value nor a reason for its absence")
        if self.value is not None and math.isnan(self.value):
            raise ValueError(f"measure {self.name!r} is NaN; use Measure.absent with a reason")

    @classmethod
    def absent(cls, name: str, reason: str, missing: int = 0) -> Measure:
        """A measure that could not be computed, with the reason in words."""
        return cls(name, None, missing=missing, reason=reason)

    @classmethod
    def mean(cls, name: str, values: Iterable[float | None]) -> Measure:
        """Arithmetic mean over the items that have a value; None and NaN are counted as missing."""
        known: list[float] = []
        missing = 0
        for value in values:
            if value is None or math.isnan(value):
                missing += 1
            else:
                known.append(float(value))
        if not known:
            return cls.absent(name, "no item of this split has a value", missing)
        # fsum: exact, so the figure does not depend on the order of the items.
        return cls(name, math.fsum(known) / len(known), len(known), missing)

    @property
    def known(self) -> bool:
        """Whether there is a value; where not, `reason` says why."""
        return self.value is not None
