"""Stand-ins for the tools: a file that judgekit wrote comes back as the tool gives it after people have answered.

They do to a file what the tools do, as recorded from them (Label Studio 1.23, the record classes of Argilla 2.8, the
exporter of doccano 1.8) or as documented (Prodigy 1.18).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from judgekit.labeling.sheet import Task
from judgekit.records import Item

ANN = "ann"


@dataclass(frozen=True)
class Given:
    """What the one person says of one item: a label (None: not reached yet, or ``skip``: skipped), and a note."""

    label: str | None
    note: str = ""
    skip: bool = False


def task(id_: str, question: str = "q", output: str = "o", rubric: str = "qa", **named: str) -> Task:
    item = Item(id=id_, question=question, references=("r",), outputs=(output,), model="m", method="npo")
    return Task(item, rubric, ("right", "wrong"), {"right": "it is, <b>&"}, **named)


def _csv(path: Path, given: Sequence[Given]) -> Path:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row, one in zip(rows, given, strict=True):
        row |= {"annotator": ANN, "label": one.label or "", "note": one.note}
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)
    return path


def _xlsx(path: Path, given: Sequence[Given]) -> Path:
    import openpyxl

    book = openpyxl.load_workbook(path)
    page = book["items"]
    at = {cell.value: column for column, cell in enumerate(page[1], 1)}
    for row, one in enumerate(given, 2):
        page.cell(row, at["annotator"]).value = ANN
        page.cell(row, at["label"]).value = one.label
        page.cell(row, at["note"]).value = one.note or None
    book.save(path)
    return path


def _label_studio(path: Path, given: Sequence[Given]) -> Path:
    def choice(one: Given) -> list[dict[str, Any]]:
        said: list[tuple[str, str, dict[str, Any]]] = [("label", "choices", {"choices": [one.label]})]
        if one.note:
            said.append(("note", "textarea", {"text": [one.note]}))
        return [
            {"from_name": name, "to_name": "output", "type": kind, "value": value}
            for name, kind, value in said
        ]

    def exported(number: int, row: dict[str, Any], one: Given) -> dict[str, Any]:
        annotation = {
            "completed_by": ANN,
            "result": choice(one) if one.label else [],
            "was_cancelled": one.skip,
            "created_at": "2026-11-26T01:32:04.412559Z",
            "lead_time": 12.5,
        }
        return {"id": number, "annotations": [annotation] if one.label or one.skip else [], **row}

    return _changed_list(path, given, exported)


def _argilla(path: Path, given: Sequence[Given]) -> Path:
    def exported(number: int, row: dict[str, Any], one: Given) -> dict[str, Any]:
        status = "discarded" if one.skip else "submitted"
        responses = {"label": [{"value": one.label, "user_id": ANN, "status": status}]}
        if one.note:
            responses["note"] = [{"value": one.note, "user_id": ANN}]
        return row | {"responses": responses if one.label or one.skip else {}}

    return _changed_list(path, given, exported)


def _prodigy(path: Path, given: Sequence[Given]) -> Path:
    def exported(number: int, row: dict[str, Any], one: Given) -> dict[str, Any]:
        if not (one.label or one.skip):
            return row
        said = (
            {"accept": [one.label], "answer": "accept"} if one.label else {"accept": [], "answer": "ignore"}
        )
        if one.note:
            said["note"] = one.note
        return row | {
            "_input_hash": number,
            "_task_hash": -number,
            "_view_id": "choice",
            **said,
            "_timestamp": 1795656724,
            "_annotator_id": ANN,
            "_session_id": ANN,
        }

    return _changed_lines(path, path, given, exported)


def _doccano(path: Path, given: Sequence[Given]) -> Path:
    def exported(number: int, row: dict[str, Any], one: Given) -> dict[str, Any]:
        label = [one.label] if one.label else []
        return {"id": number, **row, "label": label, "Comments": [one.note] if one.note else []}

    return _changed_lines(path, path.with_name(f"{ANN}.jsonl"), given, exported)


Exported = Callable[[int, dict[str, Any], Given], dict[str, Any]]


def _changed_list(path: Path, given: Sequence[Given], exported: Exported) -> Path:
    rows = json.loads(path.read_text("utf-8"))
    answered = [exported(number, *both) for number, both in enumerate(zip(rows, given, strict=True), 1)]
    path.write_text(json.dumps(answered), "utf-8")
    return path


def _changed_lines(path: Path, to: Path, given: Sequence[Given], exported: Exported) -> Path:
    rows = [json.loads(line) for line in path.read_bytes().split(b"\n")[:-1]]
    answered = [exported(number, *both) for number, both in enumerate(zip(rows, given, strict=True), 1)]
    to.write_text("".join(json.dumps(row) + "\n" for row in answered), "utf-8", newline="\n")
    return to


ANSWERED: Mapping[str, Callable[[Path, Sequence[Given]], Path]] = {
    "csv": _csv,
    "xlsx": _xlsx,
    "label-studio": _label_studio,
    "argilla": _argilla,
    "prodigy": _prodigy,
    "doccano": _doccano,
}
"""Tool -> how its file comes back answered."""

KEEPS_SKIPS = {"label-studio", "argilla", "prodigy"}
KEEPS_TIME = {"label-studio", "prodigy"}
