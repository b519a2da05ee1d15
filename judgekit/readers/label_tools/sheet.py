"""The columns of a sheet that people fill in, be it CSV or a workbook, and a row of one as an answer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from judgekit.errors import InputError
from judgekit.readers.base import Place, Row
from judgekit.readers.label_tools.base import LABEL, NOTE, Answer, Asked, NoLabel, line
from judgekit.records import LabelRow

NAMES = ("id", "model", "method", "rubric", "pool")
TEXTS = ("question", "reference", "output", "choices", "definitions")
TO_FILL = ("annotator", LABEL, NOTE)
COLUMNS = (*NAMES, *TEXTS, *TO_FILL)
"""Of a sheet as it is written."""
_ALIAS = "human_label"
_UNREAD = (*TEXTS, "notes")
KNOWN = frozenset((*LabelRow.model_fields, _ALIAS, *_UNREAD))
"""All columns that a sheet may have."""


def cells(item: Asked) -> tuple[str, ...]:
    """A row of a sheet, but for what people fill in.

    Raises
    ------
    InputError
        A name begins or ends with a blank: cells are read without.
    """
    names = (item.id, item.model, item.method, item.rubric, item.pool)
    for name in names:
        if name != name.strip():
            raise InputError(
                f"a sheet does not keep the blanks around the name {name!r}; choose another tool by --to"
            )
    choices = " / ".join(item.meanings)
    definitions = " | ".join(line(label, meaning) for label, meaning in item.meanings.items() if meaning)
    return (*names, item.question, item.reference, item.output, choices, definitions)


def answers(row: Row, path: Path, place: Place) -> Iterator[tuple[Place, Answer]]:
    """The answer that a row of a sheet holds; open where its label is empty."""
    said: dict[str, Any] = {key: value for key, value in row.items() if key not in _UNREAD}
    if _ALIAS in said:
        if LABEL in said:
            raise InputError(f"give '{LABEL}' or '{_ALIAS}', not both", path=path, row=place)
        said[LABEL] = said.pop(_ALIAS)
    label = said.get(LABEL)
    if LABEL in said and (label is None or (isinstance(label, str) and not label.strip())):
        yield place, NoLabel.OPEN
    else:
        yield place, {key: value for key, value in said.items() if value is not None}
