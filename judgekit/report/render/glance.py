"""The report's first table as the page shows it: every figure with its interval drawn and a link to its items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

from markupsafe import Markup

from judgekit.report.groups import Group, RunSummary
from judgekit.report.order import BY, asked_alike
from judgekit.report.rates.chance import ByChance
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.answer import COLUMNS, MARKS, Column, Mark, best_first, marks
from judgekit.report.render.cells import in_words
from judgekit.report.render.interval import drawn
from judgekit.report.render.links import Key, items_link
from judgekit.report.summary import Summary
from judgekit.report.words import estimate, with_count


class Linked(NamedTuple):
    """A text that leads to items: their address, empty where there are none, and how many they are."""

    text: str
    link: str
    items: int


class Shown(NamedTuple):
    """One rate of one run.

    Attributes
    ----------
    column : Column
    rate : JudgedRate
    linked : Linked
        The estimate, and the items under the labels that it counts.
    note : str
        All that is known of it, in words.
    interval : Markup
        The interval as inline SVG.
    by_chance : bool
        Whether the drawing has the tick of what leaks by chance.
    """

    column: Column
    rate: JudgedRate
    linked: Linked
    note: str
    interval: Markup
    by_chance: bool

    @property
    def left_open(self) -> bool:
        """Whether a range stands in the place of an estimate."""
        return self.rate.value is None


class Row(NamedTuple):
    """One run; a rate is None where its file has no such side."""

    run: RunSummary
    mark: Mark
    mark_order: int
    shown: tuple[Shown | None, ...]
    open_items: Linked


class Glance(NamedTuple):
    """The table, and what its legend has to explain.

    Attributes
    ----------
    caption : str
        What the rows are, and in which order.
    ranked, baselines : list of Row
        The runs that are candidates, best first, and those that they are measured against.
    columns : tuple of Column
    marks : list of Mark
        Those that occur.
    left_open : set of Column
        Those in which a range stands in the place of an estimate.
    by_chance, silent : bool
        Whether the drawing of any row has the tick of chance; whether any model no longer answers.
    """

    caption: str
    ranked: list[Row]
    baselines: list[Row]
    columns: tuple[Column, ...]
    marks: list[Mark]
    left_open: set[Column]
    by_chance: bool
    silent: bool


def glance(summary: Summary) -> Glance:
    """The first table of a report."""
    rows = [_row(run) for run in best_first(summary)]
    shown = [found for row in rows for found in row.shown if found is not None]
    order = f"; best run first, by the {BY}" if len(rows) > 1 else ""
    if len(asked_alike(summary.order, summary.comparisons)) > 1 and order:
        order += "; runs that were asked different questions stand apart"
    return Glance(
        f"Shares of the outputs that should be forgotten, and under Kept of those that should be kept{order}",
        [row for row in rows if not row.run.baseline],
        [row for row in rows if row.run.baseline],
        COLUMNS,
        marks(summary),
        {found.column for found in shown if found.left_open},
        any(found.by_chance for found in shown),
        any(run.answers is False for run in summary.runs),
    )


def _row(run: RunSummary) -> Row:
    left = sum((Counter(group.left_open) for group in run.groups if not group.split), Counter[str]())
    return Row(
        run,
        MARKS[run.rests_on],
        list(MARKS).index(run.rests_on),
        tuple(_shown(run, column) for column in COLUMNS),
        _linked(f"{left.total():,}", left.total(), {"run": run.name, "state": sorted(left)}),
    )


def _shown(run: RunSummary, column: Column) -> Shown | None:
    group = run.side(column.side)
    if group is None or column.rate not in group.rates:
        return None
    rate = group.rates[column.rate]
    counts = group.counted(column.rate)
    count = sum(counts.values())
    note = f"{column.heading}: {with_count(in_words(rate), rate, count, group.items)}. {rate.basis}."
    chance = _chance(group) if column.rate == "leaked" else None
    if chance is not None:
        note += f" By chance: {in_words(chance.chance)}."
    found = _linked(estimate(rate), count, {"run": run.name, "rubric": group.rubric, "label": sorted(counts)})
    look = column.rate.replace(" ", "-")
    interval = drawn(rate, look, chance.chance if chance else None)
    return Shown(column, rate, found, note, interval, chance is not None)


def _chance(group: Group) -> ByChance | None:
    return group.chance if group.chance is not None and group.chance.notable else None


def _linked(text: str, count: int, wanted: dict[Key, str | Iterable[str]]) -> Linked:
    return Linked(text, items_link(wanted) if count else "", count)
