"""Marks around a letter come off, what means something does not."""

from __future__ import annotations

import pytest

from judgekit.judges.reading.marks import RESIDUE, bare


@pytest.mark.parametrize(
    "text",
    ["**B**", "(b)", "[[B]].", "\\boxed{\\text{B}}", "```text\nB\n```", "<label>B</label>", "Ｂ", "→ B"],
)
def test_the_letter_and_its_place_are_found(text: str) -> None:
    found = bare(text)
    assert found is not None
    assert found.letter == "B"
    assert text[found.at] in "BbＢ"


@pytest.mark.parametrize("text", ["~~B~~", "B?", "b", "BB", "<s>B</s>", "", "¬B"])
def test_what_is_more_than_marks_and_a_letter_is_no_letter(text: str) -> None:
    assert bare(text) is None


@pytest.mark.parametrize(
    "text",
    ["<|start_header_id|>assistant<|end_header_id|>\n\nB<|eot_id|>", "model\nB", "### Response:\nB</s>"],
)
def test_what_a_template_leaves_comes_off(text: str) -> None:
    assert RESIDUE.sub("", text).strip() == "B"
