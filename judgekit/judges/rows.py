"""Rows of a JSONL file that a judge answers from, with their line and place in the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from judgekit.documents.lines import decode_row, numbered, opened
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
    with opened(path) as file:
        offset = 0
        for line, raw in numbered(file, path):
            if raw.strip():
                content = decode_row(raw, path, line)
                if not isinstance(content.get("id"), str):
                    raise InputError("expected a JSON object with a text 'id'", path=path, row=line)
                yield Row(line, offset, content)
            offset += len(raw)
