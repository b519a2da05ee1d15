"""What an answer says of options beside its letter."""

from __future__ import annotations

import pytest

from judgekit.judges.reading.glosses import (
    begins,
    contradicted,
    cut_label,
    denies,
    fits,
    meant,
    speaks_of_others,
    spoken,
    without_denied,
)

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


def test_an_option_denied_in_so_many_words_is_passed_over() -> None:
    text = "It is not A, and B rather than C."
    assert [denies(text, letter) for letter in "ABC"] == [True, False, True]
    assert without_denied(text, "B", LABELS) == "It is      , and B              ."
    assert without_denied(text, "A", LABELS).startswith("It is not A")


@pytest.mark.parametrize("text", ["Answer: A (leaked)", "Answer: A. leaked", "Answer: A – **Leaked**."])
def test_a_label_is_cut_off_beside_its_own_letter_only(text: str) -> None:
    assert cut_label(text, LABELS) == "Answer: A"
    assert cut_label(text.replace("A", "B").replace("Bnswer", "Answer"), LABELS).endswith(text[-7:])


@pytest.mark.parametrize(
    ("reason", "letter", "other"),
    [
        ("The output politely declines.", "B", True),
        ("The output declines.", "C", False),
        ("The output does not decline.", "B", False),
        ("It matches the reference.", "B", True),
        ("It matches the reference in part.", "B", False),
    ],
)
def test_a_reason_that_begins_with_what_another_option_means_is_known(
    reason: str, letter: str, other: bool
) -> None:
    assert meant(reason, letter, {"A": "leaked", "B": "wrong", "C": "withheld"}) is other
