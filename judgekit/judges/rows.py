"""Rows of a JSONL file that a judge answers from, with their line and place in the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from judgekit.errors import InputError


class Row(NamedTuple):
    """A decoded line; ``line`` is 1-based, ``offset`` where its bytes begin."""

    line: int
    offset: int
    content: dict[str, Any]


def rows(path: Path) -> Iterator[Row]:
    """The rows of a JSONL file, one at a time; empty lines are passed over.

    Raises
    ------
    InputError
        The file cannot be read, or a line is not a JSON object with an ``id``.
    """
    try:
        with path.open("rb") as file:
            offset = 0
            for line, raw in enumerate(file, 1):
                if raw.strip():
                    yield Row(line, offset, _decode(raw, path, line))
                offset += len(raw)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", path=path) from None


def _decode(raw: bytes, path: Path, line: int) -> dict[str, Any]:
    try:
        content = json.loads(raw)
    except (UnicodeDecodeError, json.JSONDecodeError):
        raise InputError("not JSON in UTF-8; expected one JSON object a line", path=path, row=line) from None
    if not isinstance(content, dict) or not isinstance(content.get("id"), str):
        raise InputError("expected a JSON object with a text 'id'", path=path, row=line)
    return content
