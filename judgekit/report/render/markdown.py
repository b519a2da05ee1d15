"""The report as Markdown: what can be said, then the tables."""

from __future__ import annotations

import re
from collections.abc import Iterable

from judgekit.report.render.cells import Table, in_words
from judgekit.report.render.tables import tables
from judgekit.report.summary import Summary

_ACTIVE = re.compile(r"([\\`*_{}\[\]<>|#~])")


def escape(text: str) -> str:
    """Text that Markdown and HTML read as itself, on one line."""
    return _ACTIVE.sub(r"\\\1", " ".join(text.split())).replace("\\<", "&lt;").replace("\\>", "&gt;")


def to_markdown(summary: Summary) -> str:
    """The whole report without charts and items."""
    return "\n".join(_lines(summary)) + "\n"


def _lines(summary: Summary) -> Iterable[str]:
    yield "# Forgetting and utility"
    yield ""
    yield "## What can be said"
    yield ""
    for finding in summary.findings:
        yield f"- {escape(finding.text)}"
    group = ""
    for table in tables(summary):
        if table.group and table.group != group:
            yield from ("", f"## Compared: {escape(table.group)}")
        group = table.group
        yield from ("", f"{'###' if group else '##'} {escape(table.title)}", "")
        if table.note:
            yield from (escape(table.note), "")
        yield from _table(table)


def _table(table: Table) -> Iterable[str]:
    yield "| " + " | ".join(escape(column) for column in table.columns) + " |"
    yield "|" + "---|" * len(table.columns)
    for row in table.rows:
        yield "| " + " | ".join(escape(in_words(cell)) for cell in row) + " |"
