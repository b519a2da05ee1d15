"""What part a run plays in a comparison, told from its method: original, retrained or unlearned."""

from __future__ import annotations

import re
from typing import Literal

Role = Literal["original", "retrained", "unlearned"]

_ORIGINAL = re.compile(r"(original|orig|full|target|finetuned|before)", re.IGNORECASE)
_RETRAINED = re.compile(r"(retain(ed)?\d*|retrain(ed)?)", re.IGNORECASE)


def role(method: str) -> Role:
    """``original``: the model before unlearning; ``retrained``: the one that never saw the forget set."""
    if _ORIGINAL.fullmatch(method):
        return "original"
    return "retrained" if _RETRAINED.fullmatch(method) else "unlearned"
