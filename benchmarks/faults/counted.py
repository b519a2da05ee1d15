"""What is counted of a fault."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from benchmarks.faults.world import World


@dataclass
class Counts:
    """One fault, tried again and again.

    Attributes
    ----------
    tried : int
        Faults that hit a process at work, or a run.
    survived : int
        Those after which the same command came to the verdicts of an undisturbed run, byte by byte.
    lost : int
        Answers that were stored, or that a process which was asked to stop should have stored, and that are gone.
    paid_twice : int
        Prompts answered again, beyond those that were under way or that the damage took with it.
    in_flight, most_in_flight : int
        Answers under way when processes were killed: all together, and the most of one.
    mixed : int
        Times that a run called itself finished whose files were of two runs.
    codes : Counter
        Exit codes of processes that were asked to stop.
    """

    tried: int = 0
    survived: int = 0
    lost: int = 0
    paid_twice: int = 0
    in_flight: int = 0
    most_in_flight: int = 0
    mixed: int = 0
    codes: Counter[str] = field(default_factory=Counter)
    started: float = field(default_factory=time.monotonic)

    def told(self, world: World, **more: Any) -> dict[str, Any]:
        """The columns of the table, and what else there is to say."""
        return {
            "tried": self.tried,
            "survived": self.survived,
            "lost": self.lost,
            "paid_twice": self.paid_twice,
            "hung": world.told["hung"],
            "tracebacks": world.told["tracebacks"],
            **(
                {"in_flight": self.in_flight, "most_in_flight": self.most_in_flight} if self.in_flight else {}
            ),
            **({"mixed": self.mixed} if self.mixed else {}),
            **({"exit_codes": dict(self.codes)} if self.codes else {}),
            **more,
            "seconds": time.monotonic() - self.started,
        }
