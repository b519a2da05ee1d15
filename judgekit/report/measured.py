"""The papers' reference-based measures of a run, from what its files recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from judgekit.metrics import CATALOGUE, better, measure_run
from judgekit.report.runs import Judged


@dataclass(frozen=True)
class Figure:
    """One measure of one run on one split (empty: the run as a whole).

    ``value`` None: absent, for ``reason``. ``better`` is 1 where a higher value is better, -1 where worse, 0 neither.
    """

    name: str
    label: str
    split: str
    value: float | None
    items: int
    missing: int
    reason: str
    better: int
    source: str


def measured(rows: Sequence[Judged]) -> tuple[Figure, ...]:
    """Every measure that the recorded fields support, and the absent ones with their reasons."""
    found = measure_run({split: _fields(part) for split, part in _splits(rows).items()})
    whole = [("", measure) for measure in found.overall.values()]
    parts = [(split, measure) for split, measures in found.splits.items() for measure in measures.values()]
    return tuple(
        Figure(
            name=measure.name,
            label=CATALOGUE[measure.name].label,
            split=split,
            value=measure.value,
            items=measure.n,
            missing=measure.missing,
            reason=measure.reason,
            better=better(measure.name, split or "forget") or better(measure.name, "retain"),
            source=CATALOGUE[measure.name].source,
        )
        for split, measure in (*whole, *parts)
    )


def _splits(rows: Iterable[Judged]) -> dict[str, list[Judged]]:
    """Items by split; an item judged under several rubrics counts once."""
    splits: dict[str, dict[str, Judged]] = {}
    for row in rows:
        if row.item is not None and len(row.item.outputs) == 1:
            splits.setdefault(row.item.split, {}).setdefault(row.item.id, row)
    return {split: list(part.values()) for split, part in splits.items()}


def _fields(rows: Sequence[Judged]) -> dict[str, list[Any]]:
    items = [row.item for row in rows if row.item is not None]
    names = {name for item in items for name in item.recorded}
    fields: dict[str, list[Any]] = {
        name: [item.recorded.get(name) for item in items] for name in sorted(names)
    }
    fields["output"] = [item.output for item in items]
    if any(item.references for item in items):
        fields["reference"] = [item.reference if item.references else None for item in items]
    return fields
