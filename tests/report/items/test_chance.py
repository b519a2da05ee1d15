from __future__ import annotations

from judgekit.records import Item, Verdict
from judgekit.report.items.chance import shared_references
from judgekit.report.run import JudgedItem


def row(number: int, reference: str, split: str = "forget", question: str = "") -> JudgedItem:
    asked = question or f"In which country lies place {number}?"
    item = Item(id=str(number), question=asked, references=(reference,), outputs=("",), split=split)
    return JudgedItem(Verdict(id=str(number), state="abstained"), item)


def test_the_share_is_of_the_other_questions_with_the_same_answer() -> None:
    rows = [row(0, "India"), row(1, "INDIA "), row(2, "india"), row(3, "Peru"), row(4, "Chile")]
    assert shared_references(rows) == [0.5, 0.5, 0.5, 0.0, 0.0]


def test_samples_of_a_question_are_one_question() -> None:
    rows = [row(0, "India"), row(1, "India", question="In which country lies place 0?"), row(2, "Peru")]
    assert shared_references(rows) == [0.0, 0.0, 0.0]


def test_another_split_or_kind_does_not_count() -> None:
    rows = [row(0, "7"), row(1, "7", split="retain"), row(2, "7", question="How many hills has Rome?")]
    assert shared_references(rows) == [0.0, 0.0, 0.0]


def test_nothing_is_shared_without_a_reference_or_an_item() -> None:
    rows = [row(0, " "), row(1, ""), JudgedItem(Verdict(id="2", state="abstained"))]
    assert shared_references(rows) == [0.0, 0.0, 0.0]
