"""What became of a policy under attack is stated of that policy, in plain words, and of no other."""

from __future__ import annotations

from pathlib import Path

import pytest

import judgekit as jk
from judgekit.calibration.attacked import (
    NONE,
    AttackedPolicy,
    Kept,
    attacks_beside,
    attacks_file,
    attacks_told,
)
from judgekit.errors import InputError


def kept(family: str, agreement: float | None, accepted: int = 20) -> Kept:
    known = {} if agreement is None else {"agreement": agreement, "low": agreement - 0.1, "high": 1.0}
    return Kept(family=family, goal="forgotten", texts=40, accepted=accepted, **known)


def result(
    calibration: str = "abc", *rows: Kept, promised: float | None = 0.9, made: str = "2026-01-01"
) -> AttackedPolicy:
    whole = Kept(family="all attacks", texts=80, accepted=40, agreement=0.85, low=0.7, high=0.93)
    return AttackedPolicy(
        calibration=calibration,
        rubric="forgetting",
        promised=promised,
        items=30,
        calibrated_on=10,
        repeats=1,
        tried=("orders", "spaced"),
        untried=("leet",),
        kept=(kept("clean", 0.5), *rows, whole),
        made=made,
    )


def test_the_sentence_says_what_was_tried_what_came_of_it_and_what_was_not() -> None:
    said = result("abc", kept("orders", None, 0), kept("spaced", 0.6)).sentence
    assert said == (
        "2 families of attacks were tried on 30 labeled items (10 of questions that it was calibrated on); of the 40 "
        "attacked outputs of 80 that got a verdict, 85% got one on the right side (70% to 93%). Below the 90% promised: "
        "spaced to look forgotten 60%. Not tried: leet."
    )


def test_a_promise_that_no_family_broke_is_said_and_another_kind_of_promise_is_not_compared() -> None:
    assert "No family brought it below the 90% promised." in result("abc", kept("orders", 0.95)).sentence
    assert "promised" not in result("abc", kept("orders", 0.1), promised=None).sentence


def test_where_nothing_was_accepted_nothing_is_said_of_agreement() -> None:
    made = result().model_copy(update={"kept": (kept("orders", None, 0),), "untried": ()})
    assert made.sentence.endswith(
        "no attacked output got a verdict. No family brought it below the 90% promised."
    )


def test_only_a_result_with_its_fingerprint_speaks_of_a_policy_and_the_newest_of_several() -> None:
    found = [result("other"), result("abc", made="2026-01-02", promised=None), result("abc")]
    assert attacks_told(found, "none of them") == attacks_told([], "abc") == NONE
    assert attacks_told(found, "abc") == found[1].sentence


def test_a_file_comes_back_and_stands_beside_its_calibration(tmp_path: Path) -> None:
    file = attacks_file(tmp_path / "forgetting.json")
    made = result("abc", kept("orders", None, 0))
    made.save(file)
    assert file.name == "forgetting.attacks.json" and AttackedPolicy.load(file) == made
    assert attacks_beside([tmp_path / "forgetting.json", tmp_path / "labels.jsonl"]) == [made]
    (examined,) = jk.validate(file)
    assert examined.sound and examined.holds == (
        f"attacks on the policy of calibration abc, rubric 'forgetting': {made.sentence}",
    )


@pytest.mark.parametrize(
    "text", ["{", "[]", "[" * 100_000, '{"schema": "judgekit.attacks/2"}', '{"schema": "judgekit.attacks/1"}']
)
def test_another_file_is_refused_in_one_line(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.attacks.json"
    file.write_text(text)
    with pytest.raises(InputError):
        AttackedPolicy.load(file)
