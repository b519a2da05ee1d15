"""The columns of each kind of record, and its rows. Types hang on the kind alone, also of a table without rows."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from judgekit.display import whole
from judgekit.records import EvidenceRow, Item, ItemRow, Record, Verdict

Row = dict[str, Any]

TEXT, NUMBER, TEXTS = pa.string(), pa.float64(), pa.list_(pa.string())

NAMED = [pa.field(name, TEXT) for name in ItemRow.model_fields]
"""Which output it is, and the rubric."""

VERDICT = pa.schema(
    [
        *NAMED,
        ("state", TEXT),
        ("label", TEXT),
        ("tier", TEXT),
        ("confidence", NUMBER),
        ("reason", TEXT),
        ("cost", NUMBER),
        ("calibration", TEXT),
        ("fluent", pa.bool_()),
        ("human", TEXTS),
    ]
)
EVIDENCE = pa.schema(
    [
        *NAMED,
        ("tier", TEXT),
        ("label", TEXT),
        ("reason", TEXT),
        ("mass", NUMBER),
        ("order_inconsistency", NUMBER),
        ("asks", pa.int64()),
        ("cost", NUMBER),
        ("seconds", NUMBER),
        ("judge", TEXT),
        ("fingerprint", TEXT),
        ("human", TEXTS),
    ]
)
ITEM = pa.schema(
    [
        ("id", TEXT),
        ("question_id", TEXT),
        ("question", TEXT),
        ("probe", TEXT),
        ("references", TEXTS),
        ("outputs", TEXTS),
        ("model", TEXT),
        ("method", TEXT),
        ("split", TEXT),
        ("recorded", TEXT),
        ("human", TEXTS),
    ]
)

PROBABILITY = "p_"
"""What the columns of a judge's probabilities begin with, before the label."""


def verdict_row(verdict: Verdict) -> Row:
    """A verdict as a row of :data:`VERDICT`."""
    said = {name: getattr(verdict, name) for name in VERDICT.names if name != "human"}
    return {**said, "human": [given.label for given in verdict.human]}


def _evidence_rows(row: EvidenceRow) -> Iterator[Row]:
    human = [given.label for given in row.human]
    for tier, found in row.tiers.items():
        said = {name: getattr(found, name, None) for name in EVIDENCE.names}
        probs = {f"{PROBABILITY}{label}": value for label, value in found.probs.items()}
        yield {**said, **row.named, "tier": tier, "judge": found.model, **probs, "human": human}


def _item_row(item: Item) -> Row:
    row = {name: getattr(item, name) for name in ITEM.names}
    return {
        **row,
        "recorded": json.dumps(item.recorded) if item.recorded else None,
        "human": [given.label for given in item.human],
    }


@dataclass(frozen=True)
class Columns:
    """How a kind of record becomes a table.

    Attributes
    ----------
    schema : pyarrow.Schema
        The columns that it has in any case.
    rows : callable
        A record's rows.
    """

    schema: Any
    rows: Callable[[Any], Iterable[Row]]


_OF: dict[type[Record], Columns] = {
    Verdict: Columns(VERDICT, lambda verdict: [verdict_row(verdict)]),
    EvidenceRow: Columns(EVIDENCE, _evidence_rows),
    Item: Columns(ITEM, lambda item: [_item_row(item)]),
}


def to_rows(kind: type[Record], records: Iterable[Record]) -> Iterator[Row]:
    """The rows of records of a kind."""
    return (row for record in records for row in _OF[kind].rows(record))


def to_table(kind: type[Record], records: Iterable[Record]) -> Any:
    """A ``pyarrow.Table`` of records of a kind; of evidence with a column more for each label with a probability."""
    rows = list(to_rows(kind, records))
    labels = dict.fromkeys(name for row in rows for name in row if name.startswith(PROBABILITY))
    schema = _OF[kind].schema
    for name in labels:
        schema = schema.append(pa.field(name, NUMBER))
    return pa.Table.from_batches(batches(rows, schema), schema)


def batches(rows: Iterable[Row], schema: Any, size: int = 1024) -> Iterator[Any]:
    """Rows as record batches of a schema, each of ``size`` rows but for the last.

    A text that Arrow cannot hold (lone surrogates) is made whole.
    """
    held: list[Row] = []
    for row in rows:
        held.append(row)
        if len(held) == size:
            yield _batch(held, schema)
            held = []
    if held:
        yield _batch(held, schema)


def _batch(rows: list[Row], schema: Any) -> Any:
    try:
        return pa.RecordBatch.from_pylist(rows, schema=schema)
    except UnicodeEncodeError:
        return pa.RecordBatch.from_pylist([_whole(row) for row in rows], schema=schema)


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    return [_whole(one) for one in value] if isinstance(value, list | tuple) else value
