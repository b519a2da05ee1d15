"""What hosts call inputs, outputs and expectations, as the fields of an item."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from judgekit.errors import ConfigError

ItemOf = Callable[[Any, Any, Any], Mapping[str, Any]]
"""Inputs, outputs and expectations to an item's fields."""

_QUESTIONS = ("question", "prompt", "query", "input", "request")
_OUTPUTS = ("output", "response", "answer", "content", "text", "completion", "generation")
_REFERENCES = ("references", "reference", "expected_response", "answer", "ground_truth")
_NOTHING: tuple[object, ...] = (None, "", [], (), {})
_SAID = ("question_id", "probe", "split", "model", "method")


def item_of(inputs: Any, outputs: Any, expectations: Any) -> dict[str, Any]:
    """An item's fields, from the keys that such mappings usually have.

    Parameters
    ----------
    inputs : str or mapping
        The question, under ``question``, ``prompt``, ``query``, ``input``, ``request``, or as the last message of a
        user under ``messages``; the only text there is will do.
    outputs : str or mapping
        What the model said: a text, or one under ``output``, ``response``, ``answer``, ``content``, …, a chat
        completion, or the last message of an assistant under ``messages``.
    expectations : mapping, optional
        ``expected_response``, ``reference`` or ``references``, one or several; numbers become texts. And ``split``,
        ``question_id``, ``model``, ``method``, which may stand in the inputs too.

    Raises
    ------
    ConfigError
        Nothing there is the question, the output, or the text of a reference.
    """
    expected = expectations if isinstance(expectations, Mapping) else {}
    asked = inputs if isinstance(inputs, Mapping) else {}
    fields: dict[str, Any] = {
        "question": _text("question", inputs, _QUESTIONS, "user"),
        "output": _text("output", outputs, _OUTPUTS, "assistant"),
    }
    known = next((expected[key] for key in _REFERENCES if expected.get(key) not in _NOTHING), None)
    if known is not None:
        several = [known] if isinstance(known, str | int | float | Mapping) else known
        fields["references"] = tuple(map(_reference, several))
    return fields | {
        key: one[key] for key in _SAID for one in (asked, expected) if isinstance(one.get(key), str)
    }


def _reference(given: Any) -> str:
    return _text("reference", given, _OUTPUTS, "assistant") if isinstance(given, Mapping) else str(given)


def _text(what: str, given: Any, keys: Iterable[str], role: str) -> str:
    if isinstance(given, str):
        return given
    if isinstance(given, Mapping):
        found = next((given[key] for key in keys if isinstance(given.get(key), str)), None)
        texts = [value for value in given.values() if isinstance(value, str)]
        for said in (found, _said(given, role), texts[0] if len(texts) == 1 else None):
            if said is not None:
                return said
    there = ", ".join(map(str, given)) if isinstance(given, Mapping) else type(given).__name__
    raise ConfigError(f"nothing there is the {what} (found: {there}); say how an item is made of it (item=…)")


def _said(given: Mapping[Any, Any], role: str) -> str | None:
    """The last message of a role, or the message of a completion's first choice."""
    messages = given.get("messages")
    if isinstance(messages, list | tuple):
        turns = [turn["content"] for turn in messages if turn.get("role") == role]
        return turns[-1] if turns and isinstance(turns[-1], str) else None
    choices = given.get("choices")
    if isinstance(choices, list | tuple) and choices:
        content = (choices[0].get("message") or {}).get("content")
        return content if isinstance(content, str) else None
    return None
