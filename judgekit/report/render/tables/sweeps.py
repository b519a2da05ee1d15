"""Runs of one method in the order of their settings, as a table."""

from __future__ import annotations

from collections.abc import Iterable

from judgekit.report.comparison.records import Sweep
from judgekit.report.render.answer import COLUMNS, rate
from judgekit.report.render.cells import ABSENT, Cell, Table
from judgekit.report.summary import Summary


def sweep_tables(summary: Summary) -> Iterable[Table]:
    """One table a comparison: every run of its sweeps with the report's first rates and the picks."""
    runs = {run.name: run for run in summary.runs}
    for count, found in enumerate(summary.comparisons, 1):
        rows = [
            (
                runs[name].title,
                *(rate(runs[name], column) or ABSENT for column in COLUMNS),
                _pick(sweep, name),
            )
            for sweep in found.sweeps
            for line in sweep.lines
            for name in line
        ]
        yield Table(
            f"sweep-{count}",
            "Methods by their settings",
            ("Run", *(f"{column.heading} {column.better}" for column in COLUMNS), "Pick"),
            tuple[tuple[Cell, ...], ...](rows),
            "Runs that differ in their settings alone, in the order of the settings. Forgets best: by its figure, of "
            "those that still answer. Controlled pick: reveals least of those that keep at least 95 % of the "
            "original's utility (95 % confidence).",
            place="sweep",
        )


def _pick(sweep: Sweep, run: str) -> str:
    said = [("controlled pick", sweep.controlled == run), ("forgets best", sweep.best == run)]
    return ", ".join(word for word, holds in said if holds) or ABSENT
