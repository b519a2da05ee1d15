"""A letter beside a refusal, a tool call or a broken end is no verdict."""

from __future__ import annotations

import math
from typing import Any

import pytest

from judgekit.judges.reading.verdicts import read_logprobs, read_samples

OPTIONS = {"A": "yes", "B": "no"}


def choice(finish: object = "stop", **message: Any) -> dict[str, Any]:
    """A choice that says A, as a server sends it."""
    top = [{"token": "A", "logprob": math.log(0.9)}, {"token": "B", "logprob": math.log(0.05)}]
    content = [{"token": "A", "logprob": math.log(0.9), "top_logprobs": top}]
    return {"finish_reason": finish, "message": {"content": "A", **message}, "logprobs": {"content": content}}


@pytest.mark.parametrize("finish", ["stop", "length", "eos_token", "end_turn", "STOP", "MAX_TOKENS", None])
def test_a_letter_that_ended_well_is_read(finish: object) -> None:
    assert read_logprobs(choice(finish), OPTIONS).error is None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (choice(refusal="I cannot."), "the model refused to answer"),
        (choice(tool_calls=[{"function": {"name": "submit"}}]), "called a tool"),
        (choice("tool_calls", function_call={"name": "submit"}), "called a tool"),
        (choice(role="user"), "of the role 'user'"),
        (choice("content_filter"), "the provider stopped the answer: content_filter"),
        (choice("SAFETY"), "the provider stopped the answer: SAFETY"),
    ],
)
def test_what_is_no_answer_says_why(answer: dict[str, Any], why: str) -> None:
    said = read_logprobs(answer, OPTIONS)
    assert why in (said.error or "")
    assert not said.fault
    assert read_samples([answer] * 3, OPTIONS, None).error


@pytest.mark.parametrize("finish", ["abort", "error", "insufficient_system_resource", {"type": "abort"}])
def test_an_answer_that_the_server_broke_off_is_asked_for_again(finish: object) -> None:
    for said in (
        read_logprobs(choice(finish), OPTIONS),
        read_samples([choice(), choice(finish)], OPTIONS, None),
    ):
        assert said.fault
        assert "unfinished" in (said.error or "")


def test_samples_that_are_no_answers_are_not_counted_for_a_letter() -> None:
    said = read_samples([choice(), choice(), choice(refusal="No.")], OPTIONS, None)
    assert said.sampled == {"": 1, "A": 2}


@pytest.mark.parametrize("said", ["No", "1"])
def test_a_label_or_a_number_in_the_place_of_a_letter_is_none(said: str) -> None:
    """The letters have most of the probability, but what was said points at another option."""
    answer = choice()
    token = answer["logprobs"]["content"][0]
    token["token"], token["logprob"] = said, math.log(0.4)
    token["top_logprobs"] = [
        {"token": name, "logprob": math.log(p)} for name, p in ((said, 0.4), ("A", 0.35), ("B", 0.2))
    ]
    answer["message"]["content"] = said
    assert "no option letter" in (read_logprobs(answer, OPTIONS).error or "")
