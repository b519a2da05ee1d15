"""Whether a run may be released: conditions on the report's own rates and differences, each decided by its interval.

Pure: a :class:`judgekit.report.summary.Summary` and limits in, a :class:`Gate` out. Nothing is estimated here, so a
gate cannot say other than the report on the same runs.

All conditions must pass, so a gate passes wrongly only if the interval of a condition that does not hold is wrong. That
takes no more than one interval, however many conditions there are (intersection-union test: Berger 1982,
"Multiparameter hypothesis testing and acceptance sampling", Technometrics 24). So no interval is widened.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal, NamedTuple

from judgekit.display import brief_repr
from judgekit.errors import ConfigError
from judgekit.report.comparison.compare import ALL_PAIRS
from judgekit.report.comparison.per_run import CORRECT, LEAKED
from judgekit.report.comparison.records import Number
from judgekit.report.groups import Group, RestsOn, RunSummary
from judgekit.report.rates.judged import CONFIDENCE, JudgedRate
from judgekit.report.summary import Summary
from judgekit.rubrics import Side

SCHEMA = "judgekit.gate/1"

Outcome = Literal["pass", "fail", "undecided", "error"]
"""``error``: there is no figure to decide by, or none that may be used."""

GRAVEST: tuple[Outcome, ...] = ("fail", "error", "undecided", "pass")
"""A gate's outcome is the first of these that any of its conditions has: one broken condition settles it."""


class Asked(NamedTuple):
    """A rate of the report's first table that can have a limit.

    Attributes
    ----------
    side, rate : Side, str
        Where the report has it.
    says : str
        What a reader sees.
    below : bool
        Whether less of it is better, so that the limit is an upper one.
    """

    side: Side
    rate: str
    says: str
    below: bool


LIMITS = {
    "leaked_below": Asked("forget", "leaked", "leaked", True),
    "degenerate_below": Asked("forget", "degenerate", "degenerate", True),
    "forgotten_above": Asked("forget", "forgotten well", "forgotten well", False),
    "kept_above": Asked("keep", "correct", "kept", False),
}
"""Option -> the rate that it limits."""

AGAINST = {LEAKED: LIMITS["leaked_below"], CORRECT: LIMITS["kept_above"]}
"""Measure of a comparison -> the rate that is held against another run's."""


@dataclass(frozen=True)
class Condition:
    """One condition on one run.

    Attributes
    ----------
    run : str
        What a reader sees of the run.
    name : str
        The condition in words.
    outcome : Outcome
    limit : float
        A share; of a difference, the greatest that is still no loss.
    figure : Number or None
        The report's figure with its limits; a difference is this run minus the other.
    difference : bool
        Whether the figure is a difference of two runs.
    rests_on : RestsOn or None
        What stands behind the figure.
    level : float
        Confidence of the figure's interval.
    why : str
        Why it is undecided and what would decide it, or what is wrong; empty where it passes or fails.
    """

    run: str
    name: str
    outcome: Outcome
    limit: float
    figure: Number | None = None
    difference: bool = False
    rests_on: RestsOn | None = None
    level: float = CONFIDENCE
    why: str = ""


@dataclass(frozen=True)
class Gate:
    """What was decided.

    Attributes
    ----------
    outcome : Outcome
        Pass where every condition passes; else the gravest outcome of any.
    conditions : tuple of Condition
    against : str
        What a reader sees of the run that others are held against; empty where there is none.
    level : float
        If a condition does not hold, the gate passes with probability 1 - level at most.
    said : tuple of str
        What the report says of the ground of its figures, and of judges that failed.
    """

    outcome: Outcome
    conditions: tuple[Condition, ...]
    against: str = ""
    level: float = CONFIDENCE
    said: tuple[str, ...] = ()
    schema: str = SCHEMA

    __repr__ = brief_repr

    @property
    def passed(self) -> bool:
        """Whether every condition passes."""
        return self.outcome == "pass"

    def to_dict(self) -> dict[str, Any]:
        """As plain JSON types, ``schema`` first."""
        return {"schema": self.schema, **{k: v for k, v in asdict(self).items() if k != "schema"}}


