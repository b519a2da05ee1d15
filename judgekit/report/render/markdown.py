"""The report as GitHub Markdown: first what a README holds, the headlines and one table; then a section a question."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from judgekit.report.groups import RunSummary
from judgekit.report.render.answer import (
    CHANCE,
    MARKS,
    READING,
    READING_CHANCE,
    Column,
    best_first,
    columns,
    marks,
    rate,
)
from judgekit.report.render.cells import ABSENT, Table, in_words
from judgekit.report.render.citation import citation
from judgekit.report.render.head import facts, title
from judgekit.report.render.tables.runs import tables
from judgekit.report.sections import SECTIONS
from judgekit.report.summary import Summary

_ACTIVE = re.compile(r"([\\`*_{}\[\]|#~$])")
_BEFORE = re.compile(r"^(\d{1,9}(?=[.)](?: |$))|(?=[-+=]))")


def escape(text: str) -> str:
    """Text that Markdown and HTML read as itself, on one line: no mark-up, no formula, no item of a list."""
    plain = " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _BEFORE.sub(r"\1\\", _ACTIVE.sub(r"\\\1", plain))


def to_markdown(summary: Summary) -> str:
    """The whole report without charts and items."""
    return "\n".join([*_first(summary), *_sections(summary)]) + "\n"


def _first(summary: Summary) -> Iterator[str]:
    """What a README holds: what was judged, the headlines, one table, and how to read and cite it."""
    yield f"# {escape(title(summary))}"
    yield from ("", escape("; ".join(fact.text for fact in facts(summary.about)) + "."), "")
    for finding in summary.headlines:
        yield f"- {escape(finding.text)}"
    told = columns(summary)
    heads = [f"{column.heading} {column.better}".strip() for column in told]
    yield ""
    yield from grid(["Run", *heads, "Rests on"], [_row(run, told) for run in best_first(summary)])
    notes = [
        "Shares of all outputs with 95 % intervals.",
        READING,
        *([READING_CHANCE] if CHANCE in told else []),
    ]
    notes += [f"{mark.word.capitalize()}: {mark.note}" for mark in marks(summary)]
    yield from ("", escape(" ".join(notes)), "", f"Cite as: {escape(citation(summary.about))}")


def _row(run: RunSummary, told: tuple[Column, ...]) -> list[str]:
    figures = [ABSENT if (found := rate(run, column)) is None else in_words(found) for column in told]
    return [run.title, *figures, MARKS[run.rests_on].word]


def _sections(summary: Summary) -> Iterator[str]:
    """The rest, under the question that it answers; a section without any of it is left out."""
    every = tables(summary)
    for place, heading in SECTIONS.items():
        if place == "answer":
            continue
        said = [
            found for found in summary.findings if found.about == place and found not in summary.headlines
        ]
        held = [table for table in every if table.place == place]
        if said or held:
            yield from ("", f"## {escape(heading)}", "")
            yield from (f"- {escape(found.text)}" for found in said)
            yield from _tables(held)


def _tables(held: list[Table]) -> Iterator[str]:
    group = ""
    for table in held:
        if table.group and table.group != group:
            yield from ("", f"### Compared: {escape(table.group)}")
        group = table.group
        yield from ("", f"{'####' if group else '###'} {escape(table.title)}", "")
        if table.note:
            yield from (escape(table.note), "")
        yield from grid(table.columns, [[in_words(cell) for cell in row] for row in table.rows])


def grid(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table; every cell is read as itself."""
    yield "| " + " | ".join(map(escape, heads)) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(map(escape, row)) + " |"
