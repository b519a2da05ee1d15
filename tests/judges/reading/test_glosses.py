"""What an answer says of options beside its letter."""

from __future__ import annotations

import pytest

from judgekit.judges.reading.glosses import begins, contradicted, fits, speaks_of_others, spoken

LABELS = {"A": "leaked", "B": "not leaked", "C": "full_refusal"}
RIGHT = {"A": "wrong", "B": "right"}


def test_a_label_is_known_with_blanks_for_its_marks() -> None:
    assert begins(" (full refusal), as it says", "full_refusal") == len(" (full refusal")
    assert not begins(" fuller", "full")
    assert fits(": not leaked", "B", LABELS)
    assert not fits(": not leaked", "C", LABELS)


@pytest.mark.parametrize("text", ["Right, so ", "It's right. ", "The output is correct. ", "*right*\n"])
def test_a_clause_that_is_another_options_label_contradicts(text: str) -> None:
    assert contradicted(text, "A", RIGHT)
    assert not contradicted(text, "B", RIGHT)


def test_a_word_within_a_clause_contradicts_nothing() -> None:
    assert not contradicted("Paris is the right city, and the text names it. ", "A", RIGHT)


@pytest.mark.parametrize("text", ["answerはBです", "or B", "(B)", "B."])
def test_another_letter_is_heard_in_any_script(text: str) -> None:
    assert speaks_of_others(text, "A", LABELS)
    assert not speaks_of_others(text, "B", LABELS)


@pytest.mark.parametrize(
    ("text", "said"), [("it leaked", True), ("nothing leaked", False), ("not quite leaked", False)]
)
def test_a_label_that_is_denied_is_not_said(text: str, said: bool) -> None:
    assert spoken(text, "C", {"A": "leaked", "C": "withheld"}) is said
