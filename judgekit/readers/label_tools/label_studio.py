"""Label Studio: tasks and a labeling configuration out; its exports JSON, JSON-MIN and CSV in.

Checked against its server 1.23. Only JSON tells of what people skipped; JSON-MIN and CSV leave such tasks out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from judgekit.display import printable
from judgekit.documents.lines import opened
from judgekit.errors import InputError
from judgekit.readers.base import Head, Place, Row, require
from judgekit.readers.files.jsonfile import first_character, rows
from judgekit.readers.files.tables import table
from judgekit.readers.label_tools.base import (
    ITEM_ID,
    LABEL,
    NOTE,
    Answer,
    Asked,
    LabelTool,
    NoLabel,
    answer,
    json_list,
    line,
    offered,
)

_OF_ANNOTATION = {"annotator", "annotation_id", "lead_time"}
"""What JSON-MIN and CSV say of every annotation."""


def _matches(head: Head) -> bool:
    data = head.row.get("data")
    if head.kind == "list" and ("annotations" in head.row or (isinstance(data, Mapping) and ITEM_ID in data)):
        return True
    return head.kind in ("list", "table") and head.row.keys() >= _OF_ANNOTATION


def _rows(path: Path) -> Iterator[tuple[Place, Row]]:
    with opened(path) as file:
        is_json = first_character(file) == b"["
    if is_json:
        yield from rows(path)
        return
    for place, row in table(path):
        yield place, {key: cell or None for key, cell in row.items()}


def _answers(row: Row, path: Path, place: Place) -> Iterator[tuple[Place, Answer]]:
    if "annotations" not in row and "data" not in row:
        yield place, _flat(row, path, place)
        return
    given = row.get("annotations") or []
    if not isinstance(given, list):
        raise InputError("key 'annotations': expected a list", path=path, row=place)
    if not given:
        yield place, NoLabel.OPEN
    for number, annotation in enumerate(given):
        where = f"{place}.annotations.{number}"
        yield where, _annotation(row.get("data"), annotation, path, where)


def _annotation(names: object, given: object, path: Path, place: Place) -> Answer:
    """One annotation of the JSON export."""
    result = require(given, "result", path, place)
    assert isinstance(given, Mapping)
    if given.get("was_cancelled"):
        return NoLabel.SKIPPED
    said = _said(result, path, place)
    who = given.get("completed_by")
    return answer(
        names,
        path,
        place,
        label=said.get(LABEL),
        annotator=who.get("email") or who.get("id") if isinstance(who, Mapping) else who,
        at=given.get("created_at"),
        seconds=given.get("lead_time"),
        note=said.get(NOTE),
    )


def _said(result: object, path: Path, place: Place) -> dict[str, Any]:
    """Name of a control -> what was chosen or written there."""
    if not isinstance(result, list):
        raise InputError("key 'result': expected a list", path=path, row=place)
    said: dict[str, Any] = {}
    for region in result:
        value = require(region, "value", path, place)
        if isinstance(value, Mapping):
            name = str(require(region, "from_name", path, place))
            said[name] = [*said.get(name, []), *_listed(value.get("choices") or value.get("text"))]
    if said and LABEL not in said:
        raise InputError(f"no control is called '{LABEL}', only {', '.join(said)}", path=path, row=place)
    return said


def _flat(row: Row, path: Path, place: Place) -> Answer:
    """A row of JSON-MIN or CSV."""
    label, seconds = row.get(LABEL), row.get("lead_time")
    if isinstance(label, str) and label.startswith(("{", "[")):
        raise InputError(f"one label an answer is read, found {label}", path=path, row=place)
    if isinstance(seconds, str):
        seconds = _seconds(seconds, path, place)
    return answer(
        row,
        path,
        place,
        label=_several(label),
        annotator=row.get("annotator"),
        at=row.get("created_at"),
        seconds=seconds,
        note=_several(row.get(NOTE)),
    )


def _seconds(cell: str, path: Path, place: Place) -> float:
    try:
        return float(cell)
    except ValueError:
        raise InputError(
            f"column 'lead_time': expected seconds, found '{cell}'", path=path, row=place
        ) from None


def _several(value: object) -> object:
    """What one control holds several of stands in an object of its own."""
    return value.get("choices") or value.get("text") if isinstance(value, Mapping) else value


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _write(items: Sequence[Asked]) -> Mapping[str, bytes]:
    tasks = [{"data": {**item.named, **item.texts}} for item in items]
    return {".json": json_list(tasks), ".xml": _config(items)}


def _config(items: Sequence[Asked]) -> bytes:
    """The labeling configuration: the texts, the labels with what they mean, room for a note."""
    view = ElementTree.Element("View")

    def add(tag: str, parent: ElementTree.Element = view, **attributes: str) -> ElementTree.Element:
        return ElementTree.SubElement(parent, tag, attributes)

    for name in ("question", "reference", "output"):
        add("Header", value=name.capitalize())
        add("Text", name=name, value=f"${name}")
    choices = add("Choices", name=LABEL, toName="output", choice="single", required="true")
    meanings = {label: printable(meaning) for label, meaning in offered(items).items()}
    for label, meaning in meanings.items():
        add("Choice", choices, value=label, **({"hint": meaning} if meaning else {}))
    for label, meaning in meanings.items():
        add("Header", value=line(label, meaning), style="font-size: 1em; font-weight: normal")
    add(
        "TextArea",
        name=NOTE,
        toName="output",
        placeholder="Note (optional)",
        maxSubmissions="1",
        editable="true",
    )
    ElementTree.indent(view)
    return ElementTree.tostring(view, "unicode").encode() + b"\n"


TOOL = LabelTool(
    "label-studio",
    "Label Studio: tasks and labeling configuration; exports JSON, JSON-MIN and CSV",
    ".json",
    _matches,
    _rows,
    _answers,
    _write,
)
