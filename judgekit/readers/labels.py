"""Files that judgekit's own verbs write and read: human labels, evidence, verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from judgekit.display import uncell
from judgekit.errors import InputError
from judgekit.readers.files.jsonfile import decode_row, numbered, opened
from judgekit.readers.files.tables import table
from judgekit.records import CANNOT_TELL, EvidenceRow, ItemRow, LabelRow, Record, Verdict, parse
from judgekit.rubrics import label_meant, labels_of

R = TypeVar("R", bound=Record)

_ALIAS = "human_label"
_UNREAD = ("question", "reference", "output", "choices", "definitions", "notes")
"""Columns that a label sheet may carry for the person who fills it in."""
SHEET = frozenset((*LabelRow.model_fields, _ALIAS, *_UNREAD))
"""All columns that a label file may have."""


def read_labels(path: str | Path) -> Iterator[LabelRow]:
    """Human labels of a JSONL or CSV file, one a row.

    Columns: ``id``, ``label`` (or ``human_label``), and optionally ``annotator``, ``rubric``, ``model``, ``method``,
    ``at``, ``pool``, ``seconds``, ``note``, ``again``. Cells of a CSV that are empty count as absent; rows with an
    empty label are not labeled yet and are passed over. A label may be written in any case, where the row names a
    rubric that is known; "cannot tell" is a label of every rubric. A row marked ``again`` repeats a question to the
    same person and is no second label. Columns ``question``, ``reference``, ``output``, ``choices``, ``definitions``
    and ``notes`` are not read.

    Raises
    ------
    InputError : naming file, line and what was expected; also when no row holds a label, a label is none of its
        rubric's, or a person labeled an item twice.
    """
    return (row for _, row in numbered_labels(path) if row is not None)


def numbered_labels(path: str | Path) -> Iterator[tuple[int, LabelRow | None]]:
    """The same, each with its line; None for a row that nobody labeled yet."""
    return _sound(examined(Path(path), LabelRow))


def read_evidence(path: str | Path) -> Iterator[EvidenceRow]:
    """Evidence rows of a JSONL file; ids must be unique per rubric, model and method."""
    return (row for _, row in _sound(examined(Path(path), EvidenceRow)) if row is not None)


def read_verdicts(path: str | Path) -> Iterator[Verdict]:
    """Verdicts of a JSONL file; ids must be unique per rubric, model and method."""
    return (row for _, row in _sound(examined(Path(path), Verdict)) if row is not None)


def examined(path: Path, kind: type[R]) -> Iterator[tuple[int, R | InputError | None]]:
    """Every row of a file with its line, as a record or as what is wrong with it; an empty file is one fault.

    None for a row of a label sheet that nobody labeled yet; rows whose cells are all empty are none at all.
    """
    seen: dict[int, int] = {}
    line, faults, blank = 0, 0, 0
    for line, row in _rows(path, sheet=kind is LabelRow):
        if isinstance(row, InputError):
            faults += 1
            yield line, row
            continue
        try:
            said = _label(row, path, line) if kind is LabelRow else row
            if said is None:
                blank += 1
                yield line, None
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
                f"the file holds no labels{f' yet ({blank:,} rows have none)' if blank else ''}; expected rows with "
                "id and label, the label filled in",
                path=path,
            ),
        )
    else:
        yield line, InputError(f"the file is empty; expected {kind.__name__} rows, one a line", path=path)


def _sound(rows: Iterator[tuple[int, R | InputError | None]]) -> Iterator[tuple[int, R | None]]:
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
        for line, raw in numbered(file, path):
            if raw.strip():
                try:
                    yield line, decode_row(raw, path, line)
                except InputError as error:
                    yield line, error


def _cells(path: Path) -> Iterator[tuple[int, dict[str, Any] | InputError]]:
    try:
        for line, row in table(path):
            cells = {key.strip(): uncell(value.strip()) or None for key, value in row.items()}
            if any(cells.values()):
                yield line, {key: value for key, value in cells.items() if key or value}
    except InputError as error:
        yield error.row if isinstance(error.row, int) else 0, error


def _label(row: dict[str, Any], path: Path, line: int) -> dict[str, Any] | None:
    """A row of a label sheet as a label; None where nobody labeled it yet."""
    if _ALIAS in row:
        if "label" in row:
            raise InputError(f"give 'label' or '{_ALIAS}', not both", path=path, row=line)
        row["label"] = row.pop(_ALIAS)
    label = row.get("label")
    if "label" in row and (label is None or (isinstance(label, str) and not label.strip())):
        return None
    said = {key: value for key, value in row.items() if key not in _UNREAD and value is not None}
    if isinstance(label, str):
        said["label"] = meant(label, str(row.get("rubric") or ""), path, line)
    return said


def meant(label: str, rubric: str, path: object, line: int | None) -> str:
    """The label of a rubric that a person wrote, or :data:`CANNOT_TELL`; as written where the rubric is not known.

    Raises
    ------
    InputError : it is none of the rubric's labels.
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
            row=line,
        )
    return found


def _identity(record: Record, line: int) -> tuple[object, ...]:
    """What may occur once in a file; people without a name may be several."""
    if isinstance(record, LabelRow):
        who: object = record.annotator or line
        return (record.id, record.rubric, record.model, record.method, who, record.again)
    assert isinstance(record, ItemRow)
    return (record.id, record.rubric, record.model, record.method)


def _twice(record: Record, first: int) -> str:
    if isinstance(record, LabelRow):
        return f"'{record.annotator}' labeled item '{record.id}' twice (first in line {first})"
    assert isinstance(record, ItemRow)
    return f"the id '{record.id}' occurs twice for one rubric (first in line {first})"
