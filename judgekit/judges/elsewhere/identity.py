"""Other people's code, told from an earlier version of itself.

A function is what its source says. :func:`source_of` follows the names that it uses as far as the user's own code
goes, so that a helper, a constant or a threshold in a closure that changed makes it another function. What other
packages do is not followed: a function of theirs is told by their version, and what cannot be told at all (a
loaded model, a client) needs a ``version`` that the user states.
"""

from __future__ import annotations

import dis
import hashlib
import importlib
import importlib.util
import inspect
import re
import sys
import textwrap
from collections.abc import Iterator, Mapping, Set
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import partial
from pathlib import Path, PurePath
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

from pydantic import BaseModel

from judgekit.errors import ConfigError
from judgekit.judges.elsewhere.installed import in_installed, is_found_installed, is_installed, version_of
from judgekit.records import Record

_NONE: Mapping[str, Any] = {}
_OF_DATA = ("builtins", "re")
"""Modules whose objects are data: one of their methods is what the object is that it belongs to."""


def called(thing: object) -> str:
    """``module:name`` of a function or another object."""
    kind = thing if hasattr(thing, "__qualname__") else type(thing)
    return f"{getattr(kind, '__module__', '')}:{getattr(kind, '__qualname__', '')}"


def named(value: Any) -> Any:
    """The same, with the name of every object in place of it; data stays as it is."""
    if _plain(value) is not None or (isinstance(value, Record) and not callable(value)):
        return value
    if isinstance(value, Mapping):
        return {key: named(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [named(one) for one in value]
    return called(value)


def digest(text: str) -> str:
    """A text's SHA-256 in hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def source_of(function: object, args: Mapping[str, Any] = _NONE) -> str:
    """Everything that makes a function what it is, as text: its source, and that of what it uses of the user's own.

    Parameters
    ----------
    function : object
    args : mapping
        What it is called with; functions among it count as what it uses does.

    Raises
    ------
    ConfigError
        Something that it uses cannot be told from an earlier version of itself.
    """
    given = {name: source_of(one) for name, one in args.items() if _plain(one) is None}
    said = "".join(f"\n{name} = {text}" for name, text in given.items())
    if is_installed(inner := _peeled(function)):
        held = "".join(f"\n{text}" for text in _held(inner, set()))
        return f"{called(function)} {version_of(called(function).partition('.')[0].partition(':')[0])}{held}{said}"
    return "\n".join(_texts(function, called(function), set())) + said


def _texts(thing: Any, name: str, seen: set[int]) -> Iterator[str]:
    """The texts of an object that is known as ``name``, and of all that it uses; each object once."""
    if (plain := _plain(thing)) is not None:
        yield f"{name} = {plain}"
        return
    thing = _peeled(thing)
    if id(thing) in seen:
        return
    seen.add(id(thing))
    if isinstance(thing, BuiltinFunctionType) and type(thing.__self__).__module__ in _OF_DATA:
        yield f"{name} = {thing.__name__} of"  # re.compile(...).search hangs on the pattern
        yield from _texts(thing.__self__, name, seen)
        return
    if is_installed(thing):
        yield getattr(thing, "__name__", "") if isinstance(thing, ModuleType) else called(thing)
    elif isinstance(thing, ModuleType | FunctionType | type):
        yield _source(thing, name)
        for inner, value in _uses(thing):
            yield from _texts(value, inner, seen)
    elif is_dataclass(thing):
        yield from _texts(type(thing), called(thing), seen)
        for one in fields(thing):
            yield from _texts(getattr(thing, one.name), f"{name}.{one.name}", seen)
    else:
        raise _cannot_be_told(thing, name)


def _cannot_be_told(thing: object, name: str) -> ConfigError:
    return ConfigError(
        f"'{name}' ({type(thing).__name__}) cannot be told from an earlier version of itself: state the judge's "
        "'version', and another one whenever the judge changes"
    )


def _peeled(thing: Any) -> Any:
    """What is inside wrappers that installed packages put around it; a wrapper of the user's own is code like any."""
    while hasattr(thing, "__wrapped__"):
        code = getattr(thing, "__code__", None)
        if code is not None and not in_installed(code.co_filename):
            break
        thing = thing.__wrapped__
    return thing


def _uses(thing: ModuleType | FunctionType | type) -> Iterator[tuple[str, Any]]:
    """What something of the user's own uses, by name."""
    if isinstance(thing, ModuleType):
        for name, value in vars(thing).items():  # its own functions and data stand in its text
            elsewhere = isinstance(value, FunctionType | type) and value.__module__ != thing.__name__
            if isinstance(value, ModuleType) or elsewhere:
                yield name, value
        code = compile(_source(thing, thing.__name__), thing.__name__, "exec", dont_inherit=True)
        yield from _imports(code, thing.__package__ or "")
    elif isinstance(thing, type):
        yield from ((base.__qualname__, base) for base in thing.__bases__)
        for name, value in vars(thing).items():
            held = (getattr(value, part, None) for part in ("fget", "fset", "fdel", "func"))
            for inner in map(_peeled, (value, *held)):
                if isinstance(inner, FunctionType | type) and not _is_made_for(thing, inner):
                    yield name, inner
            if not name.startswith("__") and _plain(value) is not None:  # its text may give it by a name
                yield name, value
        if is_dataclass(thing):
            yield from (
                (one.name, one.default_factory) for one in fields(thing) if callable(one.default_factory)
            )
    else:
        yield from _numbered(f"default of {thing.__name__}", thing.__defaults__ or ())
        yield from (thing.__kwdefaults__ or {}).items()
        yield from _cells(thing)
        for name in _loads(thing.__code__):
            if name in thing.__globals__:
                yield name, thing.__globals__[name]
        yield from _imports(thing.__code__, thing.__globals__.get("__package__") or "")


def _is_made_for(kind: type, function: FunctionType | type) -> bool:
    """Whether the decorator of a dataclass wrote a method, which stands in no file: the text of the fields tells it."""
    return (
        is_dataclass(kind)
        and isinstance(function, FunctionType)
        and function.__code__.co_filename == "<string>"
    )


def _cells(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """The values in a function's closure, by name."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # nothing is in it yet
            yield name, cell.cell_contents


def _held(function: Any, seen: set[int]) -> Iterator[str]:
    """What a function of an installed package was made with, in its closure, as texts."""
    if isinstance(function, FunctionType) and id(function) not in seen:
        seen.add(id(function))
        for name, value in _cells(function):
            yield from _made_with(name, value, seen)


def _made_with(name: str, value: Any, seen: set[int]) -> Iterator[str]:
    """One such value: data, a function, or several; a loaded model or a client cannot be told."""
    inner = _peeled(value)
    if _plain(value) is not None or (isinstance(inner, FunctionType) and not is_installed(inner)):
        yield from _texts(value, name, set())
    elif isinstance(inner, partial):
        for part, one in (("func", inner.func), *_numbered("argument", inner.args), *inner.keywords.items()):
            yield from _made_with(f"{name} {part}", one, seen)
    elif isinstance(inner, list | tuple):
        for part, one in _numbered(name, tuple(inner)):
            yield from _made_with(part, one, seen)
    elif isinstance(inner, BaseModel):
        yield f"{name} = {called(inner)}"
        for part, one in inner:
            yield from _made_with(f"{name}.{part}", one, seen)
    elif is_installed(inner):
        yield f"{name} = {called(inner)}"
        yield from _held(inner, seen)
    else:
        raise _cannot_be_told(value, name)


def _numbered(what: str, values: tuple[Any, ...]) -> Iterator[tuple[str, Any]]:
    """Values under numbered names."""
    return ((f"{what} {number}", value) for number, value in enumerate(values, 1))


def _instructions(code: CodeType) -> Iterator[dis.Instruction]:
    """The instructions of code, then those of functions inside it."""
    yield from (one for one in dis.get_instructions(code) if one.opname != "EXTENDED_ARG")
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _instructions(constant)


def _loads(code: CodeType) -> Iterator[str]:
    """The names of globals that code loads."""
    return (one.argval for one in _instructions(code) if one.opname in ("LOAD_GLOBAL", "LOAD_NAME"))


def _imports(code: CodeType, package: str) -> Iterator[tuple[str, Any]]:
    """What code imports of the user's own: a module whole, or of a module what is taken out of it."""
    steps = list(_instructions(code))
    for level, taken, step in zip(steps, steps[1:], steps[2:], strict=False):  # as the compiler puts them
        if step.opname != "IMPORT_NAME":
            continue
        module = _module("." * level.argval + step.argval, package)
        if module is None:
            continue
        for name in taken.argval or ("*",):
            if not hasattr(module, name):
                value = None if name == "*" else _module(f"{module.__name__}.{name}", package)
            else:
                value = getattr(module, name)
            is_told = _plain(value) is not None or isinstance(value, ModuleType | FunctionType | type)
            yield (name, value) if value is not None and is_told else (step.argval, module)


def _module(name: str, package: str) -> ModuleType | None:
    """The user's own module that code of a package imports by this name; None where there is none."""
    try:
        name = importlib.util.resolve_name(name, package)
        top = name.partition(".")[0]
        if is_installed(sys.modules[top]) if top in sys.modules else is_found_installed(top):
            return None
        return importlib.import_module(name)
    except ImportError:
        return None


def _plain(value: Any) -> str | None:
    """Data as text that is the same in every process; None where it is something else."""
    if isinstance(value, str | int | float | bool | bytes | type(None) | Enum | PurePath):
        return repr(value)
    if isinstance(value, re.Pattern):
        return f"{value.pattern!r} {value.flags}"
    if isinstance(value, Mapping):
        pairs = [(_plain(key), _plain(one)) for key, one in value.items()]
        return None if any(None in pair for pair in pairs) else f"{sorted(map(str, pairs))}"
    if isinstance(value, tuple | list | Set):
        parts = [_plain(one) for one in value]
        if None in parts:
            return None
        return f"{type(value).__name__} {sorted(map(str, parts)) if isinstance(value, Set) else parts}"
    return None


def _source(thing: Any, name: str) -> str:
    file = getattr(thing, "__file__", None)
    if isinstance(thing, ModuleType) and not (file and Path(file).stat().st_size):
        return ""  # a folder without __init__.py, or with an empty one
    try:
        return textwrap.dedent(inspect.getsource(getattr(thing, "__code__", thing)))
    except (OSError, TypeError):
        raise ConfigError(f"the source of '{name}' is not to be had: state the judge's 'version'") from None
