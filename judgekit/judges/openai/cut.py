"""Whether a server read the whole prompt: some cut what is too long for them, and answer as if nothing were missing.

Ollama cuts at its ``num_ctx``, OpenRouter takes the middle out for small models; what they took for the output is then
not what was sent, and a fact in it may be gone. Their own count of tokens tells: a token is no longer than a word.
"""

from __future__ import annotations

import re

from judgekit.judges.price import Usage
from judgekit.rubrics import Prompt

SHORT = 1000
"""Words that any context holds; a shorter item is not looked at (there are servers that count nothing)."""

_WORDS = re.compile(r"[^\W\d_]{2,}")


def cut_short(prompt: Prompt, usage: Usage) -> str | None:
    """Why an answer is none because the server did not read all of the item; None where nothing tells.

    Only the item's own message is counted: what all prompts share may come from a cache, which some servers leave out.
    """
    words = sum(1 for _ in _WORDS.finditer(prompt.messages[-1]["content"]))
    if words <= SHORT or not usage.prompt_tokens or words <= usage.prompt_tokens:
        return None
    return (
        f"the server cut the prompt: it read {usage.prompt_tokens:,} tokens of an item of {words:,} words; "
        "give it a larger context"
    )
