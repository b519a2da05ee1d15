"""judgekit scores outputs of unlearned language models with cascaded judges under a calibrated guarantee.

>>> import judgekit as jk
>>> jk.score("TOFU_EVAL.json", "runs/mine")                                     # doctest: +SKIP
>>> jk.calibrate("runs/mine", labels="labels.jsonl", agreement=0.9)             # doctest: +SKIP

Names are imported when first used, so that ``import judgekit`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
DISTRIBUTION = "judgekit-certified"
"""What the package index calls it: there ``judgekit`` and ``judgekit-eval`` are other projects."""

_WHERE = {
    "read": "judgekit.api",
    "score": "judgekit.api",
    "calibrate": "judgekit.api",
    "decide": "judgekit.api",
    "frontier": "judgekit.api",
    "audit": "judgekit.watching",
    "plan_labels": "judgekit.watching",
    "queue": "judgekit.watching",
    "summarize": "judgekit.api",
    "load_cascade": "judgekit.api",
    "load_rubric": "judgekit.rubrics",
    "Calibration": "judgekit.calibration",
    "Item": "judgekit.records",
    "HumanLabel": "judgekit.records",
    "Evidence": "judgekit.records",
    "EvidenceRow": "judgekit.records",
    "Verdict": "judgekit.records",
    "JudgekitError": "judgekit.errors",
}

__all__ = [
    "Calibration",
    "Evidence",
    "EvidenceRow",
    "HumanLabel",
    "Item",
    "JudgekitError",
    "Verdict",
    "audit",
    "calibrate",
    "decide",
    "frontier",
    "load_cascade",
    "load_rubric",
    "plan_labels",
    "queue",
    "read",
    "score",
    "summarize",
]

if TYPE_CHECKING:
    from judgekit.api import calibrate, decide, frontier, load_cascade, read, score, summarize
    from judgekit.calibration import Calibration
    from judgekit.errors import JudgekitError
    from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item, Verdict
    from judgekit.rubrics import load_rubric
    from judgekit.watching import audit, plan_labels, queue


def __getattr__(name: str) -> Any:
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'judgekit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
