"""What is named plainly is read as itself; what names two letters, or takes its letter back, is read as neither."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from judgekit.judges.reading.letters import named
from judgekit.judges.reading.verdicts import read_logprobs
from tests.judges.reading.answers import OPTIONS

LABELS = [
    OPTIONS,
    dict(zip("ABCDE", reversed(list(OPTIONS.values())), strict=True)),
    {"A": "right", "B": "wrong"},
    {"A": "leaked", "B": "not leaked"},
    {"A": "B", "B": "A", "C": "tie"},
    dict(zip("ABCDEFGHIJ", map(str, range(1, 11)), strict=True)),
]
MARKED = [
    "{}", "{}.", "({})", "**{}**", "**{}.**", "`{}`", "[[{}]]", "\\boxed{{{}}}", "$\\boxed{{\\text{{{}}}}}$", "<answer>{}</answer>",
    "<label>{}</label>", "```\n{}\n```", "「{}」", "✅ {}", "# {}", "> {}", "- {}", "{}<|im_end|>", "{}</s>", "\u200b{}\u200b",
]  # fmt: skip
STATED = [
    "Answer: {}", "**Answer:** {}", "Final answer: {}", "The answer is {}.", "The correct label is {}.", "Verdict: {}", "I choose {}.",
    "I would go with {}.", "Therefore, the answer is {}.", "So, the final verdict is: {}", "ANSWER: {}", "The final answer is: $\\boxed{{{}}}$",
    "Final Answer: The final answer is $\\boxed{{{}}}$", "I would say the answer is {}.", "Winner: {}",
]  # fmt: skip
FOREIGN = [
    "Réponse : {}", "La respuesta es {}.", "Die Antwort ist {}.", "答案：{}", "答えは{}です。", "정답: {}", "Ответ: {}", "A resposta é {}.",
]  # fmt: skip
OBJECTS = [
    '{{"answer": "{}"}}',
    '```json\n{{"verdict": "{}"}}\n```',
    '{{"reason": "as the text says", "answer": "{}"}}',
]
FORMS = [*MARKED, *STATED, *FOREIGN, *OBJECTS]
BEHIND = [
    "{}. The text says so.",
    "{}\n\nExplanation: the text says so.",
    "{}: the text says so",
    "{} because the text says so.",
]
CONCLUDED = [
    *STATED, "So: {}", "Therefore: **{}**", "Overall, {}.", "**Conclusion:** {}", "[[{}]]", "<answer>{}</answer>", "<verdict>{}</verdict>",
]  # fmt: skip
DENIED = [
    "not {}", "Not {}.", "It is not {}.", "The answer is not {}.", "The answer isn't {}", "{}?", "Is it {}?", "~~{}~~", "❌ {}", "Neither {} nor that",
    "I doubt that it is {}.", "If so, the answer would be {}.", "The model says that the answer is {}.", "{} is tempting", "{}, wait",
    "The answer would have been {}, but it is not", "Anything but {}.", "{} or not, who knows?",
    "It wrote this:\n[[{}]]", "It ends with <answer>{}</answer>", "If it were so, {}.", "Maybe it says so, so {}.", "So not {}.", "Therefore: {}?", "{}. Only if the text says so.",
    "{}: means that the text says so", "It reads: the text says so, so {}.", "It wrote this.\n\nRéponse : {}",
]  # fmt: skip
BETWEEN = [
    " or ",
    " and ",
    "/",
    ", ",
    " | ",
    "\n",
    " & ",
    " vs ",
    "; ",
    " or maybe ",
    "\nor\n",
    " and/or ",
    "\n\n",
    " ... ",
]

labels = st.sampled_from(LABELS)
words = st.lists(
    st.sampled_from(
        [
            "the",
            "text",
            "names",
            "every",
            "person",
            "in",
            "full",
            "with",
            "its",
            "year",
            "city",
            "quite",
            "long",
        ]
    ),
    min_size=1,
    max_size=12,
)
sentences = st.lists(words, max_size=4).map(
    lambda said: "".join(" ".join(sentence).capitalize() + ". " for sentence in said)
)
blank = st.text(" \n\t", max_size=4)


@st.composite
def one(draw: st.DrawFn) -> tuple[dict[str, str], str]:
    options = draw(labels)
    return options, draw(st.sampled_from(list(options)))


@st.composite
def two(draw: st.DrawFn) -> tuple[dict[str, str], str, str]:
    options = draw(labels)
    first, second = draw(st.permutations(list(options)))[:2]
    return options, first, second


def letter(text: str, options: dict[str, str]) -> str | None:
    found = named(text, options)
    assert found is None or text[found.at].upper() == found.letter
    return found.letter if found else None


@given(one(), st.sampled_from(FORMS), blank, blank)
def test_a_letter_in_any_known_form_is_read_as_itself(
    case: tuple[dict[str, str], str], form: str, before: str, after: str
) -> None:
    options, said = case
    assert letter(before + form.format(said) + after, options) == said


@given(one(), st.sampled_from(STATED), sentences, st.sampled_from(["", "\n", "\n\n"]))
def test_a_letter_stated_behind_harmless_sentences_is_read_as_itself(
    case: tuple[dict[str, str], str], form: str, before: str, gap: str
) -> None:
    options, said = case
    assert letter(before + gap + form.format(said), options) == said


@given(one(), words, st.sampled_from(CONCLUDED), st.sampled_from([" ", "\n", "\n\n"]))
def test_a_letter_that_concludes_harmless_sentences_is_read_as_itself(
    case: tuple[dict[str, str], str], before: list[str], form: str, gap: str
) -> None:
    options, said = case
    assert letter(" ".join(before).capitalize() + "." + gap + form.format(said), options) == said


@given(two(), st.sampled_from(CONCLUDED), st.sampled_from(FORMS), sentences)
def test_a_conclusion_is_not_read_where_another_letter_stands_above_it(
    case: tuple[dict[str, str], str, str], form: str, above: str, between: str
) -> None:
    options, first, second = case
    assert letter(f"{above.format(first)}\n{between}\n{form.format(second)}", options) is None


@given(
    two(),
    st.sampled_from(["{}, not {}.", "{} (not {})", "{}. It is not {}.", "{}\n\n- Not {}: the text says so."]),
)
def test_a_letter_beside_another_that_is_denied_is_read_and_one_denied_itself_is_not(
    case: tuple[dict[str, str], str, str], form: str
) -> None:
    options, first, second = case
    assert letter(form.format(first, second), options) == first
    assert letter(form.format(first, first), options) is None


@given(one(), st.sampled_from(BEHIND), sentences)
def test_a_letter_before_harmless_sentences_is_read_as_itself(
    case: tuple[dict[str, str], str], form: str, after: str
) -> None:
    options, said = case
    assert letter(f"{form.format(said)} {after}", options) == said


@given(two(), st.sampled_from(["{}", *MARKED[:8], *STATED]), st.sampled_from(BETWEEN), st.booleans())
def test_two_letters_in_the_place_of_the_answer_are_never_read_as_one(
    case: tuple[dict[str, str], str, str], form: str, between: str, whole: bool
) -> None:
    options, first, second = case
    other = form.format(second) if whole else second
    text = f"{form.format(first)}{between}{other}" if whole else form.format(first + between + second)
    assert letter(text, options) is None


@given(two(), st.sampled_from(FORMS), st.sampled_from(FORMS), sentences)
def test_two_statements_that_disagree_are_never_read_as_one(
    case: tuple[dict[str, str], str, str], form: str, again: str, between: str
) -> None:
    options, first, second = case
    assert letter(f"{form.format(first)}\n{between}\n{again.format(second)}", options) is None


@given(two(), st.sampled_from(FORMS), st.sampled_from(FORMS))
def test_what_is_taken_back_is_not_read(case: tuple[dict[str, str], str, str], form: str, again: str) -> None:
    options, first, second = case
    for turn in ("Wait, no. ", "Actually, ", "Hmm, on second thought: ", "Correction: ", "I mean "):
        assert letter(f"{form.format(first)} {turn}{again.format(second)}", options) in (None, second)


@given(one(), st.sampled_from(DENIED), sentences)
def test_a_letter_denied_or_doubted_is_not_read(
    case: tuple[dict[str, str], str], form: str, before: str
) -> None:
    options, said = case
    assert letter(before + form.format(said), options) is None


@given(two(), st.sampled_from(["{}. {}", "{}: {}", "{} ({})", "**{}**: {}", "Answer: {} - {}", "{} — {}"]))
def test_a_letter_beside_another_options_label_is_not_read(
    case: tuple[dict[str, str], str, str], form: str
) -> None:
    options, said, other = case
    assume(options[other] not in options)  # a pair's labels are letters themselves
    assert letter(form.format(said, options[other]), options) is None


@given(one(), st.sampled_from(["{}. {}", "{}: {}", "{} ({})", "**{}**: {}", "Answer: {} - {}", "{} — {}"]))
def test_a_letter_beside_its_own_label_is_read(case: tuple[dict[str, str], str], form: str) -> None:
    options, said = case
    assert letter(form.format(said, options[said]), options) in (said, None)
    if options[said] not in options:
        assert letter(f"{said}. {options[said]}", options) == said


@given(
    labels,
    st.lists(
        st.sampled_from([*"ABCEI", " ", "\n", ".", "(", "**", "answer: ", "the answer is ", "not ", "\\boxed{", "}", '{"answer": "', "?"]),
        max_size=12,
    ).map("".join)
    | st.text(max_size=60),
)  # fmt: skip
def test_a_letter_that_is_read_is_an_option_and_stands_in_the_text(
    options: dict[str, str], text: str
) -> None:
    assert letter(text, options) in (None, *options)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from([" A", "B", "</think>"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from(["token", "logprob", "top_logprobs", "content", "message", "logprobs", "finish_reason", "refusal"]), inner, max_size=4
    ),
    max_leaves=12,
)  # fmt: skip


@given(
    st.dictionaries(st.sampled_from(["finish_reason", "message", "logprobs"]), json_values),
    st.none() | st.just("</think>"),
)
def test_whatever_a_server_sends_is_an_answer_or_says_why_it_is_none(
    choice: dict[str, Any], thinking_end: str | None
) -> None:
    answer = read_logprobs(choice, OPTIONS, thinking_end)
    assert (answer.error is None) == bool(answer.logprobs)
    assert set(answer.logprobs) <= set(OPTIONS)
    assert all(math.isfinite(value) and value <= 0 for value in answer.logprobs.values())


@pytest.mark.parametrize(
    "unit", ["the answer is ", "\\boxed{(", "(", " ", "I would choose B|", "A. ", '"A"**-</b>', "A\n", "so, "]
)
def test_an_endless_answer_names_nothing(unit: str) -> None:
    """Of a text this long nothing is read, whatever stands in it, so that reading takes bounded time."""
    assert named(unit * (10**6 // len(unit)) + "\nAnswer: A", OPTIONS) is None
