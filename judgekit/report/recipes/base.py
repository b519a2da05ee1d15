"""What recipes take and give: plain outcomes of runs in, a table with notes out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from judgekit.metrics import Measure, RunMeasures
from judgekit.report.compare import Estimate

Labels = Mapping[str, str | None]
"""Question to judged label; None where the item is abstained or unscored."""


@dataclass(frozen=True)
class Outcome:
    """One run: its recorded measures, its values per question, and its judged labels.

    Attributes
    ----------
    name : str
    measures : RunMeasures
        From `judgekit.metrics.measure_run`.
    values : split to measure name to question to value
        For paired comparisons; from `judgekit.report.compare.by_question`.
    labels : split to question to label
    """

    name: str
    measures: RunMeasures = field(default_factory=lambda: RunMeasures({}, {}))
    values: Mapping[str, Mapping[str, Mapping[str, float]]] = field(default_factory=dict)
    labels: Mapping[str, Labels] = field(default_factory=dict)


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
