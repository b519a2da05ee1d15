"""The report's tables, as text cells that every renderer prints alike, and every number as one CSV row."""

from __future__ import annotations

from collections.abc import Iterable

from judgekit.report.claims.claims import OPINION
from judgekit.report.groups import Group, RunSummary
from judgekit.report.rates.chance import KIND_AT_LEAST
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.rates.measured import Figure
from judgekit.report.render.answer import best_first
from judgekit.report.render.cells import ABSENT, Cell, Table, figure, money, share, with_limits
from judgekit.report.render.flows import flow_tables
from judgekit.report.render.tables.comparison import comparison_tables
from judgekit.report.render.tables.faithfulness import faithful
from judgekit.report.render.tables.samples import sample_tables
from judgekit.report.render.tables.sweeps import sweep_tables
from judgekit.report.sections import Section
from judgekit.report.summary import Summary


def tables(summary: Summary) -> list[Table]:
    """All tables with at least one row, in reading order, but the first (:mod:`judgekit.report.render.answer`)."""
    titles = {run.name: run.title for run in best_first(summary)}
    every = (
        chance(summary),
        *judged(summary),
        *sample_tables(best_first(summary)),
        *sweep_tables(summary),
        *comparison_tables(summary.comparisons, titles),
        *flow_tables(summary.flows, titles),
        trust(summary),
        tiers(summary),
        faithful(summary.faithfulness),
        *measures(summary),
        recorded(summary),
    )
    return [table for table in every if table.rows]


BESIDE = 8
"""Runs that have a column each in the tables of measures; of more each has a row."""

CHANCE = ("By chance", "Excess")
BY_CHANCE = (
    "By chance: how many of the same outputs leak the reference of another question of the same split and kind. "
    "Excess: how many more leak their own."
)


def _rate(group: Group | None, label: str) -> Cell:
    return group.rates.get(label, ABSENT) if group else ABSENT


def chance(summary: Summary) -> Table:
    """What of the leaks is chance, by split and kind of question; empty where that is next to nothing everywhere."""
    groups = [(run.title, group) for run in best_first(summary) for group in _shown(run) if group.by_chance]
    rows = [
        (
            title,
            group.split or "all splits",
            found.kind or "all kinds",
            f"{found.items:,}" if found.kind else f"{found.items:,} of {group.items:,}",
            found.leaked,
            found.chance,
            found.excess,
        )
        for title, group in groups
        for found in group.by_chance
        if not found.kind or found.items >= KIND_AT_LEAST
    ]
    worth = any(found.notable for _, group in groups for found in group.by_chance)
    return Table(
        "chance",
        "Leaks by chance",
        ("Run", "Split", "Asks for", "Items compared", "Leaked", *CHANCE),
        tuple(rows) if worth else (),
        f"{BY_CHANCE} The lexical judge counts all three, so Leaked may differ from a leak rate that another judge or "
        f"people's labels stand behind. Kinds of fewer than {KIND_AT_LEAST} items are in 'all kinds' only.",
    )


def judged(summary: Summary) -> Iterable[Table]:
    """One table a rubric: every judged rate of every run and split."""
    for rubric in dict.fromkeys(group.rubric for run in summary.runs for group in run.groups):
        groups = [
            (run.title, group)
            for run in best_first(summary)
            for group in _shown(run)
            if group.rubric == rubric
        ]
        labels = tuple(dict.fromkeys(label for _, group in groups for label in group.rates))
        # one sentence says what every row rests on where that is nothing but the judge
        bare = all(rate.kind == "judge" for _, group in groups for rate in group.rates.values())
        rows = [
            (
                title,
                group.split or "all splits",
                f"{group.items:,}",
                *(_rate(group, label) for label in labels),
                *([] if bare else [_basis(next(iter(group.rates.values())))]),
            )
            for title, group in groups
        ]
        columns = ("Run", "Split", "Items", *(label.capitalize() for label in labels))
        place: Section = "kept" if groups[0][1].side == "keep" else "leaks"
        yield Table(
            f"judged-{rubric}",
            f"Judged rates: {rubric}",
            columns if bare else (*columns, "Rests on"),
            tuple(rows),
            f"{OPINION[0].upper()}{OPINION[1:]}." if bare else "",
            place=place,
        )


def _basis(rate: JudgedRate) -> str:
    """What a rate rests on, under a heading that says so."""
    text = rate.basis.removeprefix("Rests on ")
    return text[:1].upper() + text[1:]


def _shown(run: RunSummary) -> Iterable[Group]:
    """The splits, and all of them together where a rubric has several."""
    splits = [group.rubric for group in run.groups if group.split]
    return (group for group in run.groups if group.split or splits.count(group.rubric) > 1)


