"""What a calibration keeps of the items that certified it."""

from __future__ import annotations

import pytest

from judgekit.calibration.reference import Reference
from judgekit.records import Evidence, EvidenceRow, HumanLabel


def row(number: int, method: str = "GradDiff", **more: object) -> EvidenceRow:
    said = Evidence(probs={"leaked": 0.75, "withheld": 0.25}, reason="it names the town", asks=4, cost=0.01)
    return EvidenceRow(
        id=str(number),
        split="forget",
        method=method,
        rubric="forgetting",
        tiers={"small": said, "large": said},
        human=(HumanLabel(label="leaked", annotator="ann"),),
        text_features=(float(number), 1.0),
        **more,  # type: ignore[arg-type]
    )


def test_it_keeps_what_is_compared_and_nobody_s_words() -> None:
    """Labels, reasons and prices stay where they are: a calibration is handed on without them."""
    (kept,) = Reference.of([row(1)], [row(1)], ["small"], None).rows
    assert kept.tiers == {"small": Evidence(probs={"leaked": 0.75, "withheld": 0.25})}
    assert kept.text_features == (1.0, 1.0) and not kept.human


def test_an_item_without_a_question_id_is_its_own_question() -> None:
    made = Reference.of([row(1), row(2, question_id="q")], [], ["small"], None)
    assert made.questions == ("1", "q")


@pytest.mark.parametrize(("by", "groups"), [(None, ()), ("method", ("GradDiff", "NPO"))])
def test_kinds_are_of_all_rows_and_groups_of_the_labeled(by: str | None, groups: tuple[str, ...]) -> None:
    labeled = [row(1), row(2, "NPO")]
    made = Reference.of(labeled, [*labeled, row(3, "RMU"), row(4, "RMU")], ["small"], by)
    assert made.groups == groups
    assert made.kinds == (("", "GradDiff", "forget"), ("", "NPO", "forget"), ("", "RMU", "forget"))
