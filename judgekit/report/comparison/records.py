"""What a comparison of runs says, as records that can be written as JSON: no NaN, no infinity."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from judgekit.display import brief_repr
from judgekit.report.paired import Estimate
from judgekit.rubrics import Side


@dataclass(frozen=True)
class Number:
    """A figure with its limits; None where there is none, with the reason.

    `bounds` is what it can be: twice the value, or the range that open items or a certificate leave, without a value.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str = ""
    bounds: tuple[float, float] | None = None


def number(estimate: Estimate) -> Number:
    """An estimate as a record."""
    low, high = (limit if math.isfinite(limit) else None for limit in (estimate.low, estimate.high))
    bounds = None if estimate.value is None else (estimate.value, estimate.value)
    return Number(estimate.value, low, high, estimate.n, estimate.reason, bounds)


@dataclass(frozen=True)
class Place:
    """A run's rank: between `best` and `worst`, which differ where the data cannot tell it from its neighbors."""

    run: str
    number: Number
    best: int
    worst: int


@dataclass(frozen=True)
class Ranking:
    """Runs by one measure of what is forgotten, best first."""

    measure: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Gap:
    """Difference first - second. `told_apart` holds for all pairs of the measure together (Holm)."""

    measure: str
    first: str
    second: str
    number: Number
    p: float
    told_apart: bool


@dataclass(frozen=True)
class OnPlane:
    """A run in the plane of forgetting and utility, and its standing to the Pareto front.

    A run is behind another that is significantly better on one axis, where it is not significantly better on the
    other.

    Attributes
    ----------
    run : str
    forgetting, utility : Number
        As in every other table.
    behind : int
        How many runs it is behind; 0 on the front.
    behind_of : tuple of str
        The best of these.
    tied_with : tuple of str
        For a run on the front: the best of those whose figures are better, though the data do not tell them apart.
    """

    run: str
    forgetting: Number
    utility: Number
    behind: int
    behind_of: tuple[str, ...]
    tied_with: tuple[str, ...]


@dataclass(frozen=True)
class Away:
    """How far a run is from its retrained model in one measure; `way` 0 = like the original, 1 = like the retrained."""

    run: str
    retrained: str
    measure: str
    gap: Number
    way: float | None


@dataclass(frozen=True)
class Quality:
    """A run against its retrained model by KS p-values of truth ratios, and by recorded membership AUCs.

    See `judgekit.metrics.privacy`; `leakage` is None where either log has no Min-K% AUC.
    """

    run: str
    retrained: str
    raw: float | None
    folded: float | None
    n: int
    reason: str
    leakage: float | None


@dataclass(frozen=True)
class Controlled:
    """Unlearning with Control: a method's pick among the runs that kept enough, and its pick among all.

    `tied`: other runs that kept enough and that the data do not tell apart from the controlled pick.
    """

    method: str
    controlled: str | None
    uncontrolled: str | None
    tied: tuple[str, ...]
    margins: Mapping[str, Number]
    text: str


@dataclass(frozen=True)
class Cliff:
    """Two neighbors of a sweep between which a rate changes by much: `before` and `after`, the latter driven further.

    `rates`: those that change, what matters most first.
    """

    before: str
    after: str
    rates: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Sweep:
    """Runs of one method on one model that differ in their settings.

    Attributes
    ----------
    method : str
        With its model where the comparison has several.
    setting : str
        The one that takes most values; `RunSummary.settings` has them.
    lines : tuple of tuple of str
        Runs that differ in nothing else, in the order of the setting; a line for each combination of the others.
    controlled : str or None
        The pick among those that kept enough (`Controlled`).
    best : str or None
        The run that forgot best by its figure, of those that still answer; `tied` are not told apart from it. None
        where none forgot anything well, or all as much.
    cliffs : tuple of Cliff
    text : str
    """

    method: str
    setting: str
    lines: tuple[tuple[str, ...], ...]
    controlled: str | None
    best: str | None
    tied: tuple[str, ...]
    cliffs: tuple[Cliff, ...]
    text: str


@dataclass(frozen=True)
class Shown:
    """A question behind a changed conclusion, with what both runs answered and what both measures said."""

    question: str
    reference: str
    outputs: tuple[str, str]
    first_measure: tuple[float, float]
    second_measure: tuple[float, float]


@dataclass(frozen=True)
class Changed:
    """Two measures order two runs differently. `forgot_better` holds one run, or None = not told apart, per measure."""

    runs: tuple[str, str]
    measures: tuple[str, str]
    forgot_better: tuple[str | None, str | None]
    reversed: bool
    examples: tuple[Shown, ...]


@dataclass(frozen=True)
class Comparison:
    """How the runs that answered the same questions compare.

    Judged figures are the runs' rates as all tables show them, on the same grounds.

    Attributes
    ----------
    runs : tuple of str
    questions : int
        Forget questions that all runs answered; each figure is over the questions of its run.
    original, retrained : run name to run name
        The run of its own base model that a run is measured against; runs without one are not in them.
    unpaired : base model to run names
        Runs without a retrained one; the model is empty where it has no name.
    forgetting, utility : str or None
        The measures behind the plane; None where there is none.
    revealed : str or None
        The measure that the control minimizes. As in the paper it does not know gibberish from forgetting, which is
        what the control is for.
    undecided : run name to int
        Judged forget items without a verdict.
    rankings, gaps, plane, distances, quality, control, sweeps, changed
        See there. `gaps` and `changed` hold every pair of few runs and the most telling pairs of many.
    n_changed, n_reversed : int
        Changed conclusions in all; pairs of runs that two measures put in opposite orders.
    leaders : rate to run name
        Of the unlearned runs that still answer what they should keep, the one that is told apart from every other as
        better: *leaked*, *forgotten well*, *degenerate*, *correct*. A rate without such a run is not in it.
    """

    runs: tuple[str, ...]
    questions: int
    original: Mapping[str, str]
    retrained: Mapping[str, str]
    unpaired: Mapping[str, tuple[str, ...]]
    forgetting: str | None
    revealed: str | None
    utility: str | None
    undecided: Mapping[str, int]
    rankings: tuple[Ranking, ...]
    gaps: tuple[Gap, ...]
    plane: tuple[OnPlane, ...]
    distances: tuple[Away, ...]
    quality: tuple[Quality, ...]
    control: tuple[Controlled, ...]
    sweeps: tuple[Sweep, ...]
    changed: tuple[Changed, ...]
    n_changed: int
    n_reversed: int
    leaders: Mapping[str, str]

    __repr__ = brief_repr


OPEN = ("abstained", "unscored")
"""States without a label; each is a state of its own."""


@dataclass(frozen=True)
class Flow:
    """How many questions have one label in the first run and another, or the same, in the second."""

    before: str
    after: str
    items: int


@dataclass(frozen=True)
class Flows:
    """One run's verdicts under a rubric beside another's, over the questions that both have.

    Attributes
    ----------
    first, second : str
        Names of the runs.
    rubric : str
    side : Side
    labels : tuple of str
        The rubric's labels in its own order, then *abstained* and *unscored* where they occur.
    flows : tuple of Flow
        Those with items, in the order of the labels; they add up to the questions that both runs have.
    only_first, only_second : int
        Items that one run alone has; they are in no flow.
    said : tuple of str
        The same in sentences.
    """

    first: str
    second: str
    rubric: str
    side: Side
    labels: tuple[str, ...]
    flows: tuple[Flow, ...]
    only_first: int
    only_second: int
    said: tuple[str, ...]

    __repr__ = brief_repr
