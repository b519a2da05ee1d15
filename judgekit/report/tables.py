"""The report's tables, as text cells that every renderer prints alike, and every number as one CSV row."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass

from judgekit.report.findings import percent
from judgekit.report.rates import Rate
from judgekit.report.summary import Group, RunSummary, Summary

ABSENT = "–"


Cell = str | Rate


@dataclass(frozen=True)
class Table:
    """``name`` is a short identifier, ``note`` one line on how to read it; the first column names the row."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: str = ""


def tables(summary: Summary) -> list[Table]:
    """All tables with at least one row, in reading order."""
    every = (overview(summary), *judged(summary), trust(summary), tiers(summary), measures(summary))
    return [table for table in every if table.rows]


def estimate(rate: Rate, digits: int = 1) -> str:
    """'12.3 %'; '12.3-14.0 %', what it can be, where open items leave it open."""
    low, high = (f"{100 * bound:.{digits}f}" for bound in rate.bounds)
    return f"{low} %" if low == high else f"{low}–{high} %"


def limits(rate: Rate, digits: int = 1) -> str:
    """The confidence limits in percent: '10.1-14.8'."""
    return f"{100 * rate.low:.{digits}f}–{100 * rate.high:.{digits}f}"


def in_words(cell: Cell, digits: int = 1) -> str:
    """A cell as plain text; a rate with its interval in brackets."""
    return cell if isinstance(cell, str) else f"{estimate(cell, digits)} [{limits(cell, digits)}]"


def overview(summary: Summary) -> Table:
    """One row a run: what leaked, what was forgotten well, what was kept, and who vouches for it."""
    return Table(
        "overview",
        "Runs",
        (
            "Run",
            "Leaked",
            "Forgotten well",
            "Degenerate",
            "Kept: correct",
            "Still answers",
            "Open items",
            "Rests on",
        ),
        tuple(_overview(run) for run in summary.runs),
        "Shares of all items with 95 % intervals. Forgotten well: withheld or plausibly wrong, and fluent; it counts "
        "only for a model that still answers what it should keep.",
    )


def _overview(run: RunSummary) -> tuple[Cell, ...]:
    forget, keep = run.side("forget"), run.side("keep")
    still_open = sum(group.abstained + group.unscored for group in run.groups if not group.split)
    return (
        run.name,
        _rate(forget, "leaked"),
        _rate(forget, "forgotten well"),
        _rate(forget, "degenerate"),
        _rate(keep, "correct"),
        {True: "yes", False: "no", None: "not in the file"}[run.answers],
        f"{still_open:,} of {run.items:,}",
        "people and judges" if run.certified else "judge's opinion only",
    )


def _rate(group: Group | None, label: str) -> Cell:
    return group.rates.get(label, ABSENT) if group else ABSENT


def judged(summary: Summary) -> Iterable[Table]:
    """One table a rubric: every judged rate of every run and split."""
    for rubric in dict.fromkeys(group.rubric for run in summary.runs for group in run.groups):
        groups = [group for run in summary.runs for group in _shown(run) if group.rubric == rubric]
        labels = tuple(dict.fromkeys(label for group in groups for label in group.rates))
        rows = [
            (
                group.run,
                group.split or "all splits",
                f"{group.items:,}",
                *(_rate(group, label) for label in labels),
                next(iter(group.rates.values())).basis,
            )
            for group in groups
        ]
        columns = ("Run", "Split", "Items", *(label.capitalize() for label in labels), "Rests on")
        yield Table(f"judged-{rubric}", f"Judged rates: {rubric}", columns, tuple(rows))


def _shown(run: RunSummary) -> Iterable[Group]:
    """The splits, and all of them together where a rubric has several."""
    splits = [group.rubric for group in run.groups if group.split]
    return (group for group in run.groups if group.split or splits.count(group.rubric) > 1)


