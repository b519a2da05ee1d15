"""Prodigy: choice tasks out, annotated tasks in, both as JSONL (``prodigy mark`` and ``prodigy db-out``).

Prodigy is commercial: this follows its documentation (version 1.18) and was not run against it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from judgekit.documents.lines import lines
from judgekit.errors import InputError
from judgekit.readers.base import Head, Place, Row, number
from judgekit.readers.label_tools.base import (
    ITEM_ID,
    NOTE,
    Answer,
    Asked,
    LabelTool,
    NoLabel,
    answer,
    json_lines,
    line,
)


def _matches(head: Head) -> bool:
    return head.kind == "lines" and {"text", "options", ITEM_ID} <= head.row.keys()


def _answers(row: Row, path: Path, place: Place) -> Iterator[tuple[Place, Answer]]:
    said = row.get("answer")
    if said in ("ignore", "reject"):
        yield place, NoLabel.SKIPPED
    elif said in ("accept", None):
        yield (
            place,
            answer(
                row,
                path,
                place,
                label=row.get("accept") if said else None,
                annotator=row.get("_annotator_id") or row.get("_session_id"),
                at=_time(row.get("_timestamp"), path, place),
                note=row.get(NOTE),
            ),
        )
    else:
        raise InputError(
            f"key 'answer': expected accept, reject or ignore, found '{said}'", path=path, row=place
        )


def _time(seconds: object, path: Path, place: Place) -> str | None:
    """Seconds since 1970 as a time."""
    if (since := number(seconds, "_timestamp", path, place)) is None:
        return None
    try:
        return datetime.fromtimestamp(since, UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        raise InputError(f"key '_timestamp': {since} is no time", path=path, row=place) from None


def _write(items: Sequence[Asked]) -> Mapping[str, bytes]:
    return {
        ".jsonl": json_lines(
            [
                {
                    "text": item.one_text,
                    "options": [
                        {"id": label, "text": line(label, meaning)}
                        for label, meaning in item.meanings.items()
                    ],
                    **item.named,
                }
                for item in items
            ]
        )
    }


TOOL = LabelTool(
    "prodigy",
    "Prodigy: choice tasks as JSONL",
    ".jsonl",
    _matches,
    lines,
    _answers,
    _write,
    one_rubric=False,
)
