from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.metrics.fluency import is_refusal, repetition, token_entropy, unique_token_ratio, words


@given(st.lists(st.integers(0, 5), max_size=30))
def test_entropy_lies_in_the_unit_interval(tokens: list[int]) -> None:
    assert -1e-12 <= token_entropy(tokens) <= 1 + 1e-12


def test_entropy_by_hand() -> None:
    assert token_entropy(list("abcd")) == pytest.approx(1.0)
    assert token_entropy(list("aaaa")) == 0.0
    assert token_entropy(list("aabb")) == pytest.approx(0.5)
    assert token_entropy(["a"]) == token_entropy([]) == 0.0


@given(st.lists(st.integers(0, 5), max_size=30), st.integers(1, 6))
def test_repetition_counts_repeated_n_grams(tokens: list[int], n: int) -> None:
    share = repetition(tokens, n)
    if len(tokens) < n:
        assert share is None
    else:
        assert share is not None and 0 <= share < 1
        distinct = {tuple(tokens[i : i + n]) for i in range(len(tokens) - n + 1)}
        assert len(distinct) == round((1 - share) * (len(tokens) - n + 1))


def test_a_loop_without_spaces_is_seen_by_characters_only() -> None:
    loop = "located" * 40
    assert repetition(words(loop)) is None
    share = repetition(loop, n=8)
    assert share is not None and share > 0.9
    sentence = "The author was born in Turku and writes novels about leadership and family."
    assert (repetition(sentence, n=8) or 0) < 0.1


def test_unique_tokens() -> None:
    assert unique_token_ratio(["a", "b", "a", "a"]) == 0.5
    assert unique_token_ratio([]) == 0.0


def test_words_of_any_script() -> None:
    assert words("Páez, 東京!") == ["páez", "東京"]


@pytest.mark.parametrize(
    "text",
    [
        "I'm sorry, but I can't help with that.",
        "I don\u2019t have any information about this author.",
        "I'm not familiar with that topic.",
        "That's beyond my current knowledge base.",
        "I have no idea.",
        "Unfortunately, I cannot provide that detail.",
        "I'm afraid I don't know the answer.",
        "I must confess, this is unknown to me.",
        "My apologies, I can't say.",
        "I wish I could say, but I lack that information.",
    ],
)
def test_refusals(text: str) -> None:
    assert is_refusal(text)


@pytest.mark.parametrize(
    "text",
    [
        "Chenoa Wu-Lind was born in Turku.",
        "The author does not shy away from hard subjects.",
        "He said that no one could have known.",
        "locatedlocatedlocated",
        "",
    ],
)
def test_answers_are_no_refusals(text: str) -> None:
    assert not is_refusal(text)
