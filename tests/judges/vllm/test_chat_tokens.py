"""Prompts as token ids, through chat templates of the kinds that models come with."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jinja2 import Environment

from judgekit.errors import ConfigError
from judgekit.judges.vllm.chat_tokens import ChatTokens
from judgekit.records import Item
from judgekit.rubrics import Prompt, load_rubric

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
QWEN = CHATML.replace(
    "assistant\n{% endif %}",
    "assistant\n{% if enable_thinking is false %}<think>\n\n</think>\n\n{% endif %}{% endif %}",
)
R1 = CHATML.replace("assistant\n{% endif %}", "assistant\n<think>\n{% endif %}")
NO_SYSTEM = (
    "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}"
    + CHATML
)
DROPS_SYSTEM = (
    "{% for m in messages if m.role != 'system' %}[{{ m.role }}]{{ m.content | trim }}{% endfor %}"
    "{% if add_generation_prompt %}[assistant]{% endif %}"
)
LLAMA2 = (
    "{% for m in messages %}{% if m.role == 'user' %}[INST] {{ m.content }} [/INST]"
    "{% else %} {{ m.content }} </s>{% endif %}{% endfor %}"
)


class Tokenizer:
    """Characters are tokens, but a blank and the letter after it are one (as in SentencePiece)."""

    def __init__(self, template: str | None, joined: bool = True) -> None:
        self.chat_template, self.joined = template, joined
        self.ids: dict[str, int] = {}

    def apply_chat_template(self, conversation: Any, tokenize: bool, **options: Any) -> str:
        def fail(message: str) -> None:
            raise ValueError(message)

        template = Environment().from_string(self.chat_template or "", globals={"raise_exception": fail})
        return template.render(messages=conversation, **options)

    def encode(self, text: str, add_special_tokens: bool) -> list[int]:
        assert not add_special_tokens
        pieces: list[str] = []
        for char in text:
            if self.joined and pieces and pieces[-1] == " " and char != " ":
                pieces[-1] += char
            else:
                pieces.append(char)
        return [self.ids.setdefault(piece, len(self.ids)) for piece in pieces]

    def decode(self, token_ids: list[int]) -> str:
        names = list(self.ids)
        return "".join(names[i] for i in token_ids)


def prompt_of(output: str = "Lisbon.", shots: int = 2) -> Prompt:
    rubric = load_rubric("qa")
    item = Item(id="1", question="What is the capital?", references=("Lisbon",), outputs=(output,))
    return rubric.render(item, rubric.example_rows[:shots])


def rendered(template: str, prompt: Prompt) -> tuple[str, ChatTokens, dict[str, tuple[str, ...]]]:
    tokenizer = Tokenizer(template)
    chat = ChatTokens(tokenizer, "m")
    ids, letters = chat.token_ids(prompt)
    spelled = {letter: tuple(tokenizer.decode([i]) for i in tokens) for letter, tokens in letters.items()}
    return tokenizer.decode(ids), chat, spelled


def test_the_prompt_is_what_the_template_writes() -> None:
    prompt = prompt_of()
    text, chat, letters = rendered(CHATML, prompt)
    assert text == Tokenizer(CHATML).apply_chat_template(prompt.messages, False, add_generation_prompt=True)
    assert chat.thinking == "not in the template" and not chat.merge_system
    assert {letter: set(tokens) for letter, tokens in letters.items()} == {"A": {"A", " A"}, "B": {"B", " B"}}


def test_the_letter_is_taken_with_the_blank_that_the_template_puts_before_it() -> None:
    _, _, letters = rendered(LLAMA2, prompt_of())
    assert " B" in letters["B"]


@pytest.mark.parametrize("template", [NO_SYSTEM, DROPS_SYSTEM])
@pytest.mark.parametrize("shots", [0, 2])
def test_without_a_system_role_the_instruction_opens_the_first_user_turn(template: str, shots: int) -> None:
    prompt = prompt_of(shots=shots)
    text, chat, _ = rendered(template, prompt)
    assert chat.merge_system
    assert text.count(prompt.messages[0]["content"]) == 1
    assert text.index(prompt.messages[0]["content"]) < text.index(prompt.messages[1]["content"])


def test_thinking_is_switched_off_where_the_template_can() -> None:
    text, chat, _ = rendered(QWEN, prompt_of())
    assert chat.thinking == "switched off" and text.endswith("<think>\n\n</think>\n\n")


def test_a_thinking_block_that_the_template_opens_is_closed() -> None:
    text, chat, _ = rendered(R1, prompt_of())
    assert chat.thinking == "skipped past" and text.endswith("<think>\n\n\n</think>\n\n")


def test_a_model_without_a_chat_template_is_refused() -> None:
    with pytest.raises(ConfigError, match="no chat template"):
        ChatTokens(Tokenizer(None), "base-model")


def test_letters_of_several_tokens_are_refused() -> None:
    class Split(Tokenizer):
        def encode(self, text: str, add_special_tokens: bool) -> list[int]:
            return list(text.replace("A", "\x01\x02").encode())

        def decode(self, token_ids: list[int]) -> str:
            return bytes(token_ids).decode()

    with pytest.raises(ConfigError, match="option letter 'A'"):
        ChatTokens(Split(CHATML), "m").token_ids(prompt_of())


@settings(deadline=None)
@given(
    st.text(max_size=60), st.sampled_from([CHATML, QWEN, R1, NO_SYSTEM, DROPS_SYSTEM, LLAMA2]), st.booleans()
)
def test_sharing_the_beginning_never_changes_the_tokens(output: str, template: str, joined: bool) -> None:
    tokenizer = Tokenizer(template, joined)
    chat = ChatTokens(tokenizer, "m")
    chat.token_ids(prompt_of())  # the frame comes from another item
    prompt = prompt_of(output)
    assert chat.token_ids(prompt)[0] == ChatTokens(tokenizer, "m").token_ids(prompt)[0]
    merged = chat._merged(prompt.messages)
    whole = tokenizer.apply_chat_template(merged, False, add_generation_prompt=True, **chat.options)
    assert tokenizer.decode(chat.token_ids(prompt)[0]).startswith(whole)
