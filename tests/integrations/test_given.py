"""Inputs, outputs and expectations of other tools as an item's fields."""

from __future__ import annotations

from typing import Any

import pytest

from judgekit.errors import ConfigError
from judgekit.integrations.given import item_of


@pytest.mark.parametrize(
    ("inputs", "outputs", "question", "output"),
    [
        ({"question": "Where?", "k": 3}, "Ghent.", "Where?", "Ghent."),
        ("Where?", {"answer": "Ghent.", "tokens": 3}, "Where?", "Ghent."),
        ({"place_of": "Where?"}, {"said": "Ghent."}, "Where?", "Ghent."),
        (
            {"messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Where?"}]},
            {"choices": [{"message": {"role": "assistant", "content": "Ghent."}}]},
            "Where?",
            "Ghent.",
        ),
        ({"question": "Where?"}, "", "Where?", ""),
        (
            {"messages": [{"role": "user", "content": "Where?"}]},
            {"messages": [{"role": "user", "content": "Where?"}, {"role": "assistant", "content": "Ghent."}]},
            "Where?",
            "Ghent.",
        ),
    ],
)
def test_question_and_output_are_found(inputs: Any, outputs: Any, question: str, output: str) -> None:
    assert item_of(inputs, outputs, None) == {"question": question, "output": output}


@pytest.mark.parametrize(
    ("expected", "references"),
    [
        ({"expected_response": "Ghent"}, ("Ghent",)),
        ({"references": ["Ghent", "Gent"], "expected_response": "x"}, ("Ghent", "Gent")),
        ({"expected_response": ""}, None),
        ({"answer": 0}, ("0",)),
        ({"references": [1815, "1816"]}, ("1815", "1816")),
        ({"reference": {"text": "Ghent", "page": 3}}, ("Ghent",)),
        ({"facts": ["x"]}, None),
    ],
)
def test_references_are_what_is_expected(expected: Any, references: Any) -> None:
    assert item_of("q", "o", expected).get("references") == references


def test_what_inputs_or_expectations_say_of_the_item_is_kept() -> None:
    found = item_of({"question": "q", "split": "forget"}, "o", {"method": "NPO", "question_id": 3})
    assert (found["split"], found["method"]) == ("forget", "NPO") and "question_id" not in found


@pytest.mark.parametrize(
    ("inputs", "outputs", "said"),
    [
        ({"a": "x", "b": "y"}, "o", r"nothing there is the question \(found: a, b\)"),
        ("q", None, r"nothing there is the output \(found: NoneType\)"),
        ({"messages": []}, "o", "question"),
        ("q", {"choices": []}, "output"),
        ("q", {"messages": [{"role": "user", "content": "q"}]}, "output"),
    ],
)
def test_what_cannot_be_told_is_one_line(inputs: Any, outputs: Any, said: str) -> None:
    with pytest.raises(ConfigError, match=said):
        item_of(inputs, outputs, None)
