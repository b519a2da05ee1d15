"""One run made ready for comparison: what it reveals and what it keeps, per question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from judgekit.records import Item
from judgekit.report.compare import Values, shares
from judgekit.report.outcome import Outcome
from judgekit.report.runs import Judged, Run

FORGET = "forget"
FORGETTING_RUBRICS, UTILITY_RUBRICS = ("forgetting", "multihop"), ("utility",)
ROUGE = "ROUGE-L recall"
EXTRACTION = "extraction strength"
RECORDED_REVEALED = {
    "rougeL_recall": ROUGE,
    "entailment": "NLI entailment",
    "extraction_strength": EXTRACTION,
}
LEAKED, NOT_WELL = "judged leaked", "judged badly forgotten"
CORRECT, ROUGE_KEPT = "judged correct", "ROUGE-L recall on kept splits"


@dataclass(frozen=True)
class Side:
    """One run made ready.

    Attributes
    ----------
    outcome : Outcome
    revealed : measure to question to value
        Higher = forgotten worse, in [0, 1].
    kept : measure to question to value
        Higher = more kept, in [0, 1].
    items : question to item
        Of the forget split, to show examples.
    undecided : int
        Judged forget questions without a verdict; they are in no judged measure.
    """

    run: Run
    outcome: Outcome
    revealed: dict[str, Values]
    kept: dict[str, Values]
    items: dict[str, Item] = field(repr=False)
    undecided: int = 0

    @property
    def name(self) -> str:
        """The run's name, unique among those compared."""
        return self.run.name

    @property
    def method(self) -> str:
        """The unlearning method, which tells the role of the run; its own name where the outputs name none."""
        return self.run.rows[0].verdict.method or self.run.name


def questions(side: Side) -> set[str]:
    """The forget questions that any of a run's measures has a value for."""
    return set().union(*side.revealed.values())


def make_side(run: Run) -> Side:
    """Measures, labels and items of a loaded run, by question; what it does not have is left out."""
    rows = [row for row in run.rows if row.item is not None]
    items = {row.item.id: row.item for row in rows if row.item is not None}
    made = run.outcome
    forgetting = _labels(row for row in rows if row.verdict.rubric in FORGETTING_RUBRICS and _forget(row))
    utility = _labels(row for row in rows if row.verdict.rubric in UTILITY_RUBRICS and not _forget(row))
    recorded = made.values.get(FORGET, {})
    revealed = {label: recorded[name] for name, label in RECORDED_REVEALED.items() if recorded.get(name)}
    if leaked := shares(forgetting, ["leaked"]):
        well = shares(forgetting, ["withheld", "wrong"])
        revealed |= {LEAKED: leaked, NOT_WELL: {question: 1 - value for question, value in well.items()}}
    kept: dict[str, Values] = {}
    if correct := shares(utility, ["correct"]):
        kept[CORRECT] = correct
    rouge = {
        question: value
        for split, columns in made.values.items()
        if split != FORGET
        for question, value in columns.get("rougeL_recall", {}).items()
    }
    if rouge:
        kept[ROUGE_KEPT] = rouge
    by_question = {item.question_id: item for item in items.values() if item.split == FORGET}
    return Side(run, made, revealed, kept, by_question, sum(label is None for label in forgetting.values()))


def _forget(row: Judged) -> bool:
    return row.verdict.split == FORGET


def _labels(rows: Iterable[Judged]) -> dict[str, str | None]:
    return {row.verdict.question_id: row.verdict.label for row in rows}
