"""Which modules, classes and functions are Python's or of an installed package, and which the user's own."""

from __future__ import annotations

import importlib.util
import site
import sys
import sysconfig
from collections.abc import Iterable
from functools import cache
from importlib.metadata import packages_distributions, version
from pathlib import Path
from types import BuiltinFunctionType, FunctionType, ModuleType
from typing import Any


def is_installed(thing: Any) -> bool:
    """Whether something is a module, class or function of Python itself or of an installed package."""
    if not isinstance(thing, ModuleType | FunctionType | BuiltinFunctionType | type):
        return False
    name = thing.__name__ if isinstance(thing, ModuleType) else thing.__module__
    module = thing if isinstance(thing, ModuleType) else sys.modules.get(name or "")
    if name == "__main__":
        return False
    if (name or "").partition(".")[0] == "judgekit":  # wherever it is installed from
        return True
    file = getattr(module, "__file__", None)
    return _are_installed([file] if file else getattr(module, "__path__", None))


def _are_installed(places: Iterable[str] | None) -> bool:
    """Whether all files or folders are Python's or of an installed package; what has none is built in."""
    return all(map(in_installed, places or ()))


def in_installed(file: str) -> bool:
    """Whether a file stands in a folder of Python's or of installed packages."""
    return any(Path(file).is_relative_to(root) for root in _roots())


@cache
def _roots() -> tuple[str, ...]:
    """Folders that hold Python and what is installed."""
    named = ("stdlib", "platstdlib", "purelib", "platlib")
    return (
        *(sysconfig.get_paths()[name] for name in named),
        *site.getsitepackages(),
        site.getusersitepackages(),
    )


def version_of(package: str) -> str:
    """The version of the distribution that a top-level package comes from; empty for Python's own."""
    names = packages_distributions().get(package, [])
    return " ".join(f"{name} {version(name)}" for name in sorted(set(names)))


def is_found_installed(top: str) -> bool:
    """Whether a package that nobody has imported yet is an installed one, or is not there."""
    spec = importlib.util.find_spec(top)
    if spec is None:
        return True
    return _are_installed(
        [spec.origin] if spec.has_location and spec.origin else spec.submodule_search_locations
    )
