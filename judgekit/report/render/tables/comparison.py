"""The comparison of runs as tables: ranks with ties, the front, control, distances, changed conclusions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from judgekit.display import some
from judgekit.metrics import catalog
from judgekit.report.comparison.records import Changed, Comparison, Number, OnPlane, Place
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.cells import ABSENT, Table, in_words
from judgekit.report.sections import Section
from judgekit.report.words import listed

Titles = Mapping[str, str]


def comparison_tables(comparisons: Sequence[Comparison], titles: Titles) -> Iterable[Table]:
    """The tables of every comparison, under the questions they are about.

    Parameters
    ----------
    comparisons : sequence of Comparison
    titles : mapping
        A run's name -> what a reader sees, best run first.
    """
    for count, found in enumerate(comparisons, 1):
        runs = listed([title for run, title in titles.items() if run in found.runs])
        group = f"{some(found.questions, 'question')} answered by {runs}"
        for make in (ranks, front, control, gaps, distances, quality, changed):
            table = make(found, titles)
            place: Section = "sweep" if make is control else "compare"
            yield replace(table, name=f"compare-{count}-{table.name}", group=group, place=place)


def told(number: Number) -> str:
    """A share with its limits, in percent, exactly as the tables of rates have it."""
    if number.bounds is None or number.low is None or number.high is None:
        return ABSENT
    return in_words(JudgedRate("", number.value, number.low, number.high, number.bounds, "judge", ""))


def points(number: Number) -> str:
    """A difference with its limits, with its sign, in points; the limits alone where it is left open."""
    if number.low is None or number.high is None:
        return ABSENT if number.value is None else f"{100 * number.value:+.1f}"
    value = "" if number.value is None else f"{100 * number.value:+.1f} "
    return f"{value}[{100 * number.low:+.1f} to {100 * number.high:+.1f}]"


def ranks(found: Comparison, titles: Titles) -> Table:
    """One row a run, one column a measure; the places that the data leave it."""
    places = {(r.measure, place.run): place for r in found.rankings for place in r.places}
    names = [ranking.measure for ranking in found.rankings]
    rows = [
        (titles[run], *(_place(places[name, run]) for name in names)) for run in titles if run in found.runs
    ]
    note = (
        "Rank 1 forgot best. A range of ranks is a tie: the data cannot tell these runs apart. Judged columns are the "
        "rates of the tables above and rest on what those rest on; the others are what the files recorded, with 95 % "
        "limits over which questions were asked."
    )
    columns = ("Run", *(name[:1].upper() + name[1:] for name in names))
    return Table("ranks", "Ranking", columns, tuple(rows), note)


def _place(place: Place) -> str:
    where = f"{place.best}" if place.best == place.worst else f"{place.best}–{place.worst}"
    return f"rank {where}: {told(place.number)}"


def front(found: Comparison, titles: Titles) -> Table:
    """Who is on the Pareto front of forgetting against utility."""
    rows = [
        (titles[point.run], told(point.forgetting), told(point.utility), _standing(point, titles))
        for point in sorted(found.plane, key=lambda point: list(titles).index(point.run))
    ]
    note = (
        f"Forgetting: {found.forgetting}; utility: {found.utility}. Behind: significantly worse in one of them than "
        "the run named, and not significantly better in the other."
        if rows
        else ""
    )
    return Table("front", "Pareto front", ("Run", "Forgetting", "Utility", "Standing"), tuple(rows), note)


def _standing(point: OnPlane, titles: Titles) -> str:
    if point.behind:
        more = point.behind - len(point.behind_of)
        return f"behind {listed([*(titles[run] for run in point.behind_of), *([f'{more:,} more'] if more else [])])}"
    if point.tied_with:
        tied = listed([titles[run] for run in point.tied_with])
        return f"on the front, not told apart from {tied}, better by the figures"
    return "on the front"


def gaps(found: Comparison, titles: Titles) -> Table:
    """Differences of two runs."""
    rows = [
        (
            f"{titles[gap.first]} − {titles[gap.second]}",
            gap.measure,
            points(gap.number),
            "yes" if gap.told_apart else "no",
        )
        for gap in found.gaps
    ]
    pairs = len(found.runs) * (len(found.runs) - 1) // 2
    shown = len({(gap.first, gap.second) for gap in found.gaps})
    note = (
        "In points, with 95 % limits. Told apart: at 5 % for all pairs of a measure together (Holm). Differences of "
        "judged rates are made from the intervals of the two rates."
    )
    if shown < pairs:
        note += f" Of {pairs:,} pairs those of a run with its original, its retrained and the next in rank are shown."
    columns = ("Pair", "Measure", "Difference", "Told apart")
    return Table("gaps", "Differences", columns, tuple(rows), note, folded=True)


def control(found: Comparison, titles: Titles) -> Table:
    """Each method's best run among those that keep enough, and among all."""
    rows = [
        (
            made.method,
            titles.get(made.controlled or "", "none"),
            titles.get(made.uncontrolled or "", ABSENT),
            made.text,
        )
        for made in found.control
    ]
    note = (
        f"By {found.revealed}, among runs that keep at least 95 % of the original's utility by {found.utility} "
        "(95 % confidence)."
        if rows
        else ""
    )
    columns = ("Method", "Pick with control", "Pick without", "Why")
    return Table("control", "Unlearning with control", columns, tuple(rows), note)


