"""The promise of a calibration, as verdicts and labels meet it by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from judgekit.records import Verdict
from judgekit.trust.risk import Promise


@dataclass(frozen=True)
class Promised:
    """What was promised, of whose verdicts, and for which groups apart.

    Attributes
    ----------
    promise : Promise
        It alone says what an error is; its labels are numbered as in `labels`.
    labels, tiers : tuple of str
        The calibration's labels in their order, and the judges whose verdicts the promise covers.
    by : str
        The field of a verdict whose values are promised for on their own; empty: one promise for all.
    person : bool
        Agreement with one of an item's people, drawn at random, instead of with their majority.
    per_item : bool
        About items, every output of a question, instead of about questions and one output of each.
    """

    promise: Promise
    labels: tuple[str, ...]
    tiers: tuple[str, ...]
    by: str = ""
    person: bool = False
    per_item: bool = False

    @classmethod
    def of(cls, calibration: Mapping[str, Any]) -> Promised:
        """Read a calibration file's content."""
        certificate, labels = calibration["certificate"], tuple(calibration["labels"])
        return cls(
            Promise(
                certificate["agreement"],
                certificate["delta"],
                certificate.get("tolerance", 0),
                {int(label): target for label, target in certificate.get("per_label", {}).items()},
                labels,
            ),
            labels,
            tuple(calibration["tiers"]),
            calibration.get("group_by") or "",
            calibration.get("people") == "random",
            calibration.get("per") == "item",
        )

    def group(self, verdict: Verdict) -> str:
        """The group that a verdict's promise is about; empty where there is one for all."""
        return str(getattr(verdict, self.by)) if self.by else ""

    def by_people(self, verdict: Verdict) -> bool:
        """Whether people settled what the policy left open: such a verdict is a label, not a judge's."""
        return verdict.state == "verdict" and verdict.tier not in self.tiers

    def agree(self, verdict: str, human: str) -> bool:
        """Whether a verdict's label agrees with people's in the promise's eyes."""
        if verdict not in self.labels or human not in self.labels:
            return verdict == human
        return self.promise.agree(self.labels.index(verdict), self.labels.index(human))
