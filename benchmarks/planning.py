"""Are planned labels enough, and those that a calibration asks for? Calibrations on them; prints one JSON object.

    python benchmarks/planning.py [--shared FOLDER]

The pilot is the whole recorded set "Trust or Escalate", so that the plan knows the accuracy; what is left to see is
what the search for a level costs, which the plan leaves out. A draw may fall short of a coverage by 0.02.

Calibrations on few labels that certify nothing say how many would (``labels_needed``); so many others are drawn then.

*Outlooks*: the coverage that ``judgekit plan`` tells of labels in random order, by evidence alone and by pilots of 100
labeled items (their mean, and the mean distance from what comes), beside what calibrations on such labels reach.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from guarantee import TABLE
from protocol import Task, judgekit, labeled, run
from recorded import READERS, Recorded
from shared import data_folder, show

from judgekit.trust import calibrate, claimed, outlook, plan_labels
from judgekit.trust.selective.opinion_pool import OpinionPool

DELTA, DRAWS = 0.1, 200
WANTED = ((0.80, 0.80), (0.85, 0.60), (0.85, 0.50), (0.90, 0.40))
"""Agreement and coverage."""

FEW = ((0.85, 30), (0.85, 60), (0.90, 60), (0.90, 100))
"""Agreement and labels of a first calibration."""

MOST = 5_000
"""Labels that are drawn again at most."""

TARGETS, PILOT, PILOTS, LOOKS = (0.80, 0.85, 0.90), 100, 5, 20
"""Targets of outlooks, items of a pilot, pilots drawn, and calibrations for each number that is told."""


def main() -> None:
    folder = data_folder(__doc__) / "judges"
    known = READERS["trust_or_escalate"](folder / "trust_or_escalate.csv")
    label, score = OpinionPool.equal(len(known.judges)).opinions(known.probs)
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
    ahead = [one for case in TABLE for one in outlooks(folder, *case[:4])]
    after = [again(known, *few) for few in FEW]
    show({"draws": DRAWS, "plans": rows, "after nothing certified": after, "outlooks": ahead})


def outlooks(folder: Path, name: str, file: str, order: Sequence[str], labels: int) -> list[dict[str, Any]]:
    """What is told of so many labels of a recorded set, and what comes, a row for each target."""
    known = labeled(READERS[name](folder / file))
    known = known.order(order) if order else known
    truth = np.eye(len(known.labels))[known.human]
    rng, rows = np.random.default_rng(0), []
    pilots = [rng.choice(len(known.ids), PILOT, replace=False) for _ in range(PILOTS)]
    for target in TARGETS:
        options: dict[str, Any] = {"agreement": target, "delta": DELTA, "costs": known.costs, "draws": LOOKS}
        comes = run(Task(known, target, DELTA, labels), judgekit, DRAWS)["coverage"]
        alone = outlook(known.probs, claimed(known.probs), [labels], **options).random[0].coverage
        told = [
            outlook(known.probs[one], truth[one], [labels], **options).random[0].coverage for one in pilots
        ]
        rows.append(
            {
                "set": name,
                "judges": len(known.judges),
                "labels": labels,
                "agreement": target,
                "comes": comes,
                "evidence alone": alone,
                "pilots": float(np.mean(told)),
                "pilots are off by": float(np.mean(np.abs(np.array(told) - comes))),
            }
        )
    return rows


def again(known: Recorded, agreement: float, labels: int) -> dict[str, Any]:
    """How often as many labels as were said to be needed do certify."""
    rng, needed, won = np.random.default_rng(0), [], []

    def certificate(count: int) -> Any:
        drawn = rng.integers(0, len(known.ids), count)
        return calibrate(known.probs[drawn], known.human[drawn], agreement=agreement, delta=DELTA).certificate

    while len(needed) < DRAWS:
        first = certificate(labels)
        if not first.certified:
            needed.append(first.labels_needed or np.inf)
            if needed[-1] <= MOST:
                won.append(certificate(needed[-1]).certified)
    return {
        "agreement": agreement,
        "labels of the first": labels,
        "says a number": len(won) / DRAWS,
        "its median": float(np.median([count for count in needed if count <= MOST])),
        "then certified": float(np.mean(won)),
    }


if __name__ == "__main__":
    main()