def decide(
    summary: Summary,
    limits: Mapping[str, float],
    *,
    against: str | None = None,
    margin: float = 0.0,
    require_certified: bool = False,
) -> Gate:
    """Hold every run of a report to its limits.

    Parameters
    ----------
    summary : Summary
        Of the runs, and of the run that they are held against.
    limits : mapping
        Name of ``LIMITS`` to a share in [0, 1].
    against : str, optional
        Name of the run that the others must not leak more than, nor keep less than.
    margin : float
        How much more leaks, or less is kept, than there is still no loss; a share.
    require_certified : bool
        Whether a figure counts only where a certificate stands and its interval covers the judges' errors.

    Raises
    ------
    ConfigError
        There is nothing to decide, no such limit, or more runs than a report compares pair by pair.
    """
    if unknown := limits.keys() - LIMITS.keys():
        raise ConfigError(f"unknown limit '{min(unknown)}'; known: {', '.join(LIMITS)}")
    if not limits and against is None:
        raise ConfigError("nothing to decide: give a limit, say leaked below 0.05, or a run to hold against")
    if wrong := [name for name, limit in {**limits, "margin": margin}.items() if not 0 <= limit <= 1]:
        raise ConfigError(f"{wrong[0]} must be a share between 0 and 1")
    if against is not None and len(summary.runs) > ALL_PAIRS:
        raise ConfigError(f"at most {ALL_PAIRS - 1} runs at once can be held against another")
    runs = {run.name: run for run in summary.runs}
    base = None if against is None else runs.pop(against)
    made = []
    for run in runs.values():
        made += [_limited(run, LIMITS[name], limit) for name, limit in limits.items()]
        if base is not None:
            made += _held_against(summary, run, base, margin)
    if not made:
        raise ConfigError("no verdicts on what should be forgotten or kept: there is nothing to hold against")
    found = [_certified(one) if require_certified else one for one in made]
    return Gate(
        outcome=min((one.outcome for one in found), key=GRAVEST.index),
        conditions=tuple(found),
        against=base.title if base is not None else "",
        level=min(one.level for one in found),
        said=tuple(told.text for told in summary.headlines if told.about == "trust"),
    )


def not_held(why: str) -> Gate:
    """The gate of runs that could not be read."""
    return Gate("error", (Condition("", "the runs can be read", "error", 0.0, why=why),))


def by_interval(low: float, high: float, limit: float, *, below: bool, or_at: bool = False) -> Outcome:
    """Pass where the whole interval meets the limit, fail where the whole interval breaks it.

    Parameters
    ----------
    low, high, limit : float
    below : bool
        Whether the figure must be below the limit, or above it.
    or_at : bool
        Whether it may also be just there.
    """
    if not below:
        low, high, limit = -high, -low, -limit
    if high < limit or (or_at and high == limit):
        return "pass"
    return "fail" if low > limit or (low == limit and not or_at) else "undecided"


def _limited(run: RunSummary, asked: Asked, limit: float) -> Condition:
    """A rate of a run and its limit."""
    name = f"{asked.says} {'below' if asked.below else 'above'} {_share(limit)}"
    made = Condition(run.title, name, "error", limit)
    if why := _unusable(run, asked):
        return replace(made, why=why)
    group, rate = _found(run, asked)
    outcome = by_interval(rate.low, rate.high, limit, below=asked.below)
    return replace(
        made,
        outcome=outcome,
        figure=Number(rate.value, rate.low, rate.high, group.items, bounds=rate.bounds),
        rests_on=_ground(run, group, rate),
        level=rate.level,
        why=_narrower(run, group, rate, limit) if outcome == "undecided" else "",
    )


