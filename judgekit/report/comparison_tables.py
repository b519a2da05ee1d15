"""The comparison of runs as tables: ranks with ties, the front, control, distances, changed conclusions."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from judgekit.metrics import CATALOGUE
from judgekit.report.cells import ABSENT, Table
from judgekit.report.compared import Changed, Comparison, Number, Place


def comparison_tables(comparisons: tuple[Comparison, ...]) -> Iterable[Table]:
    """The tables of every comparison, under the questions they are about."""
    for number, found in enumerate(comparisons, 1):
        group = f"{found.questions:,} questions answered by {', '.join(found.runs)}"
        for make in (ranks, front, control, gaps, distances, quality, changed):
            table = make(found)
            yield replace(table, name=f"compare-{number}-{table.name}", group=group)


def told(number: Number, sign: bool = False) -> str:
    """A share with its limits, in percent; a difference, with its sign, in points."""
    if number.value is None:
        return ABSENT
    plus, unit = ("+", "") if sign else ("", " %")
    text = f"{100 * number.value:{plus}.1f}{unit}"
    if number.low is None or number.high is None:
        return text
    to = " to " if sign else "–"
    return f"{text} [{100 * number.low:{plus}.1f}{to}{100 * number.high:{plus}.1f}]"


def ranks(found: Comparison) -> Table:
    """One row a run, one column a measure; the places that the data leave it."""
    places = {(r.measure, place.run): place for r in found.rankings for place in r.places}
    names = [ranking.measure for ranking in found.rankings]
    rows = [(run, *(_place(places[name, run]) for name in names)) for run in found.runs]
    note = (
        "Revealed, lower is better, over the questions that all answered and that have a verdict; intervals do not "
        "cover the judge's errors. A range of ranks is a tie: the data cannot tell these runs apart."
    )
    columns = ("Run", *(name[:1].upper() + name[1:] for name in names))
    return Table("ranks", "Ranking", columns, tuple(rows), note)


def _place(place: Place) -> str:
    where = f"{place.best}" if place.best == place.worst else f"{place.best}–{place.worst}"
    return f"rank {where}: {told(place.number)}"


def front(found: Comparison) -> Table:
    """Who is on the Pareto front of forgetting against utility."""
    rows = []
    for point in found.plane:
        behind = f"behind {', '.join(point.dominated_by)}" + (", not surely" if point.contested else "")
        rows.append(
            (
                point.run,
                told(point.forgetting),
                told(point.utility),
                behind if point.dominated_by else "on the front",
            )
        )
    note = f"Forgetting: 1 - {found.forgetting}. Utility: {found.utility}." if rows else ""
    return Table("front", "Pareto front", ("Run", "Forgetting", "Utility", "Standing"), tuple(rows), note)


def gaps(found: Comparison) -> Table:
    """Paired differences on the same questions."""
    rows = [
        (
            f"{gap.first} − {gap.second}",
            gap.measure,
            told(gap.number, sign=True),
            f"{gap.number.n:,}",
            "yes" if gap.told_apart else "no",
        )
        for gap in found.gaps
    ]
    note = "In points of what is revealed. Told apart: at 5 % for all pairs of a measure together (Holm)."
    columns = ("Pair", "Measure", "Difference", "Questions", "Told apart")
    return Table("gaps", "Differences on the same questions", columns, tuple(rows), note)


def control(found: Comparison) -> Table:
    """Each method's best run among those that keep enough, and among all."""
    rows = [
        (made.method, made.controlled or "none", made.uncontrolled or ABSENT, made.text)
        for made in found.control
    ]
    note = f"By {found.revealed}, among runs that surely keep enough by {found.utility}." if rows else ""
    columns = ("Method", "Pick with control", "Pick without", "Why")
    return Table("control", "Unlearning with control", columns, tuple(rows), note)


def distances(found: Comparison) -> Table:
    """How far each run is from the model that never saw the forget set."""
    rows = [
        (
            away.run,
            away.retrained,
            CATALOGUE[away.measure].label,
            told(away.gap, sign=True),
            ABSENT if away.way is None else f"{100 * away.way:.0f} %",
        )
        for away in found.distances
    ]
    note = (
        "Run minus the retrained run of its own base model, in points. Way gone: 0 % is like the original, 100 % like "
        "the retrained model." + lacking(found)
    )
    columns = ("Run", "Retrained", "Measure", "Difference", "Way gone")
    return Table("distances", "Distance to the retrained model", columns, tuple(rows), note)


def quality(found: Comparison) -> Table:
    """Forget quality and privacy leakage: does a run look like the model that never saw the forget set?"""
    rows = [
        (
            made.run,
            made.retrained,
            ABSENT if made.raw is None else f"{made.raw:.3g}",
            ABSENT if made.folded is None else f"{made.folded:.3g}",
            f"{made.n:,}",
            ABSENT if made.leakage is None else f"{made.leakage:.1f}",
        )
        for made in found.quality
        if made.raw is not None or made.folded is not None or made.leakage is not None
    ]
    note = (
        "p-values of a Kolmogorov-Smirnov test against the retrained run of the same base model; higher is closer. The "
        "raw form (TOFU, open-unlearning) and the folded one (ECO) cannot be compared with each other. Privacy "
        "leakage: relative difference of Min-K% AUCs; 0 is like the retrained model." + lacking(found)
    )
    columns = ("Run", "Retrained", "p, raw R", "p, folded R", "Questions", "Privacy leakage")
    return Table("quality", "Forget quality", columns, tuple(rows), note).without_empty()


def lacking(found: Comparison) -> str:
    """One sentence a base model without a retrained run; empty where every run has one."""
    return "".join(
        f" No retrained run of {model or 'an unnamed base model'} is among these: none is given for {', '.join(names)}."
        for model, names in found.unpaired.items()
    )


def changed(found: Comparison) -> Table:
    """Pairs of runs that two measures order differently, with the question that shows it best."""
    rows = [
        (
            f"{change.runs[0]} and {change.runs[1]}",
            _says(change, 0),
            _says(change, 1),
            "opposite" if change.reversed else "one cannot tell",
            _example(change),
        )
        for change in found.changed
    ]
    columns = ("Runs", "One measure", "Another", "Disagreement", "For example")
    return Table("changed", "Conclusions that change with the measure", columns, tuple(rows))


def _says(change: Changed, which: int) -> str:
    better = change.forgot_better[which]
    return f"{change.measures[which]}: " + (f"{better} forgot better" if better else "cannot tell")


def _example(change: Changed) -> str:
    if not change.examples:
        return ABSENT
    shown = change.examples[0]
    answers = "; ".join(
        f"{run}: “{_short(output)}” ({change.measures[0]} {first:.2f}, {change.measures[1]} {second:.2f})"
        for run, output, first, second in zip(
            change.runs, shown.outputs, shown.first_measure, shown.second_measure, strict=True
        )
    )
    return f"{_short(shown.question)} (reference: {_short(shown.reference)}) {answers}"


def _short(text: str, most: int = 120) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