def distances(found: Comparison, titles: Titles) -> Table:
    """How far each run is from the model that never saw the forget set."""
    rows = [
        (
            titles[away.run],
            titles[away.retrained],
            catalog()[away.measure].label,
            points(away.gap),
            ABSENT if away.way is None else f"{100 * away.way:.0f} %",
        )
        for away in found.distances
    ]
    note = (
        "Run minus the retrained run of its own base model, in points. Way gone: 0 % is like the original, 100 % like "
        "the retrained model." + lacking(found, titles)
    )
    columns = ("Run", "Retrained", "Measure", "Difference", "Way gone")
    return Table("distances", "Distance to the retrained model", columns, tuple(rows), note)


def quality(found: Comparison, titles: Titles) -> Table:
    """Forget quality and privacy leakage: does a run look like the model that never saw the forget set?"""
    rows = [
        (
            titles[made.run],
            titles[made.retrained],
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
        "leakage: relative difference of Min-K% AUCs; 0 is like the retrained model." + lacking(found, titles)
    )
    columns = ("Run", "Retrained", "p, raw R", "p, folded R", "Questions", "Privacy leakage")
    return Table("quality", "Forget quality", columns, tuple(rows), note).without_empty()


def lacking(found: Comparison, titles: Titles) -> str:
    """One sentence a base model without a retrained run; empty where every run has one."""
    return "".join(
        f" No retrained run of {model or 'an unnamed base model'} is among these: none is given for "
        f"{listed([titles[name] for name in names])}."
        for model, names in found.unpaired.items()
    )


def changed(found: Comparison, titles: Titles) -> Table:
    """Pairs of runs that two measures order differently, with the question that shows it best."""
    rows = [
        (
            " and ".join(titles[run] for run in change.runs),
            _says(change, 0, titles),
            _says(change, 1, titles),
            "opposite" if change.reversed else "one cannot tell",
            _example(change, titles),
        )
        for change in found.changed
    ]
    columns = ("Runs", "One measure", "Another", "Disagreement", "For example")
    note = (
        f"The {len(rows)} with the largest differences, of {found.n_changed:,}."
        if len(rows) < found.n_changed
        else ""
    )
    return Table(
        "changed", "Conclusions that change with the measure", columns, tuple(rows), note, folded=True
    )


def _says(change: Changed, which: int, titles: Titles) -> str:
    better = change.forgot_better[which]
    return f"{change.measures[which]}: " + (f"{titles[better]} forgot better" if better else "cannot tell")


def _example(change: Changed, titles: Titles) -> str:
    if not change.examples:
        return ABSENT
    shown = change.examples[0]
    answers = "; ".join(
        f"{titles[run]}: “{_short(output)}” ({change.measures[0]} {first:.2f}, {change.measures[1]} {second:.2f})"
        for run, output, first, second in zip(
            change.runs, shown.outputs, shown.first_measure, shown.second_measure, strict=True
        )
    )
    return f"{_short(shown.question)} (reference: {_short(shown.reference)}) {answers}"


def _short(text: str, most: int = 120) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else text[: most - 1] + "…"