def _held_against(summary: Summary, run: RunSummary, base: RunSummary, margin: float) -> Iterator[Condition]:
    """No more leaks and no less is kept than in another run, where either of the two has such a side."""
    for measure, asked in AGAINST.items():
        if not (run.side(asked.side) or base.side(asked.side)):
            continue
        way = "more" if asked.below else "less"
        allowed = f"at most {_points(margin)} {way} than" if margin else f"no {way} than"
        made = Condition(run.title, f"{asked.says} {allowed} {base.title}", "error", margin, difference=True)
        if why := _unusable(run, asked) or _unusable(base, asked):
            yield replace(made, why=why)
            continue
        gap = _gap(summary, measure, run.name, base.name)
        if gap is None or gap.low is None or gap.high is None:
            why = gap.reason if gap is not None else "not all runs answered the same questions on this side"
            yield replace(made, why=f"the report does not compare them: {why}")
            continue
        sides = [(one, *_found(one, asked)) for one in (run, base)]
        grounds = [_ground(*side) for side in sides]
        levels = [rate.level for _, _, rate in sides]
        limit = margin if asked.below else -margin
        outcome = by_interval(gap.low, gap.high, limit, below=asked.below, or_at=True)
        yield replace(
            made,
            outcome=outcome,
            figure=gap,
            rests_on=max(grounds, key=WEAKEST.index),
            level=sum(levels) - CONFIDENCE,  # each certificate may be wrong on its own
            why=_TOO_CLOSE if outcome == "undecided" else "",
        )


WEAKEST: tuple[RestsOn, ...] = ("certified", "labels", "judge only", "withdrawn")

_TOO_CLOSE = (
    "the data do not tell the two runs apart this finely: label or ask more questions, or allow a margin, "
    "which has to be chosen before looking"
)


def _unusable(run: RunSummary, asked: Asked) -> str:
    """Why a run's figure may not be used, or is not there; empty where it may."""
    group = run.side(asked.side)
    if group is None or asked.rate not in group.rates:
        what = {"forget": "what should be forgotten", "keep": "what should be kept"}.get(asked.side, "this")
        return f"{run.title}: no verdicts on {what}"
    if run.failing:
        return f"{'; '.join(run.failing)}: score {run.title} again, with a judge that works"
    made = next((claim for claim in run.claims if claim.rubric == group.rubric), None)
    if made is not None and made.status == "withdrawn":
        return f"{run.title}, {group.rubric}: {made.text}"
    return ""


def _found(run: RunSummary, asked: Asked) -> tuple[Group, JudgedRate]:
    group = run.side(asked.side)
    assert group is not None
    return group, group.rates[asked.rate]


def _ground(run: RunSummary, group: Group, rate: JudgedRate) -> RestsOn:
    """What stands behind one figure: a certificate only where the interval covers what it allows."""
    if rate.kind == "judge":
        return "judge only"
    stands = any(claim.stands for claim in run.claims if claim.rubric == group.rubric)
    return "certified" if stands else "labels"


def _narrower(run: RunSummary, group: Group, rate: JudgedRate, limit: float) -> str:
    """What would decide a rate whose interval holds the limit."""
    left = group.abstained + group.unscored
    if left and rate.kind != "certificate" and rate.bounds[0] <= limit <= rate.bounds[1]:
        return f"{left:,} of {group.items:,} items are open: 'judgekit label RUN --open' settles them"
    if rate.kind == "judge":
        return "the interval holds the limit: it takes more questions"
    return (
        "the interval holds the limit: more labels of this run narrow it ('judgekit label RUN --rates 100')"
    )


def _certified(made: Condition) -> Condition:
    """The condition, as an error where its figure is not certified."""
    if made.outcome == "error" or made.rests_on == "certified":
        return made
    why = (
        f"the figure is not certified ({made.rests_on}): label outputs of this run and calibrate, or report it with "
        "all runs that its certificate is for"
    )
    return replace(made, outcome="error", why=why)


def _gap(summary: Summary, measure: str, first: str, second: str) -> Number | None:
    """The report's difference first - second; None where it does not compare the two."""
    for gap in (gap for found in summary.comparisons for gap in found.gaps if gap.measure == measure):
        if (gap.first, gap.second) == (first, second):
            return gap.number
        if (gap.first, gap.second) == (second, first):
            return _turned(gap.number)
    return None


def _turned(number: Number) -> Number:
    value, low, high = (None if one is None else -one for one in (number.value, number.high, number.low))
    return replace(number, value=value, low=low, high=high, bounds=None)


def _share(share: float) -> str:
    return f"{100 * share:.4g} %"


def _points(share: float) -> str:
    return f"{100 * share:.4g} points" if share != 0.01 else "1 point"
