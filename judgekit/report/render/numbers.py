"""Every number of a summary as one CSV row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import asdict

from judgekit.display import cell
from judgekit.report.claims.claims import Claim
from judgekit.report.diagnostics import People
from judgekit.report.faithfulness import Faithful
from judgekit.report.groups import Group, RunSummary
from judgekit.report.rates.measured import Figure
from judgekit.report.render.cells import Row, rate_row
from judgekit.report.render.citation import citation
from judgekit.report.render.comparison_numbers import comparison_numbers, flow_numbers
from judgekit.report.render.tables.samples import sample_numbers
from judgekit.report.summary import Summary

CSV_COLUMNS = (
    "section",
    "run",
    "split",
    "rubric",
    "name",
    "value",
    "low",
    "high",
    "bound_low",
    "bound_high",
    "items",
    "note",
    "against",
    "at",
    "level",
)
"""``against``: the other run of a pair; ``at``: where a curve has this value, say a confidence; ``level``: how sure the
limits of a judged rate are."""


def numbers(summary: Summary) -> Iterator[Row]:
    """Every number of the summary, one row each, under ``CSV_COLUMNS``; an absent one where there is a reason."""
    for row in _every(summary):
        if row.get("note") or any(row.get(name) is not None for name in ("value", "low", "high")):
            yield row


def to_csv(summary: Summary) -> str:
    """The same as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in numbers(summary):
        writer.writerow({key: cell(value) if isinstance(value, str) else value for key, value in row.items()})
    return text.getvalue()


def _every(summary: Summary) -> Iterator[Row]:
    about = summary.about
    for name in ("runs", "items", "questions", "cost", "seconds"):
        yield {"section": "about", "name": name, "value": getattr(about, name)}
    yield {"section": "citation", "name": "citation", "note": citation(about)}
    for run in summary.runs:
        for row in _of_run(run):
            yield {"run": run.name, **row}
    for people in summary.people:
        yield from _of_people(people)
    yield from comparison_numbers(summary.comparisons)
    yield from flow_numbers(summary.flows)
    if summary.faithfulness is not None:
        for measure in summary.faithfulness.measures:
            yield from _of_test(measure)


def _of_run(run: RunSummary) -> Iterator[Row]:
    for group in run.groups:
        for row in _of_group(group):
            yield {"split": group.split or "all", "rubric": group.rubric, "items": group.items, **row}
    for figure in run.measures:
        yield from _of_measure(figure)
    yield {"section": "count", "name": "items", "value": run.items}
    if run.answers is not None:
        note = "1: it answers at least half of what it should keep; 0: it does not"
        yield {"section": "count", "name": "still answers", "value": int(run.answers), "note": note}
    for name, setting in run.settings.items():
        said: Row = {"note": setting} if isinstance(setting, str) else {"value": setting}
        yield {"section": "setting", "name": name, **said}
    yield {"section": "cost", "name": "cost", "value": run.cost, "note": "US dollars"}
    for tier in run.tiers:
        for name, value in asdict(tier).items():
            if name != "name":
                yield {"section": f"tier {tier.name}", "name": name, "value": value}
    for made in run.claims:
        yield from _of_claim(made)
    for name, value in run.recorded.items():
        yield {"section": "recorded", "name": name, "value": value, "note": "as the file says"}
    for people in run.people:
        yield from _of_people(people)
    if run.samples is not None:
        for row in sample_numbers(run.samples):
            yield {"rubric": run.samples.rubric, **row}


def _of_group(group: Group) -> Iterator[Row]:
    for label, rate in group.rates.items():
        yield {"section": "judged", **rate_row(label, rate)}
        for name, count in (("left out", rate.left_out), ("unanswered", rate.unanswered)):
            if count:
                yield {"section": "labels", "name": f"{label}: {name}", "value": count}
    for found in group.by_chance:
        for rate in (found.leaked, found.chance, found.excess):
            name = f"{rate.label} of {found.kind}" if found.kind else rate.label
            yield {"section": "chance", **rate_row(name, rate), "items": found.items}
    counts = {
        **group.counts,
        "abstained": group.abstained,
        "unscored": group.unscored,
        "labeled": group.human,
    }
    for section, known in (("count", counts), ("unread", group.unread), ("left open", group.reasons)):
        for name, count in known.items():
            yield {"section": section, "name": name, "value": count}


def _of_measure(figure: Figure) -> Iterator[Row]:
    where: Row = {"split": figure.split or "all", "name": figure.name}
    yield {
        "section": "measure",
        **where,
        "value": figure.value,
        "low": figure.low,
        "high": figure.high,
        "items": figure.items,
        "note": figure.reason,
    }
    if figure.missing:
        yield {"section": "missing", **where, "value": figure.missing}


def _of_test(made: Faithful) -> Iterator[Row]:
    where: Row = {"section": "faithfulness", "name": made.measure}
    yield {
        **where,
        "value": made.auc,
        "low": made.low,
        "high": made.high,
        "note": "AUC over models, those that know against those that do not",
    }
    for name in ("knowing", "ignorant", "least_knowing", "most_ignorant"):
        yield {**where, "name": f"{made.measure}: {name}", "value": getattr(made, name)}
    asked = made.by_question
    yield {
        **where,
        "name": f"{made.measure}: by question",
        "value": asked.value,
        "low": asked.low,
        "high": asked.high,
        "bound_low": asked.bounds and asked.bounds[0],
        "bound_high": asked.bounds and asked.bounds[1],
        "items": asked.n,
        "note": asked.reason,
    }


def _of_claim(made: Claim) -> Iterator[Row]:
    for name in ("agreement", "delta", "coverage", "observed", "bound", "labels", "runs"):
        yield {
            "section": "claim",
            "rubric": made.rubric,
            "name": name,
            "value": getattr(made, name),
            "note": made.status,
        }


def _of_people(people: People) -> Iterator[Row]:
    where: Row = {"section": "people", "rubric": people.rubric, "items": people.labeled}
    for name in ("labeled", "annotators", "decided", "agreement", "coverage"):
        yield {**where, "name": name, "value": getattr(people, name)}
    if people.ceiling is not None:
        value, low, high = people.ceiling
        yield {**where, "name": "ceiling", "value": value, "low": low, "high": high}
    for point in people.curve:
        for name, value in (("disagreement", point.risk), ("confidence", point.confidence)):
            yield {**where, "section": "risk_coverage", "name": name, "value": value, "at": point.coverage}
    for part in people.bins:
        yield {
            **where,
            "section": "reliability",
            "name": "agreement",
            "value": part.agreement,
            "at": part.confidence,
            "items": part.items,
        }
