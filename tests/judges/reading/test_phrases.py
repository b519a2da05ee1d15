"""Phrases that state a letter, and those that make it another's."""

from __future__ import annotations

import pytest

from judgekit.judges.reading.phrases import ANOTHERS, CONCLUDED, SENTENCE, STATED, TAKES_BACK, UNFINISHED


@pytest.mark.parametrize(
    "text",
    [
        "The final answer is (B).",
        "I would go with B.",
        "This should be classified as B",
        "My verdict: **B**",
        "[[B]]",
    ],
)
def test_a_statement_is_known(text: str) -> None:
    match = STATED.search(text)
    assert match is not None
    assert match[1] == "B"


@pytest.mark.parametrize("text", ["It loops, so B.", "Therefore: **B**", "It loops.\n\n**Conclusion:** B"])
def test_a_conclusion_is_known_by_its_end(text: str) -> None:
    match = CONCLUDED.search(text)
    assert match is not None
    assert match[1] == "B"
    assert CONCLUDED.search(f"{text} Traven") is None


@pytest.mark.parametrize("text", ["The answer is Bob.", "The answer is B2", "The answer is B+"])
def test_a_word_that_begins_with_a_letter_states_none(text: str) -> None:
    assert STATED.search(text) is None


@pytest.mark.parametrize("text", ["the model says ", "It ends with the line\n", 'the output reads: "'])
def test_what_precedes_anothers_statement_is_known(text: str) -> None:
    assert ANOTHERS.search(text)


@pytest.mark.parametrize(
    ("text", "is_sentence"), [(" The text says so", True), (" Lincoln was", False), (" coli", False)]
)
def test_a_sentence_is_told_from_a_name(text: str, is_sentence: bool) -> None:
    assert bool(SENTENCE.match(text)) is is_sentence


def test_what_takes_back_and_what_was_cut_in_its_first_words_is_known() -> None:
    assert TAKES_BACK.search("Hold on, it does name the city.")
    assert UNFINISHED.search("C. The output refuses. On the other")
    assert not UNFINISHED.search("C. The output refuses. It says that it knows nothing of her wor")
