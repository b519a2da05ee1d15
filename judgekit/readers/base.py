"""What every format module works with: the file, the look of its beginning, checked fields of a row."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from judgekit.display import whole as whole
from judgekit.errors import InputError
from judgekit.readers.names import RunNames, run_names
from judgekit.records import Item, Recorded, parse

_LOG = logging.getLogger(__name__)

Row = Mapping[str, Any]
Place = int | str | None
"""Where a row stands: 1-based line, index in a list, or key path."""

PAIR = 2
"""Outputs of an item that compares them."""


@dataclass(frozen=True)
class Head:
    """The beginning of a file, from which its format is told.

    ``kind`` is what the file is as a whole; ``keys`` the first key, its first key, ... of a JSON object (up
    to three levels, then ``[]`` where a list follows), or the names in an archive; ``names`` its first keys, to the
    first that holds more than a plain value; ``row`` the first row of a list, of lines or of a table.
    """

    kind: Literal["object", "list", "lines", "table", "archive", "folder"]
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    row: Row = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """A file to read, and what the caller says of all its items (wins over what the file says).

    ``forced``: whether the caller also says the format, and so what a list of outputs is.
    """

    path: Path
    model: str | None = None
    method: str | None = None
    split: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    forced: bool = False

    def item(
        self,
        place: Place,
        *,
        model: str = "",
        method: str = "",
        setting: str = "",
        split: str = "",
        **fields: Any,
    ) -> Item:
        """An item of this file; model and method from the caller, the row, or the folder's name.

        A setting is joined to a method that the caller does not say: outputs of one method at several settings are
        several runs.
        """
        if not (model or self.model is not None) or not (method or self.method is not None):
            model, method = model or self._named.model, method or self._named.method
        own = {
            "model": self.model if self.model is not None else model,
            "method": self.method if self.method is not None else method,
            "split": self.split if self.split is not None else split,
        }
        if setting and self.method is None:
            own["method"] = f"{own['method']} {setting}".strip()
        return parse(Item, {**fields, **own}, path=self.path, line=place)

    @cached_property
    def _named(self) -> RunNames:
        """What the names of file and folders say; what they leave open is said once."""
        found = run_names(self.path)
        if found.doubt:
            _LOG.warning(
                "%s: %s; it is left empty. Say it by --model and --method, a --names file or the columns 'model' and "
                "'method'",
                self.path,
                found.doubt,
            )
        return found


class Counts:
    """How many outputs the rows of a file hold: one or a pair in all, or more in all, else nobody knows what they are.

    Parameters
    ----------
    source : Source
    form : str
        The format that reads the outputs of a row as one item.
    """

    def __init__(self, source: Source, form: str) -> None:
        self._source, self._form = source, form
        self._first: tuple[int, Place] | None = None

    def check(self, count: int, place: Place) -> None:
        """Raise an ``InputError`` where earlier rows held another kind, and the caller does not say which it is."""
        self._first = self._first or (count, place)
        before, at = self._first
        if (count > PAIR) != (before > PAIR) and not self._source.forced:
            raise InputError(
                f"{count} outputs here and {before} in row {at}: samples of a question, or outputs that are compared? "
                f"Say --format samples or --format {self._form}",
                path=self._source.path,
                row=place,
            )


@dataclass(frozen=True)
class Format:
    """A file format: how it is told from others, how its items and its run-level numbers are read.

    ``repeats``: whether another file beside this one holds the same outputs. ``refuses``: why a file of this format
    holds nothing to judge; empty where it does.
    """

    name: str
    description: str
    matches: Callable[[Head], bool]
    read: Callable[[Source], Iterator[Item]]
    metrics: Callable[[Path], dict[str, float | None]] = lambda path: {}
    repeats: Callable[[Path], bool] = lambda path: False
    refuses: Callable[[Head], str] = lambda head: ""


def require(row: object, key: str, path: Path, place: Place) -> Any:
    """``row[key]``, or an error that names the missing key."""
    if not isinstance(row, Mapping):
        raise InputError(
            f"expected an object with the key '{key}', found {type(row).__name__}", path=path, row=place
        )
    if key not in row:
        there = ", ".join(map(str, list(row)[:12])) or "none"
        raise InputError(f"the key '{key}' is missing; keys there: {there}", path=path, row=place)
    return row[key]


def text(row: object, key: str, path: Path, place: Place) -> str:
    """A text that must be there."""
    value = require(row, key, path, place)
    if not isinstance(value, str):
        raise InputError(f"key '{key}': expected a text, found {type(value).__name__}", path=path, row=place)
    return whole(value)


def texts(row: object, key: str, path: Path, place: Place) -> tuple[str, ...]:
    """A text or a list of texts that must be there."""
    value = require(row, key, path, place)
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if not all(isinstance(one, str) for one in values):
        raise InputError(f"key '{key}': expected a text or a list of texts", path=path, row=place)
    return tuple(whole(one) for one in values)


def number(value: object, key: str, path: Path, place: Place) -> float | None:
    """A number, or None for null."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError(
            f"key '{key}': expected a number, found {type(value).__name__}", path=path, row=place
        )
    try:
        return float(value)
    except OverflowError:
        raise InputError(f"key '{key}': the number is too large", path=path, row=place) from None


def numbers(value: object, key: str, path: Path, place: Place) -> Recorded:
    """A number, null, or a list of them."""
    if isinstance(value, list):
        return [number(one, key, path, place) for one in value]
    return number(value, key, path, place)


def measured(row: Row, path: Path, place: Place) -> dict[str, Recorded]:
    """All numbers of a row, under the row's own names."""
    return {
        key: number(value, key, path, place)
        for key, value in row.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    }
