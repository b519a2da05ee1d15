"""Labels that are no fair draw of what people say are told of where that leaves a trace; fair ones are left in peace."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from judgekit.api import calibrate
from judgekit.records import Evidence, EvidenceRow, HumanLabel
from judgekit.report.certificate.words import limits


def evidence(count: int, seed: int = 0, often: float = 0.5) -> list[EvidenceRow]:
    """A judge that knows how sure it may be, says "right" so often, and people who say what is so."""
    draw = np.random.default_rng(seed)
    made = []
    for number, (sure, is_right, turn) in enumerate(
        zip(draw.uniform(0.6, 1, count), *draw.random((2, count)), strict=True)
    ):
        says, else_ = ("right", "wrong") if turn < often else ("wrong", "right")
        human = (HumanLabel(annotator="ann", label=says if is_right < sure else else_),)
        tiers = {"judge": Evidence(probs={says: sure, else_: 1 - sure})}
        made.append(EvidenceRow(id=str(number), question_id=str(number), tiers=tiers, human=human))
    return made


def labeled(rows: list[EvidenceRow], keep: Callable[[EvidenceRow], bool]) -> list[EvidenceRow]:
    """Rows of which those that are not kept have no label."""
    return [row if keep(row) else row.model_copy(update={"human": ()}) for row in rows]


def copied(rows: list[EvidenceRow]) -> list[EvidenceRow]:
    """Rows whose labels are the judge's."""
    said = [HumanLabel(annotator="ann", label=row.tiers["judge"].label or "") for row in rows]
    return [row.model_copy(update={"human": (label,)}) for row, label in zip(rows, said, strict=True)]


def agrees(row: EvidenceRow) -> bool:
    return row.human[0].label == row.tiers["judge"].label


def half(row: EvidenceRow) -> bool:
    return int(row.id) % 2 == 0


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        (lambda rows: labeled(rows, half), ""),
        (lambda rows: labeled(copied(rows), half), "agree with 'judge' on all 200"),
        (lambda rows: labeled(rows, lambda row: half(row) and agrees(row)), "taken out where they differ"),
        (
            lambda rows: labeled(rows, lambda row: max(row.tiers["judge"].probs.values()) > 0.9),
            "differ from the others",
        ),
    ],
    ids=["fair", "copied", "disagreements dropped", "easy ones"],
)
def test_what_leaves_a_trace_is_told(misuse: Callable[..., list[EvidenceRow]], told: str) -> None:
    made = calibrate(misuse(evidence(400)), agreement=0.65)
    assert made.annotators == 1 and any("One person" in one for one in limits(made))
    if not told:
        assert made.doubts == ()
        return
    assert any(told in doubt for doubt in made.doubts)
    assert set(made.doubts) <= set(limits(made)), "the page and the card say them too"


def test_fair_draws_are_seldom_doubted() -> None:
    found = [calibrate(labeled(evidence(200, seed), half), agreement=0.9).doubts for seed in range(30)]
    assert sum(map(bool, found)) <= 3  # each with a probability of 1 %


def test_a_promise_that_one_label_for_everything_keeps_says_so() -> None:
    rows = evidence(200, often=0.9)
    often = np.mean([row.human[0].label == "right" for row in rows])
    for agreement, is_told in ((often - 0.05, True), (often + 0.02, False)):
        made = calibrate(rows, agreement=float(agreement))
        assert any("says 'right' of everything" in one for one in made.doubts) == is_told


def test_doubts_are_no_part_of_the_promise() -> None:
    made = calibrate(labeled(copied(evidence(400)), half), agreement=0.65)
    assert made.doubts and made.model_copy(update={"doubts": ()}).fingerprint == made.fingerprint
