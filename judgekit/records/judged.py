"""What was found out about items: every judge's evidence, and the verdict."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import AliasChoices, Field, field_validator, model_validator

from judgekit.records.base import Record
from judgekit.records.items import HumanLabel, Item

PEOPLE = "human"
"""The tier of people, in every file: asked last, outside the policy, since a person's label needs no promise."""

NO_OPINION = "no opinion"
"""Why evidence is missing where a judge was heard and leaves the item to others on purpose: no failure of the judge."""


class Evidence(Record):
    """What one judge (or one stage of it) said of one item under a rubric.

    Attributes
    ----------
    probs : dict[str, float]
        label -> probability, summing to 1 over the label set; empty where the judge gave nothing.
    reason : str | None
        Why ``probs`` is empty, or what is missing beside it (annotators that could not be heard).
    asked : bool
        False where the judge was not asked at all, as by a recording that lacks the item. Then nothing
        is known of what it would have said; that is another state than having been asked in vain.
    mass : float | None
        Share of the model's probability on the label tokens before renormalizing (mean over asks).
    order_inconsistency : float | None
        Share of annotators whose verdict changed with the order of options or outputs.
    asks : int
        Prompts behind this evidence (annotators x orders).
    calls : tuple[str, ...]
        Content keys of those prompts; raw text and log-probabilities stand in the store under them.
    prompt_tokens, cached_tokens, completion_tokens : int | None
        Sums over the asks, None where not reported.
    cost : float | None
        US dollars, None where the price is unknown.
    seconds : float | None
        Judge time, summed over asks.
    model : str | None
        Model id as the server reported it.
    fingerprint : str | None
        See ``Judge.fingerprint``.
    """

    probs: dict[str, float] = Field(default_factory=dict)
    reason: str | None = None
    asked: bool = True
    mass: float | None = None
    order_inconsistency: float | None = Field(
        None, validation_alias=AliasChoices("order_inconsistency", "flips")
    )
    asks: int = 0
    calls: tuple[str, ...] = ()
    prompt_tokens: int | None = None
    cached_tokens: int | None = None
    completion_tokens: int | None = None
    cost: float | None = Field(None, ge=0)
    seconds: float | None = None
    model: str | None = None
    fingerprint: str | None = None

    @field_validator("probs")
    @classmethod
    def _distribution(cls, probs: dict[str, float]) -> dict[str, float]:
        if not probs:
            return probs
        if any(not math.isfinite(p) or p < 0 for p in probs.values()):
            raise ValueError("probabilities must be finite and not negative")
        total = math.fsum(probs.values())
        if abs(total - 1) > 1e-3:
            raise ValueError(f"probabilities sum to {total:.4g}, expected 1")
        return {label: p / total for label, p in probs.items()}

    @classmethod
    def missing(cls, reason: str, **known: Any) -> Evidence:
        """No answer, and why; what was spent on it (``known``) is kept."""
        return cls(reason=reason, **known)

    @classmethod
    def unasked(cls, reason: str) -> Evidence:
        """The judge was not asked, and why."""
        return cls(reason=reason, asked=False)

    @property
    def label(self) -> str | None:
        """The most probable label, ties to the first in sorted order; None where missing."""
        return min(self.probs, key=lambda name: (-self.probs[name], name)) if self.probs else None


class ItemRow(Record):
    """An item as the files after it name it: which output it is, and the rubric it was judged by."""

    id: str
    question_id: str = ""
    split: str = ""
    model: str = ""
    method: str = ""
    rubric: str = ""

    @property
    def key(self) -> tuple[str, str, str]:
        """Id, model and method: what tells the outputs of a run apart."""
        return self.id, self.model, self.method

    @property
    def named(self) -> dict[str, str]:
        """These fields, to say the same item in another record."""
        return {name: getattr(self, name) for name in ItemRow.model_fields}


class EvidenceRow(ItemRow):
    """All that is known of one item: evidence by tier (in cascade order) and human labels.

    ``text_features`` describes its texts in numbers (:mod:`judgekit.calibration.text_features`), empty where unknown.
    ``fluent`` tells by rule whether the output reads as an answer of the kind asked for or as a refusal
    (:mod:`judgekit.judges.lexical.fluency`); None where the rubric does not ask or the texts were not at hand.
    ``suspect`` says what about its outputs may mislead a judge (:mod:`judgekit.calibration.suspects`), empty
    where nothing does; None where nobody looked.
    """

    schema_: Literal["judgekit.evidence/1", "judgekit.evidence/2"] = Field(
        "judgekit.evidence/2", alias="schema"
    )
    text_features: tuple[float, ...] = Field((), validation_alias=AliasChoices("text_features", "form"))
    fluent: bool | None = None
    suspect: str | None = None
    tiers: dict[str, Evidence]
    human: tuple[HumanLabel, ...] = ()

    def asked(self, tier: str) -> bool:
        """Whether a tier was asked about the item, be it in vain."""
        return tier in self.tiers and self.tiers[tier].asked


class Verdict(ItemRow):
    """The outcome for an item: a label with tier and confidence, or abstained, or unscored with a reason.

    ``calibration`` is the fingerprint of the calibration whose promise covers this verdict; None means that
    no agreement with people is promised, or that people said it themselves (``tier`` is then ``human``).

    ``fluent`` is the other question of a forget output: whether it reads as an answer of the kind asked for or as a
    refusal, whatever it reveals. Where the label says it, the label rules; else a rule without a model decides, also
    for items without a verdict. None where the rubric does not ask (its labels are not those of ``forgetting``).
    """

    schema_: Literal["judgekit.verdict/1"] = Field("judgekit.verdict/1", alias="schema")
    state: Literal["verdict", "abstained", "unscored"]
    label: str | None = None
    tier: str | None = None
    confidence: float | None = None
    reason: str | None = None
    cost: float | None = None
    calibration: str | None = None
    fluent: bool | None = None
    human: tuple[HumanLabel, ...] = ()

    @model_validator(mode="after")
    def _states(self) -> Verdict:
        if (self.state == "verdict") != (self.label is not None):
            raise ValueError("a label belongs to the state 'verdict', and only to it")
        if self.state == "unscored" and not self.reason:
            raise ValueError("an unscored verdict needs a reason")
        return self


@dataclass(frozen=True)
class ItemResult:
    """All that a cascade found out about one item."""

    item: Item
    evidence: EvidenceRow
    verdict: Verdict


_ATTEMPTS = re.compile(r" \(attempts: \d+\)$")
_DETAIL = re.compile(r"'[^']*'|\"[^\"]*\"|\d+(?:\.\d+)?")


def kind_of(reason: str) -> str:
    """A reason without what differs from item to item, so that the same failures are counted together."""
    return " ".join(_DETAIL.sub("…", _ATTEMPTS.sub("", reason)).split())[:160]
