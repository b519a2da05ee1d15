"""What a run has spent, and the hard limit on what it may still spend."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from judgekit.display import some
from judgekit.errors import BudgetSpent


@dataclass(frozen=True)
class Spent:
    """What a run has cost so far.

    Attributes
    ----------
    calls : int
        Prompts sent.
    dollars : float
        US dollars that are known to be billed.
    unpriced : int
        Calls whose cost is unknown.
    reserved : float
        US dollars that those may have cost at most, where a budget counted them.
    """

    calls: int = 0
    dollars: float = 0.0
    unpriced: int = 0
    reserved: float = 0.0

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Spent:
        """What one call cost, by its answer as a row."""
        cost, reserved = answer.get("cost"), answer.get("reserved", 0.0)
        return cls(1, 0.0, 1, reserved) if cost is None else cls(1, cost, 0, reserved)

    def __add__(self, more: Spent) -> Spent:
        return Spent(
            self.calls + more.calls,
            self.dollars + more.dollars,
            self.unpriced + more.unpriced,
            self.reserved + more.reserved,
        )

    def over(self, cap: float) -> str:
        """What there is to say of a cap in dollars that this has reached."""
        said = f"${self.dollars:.4f} billed"
        if self.reserved:
            said += f", ${self.reserved:.4f} set aside for calls whose cost is unknown"
        if self.dollars + self.reserved > cap * (1 + 1e-9):
            said += (
                f"; that is ${self.dollars + self.reserved - cap:.4f} above the budget, "
                "by calls under way that cost more than those before them"
            )
        return said


_NOTHING = Spent()


class Budget:
    """A hard limit, in dollars and in calls, on a run: all its judges, and all commands that resumed it.

    The most that a call may cost is set aside before it is sent, again before every retry of one that may have been
    billed, and replaced by what it did cost afterwards; what is not known stays at what was set aside. So the limit
    holds with any number of calls in flight, as long as they cost no more than was set aside. A call is a prompt
    that is sent; a retry is not a new one.

    Parameters
    ----------
    dollars, calls
        The limits; None: no limit.
    spent : Spent
        What the run has used before (``Store.spent()``).
    """

    def __init__(
        self, dollars: float | None = None, calls: int | None = None, *, spent: Spent = _NOTHING
    ) -> None:
        self.dollars, self.calls = dollars, calls
        self.spent_dollars, self.spent_calls = spent.dollars + spent.reserved, spent.calls
        self._held, self._holders = 0.0, 0

    def hold(self, calls: int, estimate: float) -> bool:
        """Set aside so many calls and the dollars they may cost together.

        Returns
        -------
        False where there is no room now, but there may be once other calls have cost less than was set aside.

        Raises
        ------
        BudgetSpent
            There is no room, and will not be.
        """
        if self.calls is not None and self.spent_calls + calls > self.calls:
            raise BudgetSpent(f"the budget of {some(self.calls, 'call')} is used up")
        if self.dollars is not None and self.spent_dollars + self._held + estimate > self.dollars:
            if self._holders and self.spent_dollars + estimate <= self.dollars:
                return False
            raise BudgetSpent(f"the budget of ${self.dollars:g} is used up")
        self._holders += 1
        self._held += estimate
        self.spent_calls += calls
        return True

    def charge(self, calls: int, dollars: float) -> None:
        """Count what was spent, or bound to be, without having been set aside by this process."""
        self.spent_calls += calls
        self.spent_dollars += dollars

    def settle(self, estimate: float, cost: float) -> None:
        """Replace what was set aside in one hold by what was spent on it."""
        self._holders -= 1
        self._held = self._held - estimate if self._holders else 0.0
        self.spent_dollars += max(cost, 0.0)
