"""MUSE's ``history.json``: a list of {prompt, gt, response, question, rougeL, ...}, totals in ``out.json``.

The split is ``forget`` or ``retain`` where the folder's name says so (``knowmem_f``, ``knowmem_r``,
``verbmem_f``). MUSE files that open-unlearning wrote are of that format. Ids are the row's index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from judgekit.documents.lines import opened
from judgekit.readers.base import Format, Head, Source, measured, number, text, texts
from judgekit.readers.files.jsonfile import Cursor, rows
from judgekit.readers.prompts import bare_question
from judgekit.records import Item

_PROMPT, _GOLD, _OUTPUT, _QUESTION = "prompt", "gt", "response", "question"
_FORGET = re.compile(r"(knowmem|verbmem)_f|forget", re.IGNORECASE)
_RETAIN = re.compile(r"(knowmem|verbmem)_r|retain", re.IGNORECASE)
_NAMES = {"rouge1": "rouge1_f1", "rougeL": "rougeL_f1"}


def _matches(head: Head) -> bool:
    return head.kind in ("list", "lines") and {_GOLD, _OUTPUT} <= set(head.row)


def _split(path: Path) -> str:
    folder = path.absolute().parent.name
    return "forget" if _FORGET.search(folder) else "retain" if _RETAIN.search(folder) else ""


def _read(source: Source) -> Iterator[Item]:
    path = source.path
    for place, row in rows(path):
        # verbatim rows continue a text: their prompt is the question
        asked = _QUESTION if isinstance(row.get(_QUESTION), str) else _PROMPT
        yield source.item(
            place,
            id=str(place),
            question=bare_question(text(row, asked, path, place)),
            references=texts(row, _GOLD, path, place),
            outputs=(text(row, _OUTPUT, path, place),),
            split=_split(path),
            recorded={_NAMES.get(key, key): value for key, value in measured(row, path, place).items()},
        )


def _metrics(path: Path) -> dict[str, float | None]:
    totals = path.with_name("out.json")
    if totals == path or not totals.exists():
        return {}
    with opened(totals) as file:
        cursor = Cursor(file, totals)
        return {key: number(cursor.value(), key, totals, key) for key in cursor.fields()}


FORMAT = Format("muse", "MUSE history.json, with out.json beside it", _matches, _read, _metrics)
