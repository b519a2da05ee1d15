"""What a method's settings change: its runs on one model in the order of their settings, and cliffs between them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from judgekit.readers.settings import Value, shown
from judgekit.report.comparison.axes import Axis
from judgekit.report.comparison.per_run import CORRECT, DEGENERATE, JUDGED, LEAKED, WELL, RunValues
from judgekit.report.comparison.records import Cliff, Controlled, Sweep
from judgekit.report.comparison.roles import role
from judgekit.report.titles import base_model, differing, setting
from judgekit.report.words import EXACT, estimate, listed

STEEP = 0.25
"""Share of the outputs by which neighbors must differ, beside being told apart, for a cliff."""

MOST = 0.5
"""Share of its outputs above which a model is degenerate."""

NO_KNOBS = ("seed", "steps", "checkpoint")
"""Settings by which nobody tunes a method: another one that differs stands for the sweep, and they make no cliff."""


def by_method(sides: Sequence[RunValues]) -> Iterable[list[RunValues]]:
    """The runs of each method on each base model, for every method with several; the method may be unnamed."""
    found: dict[tuple[str, str], list[RunValues]] = {}
    for side in sides:
        if role(side.run) == "unlearned":
            found.setdefault((base_model(side.run.model), side.method.casefold()), []).append(side)
    return (runs for runs in found.values() if len(runs) > 1)


def called(sides: Sequence[RunValues], among: Sequence[RunValues]) -> str:
    """What the runs of one method on one model are called; with their model where there are several."""
    method = sides[0].method or "unnamed method"
    models = {base_model(side.run.model) for side in among}
    return f"{method} on {sides[0].run.model}" if len(models) > 1 else method


def sweeps(
    sides: Sequence[RunValues], axes: Mapping[str, Axis], control: Sequence[Controlled]
) -> Iterable[Sweep]:
    """Every method whose runs on one model differ in a setting.

    Parameters
    ----------
    sides : sequence of RunValues
        All runs of the comparison.
    axes : mapping
        Measure -> axis, of the judged measures that all runs have.
    control : sequence of Controlled
        The picks of the same comparison.
    """
    picks = {frozenset(made.margins): made.controlled for made in control}
    for mine in by_method(sides):
        varies = differing(side.run.trained.settings for side in mine)
        if not varies:
            continue
        main = max(varies, key=lambda name: (name not in NO_KNOBS, len(_values(mine, name))))
        lines = _lines(mine, main, [name for name in varies if name != main])
        name = called(mine, sides)
        best, tied = _best(mine, axes.get(WELL))
        yield Sweep(
            method=name,
            setting=main,
            lines=tuple(tuple(side.name for side in line) for line in lines),
            controlled=picks.get(frozenset(side.name for side in mine)),
            best=best.name if best else None,
            tied=tuple(side.name for side in tied),
            cliffs=tuple(cliff for line in lines for cliff in _cliffs(name, line, main, varies, axes)),
            text=f"{_scope(name, mine, main)}{_outcome(mine, axes.get(WELL), best, tied)}.",
        )


def _values(sides: Sequence[RunValues], name: str) -> list[Value]:
    """The values of a setting, each once, smallest first; words come after numbers."""
    found = {side.run.trained.settings[name] for side in sides if name in side.run.trained.settings}
    return sorted(found, key=_order)


def _order(value: Value | None) -> tuple[int, float, str]:
    if value is None:
        return 0, 0.0, ""
    return (1, value, "") if isinstance(value, float) else (2, 0.0, value)


def _lines(sides: Sequence[RunValues], main: str, others: Sequence[str]) -> list[list[RunValues]]:
    """Runs that differ in the main setting alone, in its order; one line for each value of the others."""

    def place(side: RunValues, name: str) -> tuple[int, float, str]:
        return _order(side.run.trained.settings.get(name))

    found: dict[tuple[tuple[int, float, str], ...], list[RunValues]] = {}
    for side in sides:
        found.setdefault(tuple(place(side, name) for name in others), []).append(side)
    return [sorted(found[key], key=lambda side: place(side, main)) for key in sorted(found)]


def _best(sides: Sequence[RunValues], well: Axis | None) -> tuple[RunValues | None, list[RunValues]]:
    """The run that forgot best of those that still answer, by its figure, and those not told apart from it.

    None is best where none forgot anything well, or all forgot as much.
    """
    answering = _answering(sides)
    if well is None or not answering:
        return None, []
    best = max(answering, key=lambda side: well.middle(side.name))
    figures = [well.middle(side.name) for side in answering]
    if max(figures) < EXACT or (len(figures) > 1 and max(figures) - min(figures) < EXACT):
        return None, []
    ahead = well.better[well.number[best.name]]
    return best, [side for side in answering if side is not best and not ahead[well.number[side.name]]]


def _answering(sides: Sequence[RunValues]) -> list[RunValues]:
    return [side for side in sides if side.answers is not False]


def _cliffs(
    name: str, line: Sequence[RunValues], main: str, varies: Sequence[str], axes: Mapping[str, Axis]
) -> Iterable[Cliff]:
    """Neighbors of a line between which a rate changes steeply.

    Of settings that are no numbers none are neighbors, and nothing is driven too far by a setting that is no knob.
    """
    if main in NO_KNOBS:
        return
    numbered = [side for side in line if isinstance(side.run.trained.settings.get(main), float)]
    for one, other in pairwise(numbered):
        steep = [measure for measure in _WORSE if measure in axes and _is_steep(axes[measure], one, other)]
        if steep and one.run.trained.settings[main] != other.run.trained.settings[main]:
            before, after = sorted((one, other), key=lambda side: _WORSE[steep[0]] * _middle(side, steep[0]))
            yield Cliff(
                before.name,
                after.name,
                tuple(JUDGED[measure] for measure in steep),
                _falls(name, before, after, main, varies, steep),
            )


_WORSE = {DEGENERATE: 1, CORRECT: -1, LEAKED: -1}
"""Measure -> the way it goes where a method is driven too far; the first one that changes orders the sentence."""

_CALLED = {DEGENERATE: "degenerate", CORRECT: "kept", LEAKED: "leaked"}


def _middle(side: RunValues, measure: str) -> float:
    group = side.group(measure)
    assert group is not None
    return group.rates[JUDGED[measure]].middle


def _is_steep(axis: Axis, one: RunValues, other: RunValues) -> bool:
    i, j = axis.number[one.name], axis.number[other.name]
    is_apart = bool(axis.better[i, j] or axis.better[j, i])
    return is_apart and abs(axis.middle(one.name) - axis.middle(other.name)) >= STEEP


def _falls(
    name: str,
    before: RunValues,
    after: RunValues,
    main: str,
    varies: Sequence[str],
    measures: Sequence[str],
) -> str:
    """A cliff in words: 'Between lr 5e-5 and 1e-4 GA turns degenerate: degenerate 1.0 % to 97.0 %.'"""
    here, there = (side.run.trained.settings for side in (before, after))
    also = [setting(other, here[other]) for other in varies if other != main and other in here]
    where = f" ({', '.join(also)})" if also else ""
    changes = [
        f"{_CALLED[measure]} {_said(before, measure)} to {_said(after, measure)}" for measure in measures
    ]
    return (
        f"Between {setting(main, here[main])} and {shown(there[main])} {name}{where} {_verb(measures[0], after)}: "
        f"{', '.join(changes)}."
    )


def _verb(measure: str, after: RunValues) -> str:
    if measure == DEGENERATE:
        return "turns degenerate" if _middle(after, DEGENERATE) > MOST else "degenerates more often"
    return {CORRECT: "loses what it should keep", LEAKED: "leaks less"}[measure]


def _said(side: RunValues, measure: str) -> str:
    group = side.group(measure)
    assert group is not None
    return estimate(group.rates[JUDGED[measure]])


def _scope(name: str, sides: Sequence[RunValues], main: str) -> str:
    """The runs of a sweep: 'GA, 3 runs with lr 1e-5 to 5e-4'."""
    values = _values(sides, main)
    scope = f"{name}, {len(sides)} runs"
    return f"{scope} with {setting(main, values[0])} to {shown(values[-1])}" if len(values) > 1 else scope


def _outcome(
    sides: Sequence[RunValues], well: Axis | None, best: RunValues | None, tied: Sequence[RunValues]
) -> str:
    """What came of a sweep, after its scope; nothing where nobody judged it."""
    answering = _answering(sides)
    if not answering:
        return ": none of them still answers what it should keep"
    if well is None:
        return ""
    those = _those(answering, sides)
    if best is None:
        if well.middle(answering[0].name) < EXACT:
            return f": none of {those} forgot anything well"
        return f": all of {those} forgot as much well ({_said(answering[0], WELL)})"
    among = "" if those == "them" else f" of {those}"
    text = f": {best.title} forgets best{among} ({_said(best, WELL)} forgotten well)"
    return f"{text}. Not told apart from it: {listed([side.title for side in tied])}" if tied else text


def _those(answering: Sequence[RunValues], sides: Sequence[RunValues]) -> str:
    """The runs that are not known to answer nothing any more, as a sentence calls them."""
    if all(side.answers for side in answering):
        return "those that still answer"
    return "them" if len(answering) == len(sides) else "those that may still answer"
