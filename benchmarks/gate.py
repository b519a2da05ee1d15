"""How often a gate passes a run whose true rate is at its limit, in four worlds. Prints one JSON object."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import show

from tests.promises.test_gate import WORLDS, outcomes

DRAWS = 2000


def main() -> None:
    """Shares of pass, fail and undecided, in percent, where the true rate is at its limit, and at a tenth of it."""
    show(
        {
            name: {
                where: {
                    what: round(100 * count / DRAWS, 2)
                    for what, count in outcomes(world, rate, DRAWS).items()
                }
                for where, rate in (("at the limit", 0.05), ("at a tenth of it", 0.005))
            }
            for name, world in WORLDS.items()
        }
    )


if __name__ == "__main__":
    main()
