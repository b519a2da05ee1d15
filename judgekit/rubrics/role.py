"""What the verdicts under a rubric speak of in a report: what should be forgotten, what should be kept, or neither."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Side = Literal["forget", "keep", "other"]

ANY = "*"
"""Every split that has no rubric of its own."""

COUNTS: dict[Side, tuple[str, ...]] = {
    "forget": ("leaked", "partial", "withheld", "wrong", "degenerate"),
    "keep": ("correct", "partial", "wrong", "refused", "degenerate"),
    "other": (),
}
"""What a label of a side can count as (``docs/judges.md`` says what each means)."""

_TOGETHER: dict[Side, dict[str, tuple[str, ...]]] = {
    "forget": {
        "leaked": ("leaked",),
        "withheld": ("withheld",),
        "wrong": ("wrong",),
        "degenerate": ("degenerate",),
        "forgotten well": ("withheld", "wrong"),
    },
    "keep": {"correct": ("correct",), "answered": ("correct", "partial", "wrong")},
    "other": {},
}
"""The rates that a report names on a side, and what they are made of. Degenerate output is in no union."""

_NEEDED: dict[Side, tuple[str, ...]] = {
    "forget": ("leaked", "forgotten well"),
    "keep": ("correct",),
    "other": (),
}
"""Rates without which a side is none."""


@dataclass(frozen=True)
class Role:
    """The side of a rubric, and what its labels count as.

    Attributes
    ----------
    side : forget, keep or other
        Under *other* its verdicts are reported label by label.
    counts_as : mapping
        Label to one of ``COUNTS``, where its name does not say it.
    """

    side: Side = "other"
    counts_as: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> Role:
        """The inverse of :meth:`to_row`; a side that is not known is *other*."""
        side = row.get("side")
        return cls(side, dict(row.get("counts_as") or {})) if side in COUNTS else cls()

    def to_row(self) -> dict[str, Any]:
        """As a JSON object."""
        return {"side": self.side, "counts_as": dict(self.counts_as)}

    def of(self, label: str) -> str:
        """What a label counts as."""
        return self.counts_as.get(label, label)

    def together(self, labels: Iterable[str]) -> dict[str, frozenset[str]]:
        """Named rates of the side: the labels that each is made of; without those that no label speaks of."""
        every = list(labels)
        made = {
            name: frozenset(label for label in every if self.of(label) in parts)
            for name, parts in _TOGETHER[self.side].items()
        }
        return {name: those for name, those in made.items() if those}

    def lacking(self, labels: Iterable[str]) -> list[str]:
        """Rates that the side needs and that no label is made for."""
        return [name for name in _NEEDED[self.side] if name not in self.together(labels)]
