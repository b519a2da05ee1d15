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

_WHERE = {
    "load_rubric": "judgekit.rubrics",
    "Calibration": "judgekit.calibration.record",
    "Item": "judgekit.records",
    "ItemResult": "judgekit.records",
    "HumanLabel": "judgekit.records",
    "Evidence": "judgekit.records",
    "EvidenceRow": "judgekit.records",
    "Verdict": "judgekit.records",
    "JudgekitError": "judgekit.errors",
    "Session": "judgekit.engine.memory",
}
"""Where names stand that are no functions of :mod:`judgekit.api`."""

_PACKAGES = ("export", "judges", "report", "rubrics")
"""Verbs that share their name with a package."""

if TYPE_CHECKING:
    from judgekit.api import *
    from judgekit.calibration.record import Calibration as Calibration
    from judgekit.engine.memory import Session as Session
    from judgekit.errors import JudgekitError as JudgekitError
    from judgekit.records import Evidence as Evidence
    from judgekit.records import EvidenceRow as EvidenceRow
    from judgekit.records import HumanLabel as HumanLabel
    from judgekit.records import Item as Item
    from judgekit.records import ItemResult as ItemResult
    from judgekit.records import Verdict as Verdict
    from judgekit.rubrics import load_rubric as load_rubric


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
    if name == "__all__":
        return __dir__()
    if name in _PACKAGES:
        return import_module(f"judgekit.{name}")
    if name in _WHERE:
        return getattr(import_module(_WHERE[name]), name)
    if not name.startswith("_") and name in (api := import_module("judgekit.api")).__all__:
        return getattr(api, name)
    raise AttributeError(f"module 'judgekit' has no attribute '{name}'")


def __dir__() -> list[str]:
    return sorted({*_WHERE, *import_module("judgekit.api").__all__})
