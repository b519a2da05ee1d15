"""The report as one page that needs no network: text, tables, charts, and every item to browse."""

from __future__ import annotations

from collections.abc import Sequence

from judgekit.report.items.facts import item_facts
from judgekit.report.render.answer import MARKS, READING, best_first, columns, rate
from judgekit.report.render.charts import charts
from judgekit.report.render.citation import citation
from judgekit.report.render.flows import flow_rubrics
from judgekit.report.render.glance import glance
from judgekit.report.render.head import facts, title
from judgekit.report.render.items import cut, packed
from judgekit.report.render.tables.runs import tables
from judgekit.report.render.templates import page, template
from judgekit.report.run import Run
from judgekit.report.sections import SECTIONS
from judgekit.report.summary import Summary

STYLES = ("style.css", "charts.css", "compare.css", "items.css")
"""Files of the folder ``page`` that make the page's one style, in order."""

SCRIPTS = (
    "sort.js",
    "long.js",
    "data.js",
    "dom.js",
    "address.js",
    "select.js",
    "facets.js",
    "item.js",
    "items.js",
    "flows.js",
    "ribbons.js",
    "compare.js",
)
"""Files of the folder ``page`` that make the page's one script, in order."""

WITHOUT_SCRIPTS = 50
"""Items that a browser shows that runs no scripts."""


def to_html(summary: Summary, runs: Sequence[Run]) -> str:
    """The page.

    Parameters
    ----------
    summary : Summary
        Of these runs.
    runs : Sequence[Run]
        The same runs again, for their items.

    Raises
    ------
    MissingExtra
        Matplotlib, which draws the charts, is not installed.
    """
    held, drawn = tables(summary), charts(summary)
    said = {
        key: [found for found in summary.findings if found.about == key and found not in summary.headlines]
        for key in SECTIONS
    }
    told = {key for key in SECTIONS if said[key]}
    promises = {(run.name, made.rubric): made.status for run in summary.runs for made in run.claims}
    items = item_facts(runs, promises)
    filled = {"answer", *(table.place for table in held), *(chart.place for chart in drawn), *told, "items"}
    return page(
        "page.html.j2",
        styles=STYLES,
        scripts=SCRIPTS,
        summary=summary,
        title=title(summary),
        facts=facts(summary.about),
        said=said,
        tables=held,
        charts=drawn,
        sections=SECTIONS,
        filled=filled,
        glance=glance(summary),
        reading=READING,
        citation=citation(summary.about),
        flow_rubrics=flow_rubrics(summary.runs),
        titles={run.name: run.title for run in summary.runs},
        first_items=items[:WITHOUT_SCRIPTS],
        cut=cut,
        blocks=packed(items, summary.order),
    )


def fragment(summary: Summary) -> str:
    """What comes first, for a notebook: the headlines and the table of runs; no charts, no style, no scripts."""
    return template("fragment.html.j2").render(
        summary=summary,
        title=title(summary),
        facts=facts(summary.about),
        runs=best_first(summary),
        columns=columns(summary),
        rate=rate,
        marks=MARKS,
        reading=READING,
    )
