"""Spot checks count what they may count, and say holds or broken no more often than promised."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.calibration.record import Calibration
from judgekit.calibration.reference import Reference
from judgekit.errors import InputError
from judgekit.labeling.spotchecks import spot_checks
from judgekit.records import EDITED, HumanLabel, Verdict
from judgekit.trust.risk import Agreement
from judgekit.trust.selective.certificate import Certificate, Part

LABELS = ["no", "partly", "yes"]


def calibration(*parts: tuple[str | None, int | None, float], tolerance: int = 0, **more) -> Calibration:
    """A calibration that certified these parts: group, verdict label, agreement."""
    seen = tuple(Part(*part, labels=100, status="certified") for part in parts or [(None, None, 0.85)])
    promise = Agreement(0.85, 0.1, tolerance)
    return Calibration(
        rubric="qa",
        labels=LABELS,
        tiers=("small", "large"),
        policy={},
        certificate=Certificate("certified", "a promise", promise, parts=seen),
        **more,
    )


def row(number: int, says: str | None = None, *people: str, **more) -> tuple[Verdict, list[HumanLabel]]:
    """A verdict with label ``says`` (None: abstained), and what each person said."""
    state = {"state": "abstained"} if says is None else {"state": "verdict", "label": says, "confidence": 0.9}
    known = {"id": str(number), "question_id": f"q{number}", "tier": "small", "calibration": "abc"}
    human = [HumanLabel(annotator=str(k), label=label) for k, label in enumerate(people)]
    return Verdict(**(known | state | more)), human


def test_counts_only_what_speaks_of_the_promise() -> None:
    rows = [
        row(0, "yes", "yes"),
        row(1, "yes", "no"),
        row(2, "yes", "yes", "no"),  # split
        row(3, "yes", "yes", "no", "yes"),
        row(4, None, "yes"),  # no verdict
        row(5, "yes", "yes", calibration="other"),
        row(6, "yes", "yes", tier="human"),  # people's own verdict would agree with itself
        row(7, "yes", "yes"),  # certified the promise
        row(8, "yes", "yes"),  # stood in prompts
        row(9, "yes", "no", question_id="q0"),  # same question as the first
        row(10, "yes"),
    ]
    found = spot_checks(
        rows, calibration(reference={"questions": ["q7"]}, examples=["q8"]), "abc", unmatched=3
    )
    (part,) = found.parts
    assert (part.audit.agreed, part.audit.checked, found.checked) == (2, 3, 3)
    assert found.left_out == {
        "no verdict has that id": 3,
        "people are split": 1,
        "'abstained', so there is no verdict to check": 1,
        "not a verdict of this promise": 2,
        "used for certification, or an example in prompts": 2,
        "another output of a question already checked": 1,
    }
    assert found.status == "undecided" and found.fair is None
    nothing = spot_checks(rows[4:5], calibration(), "abc")
    assert nothing.status == "undecided" and "No verdict here can be checked" in nothing.sentence


def test_edited_verdicts_check_nothing() -> None:
    seen = HumanLabel(annotator="a", label="no", pool=EDITED)
    (first, people), (second, _) = row(0, "yes", "yes"), row(1, "yes")
    found = spot_checks([(first, [*people, seen]), (second, [seen])], calibration(), "abc")
    (part,) = found.parts
    assert (part.audit.agreed, part.audit.checked) == (1, 1)
    assert found.left_out == {"edited by people who saw the verdict": 1}


@pytest.mark.parametrize(("right", "status"), [(70, "broken"), (85, "undecided"), (99, "holds")])
def test_says_what_is_shown(right: int, status: str) -> None:
    rows = [row(k, "yes", "yes" if k % 100 < right else "no") for k in range(200)]
    found = spot_checks(rows, calibration(), "abc")
    assert found.status == status
    assert found.sentence.startswith("After 200 spot checks")
    said = found.to_row()
    assert said["status"] == status and said["parts"][0]["low"] < right / 100 < said["parts"][0]["high"]


def test_a_label_that_the_promise_does_not_know_breaks_nothing() -> None:
    with pytest.raises(InputError, match="is labeled 'rihgt'; expected one of"):
        spot_checks([row(1, LABELS[0], "rihgt")], calibration(), "f" * 12)


def test_a_promise_by_group_or_label_is_audited_part_by_part() -> None:
    parts = [(None, k, a) for k, a in enumerate((0.95, 0.8, 0.8))]
    rows = [row(k, "no", "no" if k % 100 < 85 else "yes") for k in range(200)] + [row(999, "partly")]
    rows += [row(k, "yes", "yes") for k in range(200, 300)]
    found = spot_checks(rows, calibration(*parts), "abc")
    assert [(part.label, part.audit.status) for part in found.parts] == [
        ("no", "broken"),
        ("partly", "undecided"),
        ("yes", "holds"),
    ]
    assert found.status == "broken", "85 % would do for the others, not for 'no'"
    assert sum(part.audit.level for part in found.parts) == pytest.approx(0.05)
    groups = [("a", None, 0.9), ("b", None, 0.9)]
    grouped = calibration(*groups, group_by="split")
    rows = [
        row(k, "yes", "yes" if k % 2 or k % 5 else "no", split="ab"[k % 2], calibration="abc")
        for k in range(200)
    ]
    found = spot_checks([*rows, row(999, "yes", "no", split="c")], grouped, "abc")
    assert [(part.group, part.audit.checked, part.audit.agreed) for part in found.parts] == [
        ("a", 100, 80),
        ("b", 100, 100),
    ]
    assert found.left_out == {"not a verdict of this promise": 1}
    rows = [row(1, "yes", "yes", split="a"), row(2, "yes", "yes", split="b", question_id="q1")]
    reference = Reference(questions=["q1"], groups=["a"])
    found = spot_checks(rows, calibration(*groups, group_by="split", reference=reference), "abc")
    assert [(part.group, part.audit.checked) for part in found.parts] == [("b", 1)], (
        "q1 certified the promise of group a only"
    )


def test_tolerance_and_a_random_person_count_as_they_were_promised() -> None:
    near = calibration(tolerance=1)
    found = spot_checks([row(0, "yes", "partly"), row(1, "yes", "no")], near, "abc")
    assert (found.parts[0].audit.agreed, found.parts[0].audit.checked) == (1, 2)
    rows = [row(k, "yes", "yes", "no", "yes", "no") for k in range(400)]
    found = spot_checks(rows, calibration(people="random"), "abc")
    assert found.checked == 400 and 160 < found.parts[0].audit.agreed < 240


def test_nothing_is_concluded_from_checks_that_are_plainly_no_fair_sample() -> None:
    rng = np.random.default_rng(0)
    sure = np.sort(rng.uniform(0.5, 1.0, 400))
    checked = {"doubtful": range(150), "fair": rng.permutation(400)[:150].tolist()}
    for name, which in checked.items():
        rows = [row(k, "yes", *(["no"] if k in which else []), confidence=float(sure[k])) for k in range(400)]
        found = spot_checks(rows, calibration(), "abc")
        assert found.status == {"doubtful": "undecided", "fair": "broken"}[name]
        assert ("confidence" in found.sentence) == (name == "doubtful")


@pytest.mark.slow
def test_looking_after_every_label_is_false_no_more_often_than_stated() -> None:
    """Agreement is exactly as promised, so 'broken' is false; people look again after every ten labels."""
    rng, streams, wrong = np.random.default_rng(3), 150, 0
    for _ in range(streams):
        right = rng.random(200) < 0.85
        rows = [row(k, "yes", "yes" if agrees else "no") for k, agrees in enumerate(right)]
        wrong += any(
            spot_checks(rows[:n], calibration(), "abc").status == "broken" for n in range(10, 201, 10)
        )
    assert wrong / streams <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / streams)