def trust(summary: Summary) -> Table:
    """Verdicts against people, where people labeled items."""
    rows = [
        (
            run.name,
            f"{d.labeled:,}",
            _share(d.agreement),
            _share(d.coverage),
            _share(d.ceiling) + (f" ({d.pairs:,} pairs)" if d.pairs else ""),
            run.claim,
        )
        for run in summary.runs
        if (d := run.diagnostics).labeled
    ]
    return Table(
        "trust",
        "Verdicts against people",
        ("Run", "Items labeled", "Agreement", "Coverage", "Two people agree", "Claim"),
        tuple(rows),
        "Agreement: share of the labeled items with a verdict where it is the people's majority label.",
    )


def tiers(summary: Summary) -> Table:
    """Who was asked, who answered, what it cost."""
    rows = [
        (
            run.name,
            tier.name,
            f"{tier.asked:,}",
            f"{tier.silent:,}",
            f"{tier.answered:,}",
            _money(tier.cost),
            ABSENT if tier.tokens is None else f"{tier.tokens:,}",
            ABSENT if tier.seconds is None else f"{tier.seconds:,.1f}",
            _share(tier.mass),
            _share(tier.flips),
        )
        for run in summary.runs
        for tier in run.tiers
    ]
    columns = (
        "Run",
        "Tier",
        "Gave evidence",
        "Silent",
        "Verdicts",
        "Cost",
        "Tokens",
        "Seconds",
        "Label mass",
        "Order flips",
    )
    note = (
        "Label mass: probability on label tokens. Order flips: annotators whose verdict changed with the order "
        "of the options."
    )
    return Table("tiers", "Tiers and cost", columns, tuple(rows), note)


def measures(summary: Summary) -> Table:
    """The papers' measures, one row each, one column a run; rows that no run has are left out."""
    keys = {
        (figure.split, figure.name): figure
        for run in summary.runs
        for figure in run.measures
        if figure.value is not None
    }
    by_run = [{(figure.split, figure.name): figure for figure in run.measures} for run in summary.runs]
    rows = []
    for key, figure in keys.items():
        mark = {1: " ↑", -1: " ↓", 0: ""}[figure.better]
        cells = [_figure(found.value if (found := run.get(key)) else None) for run in by_run]
        rows.append((figure.label + mark, key[0] or "run", *cells))
    return Table(
        "measures",
        "Measures of the papers",
        ("Measure", "Split", *(run.name for run in summary.runs)),
        tuple(rows),
        "Means over items of what the files recorded. ↑ higher is better there, ↓ lower is better. "
        "– not available from these files.",
    )


def _figure(value: float | None) -> str:
    if value is None:
        return ABSENT
    return f"{value:.3f}" if value == 0 or 1e-3 <= abs(value) < 1e4 else f"{value:.2g}"


def _share(value: float | None) -> str:
    return ABSENT if value is None else percent(value)


def _money(dollars: float | None) -> str:
    if dollars is None:
        return ABSENT
    return f"${dollars:,.2f}" if dollars >= 0.01 or dollars == 0 else f"${dollars:.2g}"


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


def to_csv(summary: Summary) -> str:
    """Every number of the summary, one row each: judged rates, measures, tiers, diagnostics."""
    text = io.StringIO()
    writer = csv.DictWriter(text, CSV_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for run in summary.runs:
        for row in _numbers(run):
            writer.writerow({"run": run.name, **row})
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
        for name in ("asked", "silent", "answered", "asks", "cost", "tokens", "seconds", "mass", "flips"):
            yield {"section": f"tier {tier.name}", "name": name, "value": getattr(tier, name)}
    for name in ("labeled", "annotators", "agreement", "coverage", "ceiling", "pairs"):
        yield {"section": "people", "name": name, "value": getattr(run.diagnostics, name)}
    for point in run.diagnostics.curve:
        yield {
            "section": "risk_coverage",
            "name": f"confidence>={point.confidence:.6g}",
            "value": point.risk,
            "bound_high": point.coverage,
        }
    for part in run.diagnostics.bins:
        yield {
            "section": "reliability",
            "name": f"confidence={part.confidence:.6g}",
            "value": part.agreement,
            "items": part.items,
        }
