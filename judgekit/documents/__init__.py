"""JSON and YAML that others wrote, decoded within bounds, with one line for whatever is wrong.

Here: one decoder for each, how large, deep and long what they are given may be, and what a damaged zip raises.
Not here: what a document means (each reader's own), or logs that are too large to be held (:mod:`judgekit.readers`).
"""

from __future__ import annotations

from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from judgekit.documents.jsontext import Undecodable, decode
from judgekit.errors import InputError

LARGEST = 1 << 26
"""Bytes of the longest document, line, cell or value that is read: each is held whole, so it must have an end."""

File = Path | Traversable


def read_json(path: File, what: str = "JSON") -> Any:
    """A document of JSON, decoded.

    Parameters
    ----------
    path : Path or Traversable
    what : str
        What it should be, for messages.

    Raises
    ------
    InputError
        It cannot be read, or is not what :func:`judgekit.documents.jsontext.decode` takes.
    """
    try:
        return decode(_text(path, what, LARGEST))
    except Undecodable as error:
        raise InputError(f"not {what}: {error.told}", path=path, row=error.line) from None


def read_yaml(path: File, what: str = "YAML") -> Any:
    """A document of YAML, decoded; as for :func:`read_json`, see :func:`judgekit.documents.yamltext.decode`."""
    from judgekit.documents import yamltext

    try:
        return yamltext.decode(_text(path, what, yamltext.LARGEST))
    except Undecodable as error:
        raise InputError(f"not {what}: {error.told}", path=path, row=error.line) from None


def read_text(path: File, what: str = "a text") -> str:
    """A text, whole; as for :func:`read_json`."""
    return _text(path, what, LARGEST)


def _text(path: File, what: str, largest: int) -> str:
    try:
        with path.open("rb") as file:
            raw = file.read(largest + 1)
    except (OSError, ValueError) as error:  # a name that no file can have is a ValueError
        raise InputError(f"not {what}: {getattr(error, 'strerror', None) or error}", path=path) from None
    if len(raw) > largest:
        raise InputError(f"not {what}: larger than {largest >> 20} MB", path=path)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"not {what}: not UTF-8 at byte {error.start}; save it as UTF-8"
        raise InputError(what, path=path) from None
