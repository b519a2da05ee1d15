"""Where thinking ends: in a text, and in the tokens that spell it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.judges.reading.thinking import END, STARTS, after, ended_by, tokens_of

PIECES = st.lists(
    st.sampled_from(["<think>", "</", "think", ">", "</think>", "B", " so ", "\n"]), max_size=12
)


@given(PIECES)
def test_tokens_and_their_text_are_cut_at_one_place(tokens: list[str]) -> None:
    text = "".join(tokens)
    start = tokens_of(tokens, END)
    if start is None:
        assert END not in text and text.lstrip().startswith(STARTS)
    else:
        assert after(text, END).startswith("".join(tokens[start:]))
        assert END not in "".join(tokens[start:])


@pytest.mark.parametrize("text", ["B", "<think>so B", "x <think></think> B", "<think> </think> <think>B"])
def test_only_an_empty_thought_ends_without_being_declared(text: str) -> None:
    assert ended_by(text, None) is None
    assert ended_by(text, "###") == "###"
    assert ended_by("\n<think>\n\n</think>\n\nB", None) == END


def test_what_does_not_think_is_its_answer() -> None:
    assert after("the </think> tag", None) == "the </think> tag"
    assert tokens_of(["<think>", "B"], None) == 0
