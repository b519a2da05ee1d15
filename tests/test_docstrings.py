"""What docstrings and manuals refer to exists: a name that moved is mended everywhere it is named."""

from __future__ import annotations

import builtins
import importlib
import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

import judgekit

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "judgekit"
TEXTS = [
    path
    for path in (*PACKAGE.rglob("*.py"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md"))
    if path.name != "CHANGELOG.md"  # of what was once
]
_ROLE = re.compile(r":(?:mod|func|class|meth|attr|data|exc):`~?([\w.]+)`")
_DOTTED = re.compile(r"``?(judgekit(?:\.\w+)+)``?")
_FILE = re.compile(r"``?((?:[\w-]+/)+[\w-]+\.py)``?")
_ROOTS = (ROOT, PACKAGE)
GROUPS = get_args(importlib.import_module("judgekit.extensions").Group)
"""Names of entry points, which look like modules and are none."""


def references(text: str) -> set[str]:
    """The names that a text says are somewhere in the code."""
    return {*_ROLE.findall(text), *(name for name in _DOTTED.findall(text) if name not in GROUPS)}


def module_of(path: Path) -> ModuleType | None:
    """The module that a file is; None for a manual."""
    if path.suffix != ".py":
        return None
    parts = path.relative_to(ROOT).with_suffix("").parts
    return importlib.import_module(".".join(parts[:-1] if parts[-1] in ("__init__", "__main__") else parts))


def reached(start: object, names: list[str]) -> bool:
    """Whether attributes, fields of records included, lead on from an object."""
    for name in names:
        if name in getattr(start, "model_fields", {}) or name in getattr(start, "__annotations__", {}):
            return True
        if not hasattr(start, name):
            return False
        start = getattr(start, name)
    return True


def imported(name: str) -> bool:
    """Whether a dotted name is a module, or something in one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            module = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        return reached(module, parts[end:])
    return False


def resolves(name: str, module: ModuleType | None) -> bool:
    """Whether a reader of the module, or of a manual, finds what is meant."""
    if name.startswith("."):
        return module is not None and imported(f"{module.__spec__.parent}{name}")  # type: ignore[union-attr]
    parts = name.split(".")
    here = [] if module is None else [module]
    classes = [one for one in vars(module).values() if inspect.isclass(one)] if module else []
    if any(reached(place, parts) for place in (*here, *classes, judgekit, builtins)):
        return True
    return "." in name and imported(name)


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_name_that_is_referred_to_exists(path: Path) -> None:
    names = references(path.read_text("utf-8"))
    if not names:
        return
    module = module_of(path)
    assert [name for name in sorted(names) if not resolves(name, module)] == []


HERE = [
    path for path in TEXTS if path.parent != ROOT / "docs" / "integrations"
]  # those name others' files too


@pytest.mark.parametrize("path", HERE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_of_code_that_is_referred_to_exists(path: Path) -> None:
    files = _FILE.findall(path.read_text("utf-8"))
    assert [file for file in files if not any((root / file).is_file() for root in _ROOTS)] == []


def test_a_name_that_is_gone_is_found_out() -> None:
    module = importlib.import_module("judgekit.trust.selective.policy")
    said = "see :meth:`Policy.decide`, :meth:`start`, :mod:`judgekit.trust.risk`, ``judgekit.trust.nowhere``"
    assert references(said) == {"Policy.decide", "start", "judgekit.trust.risk", "judgekit.trust.nowhere"}
    assert [name for name in references(said) if not resolves(name, module)] == ["judgekit.trust.nowhere"]
    assert not resolves("Policy.step", module) and not resolves("gone", module)
