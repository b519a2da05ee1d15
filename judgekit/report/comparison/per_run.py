"""One run made ready for comparison: what it reveals and what it keeps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from judgekit.records import Item
from judgekit.report.claims.vouched import Vouched
from judgekit.report.groups import Group, RunSummary
from judgekit.report.paired import Values, by_question
from judgekit.report.per_question import QuestionValues
from judgekit.report.rates.judged import JudgedRate, judged_rates
from judgekit.report.run import Run

FORGET = "forget"
ROUGE = "ROUGE-L recall"
EXTRACTION = "extraction strength"
RECORDED_REVEALED = {
    "rougeL_recall": ROUGE,
    "entailment": "NLI entailment",
    "extraction_strength": EXTRACTION,
}
LEAKED, WELL, DEGENERATE, CORRECT = (
    "judged leaked",
    "judged forgotten well",
    "judged degenerate",
    "judged correct",
)
ROUGE_KEPT = "ROUGE-L recall on kept splits"
JUDGED = {LEAKED: "leaked", WELL: "forgotten well", DEGENERATE: "degenerate", CORRECT: "correct"}
"""Measure -> the rate of that name, of what should be forgotten or of what should be kept."""


@dataclass(frozen=True)
class RunValues:
    """One run made ready.

    Attributes
    ----------
    title : str
        What a reader sees.
    forget, keep : Group or None
        Its judged rates, as every table shows them.
    recorded : measure to question to value
        What the file recorded, in [0, 1]: of what is revealed, higher = forgotten worse; of what is kept, more kept.
    items : question to item
        Of the forget split, to show examples.
    promises : rubric to promise
        Those that stand.
    answers : bool or None
        Whether the model still answers what it should keep.
    competes : bool
        Whether it can be the best run.
    """

    run: Run
    title: str
    outcome: QuestionValues
    forget: Group | None
    keep: Group | None
    recorded: dict[str, Values]
    items: dict[str, Item] = field(repr=False)
    promises: Mapping[str, Vouched] = field(default_factory=dict, repr=False)
    answers: bool | None = None
    competes: bool = True

    @property
    def name(self) -> str:
        """The run's name, unique among those compared."""
        return self.run.name

    @property
    def method(self) -> str:
        """The unlearning method without its settings."""
        return self.run.trained.method

    @property
    def undecided(self) -> int:
        """Judged forget items without a verdict."""
        return self.forget.abstained + self.forget.unscored if self.forget else 0

    @cached_property
    def asked(self) -> frozenset[str]:
        """The forget questions that were judged, or that a measure of what is revealed has a value for."""
        found = {question for name in RECORDED_REVEALED.values() for question in self.recorded.get(name, ())}
        if self.forget is not None:
            rows = self.run.by_rubric[self.forget.rubric]
            found |= {row.verdict.question_id or row.verdict.id for row in rows}
        return frozenset(found)

    def group(self, measure: str) -> Group | None:
        """The group whose rate a judged measure is; None where the run has no such rate, or nothing was judged."""
        found = self.keep if measure == CORRECT else self.forget
        if found is None or JUDGED[measure] not in found.rates:
            return None
        return found if found.human or any(found.counts.values()) else None

    def has(self, measure: str) -> bool:
        """Whether the run has the measure."""
        return self.group(measure) is not None if measure in JUDGED else bool(self.recorded.get(measure))

    def rate_at(self, measure: str, level: float) -> JudgedRate:
        """A judged rate with limits at another confidence than the tables'."""
        group = self.group(measure)
        assert group is not None
        rates = judged_rates(
            self.run.by_rubric[group.rubric],
            list(group.counts),
            self._together(group),
            self.promises.get(group.rubric),
            level,
            only=JUDGED[measure],
            pools=self.run.pools,
        )
        return rates[JUDGED[measure]]

    def _together(self, group: Group) -> dict[str, frozenset[str]]:
        return self.run.role(group.rubric).together(group.counts)

    def verdicts(self, measure: str) -> Values:
        """By question: the share of its outputs with a verdict that are judged so."""
        group = self.group(measure)
        assert group is not None
        counted = self._together(group)[JUDGED[measure]]
        rows = [row.verdict for row in self.run.by_rubric[group.rubric] if row.verdict.label is not None]
        return by_question([v.question_id or v.id for v in rows], [float(v.label in counted) for v in rows])


def run_values(run: Run, told: RunSummary, promises: Mapping[str, Vouched]) -> RunValues:
    """Rates, recorded values and items of a loaded run; what it does not have is left out."""
    made = run.per_question
    revealed = made.values.get(FORGET, {})
    recorded = {label: revealed[name] for name, label in RECORDED_REVEALED.items() if revealed.get(name)}
    kept = {
        question: value
        for split, columns in made.values.items()
        if split != FORGET
        for question, value in columns.get("rougeL_recall", {}).items()
    }
    items = {
        row.item.question_id: row.item
        for row in run.rows
        if row.item is not None and row.item.split == FORGET
    }
    return RunValues(
        run,
        told.title,
        made,
        told.side("forget"),
        told.side("keep"),
        {**recorded, **({ROUGE_KEPT: kept} if kept else {})},
        items,
        promises,
        told.answers,
        told.competes,
    )
