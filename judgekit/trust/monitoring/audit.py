"""Watching a certified policy: fresh spot checks, and a verdict on the promise that may be read at any time.

Each check says whether a person agreed with an accepted verdict. For every candidate agreement rate p a
bettor who believes otherwise multiplies a stake of 1 by fair odds; if p is right, the stake ever exceeds
1/level with probability at most `level` (Ville's inequality), no matter how often one looks or why one stops.
Betting on rates above p with a Jeffreys prior gives evidence against "at most p", on rates below p against
"at least p".

References: Robbins (1970), "Statistical methods related to the law of the iterated logarithm";
Waudby-Smith & Ramdas (2024), "Estimating means of bounded random variables by betting".
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import betainc, betaincc, betaln, xlog1py, xlogy

Status = Literal["holds", "broken", "undecided"]

PRIOR = 0.5  # Jeffreys: both parameters of the beta prior over rates
EDGE = 1e-12


@dataclass(frozen=True)
class Audit:
    """Spot checks so far against a promised agreement.

    Checks must be a random sample of the accepted verdicts, in any order. `status` says "holds" when the
    agreement is shown to be at least `target` and "broken" when shown to be below it; either is wrong with
    probability at most `level`, at all times together, as long as the agreement rate does not change.

    Parameters
    ----------
    target : float
        The promised agreement, in (0, 1).
    level : float
        Probability of ever saying something false.
    agreed, checked : int
        How many checks agreed, of how many.

    Examples
    --------
    >>> audit = Audit(target=0.85).update([True] * 40)
    >>> audit.status, round(audit.low, 3)
    ('holds', 0.91)
    """

    target: float
    level: float = 0.05
    agreed: int = 0
    checked: int = 0

    def __post_init__(self) -> None:
        for name in ("target", "level"):
            if not 0.0 < getattr(self, name) < 1.0:
                raise ValueError(f"{name} is {getattr(self, name)}: give a number between 0 and 1")
        if not 0 <= self.agreed <= self.checked:
            raise ValueError(f"{self.agreed} of {self.checked} checks agreed: counts do not fit")

    def update(self, agree: ArrayLike) -> Audit:
        """The audit after one more check (a bool) or several (an array of 0 and 1)."""
        checks = np.atleast_1d(np.asarray(agree))
        if not np.isin(checks, (0, 1)).all():
            raise ValueError("checks must be true/false or 0/1: leave out items that nobody labeled")
        return replace(self, agreed=self.agreed + int(checks.sum()), checked=self.checked + checks.size)

    @property
    def status(self) -> Status:
        """What is shown at this moment."""
        threshold = -np.log(self.level)
        if self._above(self.target) >= threshold:
            return "holds"
        return "broken" if self._below(self.target) >= threshold else "undecided"

    @property
    def e_holds(self) -> float:
        """Evidence (e-value) that the agreement is above the target; its inverse is an anytime p-value."""
        return _exp(self._above(self.target))

    @property
    def e_broken(self) -> float:
        """Evidence (e-value) that the agreement is below the target."""
        return _exp(self._below(self.target))

    @cached_property
    def low(self) -> float:
        """Lower confidence bound on the agreement, valid at all times together at `level`."""
        return self._crossing(self._above, EDGE)

    @cached_property
    def high(self) -> float:
        """Upper confidence bound on the agreement, valid at all times together at `level`."""
        return self._crossing(self._below, 1.0 - EDGE)

    @property
    def sentence(self) -> str:
        """The state in one plain sentence."""
        return self.told()

    def told(self, kept: str = "agreed", what: str = "agreement") -> str:
        """The same of a promise of another share: ``kept`` says what so many checks did, ``what`` names the share."""
        said = {
            "holds": f"the promise of {self.target:.1%} {what} holds",
            "broken": f"the promise of {self.target:.1%} {what} is broken",
            "undecided": f"it is undecided whether the promise of {self.target:.1%} {what} holds",
        }[self.status]
        return (
            f"After {self.checked} spot checks ({self.agreed} {kept}) {said}; {what} is at least "
            f"{self.low:.1%} and at most {self.high:.1%}, each with error level {self.level:.3g} at any time."
        )

    def _crossing(self, log_stake: Callable[[float], float], edge: float) -> float:
        """The rate, between `edge` and the observed one, at which the stake reaches 1 / level."""
        from scipy.optimize import brentq  # slow to import, and only the bounds need it

        threshold = -np.log(self.level)
        if log_stake(edge) < threshold:
            return float(round(edge))
        observed = min(max(self.agreed / self.checked, 2 * EDGE), 1.0 - 2 * EDGE)
        return float(brentq(lambda p: log_stake(p) - threshold, edge, observed))

    def _above(self, p: float) -> float:
        """Log stake of the bettor on rates above p, at odds that are fair under p."""
        return self._log_stake(p, betaincc)

    def _below(self, p: float) -> float:
        """Log stake of the bettor on rates below p."""
        return self._log_stake(p, betainc)

    def _log_stake(self, p: float, side: Callable[..., Any]) -> float:
        a, b = PRIOR + self.agreed, PRIOR + self.checked - self.agreed
        with np.errstate(divide="ignore"):  # a side that the checks rule out has log stake -inf
            bet = betaln(a, b) + np.log(side(a, b, p)) - betaln(PRIOR, PRIOR) - np.log(side(PRIOR, PRIOR, p))
        return float(bet - xlogy(self.agreed, p) - xlog1py(self.checked - self.agreed, -p))


def _exp(log_stake: float) -> float:
    return math.inf if log_stake > 700 else math.exp(log_stake)
