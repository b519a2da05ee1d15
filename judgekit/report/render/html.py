"""The report as one page that needs no network: text, tables, charts, and every item to browse."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from judgekit.report.items.facts import item_facts
from judgekit.report.load import JudgedItem, Run
from judgekit.report.render.answer import MARKS, READING, best_first, columns, rate
from judgekit.report.render.charts import charts
from judgekit.report.render.citation import citation
from judgekit.report.render.flows import flow_rubrics
from judgekit.report.render.glance import glance
from judgekit.report.render.head import facts, title
from judgekit.report.render.items import packed
from judgekit.report.render.tables import tables
from judgekit.report.render.templates import page, template
from judgekit.report.sections import SECTIONS
from judgekit.report.summary import Summary
from judgekit.rubrics import Role

STYLES = ("style.css", "charts.css", "compare.css")
"""Files of the folder ``page`` that make the page's one style, in order."""

SCRIPTS = (
    "sort.js",
    "long.js",
    "data.js",
    "dom.js",
    "address.js",
    "select.js",
    "item.js",
    "items.js",
    "flows.js",
    "ribbons.js",
    "compare.js",
)
"""Files of the folder ``page`` that make the page's one script, in order."""

LONGEST = 4000
"""Characters of one text that the page keeps; what is cut is said."""


def to_html(summary: Summary, runs: Sequence[Run]) -> str:
    """The page.

    Parameters
    ----------
    summary : of these runs.
    runs : the same runs again, for the table of items.

    Raises
    ------
    MissingExtra : matplotlib, which draws the charts, is not installed.
    """
    held, drawn = tables(summary), charts(summary)
    said = {
        key: [found for found in summary.findings if found.about == key and found not in summary.headlines]
        for key in SECTIONS
    }
    told = {key for key in SECTIONS if said[key]}
    promises = {(run.name, made.rubric): made.status for run in summary.runs for made in run.claims}
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
        items=embedded(item_table(summary, runs)),
        blocks=packed(item_facts(runs, promises), summary.order),
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


def embedded(value: Any) -> str:
    """JSON that no text inside it can break out of a ``<script>`` element."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text.encode("utf-8", "replace").decode("utf-8")


def item_table(summary: Summary, runs: Sequence[Run]) -> dict[str, Any]:
    """All items, most confident leaks first, in columns; repeated words and questions stand once in ``words``.

    ``rows`` holds for each item: run, split, label, tier, state, confidence, question, references, output, people's
    labels, reason, id, whether a promise stands; all but the confidence index ``words``.
    """
    words: dict[str, int] = {}
    promises = {(run.name, made.rubric): made.status for run in summary.runs for made in run.claims}

    def word(text: str | None) -> int:
        return words.setdefault(_cut(text or ""), len(words))

    rows = [
        [
            word(run.name),
            word(row.verdict.split),
            word(row.verdict.label),
            word(row.verdict.tier),
            word(row.verdict.state),
            None if row.verdict.confidence is None else round(row.verdict.confidence, 4),
            word(row.item.question if row.item else ""),
            word("\n".join(row.item.references) if row.item else ""),
            word(" ⟂ ".join(row.item.outputs) if row.item else ""),
            word(", ".join(given.label for given in row.human)),
            word(row.verdict.reason),
            word(row.verdict.id),
            word(promises[run.name, row.verdict.rubric]),
        ]
        for run, row in _leaks_first(runs)
    ]
    return {"words": list(words), "rows": rows}


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … [{len(text) - LONGEST:,} more characters]"


def _leaks_first(runs: Sequence[Run]) -> Iterable[tuple[Run, JudgedItem]]:
    roles = {(run.name, rubric): run.role(rubric) for run in runs for rubric in run.by_rubric}
    everything = ((run, row) for run in runs for row in run.rows)
    return sorted(everything, key=lambda pair: _order(pair[1], roles[pair[0].name, pair[1].verdict.rubric]))


def _order(row: JudgedItem, role: Role) -> tuple[int, float]:
    """Leaks by falling confidence, then what may be a leak by falling probability, then the rest."""
    if role.of(row.verdict.label or "") == "leaked":
        return 0, -(row.verdict.confidence or 0.0)
    if role.side == "forget":
        found = list(row.evidence.tiers.values()) if row.evidence else []
        last = next((e.probs for e in reversed(found) if e.probs), {})
        leak = sum(share for label, share in last.items() if role.of(label) == "leaked")
        return 1, -leak
    return 2, -(row.verdict.confidence or 0.0)
