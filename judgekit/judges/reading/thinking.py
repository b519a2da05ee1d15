"""Where a judge's thinking ends and its answer begins."""

from __future__ import annotations

import re
from collections.abc import Sequence

STARTS = (
    "<think>", "<thinking>", "<thought>", "<reasoning>", "<reflection>", "[THINK]", "◁think▷", "<|channel|>"
)  # fmt: skip
"""How thinking begins."""

END = "</think>"
"""How it ends, unless a judge is declared to end it otherwise."""

_NO_THOUGHT = re.compile(r"\s*<think>\s*</think>(?!.*</?think>)", re.DOTALL)
"""The empty thought of a model that was told not to think."""


def ended_by(text: str, declared: str | None) -> str | None:
    """What ends the thinking in a text: what was declared, or the mark behind an empty thought."""
    return declared or (END if _NO_THOUGHT.match(text) else None)


def after(text: str, end: str | None) -> str:
    """A text without its thinking; all of it where none ends."""
    return text.rpartition(end)[2] if end and end in text else text


def tokens_of(tokens: Sequence[str], end: str | None) -> int | None:
    """How many tokens belong to the thinking; None where it was begun and not ended."""
    if end is None:
        return 0
    start, seen = 0, ""
    for index, token in enumerate(tokens):
        seen += token
        if end in seen:
            start, seen = index + 1, ""
    return None if not start and "".join(tokens).lstrip().startswith(STARTS) else start
