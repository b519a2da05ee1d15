"""UniErase (Yu et al. 2025): batch, sequential and precise unlearning, as curves of forgetting against
ability.

The paper's own figures for retained efficacy, retained ability and balance have no public formula; none is
invented here. Forgetting and ability are whatever the caller measured (Forget Efficacy and Model Utility, or
judged shares), and the balance below is their harmonic mean, under its own name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judgekit.metrics import harmonic_mean
from judgekit.report.paired import Estimate, Values, difference, mean
from judgekit.report.recipes.base import Row, Table, plain

COLUMNS = ("forgetting", "ability", "harmonic balance", "earlier rounds", "change of ability")
NOTE = (
    "harmonic balance = harmonic mean of forgetting and ability; UniErase's own Balance formula is not public"
)


@dataclass(frozen=True)
class Round:
    """The model after one round: forgetting of what this round removed, of all earlier rounds, and ability.

    Each per question, in [0, 1], higher = better. A batch run is one round; precise edits are one round for
    each edit.
    """

    name: str
    forgotten: Values
    ability: Values
    earlier: Values | None = None


def unierase(rounds: Sequence[Round], original_ability: Values | None = None) -> Table:
    """One row per round: a curve when the rounds are in order.

    `earlier rounds` says whether what was removed before stays removed; `change of ability` is paired with
    the model before unlearning.
    """
    rows = []
    for step in rounds:
        forgetting, ability = mean(step.forgotten), mean(step.ability)
        rows.append(
            Row(
                step.name,
                {
                    "forgetting": forgetting,
                    "ability": ability,
                    "harmonic balance": balance(forgetting, ability),
                    "earlier rounds": mean(step.earlier)
                    if step.earlier is not None
                    else Estimate(None, reason="no earlier round"),
                    "change of ability": difference(step.ability, original_ability)
                    if original_ability is not None
                    else Estimate(None, reason="no original model to compare with"),
                },
            )
        )
    return Table("unierase", COLUMNS, tuple(rows), (NOTE,))


def balance(forgetting: Estimate, ability: Estimate) -> Estimate:
    """Harmonic mean of two shares: as low as the lower one nearly; 0 if either is 0."""
    if forgetting.value is None or ability.value is None:
        return Estimate(None, reason="needs forgetting and ability")
    return plain(float(harmonic_mean([forgetting.value, ability.value])), min(forgetting.n, ability.n))


def precise(edits: Mapping[str, Round], original_ability: Values | None = None) -> Table:
    """Edits made one at a time, each on a fresh model, summed up in one row: a question is an edit's
    question.
    """
    forgotten = {f"{edit}/{q}": v for edit, step in edits.items() for q, v in step.forgotten.items()}
    ability = _mean_by_question([step.ability for step in edits.values()])
    return unierase([Round(f"{len(edits)} precise edits", forgotten, ability)], original_ability)


def _mean_by_question(columns: Sequence[Values]) -> dict[str, float]:
    """Ability questions are the same for every edit, so they are averaged over edits, not counted again."""
    seen: dict[str, list[float]] = {}
    for column in columns:
        for question, value in column.items():
            seen.setdefault(question, []).append(value)
    return {question: sum(values) / len(values) for question, values in seen.items()}
