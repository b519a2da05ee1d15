"""What a comparison of runs says, as records that can be written as JSON: no NaN, no infinity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Number:
    """A figure with its limits; None where there is none, with the reason."""

    value: float | None
    low: float | None
    high: float | None
    n: int
    reason: str = ""


@dataclass(frozen=True)
class Place:
    """A run's rank: between `best` and `worst`, which differ where the data cannot tell it from its neighbors."""

    run: str
    number: Number
    best: int
    worst: int


@dataclass(frozen=True)
class Ranking:
    """Runs by one measure of what is revealed, least first."""

    measure: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Gap:
    """Paired difference first - second in what is revealed. `told_apart` holds for all pairs together (Holm)."""

    measure: str
    first: str
    second: str
    number: Number
    p: float
    told_apart: bool


@dataclass(frozen=True)
class OnPlane:
    """A run in the plane of forgetting (1 - revealed) and utility, and its standing to the Pareto front."""

    run: str
    forgetting: Number
    utility: Number
    dominated_by: tuple[str, ...]
    contested: bool


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
    """Unlearning with Control: a method's pick among the runs that kept enough, and its pick among all."""

    method: str
    controlled: str | None
    uncontrolled: str | None
    margins: Mapping[str, Number]
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

    `forgetting` and `utility` name the measures behind the plane; `revealed` is the one the control minimizes
    (as in the paper it does not know gibberish from forgetting, which is what the control is for). None where
    there is none. `original` and `retrained` say for each run which one of its own base model it is measured against;
    runs without are not in them. `unpaired`: base model to its runs that have no retrained one (empty: no name).
    `undecided` counts the judged forget questions of each run without a verdict: no judged
    figure here holds them.
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
    changed: tuple[Changed, ...]
