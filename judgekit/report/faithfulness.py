"""Is a measure any good? How well each tells models that know the forget set from models that never saw it.

The field's faithfulness test (OpenUnlearning, Dorna et al. 2025, section 4): the AUC of a measure between a pool of
models with the knowledge and a pool without it. Beside it stands what few models can tell more surely: the same for the
answers of two such models to the same question.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.metrics import catalog
from judgekit.report.comparison.per_run import FORGET, LEAKED
from judgekit.report.comparison.records import Number, number
from judgekit.report.load import Run
from judgekit.report.paired import Values, by_question, mean
from judgekit.report.rates.judged import judged_rates
from judgekit.report.words import Finding
from judgekit.trust.auc import auc

ATTACKS = "mia_"
"""Membership attacks: recorded for a run as a whole, the higher the more it knows."""

FORM = frozenset({"repetition", "character_repetition"})
"""Measures that are worse where they are higher, and yet say nothing of what is known."""


@dataclass(frozen=True)
class Faithful:
    """One measure, turned so that more means more knowledge.

    Attributes
    ----------
    measure, label : str
    knowing, ignorant : int
        Models of either pool that have the measure.
    auc, low, high : float
        Over models, with 95 % limits.
    least_knowing, most_ignorant : float
        The lowest figure of a model that knows, and the highest of one that does not.
    by_question : Number
        The same over the answers to one question, averaged over questions, which are what is drawn; without a value
        where the measure has none for a question.
    """

    measure: str
    label: str
    knowing: int
    ignorant: int
    auc: float
    low: float
    high: float
    least_knowing: float
    most_ignorant: float
    by_question: Number


@dataclass(frozen=True)
class Faithfulness:
    """All measures that both pools have, the best first.

    Attributes
    ----------
    knowing, ignorant : tuple of str
        Names of the runs in either pool.
    measures : tuple of Faithful
    """

    knowing: tuple[str, ...]
    ignorant: tuple[str, ...]
    measures: tuple[Faithful, ...]


@dataclass(frozen=True)
class _Measured:
    """The figure of each measure of a run, and its values by question."""

    figures: Mapping[str, float]
    values: Mapping[str, Values]


def faithfulness(knowing: Sequence[Run], ignorant: Sequence[Run]) -> Faithfulness:
    """How well each measure tells the two pools apart.

    Parameters
    ----------
    knowing, ignorant : sequence of Run
        Runs of models that know what is to be forgotten, and of models that never saw it. Not empty.
    """
    pools = [[_measured(run) for run in pool] for pool in (knowing, ignorant)]
    names = dict.fromkeys(name for pool in pools for made in pool for name in made.figures)
    found = [made for name in names if (made := _faithful(name, *pools)) is not None]
    found.sort(key=lambda made: (-made.auc, -(made.by_question.value or 0.0), made.label))
    return Faithfulness(tuple(run.name for run in knowing), tuple(run.name for run in ignorant), tuple(found))


def told(found: Faithfulness) -> Iterable[Finding]:
    """What the test says of the judged leak rate, beside the measure that does best."""
    judged = next((made for made in found.measures if made.measure == LEAKED), None)
    if judged is None:
        yield Finding(
            "warning",
            "The leak rate cannot be tested: a pool has no judged forget outputs.",
            about="measures",
        )
        return
    best = next(made for made in found.measures)
    text = (
        f"The judged leak rate tells {judged.knowing} models that know from {judged.ignorant} that do not with AUC "
        f"{judged.auc:.3f} [{judged.low:.2f}–{judged.high:.2f}]"
    )
    if best.auc > judged.auc:
        text += f"; best is {best.label.lower()} with {best.auc:.3f} [{best.low:.2f}–{best.high:.2f}]"
    yield Finding("plain", f"{text}.", about="measures")


def _faithful(name: str, knowing: Sequence[_Measured], ignorant: Sequence[_Measured]) -> Faithful | None:
    have = [[made for made in pool if name in made.figures] for pool in (knowing, ignorant)]
    if not all(have):
        return None
    positive, negative = ([made.figures[name] for made in pool] for pool in have)
    found = auc(positive, negative)
    return Faithful(
        measure=name,
        label="Judged leak rate" if name == LEAKED else catalog()[name].label,
        knowing=len(positive),
        ignorant=len(negative),
        auc=found.value,
        low=found.low,
        high=found.high,
        least_knowing=min(positive),
        most_ignorant=max(negative),
        by_question=_by_question(*([made.values.get(name, {}) for made in pool] for pool in have)),
    )


def _by_question(knowing: Sequence[Values], ignorant: Sequence[Values]) -> Number:
    """Mean over questions of the share of pairs of models whose answers are in the right order."""
    questions = dict.fromkeys(question for values in knowing for question in values)
    apart: dict[str, float] = {}
    for question in questions:
        positive = [values[question] for values in knowing if question in values]
        negative = [values[question] for values in ignorant if question in values]
        if positive and negative:
            apart[question] = float(np.mean(np.sign(np.subtract.outer(positive, negative)) / 2 + 0.5))
    return number(mean(apart))


def _measured(run: Run) -> _Measured:
    made = run.per_question
    figures = dict(_recorded(run))
    values = {name: made.values.get(FORGET, {}).get(name, {}) for name in figures}
    for rubric, rows in run.by_rubric.items():
        role, labels = run.role(rubric), run.labels(rubric)
        if role.side == "forget" and any(row.verdict.label is not None for row in rows):
            together = role.together(labels)
            figures[LEAKED] = judged_rates(rows, labels, together, only="leaked", pools=run.pools)[
                "leaked"
            ].middle
            counted = {label for label in labels if role.of(label) == "leaked"}
            told = [row.verdict for row in rows if row.verdict.label is not None]
            values[LEAKED] = by_question(
                [verdict.question_id or verdict.id for verdict in told],
                [float(verdict.label in counted) for verdict in told],
            )
            break
    return _Measured(figures, values)


def _recorded(run: Run) -> Iterable[tuple[str, float]]:
    """What the file recorded of the forget split that says more is known where it is higher."""
    measures = run.per_question.measures
    for name, made in measures.splits.get(FORGET, {}).items():
        if made.value is not None and catalog()[name].forget == -1 and name not in FORM:
            yield name, made.value
    for name, made in measures.overall.items():
        if made.value is not None and name.startswith(ATTACKS):
            yield name, made.value
