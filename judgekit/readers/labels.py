"""Files that judgekit's own verbs write and read: human labels, evidence, verdicts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

from judgekit.errors import InputError
from judgekit.readers.jsonfile import lines, opened
from judgekit.readers.tables import table
from judgekit.records import EvidenceRow, LabelRow, Record, Verdict, parse

R = TypeVar("R", bound=Record)

_ALIAS = "human_label"
_UNREAD = ("question", "reference", "output", "choices", "notes")
"""Columns that a label sheet may carry for the person who fills it in."""


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
    path = Path(path)
    seen: dict[tuple[str, ...], int] = {}
    count = 0
    for line, row in _rows(path):
        if _ALIAS in row:
            if "label" in row:
                raise InputError(f"give 'label' or '{_ALIAS}', not both", path=path, row=line)
            row["label"] = row.pop(_ALIAS)
        row = {key: value for key, value in row.items() if key not in _UNREAD}
        if "label" in row and row["label"] in (None, ""):
            continue
        count += 1
        found = parse(LabelRow, {k: v for k, v in row.items() if v is not None}, path=path, line=line)
        who = (found.id, found.rubric, found.model, found.method, found.annotator)
        if found.annotator and (first := seen.setdefault(who, line)) != line:
            raise InputError(
                f"'{found.annotator}' labelled item '{found.id}' twice (first in line {first})",
                path=path,
                row=line,
            )
        yield found
    if not count:
        raise InputError("the file holds no labels; expected rows with id and label", path=path)


def _rows(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    with opened(path) as file:
        first = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first in (b"{", b"["):
        yield from lines(path)
        return
    for line, row in table(path):
        yield line, {key.strip(): value.strip() or None for key, value in row.items()}


def read_evidence(path: str | Path) -> Iterator[EvidenceRow]:
    """Evidence rows of a JSONL file; ids must be unique per rubric, model and method."""
    seen: set[int] = set()
    path = Path(path)
    for line, evidence in _records(path, EvidenceRow):
        key = hash((evidence.id, evidence.rubric, evidence.model, evidence.method))
        if key in seen:
            raise InputError(f"the id '{evidence.id}' occurs twice for one rubric", path=path, row=line)
        seen.add(key)
        yield evidence


def read_verdicts(path: str | Path) -> Iterator[Verdict]:
    """Verdicts of a JSONL file."""
    for _, verdict in _records(Path(path), Verdict):
        yield verdict


def _records(path: Path, kind: type[R]) -> Iterator[tuple[int, R]]:
    line = 0
    for line, row in lines(path):
        yield line, parse(kind, row, path=path, line=line)
    if not line:
        raise InputError(f"the file is empty; expected {kind.__name__} rows, one a line", path=path)
