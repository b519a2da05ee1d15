"""doccano: texts and label types out, its exports of text classification (JSONL and JSON) in.

An export has one file a person, called by the user's name; ``all.jsonl`` has the labels of all people mixed where the
project shares annotations. The labels of several people in one row cannot be told apart, and are refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from judgekit.errors import InputError
from judgekit.readers.base import Head, Place, Row
from judgekit.readers.files.jsonfile import rows
from judgekit.readers.label_tools.base import (
    ITEM_ID,
    LABEL,
    Answer,
    Asked,
    LabelTool,
    answer,
    json_lines,
    json_list,
    offered,
)

_EVERYBODY = "all"
_COLORS = (
    "#1f77b4",
    "#b45f06",
    "#2e7d32",
    "#b71c1c",
    "#6a1b9a",
    "#5d4037",
    "#ad1457",
    "#455a64",
    "#827717",
    "#00695c",
)


def _matches(head: Head) -> bool:
    is_export = isinstance(head.row.get(LABEL), list)
    return (
        head.kind in ("list", "lines")
        and {"text", ITEM_ID} <= head.row.keys()
        and (is_export or _is_asked(head.row))
    )


def _is_asked(row: Row) -> bool:
    """Whether a row is as :func:`_write` makes it."""
    return row.keys() <= {"text", ITEM_ID, "model", "method", "rubric", "pool"}


def _answers(row: Row, path: Path, place: Place) -> Iterator[tuple[Place, Answer]]:
    found = row.get(LABEL)
    if isinstance(found, list) and len(found) > 1:
        raise InputError(
            f"several labels: {', '.join(map(str, found))}; export one file a person (a project that does not share "
            "annotations), with one label a text",
            path=path,
            row=place,
        )
    who = "" if path.stem == _EVERYBODY else path.stem
    yield place, answer(row, path, place, label=found, annotator=who, note=row.get("Comments"))


def _write(items: Sequence[Asked]) -> Mapping[str, bytes]:
    types = [
        {
            "text": label,
            "suffixKey": str(number % 10),
            "backgroundColor": _COLORS[number % len(_COLORS)],
            "textColor": "#ffffff",
        }
        for number, label in enumerate(offered(items), 1)
    ]
    return {
        ".jsonl": json_lines([{"text": item.one_text, **item.named} for item in items]),
        ".labels.json": json_list(types),
    }


TOOL = LabelTool(
    "doccano",
    "doccano: text classification as JSONL, label types as JSON",
    ".jsonl",
    _matches,
    rows,
    _answers,
    _write,
)