def trust(summary: Summary) -> Table:
    """What is promised, and the verdicts against people where people labeled items."""
    rows = []
    for run in best_first(summary):
        people = {found.rubric: found for found in run.people}
        for made in run.claims:
            found = people.get(made.rubric)
            if found is None and made.status == "not calibrated":
                continue  # nothing was promised, nothing compared
            wanted = (
                "limits by label" if made.agreement is None else f"{100 * made.agreement:.3g} % agreement"
            )
            confidence = "" if made.delta is None else f"{wanted}, {100 * (1 - made.delta):.3g} % confidence"
            promised = confidence or ABSENT
            rows.append(
                (
                    run.title,
                    made.rubric or ABSENT,
                    made.status,
                    promised,
                    made.shift or ABSENT,
                    made.audit or ABSENT,
                    f"{found.labeled:,}" if found else "0",
                    share(found.agreement if found else None),
                    share(found.coverage if found else None),
                    with_limits(found.ceiling if found else None),
                )
            )
    checked = ("Items labeled", "Agreement", "Coverage", "People agree")
    return Table(
        "trust",
        "Promises, and verdicts against people",
        ("Run", "Rubric", "Status", "Promised", "Shift check", "Spot checks", *checked),
        tuple(rows),
        "Status: whether the promise stands for these verdicts. Agreement: share of the labeled items with a verdict "
        "where it is the people's majority label. Coverage: share of the labeled items with a verdict. People agree: "
        "how often a person agrees with the majority of the others, the ceiling for any judge.",
        place="trust",
    ).without_empty()


def tiers(summary: Summary) -> Table:
    """Who was asked, who answered, what it cost."""
    rows = [
        (
            run.title,
            tier.name,
            f"{tier.asked:,}",
            f"{tier.silent:,}",
            f"{tier.answered:,}",
            money(tier.cost),
            ABSENT if tier.tokens is None else f"{tier.tokens:,}",
            ABSENT if tier.seconds is None else f"{tier.seconds:,.1f}",
            share(tier.mass),
            share(tier.order_inconsistency),
        )
        for run in best_first(summary)
        for tier in run.tiers
    ]
    columns = (
        "Run",
        "Tier",
        "Answered",
        "Failed",
        "Settled",
        "Cost",
        "Tokens",
        "Seconds",
        "Label mass",
        "Order inconsistency",
    )
    told = [tier for run in summary.runs for tier in run.tiers]
    notes = [
        "In items. Answered: this tier gave an opinion. Failed: it was asked and gave none. Settled: its opinion is "
        "the verdict."
    ]
    if any(tier.mass is not None for tier in told):
        notes.append("Label mass: probability on the label tokens.")
    if any(tier.order_inconsistency is not None for tier in told):
        notes.append("Order inconsistency: annotators whose verdict changed with the order of the options.")
    table = Table("tiers", "Tiers and cost", columns, tuple(rows), " ".join(notes), place="cost")
    return table.without_empty()


def measures(summary: Summary) -> Iterable[Table]:
    """The papers' measures: what belongs to a run as a whole first, then a table a split.

    Measures that no run has are left out.
    """
    runs = best_first(summary)
    by_run = [{(made.split, made.name): made for made in run.measures} for run in runs]
    known = {key: made for run in by_run for key, made in run.items() if made.value is not None}
    for split in sorted({split for split, _ in known}):
        rows = [
            (
                made.label + {1: " ↑", -1: " ↓", 0: ""}[made.better],
                *(_measure(run.get(key)) for run in by_run),
            )
            for key, made in known.items()
            if key[0] == split
        ]
        table = Table(
            f"measures-{split or 'run'}",
            f"Measures on {split}" if split else "Measures of a run as a whole",
            ("Measure", *(run.title for run in runs)),
            tuple(rows),
            "From what the files recorded, with 95 % limits over which questions were asked. ↑ higher is better, "
            f"↓ lower is better. {ABSENT} not available from these files.",
            place="measures",
        )
        yield _readable(table)


def _readable(table: Table) -> Table:
    """A table with a column a run; of more runs than stand beside each other with a row a run."""
    return table.turned("Run") if len(table.columns) - 1 > BESIDE and table.rows else table


def _measure(made: Figure | None) -> str:
    if made is None or made.value is None:
        return ABSENT
    limits = "" if made.low is None or made.high is None else f" [{figure(made.low)}–{figure(made.high)}]"
    return figure(made.value) + limits


def recorded(summary: Summary) -> Table:
    """The figures that the files gave of themselves."""
    runs = best_first(summary)
    names = dict.fromkeys(name for run in runs for name in run.recorded)
    rows = [
        (name, *(figure(run.recorded[name]) if name in run.recorded else ABSENT for run in runs))
        for name in names
    ]
    columns = ("Figure", *(run.title for run in runs))
    return _readable(
        Table("recorded", "Figures as the files give them", columns, tuple(rows), place="measures")
    )
