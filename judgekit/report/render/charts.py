"""The charts of the report: what each shows, its caption, and the same in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from judgekit.report.claims.claims import OPINION
from judgekit.report.diagnostics import People
from judgekit.report.groups import Group, RunSummary, Side
from judgekit.report.rates.judged import Rate
from judgekit.report.render.cells import in_words, percent
from judgekit.report.render.svg import INK, LABELS, MUTED, PAPER, SERIES, UNDECIDED, draw, percent_axis
from judgekit.report.summary import Summary

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

OPEN = "undecided"
"""The part of a bar that no label can claim."""

ROUNDING = 1e-9

MOST = 40
"""Runs that a chart of runs shows."""

STEADY = 0.05
"""The risk-coverage chart is scaled to what happens above this coverage; below it a few items decide."""

WIDTH = 7.6
"""Inches; the page shows a chart at 72 points an inch, up to its own width."""


@dataclass(frozen=True)
class Chart:
    """``svg`` to be put inline, ``caption`` to be printed under it; ``text`` says the same in words."""

    name: str
    title: str
    svg: str
    caption: str
    text: str


def charts(summary: Summary) -> list[Chart]:
    """The charts that this summary has data for.

    Raises
    ------
    MissingExtra : matplotlib is not installed.
    """
    drawn = (
        plane(summary),
        breakdown(summary, "forget"),
        breakdown(summary, "keep"),
        risk_coverage(summary),
        reliability(summary),
    )
    return [chart for chart in drawn if chart is not None]


def plane(summary: Summary) -> Chart | None:
    """Forgotten well against kept, with 95 % intervals; the good corner is the upper right."""
    points = [
        (run, forget.rates["forgotten well"], keep.rates["correct"])
        for run in _drawn(summary)
        if (forget := run.side("forget")) and (keep := run.side("keep"))
    ]
    if not points:
        return None

    def paint(figure: Figure, axes: Axes) -> None:
        for number, (run, x, y) in enumerate(points):
            color = SERIES[number % len(SERIES)]
            axes.errorbar(
                x.middle,
                y.middle,
                xerr=[[x.middle - x.low], [x.high - x.middle]],
                yerr=[[y.middle - y.low], [y.high - y.middle]],
                fmt="o" if run.answers else "X",
                color=color,
                markersize=7 if run.answers else 11,
                markeredgecolor=PAPER,
                elinewidth=1.4,
                capsize=0,
            )
        axes.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03))
        axes.set_xlabel("Forgotten well: withheld or plausibly wrong, share of forget items →")
        axes.set_ylabel("Kept: correct, share of items →")
        axes.grid(True)
        percent_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        _place_names(figure, axes, [(x.middle, y.middle, run.name) for run, x, y in points])

    text = "; ".join(f"{run.name}: forgotten well {in_words(x)}, kept {in_words(y)}" for run, x, y in points)
    title = "Forgetting against utility"
    caption = (
        "Upper right is good. Bars are 95 % intervals; a dot without an estimate stands in the middle of what is "
        "possible. × marks a model that no longer answers."
        + _chosen(summary)
        + _opinion([rate for _, *both in points for rate in both])
    )
    return Chart("plane", title, draw("plane", title, text, (WIDTH, 4.6), paint), caption, text)


def _drawn(summary: Summary) -> Sequence[RunSummary]:
    """All runs; of many those that forgot best, since nobody can read more of them."""
    if len(summary.runs) <= MOST:
        return summary.runs

    def well(run: RunSummary) -> float:
        forget = run.side("forget")
        return -forget.rates["forgotten well"].middle if forget else 0.0

    best = {run.name for run in sorted(summary.runs, key=well)[:MOST]}
    return [run for run in summary.runs if run.name in best]


def _chosen(summary: Summary) -> str:
    count = len(summary.runs)
    return f" The {MOST} of {count:,} runs that forgot best." if count > MOST else ""


def _opinion(rates: Sequence[Rate]) -> str:
    """What is to be said of the shares that a chart shows, where nobody but the judge stands behind them."""
    bare = [rate.kind == "judge" for rate in rates]
    if not any(bare):
        return ""
    return (
        f" {OPINION[0].upper()}{OPINION[1:]}." if all(bare) else f" Some of these shares are the {OPINION}."
    )


def _place_names(figure: Figure, axes: Axes, points: Sequence[tuple[float, float, str]]) -> None:
    """Write each name beside its point where it covers least of the names and points already there."""
    figure.draw_without_rendering()
    inside = axes.get_window_extent()
    marks = [axes.transData.transform((x, y)) for x, y, _ in points]
    taken: list[Any] = []
    places = [
        (8, 6, "left"),
        (-8, 6, "right"),
        (8, -13, "left"),
        (-8, -13, "right"),
        (8, 18, "left"),
        (-8, 18, "right"),
        (8, -26, "left"),
        (-8, -26, "right"),
    ]
    for x, y, name in points:
        tried = []
        for rank, (dx, dy, align) in enumerate(places):
            note = axes.annotate(name, (x, y), (dx, dy), textcoords="offset points", ha=align, color=INK)
            box = note.get_window_extent()
            outside = box.x0 < inside.x0 or box.x1 > inside.x1 or box.y0 < inside.y0 or box.y1 > inside.y1
            hidden = sum(box.overlaps(other) for other in taken) + sum(box.contains(*mark) for mark in marks)
            tried.append((4 * outside + 2 * hidden + rank / 10, rank, note, box))
        best = min(tried, key=lambda place: place[:2])
        for place in tried:
            if place is not best:
                place[2].remove()
        taken.append(best[3])


def breakdown(summary: Summary, side: Side) -> Chart | None:
    """What the outputs of each run were judged to be, as shares of all its items on one side."""
    groups = [(run.name, group) for run in _drawn(summary) if (group := run.side(side)) is not None]
    if not groups:
        return None
    labels = list(dict.fromkeys(label for _, group in groups for label in group.counts))

    def share(group: Group, part: str) -> float:
        """A rate; what open items or errors that a certificate allows leave undecided is a part of its own."""
        rates = [group.rates[label] for label in group.counts]
        if part != OPEN:
            return group.rates[part].bounds[0] if part in group.counts else 0.0
        if all(rate.value is not None for rate in rates):
            return 0.0  # estimated one by one, so they need not add up
        return max(0.0, 1.0 - sum(rate.bounds[0] for rate in rates))

    left_open = any(share(group, OPEN) > ROUNDING for _, group in groups)
    parts = [*labels, *([OPEN] if left_open else [])]

    def paint(_: Figure, axes: Axes) -> None:
        rows = range(len(groups))
        left = [0.0] * len(groups)
        for part in parts:
            width = [share(group, part) for _, group in groups]
            color = LABELS.get((side, part)) or (
                UNDECIDED if part == OPEN else SERIES[labels.index(part) % len(SERIES)]
            )
            hatch = (
                {"hatch": "////", "edgecolor": PAPER}
                if part == OPEN
                else {"edgecolor": PAPER, "linewidth": 1}
            )
            axes.barh(rows, width, left=left, height=0.66, color=color, label=part, **hatch)
            for row, (start, wide) in enumerate(zip(left, width, strict=True)):
                if wide >= 0.06 and part != OPEN:
                    axes.text(
                        start + wide / 2,
                        row,
                        f"{100 * wide:.0f}",
                        ha="center",
                        va="center",
                        color=PAPER,
                        fontsize=9,
                    )
            left = [start + wide for start, wide in zip(left, width, strict=True)]
        axes.set_yticks(list(rows), [name for name, _ in groups], color=INK)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.invert_yaxis()
        axes.set_xlim(0, 1)
        percent_axis(axes.xaxis)
        axes.legend(
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=len(parts),
            frameon=False,
            handlelength=1,
            handleheight=1,
            columnspacing=1.4,
        )

    text = "; ".join(
        f"{name}: "
        + ", ".join(
            f"{part} {percent(share(group, part))}" for part in parts if share(group, part) > ROUNDING
        )
        for name, group in groups
    )
    title = {
        "forget": "What became of what should be forgotten",
        "keep": "What became of what should be kept",
    }[side]
    caption = (
        "The rates of the tables, in percent of all items; hatched is what open items, or errors that a certificate "
        "allows, leave undecided. Rates that rest on people's labels are estimated one by one and may not add up "
        "to 100."
        + _chosen(summary)
        + _opinion([rate for _, group in groups for rate in group.rates.values()])
    )
    size = (WIDTH, 1.0 + 0.42 * len(groups))
    return Chart(
        f"breakdown-{side}", title, draw(f"breakdown-{side}", title, text, size, paint), caption, text
    )


def risk_coverage(summary: Summary) -> Chart | None:
    """Disagreement with people against the share of items answered; a dot where the verdicts stand."""
    found = [people for people in summary.people if len(people.curve) > 1]
    if not found:
        return None
    promised = {
        made.rubric: made for run in summary.runs for made in run.claims if made.agreement is not None
    }

    def paint(_: Figure, axes: Axes) -> None:
        for number, people in enumerate(found):
            color, name = (
                SERIES[number % len(SERIES)],
                f"{people.rubric or 'all'}, {people.labeled:,} labeled items",
            )
            x, y = [point.coverage for point in people.curve], [point.risk for point in people.curve]
            axes.step(x, y, where="post", color=color, lw=1.8, label=name)
            if people.agreement is not None and people.coverage is not None:
                axes.plot(people.coverage, 1 - people.agreement, "o", color=color, markersize=8)
            made = promised.get(people.rubric)
            if made is not None and made.agreement is not None:
                axes.axhline(1 - made.agreement, color=color, lw=1, ls=(0, (4, 3)))
            if made is not None and made.coverage is not None and made.observed is not None:
                seen = 1 - made.observed
                above = max(1 - made.bound - seen, 0.0) if made.bound is not None else 0.0
                axes.errorbar(made.coverage, seen, yerr=[[0.0], [above]], fmt="D", color=color, capsize=3)
        steady = [p.risk for people in found for p in people.curve if p.coverage >= STEADY]
        limits = [1 - made.agreement for made in promised.values() if made.agreement is not None]
        axes.set(xlim=(0, 1.02), ylim=(0, min(1.0, 1.3 * max([0.05, *steady, *limits]))))
        axes.set_xlabel("Coverage: share of labeled items answered, most confident first")
        axes.set_ylabel("Disagreement with people")
        axes.grid(True)
        percent_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        axes.legend(frameon=False)

    text = "; ".join(_worded(people) for people in found)
    title = "Risk against coverage"
    caption = (
        "Over the items that people labeled, all runs together. The dot is where the verdicts stand; a diamond is the "
        "certified point with its upper bound, and the dashed line what was promised."
    )
    return Chart(
        "risk-coverage", title, draw("risk-coverage", title, text, (WIDTH, 3.6), paint), caption, text
    )


def _worded(people: People) -> str:
    if people.agreement is None or people.coverage is None:
        return f"{people.rubric}: no verdict on a labeled item"
    return (
        f"{people.rubric}: verdicts on {percent(people.coverage)} of {people.labeled} labeled items, "
        f"agreeing with people on {percent(people.agreement)}"
    )


def reliability(summary: Summary) -> Chart | None:
    """Confidence against agreement with people; the area of a dot is the number of items."""
    found = [people for people in summary.people if people.bins]
    if not found:
        return None

    def paint(_: Figure, axes: Axes) -> None:
        axes.plot([0, 1], [0, 1], color=MUTED, lw=1, ls=(0, (4, 3)))
        for number, people in enumerate(found):
            color = SERIES[number % len(SERIES)]
            most = max(part.items for part in people.bins)
            x, y = [part.confidence for part in people.bins], [part.agreement for part in people.bins]
            axes.plot(x, y, color=color, lw=1.4, label=people.rubric or "all")
            axes.scatter(
                x, y, s=[12 + 110 * part.items / most for part in people.bins], color=color, linewidths=0
            )
        axes.set(xlim=(0, 1.02), ylim=(0, 1.03))
        axes.set_xlabel("Confidence of the judge")
        axes.set_ylabel("Agreement with people")
        axes.grid(True)
        percent_axis(axes.xaxis)
        percent_axis(axes.yaxis)
        axes.legend(frameon=False, loc="upper left")

    text = "; ".join(
        f"{people.rubric}: "
        + ", ".join(
            f"at {percent(b.confidence)} agrees on {percent(b.agreement)} of {b.items}" for b in people.bins
        )
        for people in found
    )
    title = "Reliability of the judge's confidence"
    caption = (
        "On the dashed line confidence means what it says; below it the judge is too sure. "
        "Larger dots hold more items."
    )
    return Chart("reliability", title, draw("reliability", title, text, (WIDTH, 3.9), paint), caption, text)
