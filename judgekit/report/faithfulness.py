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
from judgekit.report.paired import Values, by_question, mean
from judgekit.report.rates.judged import judged_rates
from judgekit.report.run import JudgedItem, Run
from judgekit.report.words import Finding
from judgekit.trust.auc import auc

ATTACKS = "mia_"
"""Membership attacks: recorded for a run as a whole, the higher the more it knows."""

COIN = 0.5
"""The AUC of a measure that tells nothing; above it a measure tells something once its lower limit is."""

DISJOINT = "The two pools were asked different questions, so the difference may be that of the questions"

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
    disjoint : bool
        Whether the pools were asked no forget question in common, so that a difference may be that of the questions.
    """

    knowing: tuple[str, ...]
    ignorant: tuple[str, ...]
    measures: tuple[Faithful, ...]
    disjoint: bool = False


@dataclass(frozen=True)
class _Measured:
    """The figure of each measure of a run, and its values by question."""

    figures: Mapping[str, float]
    values: Mapping[str, Values]


def is_in(run: Run, pool: Iterable[Run]) -> bool:
    """Whether a run is one of these, whatever it is called and by whichever calibration it was decided."""
    return any(
        run.source == other.source
        and len(run.rows) == len(other.rows)
        and all(_output(a) == _output(b) for a, b in zip(run.rows, other.rows, strict=True))
        for other in pool
    )


def _output(row: JudgedItem) -> tuple[object, ...]:
    """Which output of which model a row is about; by its label where the folder does not hold the texts."""
    return row.verdict.key, row.verdict.rubric, row.item.outputs if row.item else row.verdict.label


def check_pools(knowing: Sequence[Run], ignorant: Sequence[Run]) -> None:
    """Refuse pools that no measure can be tested by.

    Raises
    ------
    ValueError
        There is one pool only, or a run is in both.
    """
    if bool(knowing) != bool(ignorant):
        raise ValueError("measures are tested by models that know and models that do not: give both")
    both = next((run.name for run in knowing if is_in(run, ignorant)), None)
    if both is not None:
        raise ValueError(
            f"'{both}' is in both pools; a model either knows what is to be forgotten or never saw it: "
            "take the run out of one of them"
        )


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
    asked = [{question for run in pool for question in _asked(run)} for pool in (knowing, ignorant)]
    return Faithfulness(
        tuple(run.name for run in knowing),
        tuple(run.name for run in ignorant),
        tuple(found),
        disjoint=all(asked) and asked[0].isdisjoint(asked[1]),
    )


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
    text = _of_leaks(judged)
    if best.auc > judged.auc:
        text += f" {best.label} has the highest AUC: {_auc(best)}."
    if found.disjoint:
        text += f" {DISJOINT}."
    yield Finding("warning" if found.disjoint else "plain", text, about="measures")


def _of_leaks(judged: Faithful) -> str:
    """What the AUC of the leak rate says: that it tells the pools apart, that few models cannot show it, or neither."""
    knowing = "1 model that knows" if judged.knowing == 1 else f"{judged.knowing:,} models that know"
    ignorant = "1 that does not" if judged.ignorant == 1 else f"{judged.ignorant:,} that do not"
    told = f"The judged leak rate {{}} {knowing} the forget set from {ignorant}: AUC {_auc(judged)}"
    if judged.low > COIN:
        return told.format("tells") + "."
    if judged.auc == 1:
        few = (
            "one model of each kind is"
            if judged.knowing == judged.ignorant == 1
            else f"{judged.knowing:,} against {judged.ignorant:,} models are"
        )
        return told.format("separates") + f", but {few} too few to prove it."
    if judged.high < COIN:
        return f"The judged leak rate is lower for {knowing} the forget set than for {ignorant}: AUC {_auc(judged)}."
    return told.format("cannot be shown to tell") + f", which includes {COIN:g}, pure chance."


def _auc(made: Faithful) -> str:
    return f"{made.auc:.3f} [{made.low:.2f}–{made.high:.2f}]"


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
        role, labels = run.role(rubric), run.every_label(rubric)
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


def _asked(run: Run) -> Iterable[str]:
    """The forget questions of a run."""
    for rubric, rows in run.by_rubric.items():
        if run.role(rubric).side == "forget":
            yield from (row.verdict.question_id or row.verdict.id for row in rows)
