"""Calibrating again on what was scored under a calibration: refused as it stands, and sound once it is complete."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.record import Calibration
from judgekit.errors import InputError
from judgekit.records import EvidenceRow
from tests.promises.populations import overall
from tests.promises.rows import edge, rows_of
from tests.promises.test_recorded import population

pytestmark = pytest.mark.slow

DELTA, DRAWS = 0.1, 100
TIERS = ("mistral", "gpt-3.5", "gpt-4")
COSTS = {"mistral": 0.0, "gpt-3.5": 0.05, "gpt-4": 1.0}


def scored_by(made: Calibration, rows: list[EvidenceRow], probs: np.ndarray) -> list[EvidenceRow]:
    """What a run under a calibration leaves behind: the evidence up to where each item stopped."""
    policy = made.load_policy()
    decided = policy.decide(probs)
    stop = np.where(decided.tier < 0, policy.stopping.depth - 1, decided.tier)
    return [
        row.model_copy(update={"tiers": {name: row.tiers[name] for name in TIERS[: t + 1]}})
        for row, t in zip(rows, stop, strict=True)
    ]


@pytest.mark.parametrize("first", [0.9, 0.8])
def test_a_second_target_on_evidence_that_the_first_left_incomplete(first: float) -> None:
    people, _ = population("trust_or_escalate", "trust_or_escalate.csv")
    rng, broken = np.random.default_rng(0), overall(0.85)
    count, accepted = 0, 0
    for _ in range(DRAWS):
        kinds, human = people.draw(rng, 500)
        rows = rows_of(people, kinds, human, TIERS)
        made = calibrate(rows, agreement=first, delta=DELTA, costs=COSTS, tiers=TIERS)
        left = scored_by(made, rows, people.probs[kinds])
        if left != rows:
            try:
                again = calibrate(left, agreement=0.85, delta=DELTA, costs=COSTS, tiers=TIERS)
            except InputError as error:
                assert "\n" not in str(error)
            else:
                accepted += 1
                count += broken(again.load_policy(), people)
                continue
        complete = calibrate(rows, agreement=0.85, delta=DELTA, costs=COSTS, tiers=TIERS)
        count += broken(complete.load_policy(), people)
    assert count / DRAWS <= edge(DELTA, DRAWS)
    assert accepted == 0
