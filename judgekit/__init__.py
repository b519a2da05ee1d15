"""judgekit scores outputs of unlearned language models with cascaded judges under a calibrated guarantee.

>>> import judgekit as jk
>>> jk.score("TOFU_EVAL.json", "runs/mine")                                     # doctest: +SKIP
>>> jk.calibrate("runs/mine", labels="labels.jsonl", agreement=0.9)             # doctest: +SKIP

Names are imported when first used, so that ``import judgekit`` costs nothing.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
DISTRIBUTION = "judgekit-certified"
"""What the package index calls it: there ``judgekit`` and ``judgekit-eval`` are other projects."""

_API = "judgekit.api"
_WHERE = {
    "read": _API,
    "score": _API,
    "calibrate": _API,
    "decide": _API,
    "frontier": _API,
    "plan": _API,
    "validate": _API,
    "audit": _API,
    "plan_labels": _API,
    "queue": _API,
    "summarize": _API,
    "load_cascade": _API,
    "load_rubric": "judgekit.rubrics",
    "Calibration": "judgekit.calibration.record",
    "Item": "judgekit.records",
    "HumanLabel": "judgekit.records",
    "Evidence": "judgekit.records",
    "EvidenceRow": "judgekit.records",
    "Verdict": "judgekit.records",
    "JudgekitError": "judgekit.errors",
}

_PACKAGES = ("judges", "report", "rubrics")
"""Verbs that share their name with a package."""

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
    "judges",
    "load_cascade",
    "load_rubric",
    "plan",
    "plan_labels",
    "queue",
    "read",
    "report",
    "rubrics",
    "score",
    "summarize",
    "validate",
]

if TYPE_CHECKING:
    from judgekit.api import (
        audit,
        calibrate,
        decide,
        frontier,
        judges,
        load_cascade,
        plan,
        plan_labels,
        queue,
        read,
        report,
        rubrics,
        score,
        summarize,
        validate,
    )
    from judgekit.calibration.record import Calibration
    from judgekit.errors import JudgekitError
    from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item, Verdict
    from judgekit.rubrics import load_rubric


class _Verb(ModuleType):
    """A package that is also called as the verb of its name."""

    def __call__(self, *args: Any, **options: Any) -> Any:
        return getattr(import_module("judgekit.api"), self.__name__.rpartition(".")[2])(*args, **options)


class _Judgekit(ModuleType):
    """This package, in which some names are a package (``judgekit.report.load``) and a verb (``jk.report(...)``)."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name in _PACKAGES and isinstance(value, ModuleType):
            value.__class__ = _Verb
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Judgekit


def __getattr__(name: str) -> Any:
    if name in _PACKAGES:
        return import_module(f"judgekit.{name}")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    raise AttributeError(f"module 'judgekit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted(__all__)
