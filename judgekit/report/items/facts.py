"""The facts of every judged item of a report, most confident leaks first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from judgekit.records import PEOPLE, Evidence
from judgekit.report.items.chance import shared_references
from judgekit.report.items.flags import flags_of
from judgekit.report.items.near import Standing, standings
from judgekit.report.pairs import pair_numbers
from judgekit.report.run import JudgedItem, Run
from judgekit.rubrics import Role


class Opinion(NamedTuple):
    """What one tier said of an item; see :class:`judgekit.records.Evidence` for what is not said here.

    Attributes
    ----------
    tier : str
    label : str or None
        Its most probable label; None where it gave none, then see ``reason``.
    probs : dict of str to float
    tokens : int or None
        Of prompts and answers together; None where neither is known.
    order_inconsistency, asks, mass, cost, seconds, model, reason
        As in the evidence.
    """

    tier: str
    label: str | None
    probs: dict[str, float]
    order_inconsistency: float | None
    asks: int
    mass: float | None
    cost: float | None
    seconds: float | None
    tokens: int | None
    model: str | None
    reason: str | None

    @classmethod
    def of(cls, tier: str, said: Evidence) -> Opinion:
        """The opinion that a tier's evidence holds."""
        tokens = [count for count in (said.prompt_tokens, said.completion_tokens) if count is not None]
        return cls(
            tier,
            said.label,
            said.probs,
            said.order_inconsistency,
            said.asks,
            said.mass,
            said.cost,
            said.seconds,
            sum(tokens) if tokens else None,
            said.model,
            said.reason,
        )


class PersonLabel(NamedTuple):
    """A person's label; people are numbered within a report, since their names stay out of it (0: nobody is named)."""

    label: str
    note: str
    person: int


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """All that is known of one judged item.

    Attributes
    ----------
    run : str
        Name of its run.
    side : str
        The side that its rubric speaks of: forget, keep or other.
    row : JudgedItem
        Verdict, item and evidence.
    pair : int
        The same for the items of several runs that answer the same question (:mod:`judgekit.report.pairs`).
    promise : str
        How the promise stands that its verdict was given under (a status of
        :class:`~judgekit.report.claims.claims.Claim`); empty where no judge's verdict was given.
    standing : Standing
        Its evidence against the threshold.
    flags : tuple of str
        See :mod:`judgekit.report.items.flags`.
    people : tuple of PersonLabel
    """

    run: str
    side: str
    row: JudgedItem
    pair: int
    promise: str
    standing: Standing
    flags: tuple[str, ...]
    people: tuple[PersonLabel, ...]

    @property
    def opinions(self) -> list[Opinion]:
        """What every judge that was asked said, in the order in which they were asked."""
        tiers = self.row.evidence.tiers.items() if self.row.evidence else ()
        return [Opinion.of(tier, said) for tier, said in tiers if tier != PEOPLE and said.asked]

    @property
    def reason(self) -> str:
        """Why it was left open or not scored; empty for a verdict."""
        verdict, reached = self.row.verdict, self.standing
        if verdict.reason or verdict.state != "abstained":
            return verdict.reason or ""
        if reached.threshold is not None:
            return "the judges are not sure enough for a verdict under the calibration"
        return "no verdict is certified for such an item" if reached.score is not None else ""


def item_facts(runs: Sequence[Run], promises: Mapping[tuple[str, str], str]) -> list[ItemFacts]:
    """The facts of all items of all runs: leaks by falling confidence, then what may be one, then the rest.

    Parameters
    ----------
    runs : sequence of Run
    promises : mapping of (run name, rubric) to str
        How the promise of each stands.
    """
    numbers: dict[str, int] = {}
    made: list[tuple[tuple[int, float], ItemFacts]] = []
    for run, pairs in zip(runs, pair_numbers(runs), strict=True):
        roles = {rubric: run.role(rubric) for rubric in run.by_rubric}
        found = {
            rubric: zip(standings(rows, run.calibration(rubric)), shared_references(rows), strict=True)
            for rubric, rows in run.by_rubric.items()
        }
        for row, pair in zip(run.rows, pairs, strict=True):
            rubric = row.verdict.rubric
            role, (standing, chance) = roles[rubric], next(found[rubric])
            judged = row.verdict.state == "verdict" and row.verdict.tier != PEOPLE
            facts = ItemFacts(
                run.name,
                role.side,
                row,
                pair,
                promises[run.name, rubric] if judged else "",
                standing,
                flags_of(row, role, standing, chance),
                _people(row, numbers),
            )
            made.append((_place(row, role), facts))
    return [facts for _, facts in sorted(made, key=lambda pair: pair[0])]


def _people(row: JudgedItem, numbers: dict[str, int]) -> tuple[PersonLabel, ...]:
    """The labels of an item's people; ``numbers`` remembers who has which number."""
    return tuple(
        PersonLabel(
            given.label,
            given.note,
            numbers.setdefault(given.annotator, len(numbers) + 1) if given.annotator else 0,
        )
        for given in row.human
    )


def _place(row: JudgedItem, role: Role) -> tuple[int, float]:
    """Leaks by falling confidence, then what may be a leak by falling probability, then the rest."""
    if role.of(row.verdict.label or "") == "leaked":
        return 0, -(row.verdict.confidence or 0.0)
    if role.side == "forget":
        found = list(row.evidence.tiers.values()) if row.evidence else []
        last = next((said.probs for said in reversed(found) if said.probs), {})
        return 1, -sum(share for label, share in last.items() if role.of(label) == "leaked")
    return 2, -(row.verdict.confidence or 0.0)
