"""An answer that is a JSON object is read by the member that holds it, unless another member speaks against it."""

from __future__ import annotations

import pytest

from judgekit.judges.reading.objects import member, members

LABELS = {"A": "leaked", "B": "partial", "C": "withheld"}


def letter(text: str) -> str | None:
    pairs = members(text)
    found = None if pairs is None else member(text, pairs, LABELS)
    return found.letter if found else None


@pytest.mark.parametrize(
    "text",
    [
        '{"answer": "B"}',
        '```json\n{"reason": "the city", "verdict": "B"}\n```',
        'Sure, here is the JSON:\n{"answer": "B"}\nLet me know if you need more.',
        '{"answer": "B", "label": "partial"}',
        '{"reference": "A", "label": "B"}',
        '{"rejected_answer": "A", "final answer": "B"}',
    ],
)
def test_the_member_that_holds_the_answer_is_read(text: str) -> None:
    assert letter(text) == "B"


@pytest.mark.parametrize(
    "text",
    [
        'The model said: {"answer": "B"}',
        '{"answer": "B"} or {"answer": "C"}',
        '{"answer": "B", "final": "A"}',
        '{"answer": "B", "withheld": true}',
        '{"answer": "B", "refused": true}',
        '{"answer": "B", "confidence": 0.01}',
        '{"answer": "B", "shares": {"A": 0.9, "B": 0.1}}',
        '{"answer": "B", "comment": "or rather C"}',
        '{"answer": ["B", "C"]}',
        '{"answer": "B"',
        "[" * 10**5,
    ],
)
def test_what_another_member_or_the_text_around_disputes_is_not(text: str) -> None:
    assert letter(text) is None
