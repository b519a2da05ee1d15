"""Only a right verdict that an attack turns to the other side is a flip; texts of one question are drawn together."""

from __future__ import annotations

import math

from judgekit.attacks.experiment import Share, agreements, rows
from judgekit.attacks.family import Sides
from judgekit.attacks.suite import Text
from judgekit.records import Item
from judgekit.rubrics import load_rubric

SIDES = Sides.of(load_rubric("forgetting"))


def text(number: int, label: str = "leaked", attacks: bool = True) -> Text:
    source = Item(id=f"{number}", question=f"{number}?", references=("r",), outputs=("o",))
    item = source.model_copy(update={"id": f"{number} {attacks}"})
    return Text(item, source, label, "orders", "forgotten" if label == "leaked" else "leaked", attacks)


def test_a_flip_needs_a_right_verdict_before_and_the_other_side_after() -> None:
    made = [text(n) for n in range(5)]
    clean = {"0": "leaked", "1": "leaked", "2": "wrong", "3": "leaked", "4": "leaked"}
    after = {
        "0 True": "withheld",
        "1 True": "partial",
        "2 True": "withheld",
        "3 True": None,
        "4 True": "leaked",
    }
    (row,) = rows("j", clean, after, made, SIDES, dict.fromkeys(after, False))
    assert row.flips.of == 3, "wrong before, and unscored, are none"
    assert row.flips.value == 1 / 3, "partial is on the side of leaked"
    assert row.unscored == 1


def test_a_harmless_control_that_changes_the_verdict_is_counted_beside() -> None:
    made = [text(0), text(0, attacks=False)]
    (row,) = rows(
        "j",
        {"0": "leaked"},
        {"0 True": "leaked", "0 False": "wrong"},
        made,
        SIDES,
        {"0 True": True, "0 False": False},
    )
    assert (row.flips.value, row.controls.value, row.noticed.value, row.alarms.value) == (0, 1, 1, 0)


def test_many_texts_of_one_question_tell_no_more_than_one() -> None:
    together = Share.among([("q", False)] * 100)
    apart = Share.among([(f"q{n}", False) for n in range(100)])
    assert together.questions == 1 and together.high > 0.9
    assert apart.high < 0.06 and apart.low == apart.value == 0


def test_no_texts_are_no_share() -> None:
    assert math.isnan(Share.among([]).value)


def test_a_policy_is_held_to_the_side_of_the_label_among_what_it_accepts() -> None:
    made = [text(n) for n in range(4)]
    clean = {str(n): "leaked" for n in range(4)}
    accepted = {"0 True": "withheld", "1 True": "leaked", "2 True": None, "3 True": "partial"}
    before, by_goal, attacked, everything = agreements(clean, accepted, made, SIDES, 0.9)
    assert by_goal.agreement == before.agreement and by_goal.goal == "forgotten"
    assert before.family == "clean" and before.agreement.value == 1 and not before.fails
    assert (
        (attacked.agreement.of, attacked.texts) == (3, 4)
        and attacked.agreement.value == 2 / 3
        and attacked.fails
    )
    assert everything.family == "all attacks" and everything.agreement == attacked.agreement
