"""Files that judgekit's own verbs write and read: human labels, evidence, verdicts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from judgekit.documents.lines import decode_row, numbered, opened
from judgekit.errors import InputError
from judgekit.readers.base import Place
from judgekit.readers.detect import DamagedArchive, head
from judgekit.readers.files.jsonfile import first_character
from judgekit.readers.label_tools import answers, csv_sheet, tool_of
from judgekit.readers.label_tools.base import Answer, LabelTool, NoLabel
from judgekit.records import CANNOT_TELL, EvidenceRow, ItemRow, LabelRow, Record, Verdict, parse
from judgekit.rubrics import label_meant, labels_of

R = TypeVar("R", bound=Record)


def read_labels(path: str | Path) -> Iterator[LabelRow]:
    """Human labels of a file, one by one: JSONL, a sheet (CSV, Excel) or a label tool's export.

    Columns of a sheet, and keys of JSONL: ``id``, ``label`` (or ``human_label``), and optionally those of
    :class:`judgekit.records.LabelRow`. Cells that are empty count as absent; rows with an empty label are not labeled
    yet and are passed over, and so is what people skipped. A label may be written in any case, where the row names a
    rubric that is known; "cannot tell" is a label of every rubric. A row marked ``again`` repeats a question to the
    same person and is no second label. Columns ``question``, ``reference``, ``output``, ``choices``, ``definitions``
    and ``notes`` are not read. What label tools write is told by its content (:mod:`judgekit.readers.label_tools`).

    Raises
    ------
    InputError
        Naming file, row and what was expected; also when no row holds a label, a label is none of its
        rubric's, or a person labeled an item twice.
    """
    return (row for _, row in numbered_labels(path) if isinstance(row, LabelRow))


def numbered_labels(path: str | Path) -> Iterator[tuple[Place, LabelRow | NoLabel]]:
    """The same, each with its place; for a row without a label, why it has none."""
    return _sound(examined(Path(path), LabelRow))


def without_label(counts: Mapping[NoLabel, int], rows: int) -> str:
    """How many of so many rows hold no label, and why; empty where all do."""
    first, *others = [f"{counts[why]:,} {{}}{why.value}" for why in NoLabel if counts.get(why)] or [""]
    return ", ".join([first.format(f"of {rows:,} rows "), *(other.format("") for other in others)])


def read_evidence(path: str | Path) -> Iterator[EvidenceRow]:
    """Evidence rows of a JSONL file; ids must be unique per rubric, model and method."""
    return _records(Path(path), EvidenceRow)


def read_verdicts(path: str | Path) -> Iterator[Verdict]:
    """Verdicts of a JSONL file; ids must be unique per rubric, model and method."""
    return _records(Path(path), Verdict)


def examined(path: Path, kind: type[R]) -> Iterator[tuple[Place, R | NoLabel | InputError]]:
    """Every row of a file with its place, as a record or as what is wrong with it; an empty file is one fault.

    For a row of a label file without a label, why it has none; rows whose cells are all empty are none at all.
    """
    seen: dict[int, Place] = {}
    place: Place = 0
    without: Counter[NoLabel] = Counter()
    faults = 0
    for place, row in _answers(path) if kind is LabelRow else _lines(path):
        if isinstance(row, InputError | NoLabel):
            faults += isinstance(row, InputError)
            without.update([row] if isinstance(row, NoLabel) else ())
            yield place, row
            continue
        try:
            record = parse(kind, _meant(row, path, place) if kind is LabelRow else row, path=path, line=place)
            key = hash(_identity(record, place))
            if (first := seen.setdefault(key, place)) != place:
                raise InputError(_twice(record, first), path=path, row=place)
        except InputError as error:
            faults += 1
            yield place, error
        else:
            yield place, record
    if not seen and not faults:
        yield place, _nothing(kind, without, path)


def _nothing(kind: type[Record], without: Counter[NoLabel], path: Path) -> InputError:
    """What is wrong with a file without a record."""
    if kind is not LabelRow:
        return InputError(f"the file is empty; expected {kind.__name__} rows, one a line", path=path)
    told = without_label(without, without.total())
    return InputError(
        f"the file holds no labels{told and f' ({told})'}; expected rows with id and label, the label filled in",
        path=path,
    )


def _sound(rows: Iterator[tuple[Place, R | NoLabel | InputError]]) -> Iterator[tuple[Place, R | NoLabel]]:
    for place, row in rows:
        if isinstance(row, InputError):
            raise row
        yield place, row


def _records(path: Path, kind: type[R]) -> Iterator[R]:
    return (row for _, row in _sound(examined(path, kind)) if isinstance(row, kind))


def _answers(path: Path) -> Iterator[tuple[Place, Answer]]:
    """The answers in a label tool's file, or in one of judgekit's own: JSONL, or CSV with whatever columns."""
    try:
        tool = _tool(path) or _own(path)
    except DamagedArchive as error:
        yield 0, error
        return
    yield from answers(tool, path)


def _tool(path: Path) -> LabelTool | None:
    try:
        seen = head(path)
    except DamagedArchive:
        raise
    except InputError:  # what is wrong is for the reader of judgekit's own files to say
        return None
    tool = tool_of(seen)
    if tool is None and seen.kind == "archive":
        raise DamagedArchive(
            "a zip archive that is no Excel workbook; save the labels again, as .xlsx or CSV", path=path
        )
    return tool


def _own(path: Path) -> LabelTool:
    with opened(path) as file:
        is_json = first_character(file) in (b"{", b"[")
    return replace(csv_sheet.TOOL, rows=_lines) if is_json else csv_sheet.TOOL


def _lines(path: Path) -> Iterator[tuple[Place, dict[str, Any] | InputError]]:
    """The rows of JSONL; after a fault it goes on with the next line."""
    with opened(path) as file:
        for line, raw in numbered(file, path):
            if raw.strip():
                try:
                    yield line, decode_row(raw, path, line)
                except InputError as error:
                    yield line, error


def _meant(row: dict[str, Any], path: Path, place: Place) -> dict[str, Any]:
    label = row.get("label")
    if not isinstance(label, str):
        return row
    return {**row, "label": meant(label, str(row.get("rubric") or ""), path, place)}


def meant(label: str, rubric: str, path: object, place: Place) -> str:
    """The label of a rubric that a person wrote, or :data:`CANNOT_TELL`; as written where the rubric is not known.

    Raises
    ------
    InputError
        It is none of the rubric's labels.
    """
    if label.strip().casefold() == CANNOT_TELL:
        return CANNOT_TELL
    allowed = labels_of(rubric) if rubric else ()
    if not allowed:
        return label.strip()
    found = label_meant(label, allowed)
    if found is None:
        raise InputError(
            f"label '{label}' is not one of {', '.join(allowed)} (rubric '{rubric}')",
            path=path,
            row=place,
        )
    return found


def _identity(record: Record, place: Place) -> tuple[object, ...]:
    """What may occur once in a file; people without a name may be several."""
    if isinstance(record, LabelRow):
        who: object = record.annotator or place
        return (record.id, record.rubric, record.model, record.method, who, record.again)
    assert isinstance(record, ItemRow)
    return (record.id, record.rubric, record.model, record.method)


def _twice(record: Record, first: Place) -> str:
    if isinstance(record, LabelRow):
        return f"'{record.annotator}' labeled item '{record.id}' twice (first in row {first})"
    assert isinstance(record, ItemRow)
    return f"the id '{record.id}' occurs twice for one rubric (first in row {first})"
