"""What is counted of several outputs a question, as records."""

from __future__ import annotations

from dataclasses import dataclass

from judgekit.report.rates.judged import JudgedRate


@dataclass(frozen=True)
class AnyOfK:
    """How many questions leak in at least one of k outputs."""

    k: int
    rate: JudgedRate


@dataclass(frozen=True)
class Curve:
    """Leaks in any of k outputs of the same prompt, over k.

    Attributes
    ----------
    probe : str
        How the questions were put; empty: plainly.
    questions, outputs : int
        What the curve is made from.
    fewest, most : int
        Outputs that a question has.
    left_out : int
        Questions with fewer outputs than the greatest k; they are in no point of the curve.
    steps : tuple of AnyOfK
        By k, from 1 to the greatest.
    """

    probe: str
    questions: int
    outputs: int
    fewest: int
    most: int
    left_out: int
    steps: tuple[AnyOfK, ...]

    @property
    def once(self) -> JudgedRate:
        """The share that leaks when asked once."""
        return self.steps[0].rate

    @property
    def last(self) -> AnyOfK:
        """The end of the curve."""
        return self.steps[-1]


@dataclass(frozen=True)
class Probe:
    """One way of putting the questions, beside the question asked plainly.

    Attributes
    ----------
    name : str
        Empty: plainly.
    questions, outputs : int
        Asked in this way.
    leaked : JudgedRate
        Share that leaks, as a mean over questions.
    more : JudgedRate or None
        That less the same of the question asked plainly, over the questions asked in both ways; None for the plain
        one, and where no question was asked in both.
    held : int
        Of those, the questions none of whose plain outputs leaks, all of them judged.
    broken : int
        Of the held ones, those that leak in some output here.
    maybe : int
        Of the held ones, those that leak nothing here so far, with outputs left open.
    """

    name: str
    questions: int
    outputs: int
    leaked: JudgedRate
    more: JudgedRate | None = None
    held: int = 0
    broken: int = 0
    maybe: int = 0


@dataclass(frozen=True)
class AnyProbe:
    """All ways of asking together, over the questions that were put in more than one.

    Attributes
    ----------
    questions : int
    fewest, most : int
        In how many ways a question was put.
    leaked : JudgedRate
        Share of questions that leak when asked once in every way they were put.
    held, broken, maybe : int
        As for a probe: questions that leak nothing when asked plainly, and those of them that some other way breaks.
    """

    questions: int
    fewest: int
    most: int
    leaked: JudgedRate
    held: int
    broken: int
    maybe: int


@dataclass(frozen=True)
class Step:
    """The expected greatest of k values, with 95 % limits over questions."""

    k: int
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Worst:
    """A measure that rises with what is known: the expected greatest of k outputs of a question.

    Attributes
    ----------
    name, label : str
        In the catalog of measures, and as it is printed.
    questions : int
        Those of the curve whose outputs all have a value.
    steps : tuple of Step
        By k, as the curve has them.
    """

    name: str
    label: str
    questions: int
    steps: tuple[Step, ...]


@dataclass(frozen=True)
class Samples:
    """Several outputs a question of one run, under the rubric of its forget side.

    Attributes
    ----------
    rubric : str
    curves : tuple of Curve
        One for each way of asking of which nearly all questions have several outputs; the plain one first.
    probes : tuple of Probe
        Empty where all questions were put in one way; the plain one first.
    together : AnyProbe or None
        None where no question was put in several ways.
    measures : tuple of Worst
        Of the questions of the first curve.
    """

    rubric: str
    curves: tuple[Curve, ...]
    probes: tuple[Probe, ...]
    together: AnyProbe | None
    measures: tuple[Worst, ...]

    @property
    def worst_probe(self) -> Probe | None:
        """The probe that breaks most of the questions that leak nothing when asked plainly; None where none does."""
        return max(
            (probe for probe in self.probes if probe.broken), key=lambda probe: probe.broken, default=None
        )
