"""Every number of a summary as one CSV row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from judgekit.display import cell
from judgekit.report.diagnostics import People
from judgekit.report.groups import RunSummary
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
)


def numbers(summary: Summary) -> Iterable[dict[str, object]]:
    """Every number of the summary, one row each, under ``CSV_COLUMNS``: judged rates, measures, tiers, diagnostics."""
    for run in summary.runs:
        for row in _numbers(run):
            yield {"run": run.name, **row}


def to_csv(summary: Summary) -> str:
    """The same as CSV."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for row in numbers(summary):
        writer.writerow({key: cell(value) if isinstance(value, str) else value for key, value in row.items()})
    return text.getvalue()


def _numbers(run: RunSummary) -> Iterable[dict[str, object]]:
    for group in run.groups:
        where = {
            "section": "judged",
            "split": group.split or "all",
            "rubric": group.rubric,
            "items": group.items,
        }
        for label, rate in group.rates.items():
            low, high = rate.bounds
            limits = {"low": rate.low, "high": rate.high, "bound_low": low, "bound_high": high}
            yield {**where, **limits, "name": label, "value": rate.value, "note": rate.basis}
        for found in group.by_chance:
            for rate in (found.leaked, found.chance, found.excess):
                yield {
                    **where,
                    "section": "chance",
                    "name": f"{rate.label} of {found.kind}" if found.kind else rate.label,
                    "value": rate.value,
                    "low": rate.low,
                    "high": rate.high,
                    "items": found.items,
                    "note": rate.basis,
                }
        for name in ("abstained", "unscored"):
            yield {**where, "section": "count", "name": name, "value": getattr(group, name)}
    for figure in run.measures:
        yield {
            "section": "measure",
            "split": figure.split or "all",
            "name": figure.name,
            "value": figure.value,
            "items": figure.items,
            "note": figure.reason,
        }
    for tier in run.tiers:
        for name in (
            "asked",
            "silent",
            "answered",
            "asks",
            "cost",
            "tokens",
            "seconds",
            "mass",
            "order_inconsistency",
        ):
            yield {"section": f"tier {tier.name}", "name": name, "value": getattr(tier, name)}
    for made in run.claims:
        for name in ("agreement", "delta", "coverage", "observed", "bound", "labels"):
            yield {
                "section": "claim",
                "rubric": made.rubric,
                "name": name,
                "value": getattr(made, name),
                "note": made.status,
            }
    for name, value in run.recorded.items():
        yield {"section": "recorded", "name": name, "value": value, "note": "as the file says"}
    for people in run.people:
        yield from _people_numbers(people)


def _people_numbers(people: People) -> Iterable[dict[str, object]]:
    where = {"section": "people", "rubric": people.rubric, "items": people.labeled}
    for name in ("labeled", "annotators", "agreement", "coverage"):
        yield {**where, "name": name, "value": getattr(people, name)}
    if people.ceiling is not None:
        value, low, high = people.ceiling
        yield {**where, "name": "ceiling", "value": value, "low": low, "high": high}
    for point in people.curve:
        name = f"disagreement at confidence {point.confidence:.6g}"
        yield {
            **where,
            "section": "risk_coverage",
            "name": name,
            "value": point.risk,
            "note": f"coverage {point.coverage:.6g}",
        }
    for part in people.bins:
        name = f"agreement at confidence {part.confidence:.6g}"
        yield {**where, "section": "reliability", "name": name, "value": part.agreement, "items": part.items}
