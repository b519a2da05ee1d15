"""What part a run plays in a comparison, told from how its method is called: original, retrained or unlearned."""

from __future__ import annotations

import re
from typing import Literal

from judgekit.readers.settings import DATA, trained
from judgekit.report.run import Run

Role = Literal["original", "retrained", "unlearned"]

_ORIGINAL = re.compile(r"(original|orig|full|target|finetuned|before)", re.IGNORECASE)
_RETRAINED = re.compile(r"(retain(ed)?\d*|retrain(ed)?)", re.IGNORECASE)
_OF_NO_METHOD = {DATA, "seed"}
"""Settings that a model before or without unlearning has too."""


def role(run: Run) -> Role:
    """``original``: the model before unlearning; ``retrained``: the one that never saw the forget set.

    A run whose name holds settings of a training (``full_lr1e-5``) is one of a method that is tuned, and so neither.
    What Hydra recorded does not count here: these two were finetuned at some learning rate as well.
    """
    if trained(run.said).settings.keys() - _OF_NO_METHOD:
        return "unlearned"
    method = run.trained.method
    if _ORIGINAL.fullmatch(method):
        return "original"
    return "retrained" if _RETRAINED.fullmatch(method) else "unlearned"
