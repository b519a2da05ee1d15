"""The report's first table, as every renderer prints it: a row a run, best first, four rates and a mark."""

from __future__ import annotations

from typing import Literal, NamedTuple

from judgekit.report.groups import RestsOn, RunSummary
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.summary import Summary
from judgekit.rubrics import Side


class Column(NamedTuple):
    """A rate of the first table: its heading, and whether more or less of it is better."""

    side: Side
    rate: str
    heading: str
    better: Literal["↑", "↓", ""]


COLUMNS = (
    Column("forget", "leaked", "Leaked", "↓"),
    Column("forget", "forgotten well", "Forgotten well", "↑"),
    Column("forget", "degenerate", "Degenerate", "↓"),
    Column("keep", "correct", "Kept", "↑"),
)

CHANCE = Column("forget", "chance", "By chance", "")
"""Stands beside what leaked where that may be more than next to nothing."""

READING = (
    "Leaked: outputs that reveal what should be forgotten, in whatever form. Forgotten well: withheld or plausibly "
    "wrong, and fluent. Degenerate: reveals nothing and is no answer. Kept: what should be kept, answered correctly."
)
READING_CHANCE = (
    "By chance: as many of the same outputs leak the reference of another question of the same kind."
)


class Mark(NamedTuple):
    """What a row rests on: a sign for narrow columns, a word, and a sentence for a note."""

    sign: str
    word: str
    note: str


MARKS: dict[RestsOn, Mark] = {
    "certified": Mark(
        "●", "certified", "Certified to agree with people; the interval covers the judges' errors."
    ),
    "labels": Mark(
        "◐",
        "labels",
        "Corrected by people's labels, without a certificate; the interval covers the judges' errors.",
    ),
    "judge only": Mark(
        "○",
        "judge only",
        "The judges' opinion in at least one column; no interval covers their errors.",
    ),
    "withdrawn": Mark("×", "withdrawn", "The certificate is withdrawn by a check; no figure uses it."),
}
"""One mark for what a run's figures rest on."""


def best_first(summary: Summary) -> list[RunSummary]:
    """The runs in the order of the report."""
    by_name = {run.name: run for run in summary.runs}
    return [by_name[name] for name in summary.order]


def columns(summary: Summary) -> tuple[Column, ...]:
    """The columns that say something of these runs: what leaks by chance only where any run does so notably."""
    groups = [group for run in summary.runs if (group := run.side("forget")) is not None]
    if any(group.chance is not None and group.chance.notable for group in groups):
        return COLUMNS[0], CHANCE, *COLUMNS[1:]
    return COLUMNS


def rate(run: RunSummary, column: Column) -> JudgedRate | None:
    """A run's figure in a column; None where its file has none."""
    group = run.side(column.side)
    if group is None:
        return None
    if column is CHANCE:
        return group.chance.chance if group.chance is not None else None
    return group.rates.get(column.rate)


def marks(summary: Summary) -> list[Mark]:
    """The marks that occur, in the order of ``MARKS``."""
    met = {run.rests_on for run in summary.runs}
    return [mark for kind, mark in MARKS.items() if kind in met]
