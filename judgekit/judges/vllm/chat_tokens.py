"""How a tokenizer writes a prompt: the rendered chat as token ids, and the tokens that would answer it.

Prompts of one annotator share all messages but the last. What they share is rendered and tokenized once (a
:class:`Frame`); per item only its own text is. The tokens of the option letters are read off the rendered chat,
with the answer and without: which token a letter is depends on what stands before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from judgekit.errors import ConfigError
from judgekit.rubrics import Prompt

Messages = Sequence[Mapping[str, str]]

_SLOT = "ITEM0GOES0HERE"
_NO_THINKING = {"enable_thinking": False, "thinking": False}
_THINKING_STARTS = ("<think>", "<reasoning>")


class Tokenizer(Protocol):
    """The part of a Hugging Face tokenizer that is used."""

    chat_template: Any

    def apply_chat_template(self, conversation: Any, **options: Any) -> Any:
        """The conversation as the model expects it: token ids, or a text with ``tokenize=False``."""
        ...

    def encode(self, text: str, **options: Any) -> list[int]:
        """A text as token ids."""
        ...

    def decode(self, token_ids: Any, **options: Any) -> str:
        """Token ids as text; the inverse of ``encode`` up to special tokens."""
        ...


@dataclass(frozen=True)
class Frame:
    """What the prompts of one annotator share.

    Attributes
    ----------
    prefix : tuple[int, ...]
        Token ids before the item; empty where the template does not allow the item to be set in.
    suffix : str
        Text between the item and the answer.
    letters : Mapping[str, tuple[int, ...]]
        Option letter -> ids of the tokens that answer with it.
    """

    prefix: tuple[int, ...]
    suffix: str
    letters: Mapping[str, tuple[int, ...]]


class ChatTokens:
    """Renders prompts with a tokenizer's chat template.

    Parameters
    ----------
    tokenizer : Tokenizer
        Of the model.
    model : str
        Its name, for messages.

    Attributes
    ----------
    thinking : how the model is kept from thinking before it answers: ``switched off``, ``skipped past`` (the
        template opens a thinking block; it is closed at once) or ``not in the template``.
    """

    def __init__(self, tokenizer: Tokenizer, model: str) -> None:
        if not getattr(tokenizer, "chat_template", None):
            raise ConfigError(f"model '{model}' has no chat template: take one tuned to follow instructions")
        self.tokenizer, self.model = tokenizer, model
        self.merge_system = False
        probe = [{"role": "system", "content": "Instruction."}, {"role": "user", "content": "Item."}]
        try:
            self.merge_system = "Instruction." not in self._template(probe)
        except Exception:  # templates raise what they like where they know no system role
            self.merge_system = True
        try:
            plain, quiet = self.text(probe), self.text(probe, **_NO_THINKING)
        except Exception as error:
            raise ConfigError(f"the chat template of '{model}' cannot be rendered: {error}") from None
        self.options: dict[str, Any] = dict(_NO_THINKING) if quiet != plain else {}
        self._closing = next(
            (f"\n\n</{tag[1:]}\n\n" for tag in _THINKING_STARTS if quiet.rstrip().endswith(tag)), ""
        )
        self.thinking = (
            "skipped past" if self._closing else "switched off" if self.options else "not in the template"
        )
        self._frames: dict[tuple[Any, ...], Frame] = {}

    def token_ids(self, prompt: Prompt) -> tuple[list[int], Mapping[str, tuple[int, ...]]]:
        """The prompt as token ids up to where the answer starts, and the tokens of each option letter."""
        key = tuple(message["content"] for message in prompt.messages[:-1]), tuple(prompt.options)
        frame = self._frames.get(key)
        if frame is None:
            if len(self._frames) >= 64:
                self._frames.clear()
            frame = self._frames[key] = self._frame(prompt)
        if frame.prefix:
            ids = [*frame.prefix, *self._encode(prompt.messages[-1]["content"] + frame.suffix)]
        else:
            ids = self._encode(self._prompt_text(prompt.messages))
        return ids, frame.letters

    def text(self, messages: Messages, **options: Any) -> str:
        """The chat rendered up to where the answer starts, as the template writes it."""
        return self._template(self._merged(messages), add_generation_prompt=True, **options)

    def _frame(self, prompt: Prompt) -> Frame:
        *shared, last = prompt.messages
        whole = self._prompt_text(prompt.messages)
        letters = self._letters(prompt, whole)
        before, found, after = self._prompt_text([*shared, {**last, "content": _SLOT}]).partition(_SLOT)
        ids, prefix = self._encode(whole), self._encode(before)
        if not found or prefix + self._encode(last["content"] + after) != ids:
            return Frame((), "", letters)
        return Frame(tuple(prefix), after, letters)

    def _letters(self, prompt: Prompt, whole: str) -> dict[str, tuple[int, ...]]:
        ids = self._encode(whole)
        letters: dict[str, tuple[int, ...]] = {}
        for letter in prompt.options:
            found = {
                self._next(ids, whole + tail)
                for tail in (self._answer(prompt, whole, letter), letter, " " + letter)
            }
            letters[letter] = tuple(sorted(i for i in found if i is not None and self._decode(i) == letter))
            if not letters[letter]:
                raise ConfigError(
                    f"the tokenizer of '{self.model}' does not write the option letter '{letter}' as one token"
                )
        return letters

    def _answer(self, prompt: Prompt, whole: str, letter: str) -> str:
        """What the template puts after the prompt when the answer is there, up to the letter."""
        turn = {"role": "assistant", "content": letter}
        try:
            answered = self._template(self._merged([*prompt.messages, turn]), **self.options)
        except Exception:  # a template may refuse to end on the assistant
            return letter
        if not answered.startswith(whole):
            return letter
        space, found, _ = answered[len(whole) :].partition(letter)
        return space + letter if found and not space.strip() else letter

    def _next(self, ids: list[int], text: str) -> int | None:
        longer = self._encode(text)
        return longer[len(ids)] if longer[: len(ids)] == ids and len(longer) > len(ids) else None

    def _prompt_text(self, messages: Messages) -> str:
        return self.text(messages, **self.options) + self._closing

    def _merged(self, messages: Messages) -> Messages:
        if not self.merge_system or messages[0]["role"] != "system":
            return messages
        instruction, first, *rest = messages
        return [{**first, "content": f"{instruction['content']}\n\n{first['content']}"}, *rest]

    def _template(self, messages: Messages, **options: Any) -> str:
        return str(self.tokenizer.apply_chat_template(list(messages), tokenize=False, **options))

    def _encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False)

    def _decode(self, token: int) -> str:
        return self.tokenizer.decode([token]).strip()
