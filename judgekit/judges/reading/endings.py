"""How a choice of a chat endpoint ended: whole, cut off, or in something that is no answer to be read.

A letter may stand in a message that the model or its provider took back: beside a refusal, beside the call of a tool,
before a filter or a failing server stopped it. Nobody knows what such an answer would have said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_CUT = frozenset({"length", "max_tokens", "model_length", "token_limit"})
_FILTERED = re.compile(
    r"filter|safety|block|prohibit|recitation|refus|moderat|malform|spii|language", re.IGNORECASE
)
_BROKEN = re.compile(r"abort|error|cancel|fail|time.?out|insufficient|interrupt", re.IGNORECASE)
_OTHERS = frozenset({"user", "system", "developer", "tool", "function"})


def was_cut(choice: Mapping[str, Any]) -> bool:
    """Whether a choice ended at the limit of tokens, by whichever name a server calls it."""
    return str(choice.get("finish_reason")).lower() in _CUT


def broke_off(choice: Mapping[str, Any]) -> str:
    """Why a server left a choice unfinished, a fault that another try may not meet; empty where it did not."""
    ended = str(choice.get("finish_reason") or "")
    return f"the server left the answer unfinished: {ended}" if _BROKEN.search(ended) else ""


def no_answer(choice: Mapping[str, Any]) -> str:
    """Why the message of a choice is not to be read, whatever letter stands in it; empty where it is."""
    found = choice.get("message")
    message: Mapping[str, Any] = found if isinstance(found, dict) else {}
    if message.get("refusal"):
        return "the model refused to answer"
    if message.get("tool_calls") or message.get("function_call"):
        return "the model called a tool and did not answer"
    if str(message.get("role")).lower() in _OTHERS:
        return f"the message is of the role '{message['role']}', not the model's"
    ended = str(choice.get("finish_reason") or "")
    return f"the provider stopped the answer: {ended}" if _FILTERED.search(ended) else ""
