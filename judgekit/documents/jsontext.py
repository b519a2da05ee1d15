"""JSON that others wrote, decoded within bounds.

A decoded value takes up to sixty times the memory of its text, and whoever walks through one goes as deep as it is
nested: so the number of values and their depth have an end. A key that stands twice in an object is refused, since
nobody knows which is meant. Numbers must be finite, unless the caller looks at them itself.
"""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

MOST = 1 << 20
"""Values in one document, line or value, counted by what separates and opens them: about 100 MB once decoded."""

DEEPEST = 100
"""Levels of nesting: more than any log has, and ten times fewer than Python's stack takes."""

BLANKS = " \t\r\n"
"""What JSON passes over between values."""


class Undecodable(ValueError):
    """A text is no JSON or YAML, or goes beyond what is read of it.

    Parameters
    ----------
    what : str
        What is wrong.
    keys : tuple of str
        Where: the keys that lead there, as far as they are known.
    line : int, optional
        The 1-based line.
    """

    def __init__(self, what: str, keys: tuple[str, ...] = (), line: int | None = None) -> None:
        super().__init__(what)
        self.what, self.keys, self.line = what, keys, line

    @property
    def told(self) -> str:
        """What is wrong, and at which key."""
        return f"{'.'.join(self.keys)}: {self.what}" if self.keys else self.what


class _NotFinite(ValueError):
    """A number that is NaN or infinite."""


class _Twice(ValueError):
    """A key that an object has twice."""


def decode(text: str, *, finite: bool = True) -> Any:
    """The value that a text is.

    Parameters
    ----------
    text : str
        Nothing else, but for blanks around it.
    finite : bool
        Refuse numbers that are not.

    Raises
    ------
    Undecodable
        It is not JSON, an object has a key twice, a number is not finite, or it is nested too deep or holds too many
        values.
    """
    if is_too_much(text):
        raise Undecodable(f"more than {MOST:,} values")
    text = text.rstrip(BLANKS)
    start = len(text) - len(text.lstrip(BLANKS))
    try:
        value, end = scan(text, start, finite=finite)
        if end < len(text):
            raise json.JSONDecodeError("Extra data", text, end)
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}" if error.lineno > 1 else f"column {error.colno}"
        raise Undecodable(f"{lowered(error.msg)}, {where}") from None
    return value


def scan(text: str, start: int, *, finite: bool) -> tuple[Any, int]:
    """The value that begins at a place of a text, and where it ends.

    Raises
    ------
    json.JSONDecodeError
        No value begins there, or it does not end in the text.
    Undecodable
        As for :func:`decode`, but for the number of values.
    """
    try:
        value, end = (_STRICT if finite else _LENIENT).raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except _NotFinite as error:
        raise Undecodable(str(error), _where_not_finite(text, start)) from None
    except _Twice as error:
        raise Undecodable(str(error)) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as error:  # a whole number of more digits than Python reads
        raise Undecodable(f"cannot be decoded: {error}") from None
    if text.count("[", start, end) + text.count("{", start, end) > DEEPEST and _is_deeper(value):
        raise _too_deep()
    return value, end


def is_too_much(text: str, start: int = 0) -> bool:
    """Whether a text, from a place on, may hold more values than are read at once."""
    longer = len(text) - start > MOST
    return longer and sum(text.count(sign, start) for sign in ",[{") > MOST


def lowered(text: str) -> str:
    """A sentence in the middle of another."""
    return f"{text[:1].lower()}{text[1:]}"


def _constant(text: str) -> NoReturn:
    raise _NotFinite(f"found {text}, expected a finite number (or null where there is none)")


def _float(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        _constant(text)
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _Twice(f"the key '{twice[:80]}' stands twice in one object")
    return found


_STRICT = json.JSONDecoder(object_pairs_hook=_once, parse_constant=_constant, parse_float=_float)
_LENIENT = json.JSONDecoder(object_pairs_hook=_once)


def _children(value: Any) -> list[Any]:
    return list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []


def _is_deeper(value: Any) -> bool:
    level, depth = [value], 0
    while level and depth < DEEPEST:
        level, depth = [child for one in level for child in _children(one)], depth + 1
    return bool(level)


def _too_deep() -> Undecodable:
    return Undecodable(f"nested more than {DEEPEST} levels deep")


def _where_not_finite(text: str, start: int) -> tuple[str, ...]:
    """The keys that lead to the first number that is not finite; none where more is wrong with the text.

    Raises
    ------
    json.JSONDecodeError
        The text is also malformed, or cut off, which comes first.
    """
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError):
        return ()
    return () if _is_deeper(value) else _path_of_not_finite(value)


def _path_of_not_finite(value: Any) -> tuple[str, ...]:
    named = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in named:
        if isinstance(child, float) and not math.isfinite(child):
            return (str(key),)
        if inner := _path_of_not_finite(child):
            return (str(key), *inner)
    return ()
