"""Files that judgekit's own verbs write and read: human labels, evidence, verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from judgekit.errors import InputError
from judgekit.readers.jsonfile import decode_row, opened
from judgekit.readers.tables import table
from judgekit.records import EvidenceRow, ItemRow, LabelRow, Record, Verdict, parse

R = TypeVar("R", bound=Record)

_ALIAS = "human_label"
_UNREAD = ("question", "reference", "output", "choices", "notes")
"""Columns that a label sheet may carry for the person who fills it in."""
SHEET = frozenset((*LabelRow.model_fields, _ALIAS, *_UNREAD))
"""All columns that a label file may have."""


def read_labels(path: str | Path) -> Iterator[LabelRow]:
    """Human labels of a JSONL or CSV file, one a row.

    Columns: ``id``, ``label`` (or ``human_label``), and optionally ``annotator``, ``rubric``, ``model``, ``method``,
    ``at``. Cells of a CSV that are empty count as absent; rows with an empty label are not labelled yet and are
    passed over. Columns ``question``, ``reference``, ``output``, ``choices`` and ``notes`` are not read.

    Raises
    ------
    InputError : naming file, line and what was expected; also when no row holds a label, or a person labelled an
        item twice.
    """
    return (row for _, row in numbered_labels(path))


def numbered_labels(path: str | Path) -> Iterator[tuple[int, LabelRow]]:
    """The same, each with its line."""
    return _sound(examined(Path(path), LabelRow))


def read_evidence(path: str | Path) -> Iterator[EvidenceRow]:
    """Evidence rows of a JSONL file; ids must be unique per rubric, model and method."""
    return (row for _, row in _sound(examined(Path(path), EvidenceRow)))


def read_verdicts(path: str | Path) -> Iterator[Verdict]:
    """Verdicts of a JSONL file; ids must be unique per rubric, model and method."""
    return (row for _, row in _sound(examined(Path(path), Verdict)))


def examined(path: Path, kind: type[R]) -> Iterator[tuple[int, R | InputError]]:
    """Every row of a file with its line, as a record or as what is wrong with it; an empty file is one fault.

    Rows of a label sheet that nobody labelled yet are passed over.
    """
    seen: dict[int, int] = {}
    line, faults = 0, 0
    for line, row in _rows(path, sheet=kind is LabelRow):
        if isinstance(row, InputError):
            faults += 1
            yield line, row
            continue
        try:
            said = _label(row, path, line) if kind is LabelRow else row
            if said is None:
                continue
            record = parse(kind, said, path=path, line=line)
            key = hash(_identity(record, line))
            if (first := seen.setdefault(key, line)) != line:
                raise InputError(_twice(record, first), path=path, row=line)
        except InputError as error:
            faults += 1
            yield line, error
        else:
            yield line, record
    if seen or faults:
        return
    if kind is LabelRow:
        yield (
            line,
            InputError(
                "the file holds no labels; expected rows with id and label, the label filled in", path=path
            ),
        )
    else:
        yield line, InputError(f"the file is empty; expected {kind.__name__} rows, one a line", path=path)


def _sound(rows: Iterator[tuple[int, R | InputError]]) -> Iterator[tuple[int, R]]:
    for line, row in rows:
        if isinstance(row, InputError):
            raise row
        yield line, row


def _rows(path: Path, sheet: bool) -> Iterator[tuple[int, dict[str, Any] | InputError]]:
    """The rows of JSONL, or (``sheet``) of a CSV table; after a fault JSONL goes on with its next line."""
    with opened(path) as file:
        first = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if sheet and first not in (b"{", b"["):
            yield from _cells(path)
            return
        file.seek(0)
        for line, raw in enumerate(file, 1):
            if raw.strip():
                try:
                    yield line, decode_row(raw, path, line)
                except InputError as error:
                    yield line, error


def _cells(path: Path) -> Iterator[tuple[int, dict[str, Any] | InputError]]:
    try:
        for line, row in table(path):
            yield line, {key.strip(): value.strip() or None for key, value in row.items()}
    except InputError as error:
        yield error.row if isinstance(error.row, int) else 0, error


def _label(row: dict[str, Any], path: Path, line: int) -> dict[str, Any] | None:
    """A row of a label sheet as a label; None where nobody labelled it yet."""
    if _ALIAS in row:
        if "label" in row:
            raise InputError(f"give 'label' or '{_ALIAS}', not both", path=path, row=line)
        row["label"] = row.pop(_ALIAS)
    if "label" in row and row["label"] in (None, ""):
        return None
    return {key: value for key, value in row.items() if key not in _UNREAD and value is not None}


def _identity(record: Record, line: int) -> tuple[object, ...]:
    """What may occur once in a file; people without a name may be several."""
    if isinstance(record, LabelRow):
        who: object = record.annotator or line
        return (record.id, record.rubric, record.model, record.method, who)
    assert isinstance(record, ItemRow)
    return (record.id, record.rubric, record.model, record.method)


def _twice(record: Record, first: int) -> str:
    if isinstance(record, LabelRow):
        return f"'{record.annotator}' labelled item '{record.id}' twice (first in line {first})"
    assert isinstance(record, ItemRow)
    return f"the id '{record.id}' occurs twice for one rubric (first in line {first})"
