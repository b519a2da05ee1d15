"""Argilla 2: records and settings out, records with responses in, both as JSON.

The files are those of its ``dataset.records.to_json`` and ``from_json`` (a list of ``Record.to_dict()``), and of
``Settings.to_json``; records may also stand one a line. Argilla does not write whether a response was submitted, left
as a draft or discarded, unless each response is written by ``Response.serialize()``: then ``status`` is read too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from judgekit.errors import InputError
from judgekit.readers.base import Head, Place, Row, require
from judgekit.readers.files.jsonfile import rows
from judgekit.readers.label_tools.base import (
    LABEL,
    NOTE,
    Answer,
    Asked,
    LabelTool,
    NoLabel,
    answer,
    json_list,
    json_object,
    line,
    offered,
)

_WITHOUT = {"draft": NoLabel.OPEN, "discarded": NoLabel.SKIPPED}


def _matches(head: Head) -> bool:
    return head.kind in ("list", "lines") and {"fields", "metadata", "responses"} <= head.row.keys()


def _answers(row: Row, path: Path, place: Place) -> Iterator[tuple[Place, Answer]]:
    responses = row.get("responses") or {}
    if not isinstance(responses, Mapping):
        raise InputError("key 'responses': expected an object", path=path, row=place)
    if responses and LABEL not in responses:
        raise InputError(
            f"no question is called '{LABEL}', only {', '.join(responses)}", path=path, row=place
        )
    given = _listed(responses, LABEL, path, place)
    notes = {str(one.get("user_id")): one.get("value") for one in _listed(responses, NOTE, path, place)}
    if not given:
        yield place, NoLabel.OPEN
    for number, response in enumerate(given):
        where = f"{place}.responses.{LABEL}.{number}"
        user = str(require(response, "user_id", path, where))
        said = answer(
            row.get("metadata"),
            path,
            where,
            label=response.get("value"),
            annotator=user,
            note=notes.get(user),
        )
        yield where, _WITHOUT.get(str(response.get("status"))) or said


def _listed(responses: Row, question: str, path: Path, place: Place) -> list[Row]:
    found = responses.get(question) or []
    if not (isinstance(found, list) and all(isinstance(one, Mapping) for one in found)):
        raise InputError(f"key 'responses.{question}': expected a list of objects", path=path, row=place)
    return found


def _write(items: Sequence[Asked]) -> Mapping[str, bytes]:
    records = [_record(number, item) for number, item in enumerate(items, 1)]
    return {".json": json_list(records), ".settings.json": json_object(_settings(items))}


def _record(number: int, item: Asked) -> dict[str, Any]:
    return {
        "id": str(number),
        "fields": item.texts,
        "metadata": item.named,
        "suggestions": {},
        "responses": {},
        "vectors": {},
        "status": "pending",
        "_server_id": None,
    }


def _settings(items: Sequence[Asked]) -> dict[str, Any]:
    meanings = offered(items)
    options = [{"value": label, "text": line(label, meaning)} for label, meaning in meanings.items()]
    label = {
        "name": LABEL,
        "title": "Label",
        "required": True,
        "settings": {"type": "label_selection", "options": options},
    }
    note = {
        "name": NOTE,
        "title": "Note",
        "required": False,
        "settings": {"type": "text", "use_markdown": False},
    }
    return {
        "guidelines": None,
        "fields": [
            {
                "name": name,
                "title": name.capitalize(),
                "required": name == "question",
                "settings": {"type": "text", "use_markdown": False},
            }
            for name in ("question", "reference", "output")
        ],
        "questions": [label, note],
        "metadata": [],
        "vectors": [],
        "allow_extra_metadata": True,
        "distribution": {"strategy": "overlap", "min_submitted": 1},
        "mapping": None,
    }


TOOL = LabelTool(
    "argilla", "Argilla 2: records and settings as JSON", ".json", _matches, rows, _answers, _write
)
