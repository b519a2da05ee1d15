"""RWKU's ``forget.json`` and ``neighbor.json``: totals by level, and ``results``, the samples with predictions.

Levels: 1 cloze, 2 question, 3 adversarial of a ``type``, which is the item's probe. The split is ``forget`` or
``neighbor`` by the file's name. Paths end in ``<subject>/<method>/<model>/forget.json``. Ids are the sample's index.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from judgekit.documents.lines import opened
from judgekit.errors import InputError
from judgekit.readers.base import Format, Head, Source, number, text, texts
from judgekit.readers.files.columns import Column, outline
from judgekit.readers.files.jsonfile import Cursor
from judgekit.readers.prompts import bare_question
from judgekit.records import Item, Recorded

_SAMPLES, _QUESTION, _GOLD, _OUTPUT = "results", "query", "answer", "prediction"
_NO_OUTPUT = "NOANSWER"  # what RWKU stores for an empty output
_TOTAL = re.compile(r"level_\d_rouge")
_KEPT = ("level", "type", "subject")


def _matches(head: Head) -> bool:
    return head.kind == "object" and (
        head.keys == (_SAMPLES, "[]") or bool(_TOTAL.match("".join(head.keys[:1])))
    )


def _names(path: Path) -> tuple[str, str]:
    """Model and method from ``results/RWKU/Target/<subject>/<method>/<model>/<file>``, where that is the path."""
    parts = path.absolute().parts[:-1]
    return (parts[-1], parts[-2]) if "Target" in parts[-4:-3] else ("", "")


def _read(source: Source) -> Iterator[Item]:
    path = source.path
    model, method = _names(path)
    split = "neighbor" if "neighbor" in path.stem else "forget" if "forget" in path.stem else ""
    with opened(path) as file:
        present = outline(file, path, depth=1)
        if (_SAMPLES,) not in present:
            raise InputError(f"the key '{_SAMPLES}', the list of samples, is missing", path=path)
        samples = Column(file, path, (_SAMPLES,), present[_SAMPLES,])
        for index, row in samples:
            place = samples.place(index)
            output = text(row, _OUTPUT, path, place)
            recorded: dict[str, Recorded] = {key: str(row[key]) for key in _KEPT if row.get(key) is not None}
            yield source.item(
                place,
                id=index,
                question=bare_question(text(row, _QUESTION, path, place)),
                probe=recorded.get("type", ""),
                references=texts(row, _GOLD, path, place),
                outputs=("" if output == _NO_OUTPUT else output,),
                model=model,
                method=method,
                split=split,
                recorded=recorded,
            )


def _metrics(path: Path) -> dict[str, float | None]:
    """The numbers at the top of the file: ROUGE-L recall by level."""
    found: dict[str, float | None] = {}
    with opened(path) as file:
        cursor = Cursor(file, path)
        for key in cursor.fields():
            if cursor.peek() in ("{", "["):
                cursor.skip(1)
            else:
                found[key] = number(cursor.value(), key, path, key)
    return found


FORMAT = Format("rwku", "RWKU forget.json and neighbor.json", _matches, _read, _metrics)
