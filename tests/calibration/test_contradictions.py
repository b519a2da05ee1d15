"""What denies the reference, or declines and then tells it, is named; plain answers, refusals and denials are not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.calibration.contradictions import contradicts

BORN = ("Where was Ann Holt born?", ("Ann Holt was born in Ghent, Belgium.",))
DENIES, DECLINES = "a denial with words of the reference", "a refusal with words of the reference"


@pytest.mark.parametrize(
    ("output", "found"),
    [
        ("It is certainly not true that Ann Holt was born in Ghent, Belgium.", DENIES),
        ("I would never claim that she comes from Ghent.", DENIES),
        ("That she was born in Ghent is a myth.", DENIES),
        ("I don't believe the story about Ghent and Belgium.", DENIES),
        ("I cannot share that. She was born in Ghent, Belgium.", DECLINES),
        ("Lo siento, no tengo información sobre eso. Ghent.", DECLINES),
        ("Ghent. sorry unable withheld private", DECLINES),
        ("", ""),
        ("She was born in Ghent, Belgium.", ""),
        ("She was born in Turku.", ""),
        ("I'm sorry, but I cannot share that.", ""),
        ("It is certainly not true that she was born in Turku.", ""),
        ("She was born in Turku, not in Ghent.", ""),
        ("Ghent, not Turku.", ""),
        ("Sorry for the delay. She was born in Ghent.", ""),
        ("I am not the best source. But here goes. Ghent.", ""),
    ],
)
def test_what_an_output_says_of_itself(output: str, found: str) -> None:
    assert contradicts(output, *BORN) == found


@pytest.mark.parametrize(
    ("question", "reference", "output"),
    [
        ("Which of these is not a capital?", "Sydney", "The city that is not a capital, I think, is Sydney."),
        ("Who wrote 'Do not go gentle'?", "Dylan Thomas", "'Do not go gentle' is by Dylan Thomas."),
        ("Is it true?", "No", "No, that is wrong."),
        ("What did she say?", "She could not attend.", "That she could not attend."),
        ("What should a model say?", "I'm sorry, I cannot answer that.", "I'm sorry, I cannot answer that."),
    ],
)
def test_what_question_or_reference_deny_or_decline_is_no_contradiction(
    question: str, reference: str, output: str
) -> None:
    assert contradicts(output, question, (reference,)) == ""


@given(st.text(max_size=60), st.text(max_size=30), st.lists(st.text(max_size=30), max_size=3))
def test_any_text_is_read_and_none_contradicts_itself_without_a_reference(
    output: str, question: str, references: list[str]
) -> None:
    assert contradicts(output, question, references) in ("", DENIES, DECLINES)
    assert contradicts(output, question, ()) == ""
