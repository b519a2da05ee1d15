"""Are planned labels enough? Calibrations on the planned numbers of labels; prints one JSON object.

    python benchmarks/planning.py [--shared FOLDER]

The pilot is the whole recorded set "Trust or Escalate", so that the plan knows the accuracy; what is left to see is
what the search for a level costs, which the plan leaves out. A draw may fall short of a coverage by 0.02.
"""

from __future__ import annotations

import numpy as np
from protocol import Task, judgekit
from recorded import READERS
from shared import data_folder, show

from judgekit.trust import plan_labels
from judgekit.trust.evidence import Combination

DELTA, DRAWS = 0.1, 200
WANTED = ((0.80, 0.80), (0.85, 0.60), (0.85, 0.50), (0.90, 0.40))
"""Agreement and coverage."""


def main() -> None:
    known = READERS["trust_or_escalate"](data_folder(__doc__) / "judges" / "trust_or_escalate.csv")
    label, score = Combination.equal(len(known.judges)).opinions(known.probs)
    pilot = (score[:, -1], label[:, -1] == known.human)
    rows = []
    for agreement, coverage in WANTED:
        plan = plan_labels(agreement, DELTA, coverage=coverage, pilot=pilot)
        assert plan.labels is not None
        task, reached = Task(known, agreement, DELTA, plan.labels), []
        for draw in range(DRAWS):
            rng = np.random.default_rng([0, draw])
            outcome = judgekit(task, rng.integers(0, len(known.ids), plan.labels), rng)
            reached.append((outcome.label >= 0).mean() >= coverage - 0.02)
        rows.append(
            {
                "agreement": agreement,
                "coverage": coverage,
                "labels planned": plan.labels,
                "power planned": plan.power,
                "draws that reached it": float(np.mean(reached)),
            }
        )
    show({"draws": DRAWS, "plans": rows})


if __name__ == "__main__":
    main()
