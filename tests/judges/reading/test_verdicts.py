"""What is read from a chat completion: the letters' probabilities, or why there are none."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from judgekit.judges.base import Answer
from judgekit.judges.reading.verdicts import label_probs, letter_in, read_logprobs, read_samples

LETTERS = ("A", "B", "C")
OPTIONS = {"A": "yes", "B": "no", "C": "maybe"}


def choice(*tokens: tuple[str, dict[str, float]], finish: str = "stop") -> dict[str, Any]:
    """A choice with a list of tokens, each with the probabilities of its alternatives."""
    content = [
        {
            "token": said,
            "logprob": math.log(top.get(said, 1e-5)),
            "top_logprobs": [{"token": name, "logprob": math.log(p)} for name, p in top.items()],
        }
        for said, top in tokens
    ]
    text = "".join(said for said, _ in tokens)
    return {"finish_reason": finish, "message": {"content": text}, "logprobs": {"content": content}}


def test_spellings_of_a_letter_are_summed_and_the_mass_outside_is_kept() -> None:
    answer = read_logprobs(choice(("A", {"A": 0.4, " A": 0.2, "B": 0.1, "\nC": 0.1, "The": 0.2})), LETTERS)
    probs, mass = label_probs(answer, OPTIONS) or ({}, 0.0)
    assert probs == pytest.approx({"yes": 0.75, "no": 0.125, "maybe": 0.125})
    assert mass == pytest.approx(0.8)
    assert answer.floor is None


@pytest.mark.parametrize("impossible", [-math.inf, -(10**400), -9999.0])
def test_a_letter_of_no_probability_has_none(impossible: float) -> None:
    """Servers write zero as minus infinity, or as a number far below."""
    what = choice(("B", {"A": 0.5, "B": 0.6, "C": 0.4}))
    what["logprobs"]["content"][0]["top_logprobs"][0]["logprob"] = impossible
    probs, mass = label_probs(read_logprobs(what, LETTERS), OPTIONS) or ({}, 0.0)
    assert probs == pytest.approx({"yes": 0, "no": 0.6, "maybe": 0.4})
    assert mass == pytest.approx(1)


def test_a_letter_missing_from_the_list_is_bounded_by_the_least_reported() -> None:
    answer = read_logprobs(choice(("A", {"A": 0.6, "B": 0.2, "The": 0.05})), LETTERS)
    assert answer.floor == pytest.approx(math.log(0.05))
    probs, mass = label_probs(answer, OPTIONS) or ({}, 0.0)
    assert probs["maybe"] == pytest.approx(0.05 / 0.85)
    assert mass == pytest.approx(0.8)


def test_a_missing_letter_has_at_most_what_the_reported_leave_over() -> None:
    answer = read_logprobs(choice(("A", {"A": 0.989, "B": 0.01})), LETTERS)
    assert answer.floor == pytest.approx(math.log(0.001), rel=1e-3)


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (choice(("The", {"The": 0.9, "It": 0.1})), "no option letter among the top"),
        (choice(("The", {"The": 0.8, "A": 0.1, "B": 0.1})), "said 'The', no option letter"),
        (choice(("<think>", {"<think>": 0.99, "A": 0.01})), "thinks before it answers"),
        (choice(("\n", {"\n": 1.0})), "no verdict"),
        ({"message": {"content": "A"}}, "no log-probabilities in the answer"),
        ({"message": {"content": "A"}, "logprobs": {"content": []}}, "no log-probabilities"),
        (
            {"message": None, "logprobs": {"content": [{"token": "A", "logprob": float("nan")}]}},
            "cannot be any: NaN",
        ),
        ({}, "no log-probabilities"),
    ],
)
def test_what_is_no_verdict_says_why(what: dict[str, Any], reason: str) -> None:
    answer = read_logprobs(what, LETTERS)
    assert reason in (answer.error or "")
    assert label_probs(answer, OPTIONS) is None


def test_the_sampled_token_counts_where_the_list_leaves_it_out() -> None:
    short = choice(("A", {"B": 0.1}))
    short["logprobs"]["content"][0]["logprob"] = math.log(0.8)
    assert set(read_logprobs(short, LETTERS).logprobs) == {"A", "B"}


def test_two_numbers_for_the_token_that_was_said_are_a_fault() -> None:
    what = choice(("B", {"A": 0.98, "B": 0.018}))
    what["logprobs"]["content"][0]["logprob"] = math.log(0.9)
    answer = read_logprobs(what, LETTERS)
    assert answer.fault
    assert "has two" in (answer.error or "")


def test_a_text_in_parts_is_read() -> None:
    what = choice(("A", {"A": 0.9, "B": 0.1}))
    what["message"]["content"] = [{"type": "text", "text": "A is tempting, "}, "but not the answer"]
    assert "no verdict" in (read_logprobs(what, LETTERS).error or "")


def test_a_letter_after_a_thought_that_the_limit_cut_off_may_begin_a_word() -> None:
    what = choice(("<think>", {}), ("hm", {}), ("</think>", {}), ("A", {"A": 0.9}), finish="length")
    assert "raise max_tokens" in (read_logprobs(what, LETTERS, "</think>").error or "")


def test_a_thought_is_known_however_its_mark_is_split() -> None:
    what = choice(("<", {}), ("think", {}), (">", {}), ("Answer", {}), (":", {}), (" A", {" A": 0.9}))
    assert "thinks before" in (read_logprobs(what, LETTERS).error or "")


def test_a_model_that_says_something_else_but_means_a_letter_is_heard() -> None:
    """The likeliest token is no letter, but the letters together are likelier than all else."""
    answer = read_logprobs(choice(("The", {"The": 0.35, "A": 0.33, "B": 0.3})), LETTERS)
    assert answer.error is None


def test_a_thought_of_nothing_is_no_thinking() -> None:
    what = choice(("<think>", {}), ("\n\n", {}), ("</think>", {}), ("\n\n", {}), ("B", {"B": 0.9, "A": 0.1}))
    assert read_logprobs(what, LETTERS).logprobs["B"] == pytest.approx(math.log(0.9))
    assert letter_in("<think>\n\n</think>\n\nB", LETTERS) == "B"
    assert letter_in("<think>\nB?\n</think>\n\nB", LETTERS) is None


def test_a_verdict_is_read_after_the_thinking() -> None:
    aloud = [
        ("<think>", {"<think>": 1.0}),
        ("A", {"A": 1.0}),
        ("</", {"</": 1.0}),
        ("think>", {"think>": 1.0}),
        ("\n\n", {"\n\n": 1.0}),
    ]
    answer = read_logprobs(choice(*aloud, ("B", {"B": 0.9, "A": 0.1})), LETTERS, "</think>")
    assert answer.logprobs["B"] == pytest.approx(math.log(0.9))
    cut = read_logprobs(choice(*aloud[:2], finish="length"), LETTERS, "</think>")
    assert "raise max_tokens" in (cut.error or "")
    hidden = read_logprobs(choice(("B", {"B": 1.0})), LETTERS, "</think>")  # the server kept the thoughts
    assert hidden.logprobs["B"] == 0.0


@pytest.mark.parametrize(
    ("text", "letter"),
    [
        ("A", "A"),
        (" b", None),
        ("**B**.", "B"),
        ("(C)\n", "C"),
        ("D", None),
        ("A B", None),
        ("Apple", None),
        ("", None),
        ("<think>A or B</think>\nB", "B"),
    ],
)
def test_letters_in_sampled_text(text: str, letter: str | None) -> None:
    assert letter_in(text, LETTERS, "</think>") == letter


def test_samples_are_counted_and_too_few_letters_are_no_verdict() -> None:
    said = [{"message": {"content": text}} for text in ("A", "A", "B", "no idea")]
    answer = read_samples(said, LETTERS, None)
    assert answer.sampled == {"": 1, "A": 2, "B": 1}
    probs, mass = label_probs(answer, OPTIONS) or ({}, 0.0)
    assert probs == pytest.approx({"yes": 2 / 3, "no": 1 / 3, "maybe": 0.0})
    assert mass == 0.75
    assert "3 of 4 samples" in (read_samples([*said[3:] * 3, said[0]], LETTERS, None).error or "")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["A", "B", -1.0]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "content", "logprobs", "top_logprobs", "token", "logprob", "finish_reason"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@settings(suppress_health_check=[HealthCheck.too_slow])  # a loaded machine draws nested JSON slowly
@given(st.dictionaries(st.sampled_from(["message", "logprobs", "finish_reason"]), JSON))
def test_whatever_comes_back_it_is_an_answer_or_a_reason(what: dict[str, Any]) -> None:
    answer = read_logprobs(what, LETTERS)
    read = label_probs(answer, OPTIONS)
    assert (answer.error is None) == (read is not None)
    if read is not None:
        assert math.fsum(read[0].values()) == pytest.approx(1)
        assert 0 < read[1] <= 1


@given(st.dictionaries(st.sampled_from(["A", " A", "B", "C ", "x", "The"]), st.floats(1e-12, 1), min_size=1))
def test_probabilities_are_a_distribution_and_renormalize_what_was_reported(
    weights: dict[str, float],
) -> None:
    total = sum(weights.values())
    top = {token: weight / total for token, weight in weights.items()}
    said = max(top, key=lambda token: top[token])
    answer = read_logprobs(choice((said, top)), LETTERS)
    read = label_probs(answer, OPTIONS)
    if read is None:
        assert answer.error
        return
    probs, mass = read
    letters = {letter: sum(p for token, p in top.items() if token.strip() == letter) for letter in LETTERS}
    assert mass == pytest.approx(sum(letters.values()))
    if all(letters.values()):
        assert probs == pytest.approx({OPTIONS[name]: p / mass for name, p in letters.items()})


@given(
    st.builds(dict, A=st.floats(-50, 0), B=st.floats(-50, 0)),
    st.one_of(st.none(), st.floats(-20, 0)),
    st.text(),
)
def test_an_answer_survives_its_row(logprobs: dict[str, float], floor: float | None, text: str) -> None:
    answer = Answer(logprobs=logprobs, floor=floor, text=text, prompt_tokens=3, cost=0.0)
    assert Answer.from_row(answer.to_row()) == answer
