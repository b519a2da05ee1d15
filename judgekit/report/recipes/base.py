"""What recipes give: a table with notes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from judgekit.metrics import Measure
from judgekit.report.paired import Estimate


@dataclass(frozen=True)
class Row:
    """One line of a table: cells by column; every column of the table is there."""

    name: str
    cells: Mapping[str, Estimate]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """What a recipe says. `notes` hold for the whole table: what it rests on and what is not public."""

    recipe: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for row in self.rows:
            if lacking := set(self.columns) - set(row.cells):
                raise ValueError(f"row {row.name!r} of {self.recipe} lacks {', '.join(sorted(lacking))}")


def cell(measure: Measure | None, name: str = "") -> Estimate:
    """A measure as a table cell: without an interval, with its reason where it is absent."""
    if measure is None:
        return Estimate(None, reason=f"not measured: {name}" if name else "not measured")
    return Estimate(measure.value, n=measure.n, reason=measure.reason)


def plain(value: float | None, n: int = 0, reason: str = "not available") -> Estimate:
    """A number without an interval, or its absence with a reason."""
    return Estimate(value, n=n, reason="" if value is not None else reason)
