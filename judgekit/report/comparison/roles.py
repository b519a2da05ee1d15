"""What part a run plays in a comparison, told from its method name: original, retrained, or one of a method's sweep."""

from __future__ import annotations

import re
from typing import Literal

Role = Literal["original", "retrained", "unlearned"]

_ORIGINAL = re.compile(r"(original|orig|full|target|finetuned|before)", re.IGNORECASE)
_RETRAINED = re.compile(r"(retain(ed)?\d*|retrain(ed)?)", re.IGNORECASE)
# A setting at the end of a method's name: lr1e-5, epoch=3, ckpt-120, alpha0.5, seed1, step_60
_SETTING = re.compile(
    r"[\s_\-·,]+(lr|epochs?|ep|steps?|ckpt|checkpoint|alpha|beta|gamma|lambda|ratio|mix|seed|coeff?)"
    r"[=_\-]?\d+(\.\d+)?(e-?\d+)?$",
    re.IGNORECASE,
)


def role(method: str) -> Role:
    """``original``: the model before unlearning; ``retrained``: the one that never saw the forget set."""
    if _ORIGINAL.fullmatch(method):
        return "original"
    return "retrained" if _RETRAINED.fullmatch(method) else "unlearned"


def sweep(method: str) -> str:
    """The method without its settings, so that runs of one method at several settings have one name."""
    while (shorter := _SETTING.sub("", method)) != method and shorter:
        method = shorter
    return method
