"""The promise that verdicts with one label are rarely a certain error, say that few "withheld" are leaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from judgekit.trust.risk import PERSON, Agreement, Promise, percent


@dataclass(frozen=True)
class AtMost(Promise):
    """Of the verdicts with one label at most so many are, in people's eyes, of certain others.

    Verdicts with any other label are held to ``otherwise``, each label on its own; without it they are never given.

    Attributes
    ----------
    limits : mapping of int to float
        Verdict label -> the most of these verdicts that may be errors.
    errors : mapping of int to sequence of int
        Verdict label -> the labels of people that make such a verdict an error; one for every label in ``limits``.
    delta, tolerance, names, drawn, tries
        See :class:`judgekit.trust.risk.Promise`.
    otherwise : Agreement or None
        What verdicts with other labels are held to.
    """

    kind = "at most"
    limits: Mapping[int, float]
    errors: Mapping[int, Sequence[int]]
    delta: float
    tolerance: int = 0
    names: Sequence[str] = ()
    drawn: str = "items"
    tries: int = 1
    otherwise: Agreement | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.limits or self.limits.keys() != self.errors.keys() or not all(self.errors.values()):
            raise ValueError(
                "limits and errors must name the same verdict labels, one or more, each with its errors"
            )
        for label, share in self.limits.items():
            if not 0 < share < 1:
                raise ValueError(f"limits[{label}] must lie strictly between 0 and 1, got {share}")
            if label in self.errors[label]:
                raise ValueError(f"a verdict with label {label} is no error where people give that label too")

    def errs(self, verdict: int, human: int) -> bool:
        """Whether people's label is one of the errors of that verdict; of other verdicts `otherwise` says it."""
        if verdict in self.limits:
            return human in self.errors[verdict]
        return self.otherwise is None or self.otherwise.errs(verdict, human)

    def conditions(self, classes: int) -> tuple[int | None, ...]:
        """The limited labels, each on its own; with `otherwise` every label."""
        return tuple(sorted(self.limits)) if self.otherwise is None else tuple(range(classes))

    def target(self, label: int | None) -> float:
        """One less the limit; of other labels what `otherwise` wants."""
        if label is not None and label in self.limits:
            return 1 - self.limits[label]
        if self.otherwise is None:
            raise ValueError(f"nothing is promised of verdicts with label {label}")
        return self.otherwise.target(label)

    def check(self, classes: int) -> None:
        """Whether every label that is named is one of so many."""
        named = {*self.limits, *(human for given in self.errors.values() for human in given)}
        if not named <= set(range(classes)):
            raise ValueError(f"at most: labels go from 0 to {classes - 1}, got {sorted(named)}")
        if self.otherwise is not None:
            self.otherwise.check(classes)

    def says(self, people: str, where: str = "") -> str:
        """The limits in the order of their labels, then what the other labels are held to."""
        eyes = f"the eyes of {PERSON}" if people == PERSON else "people's eyes"
        told = [
            f"at most {percent(share)} of the verdicts {self.name(label)}{where} are {self._wrong(label)} in {eyes}"
            for label, share in sorted(self.limits.items())
        ]
        if self.otherwise is not None:
            told.append(f"of those with each other label, {self.otherwise.says(people)}")
        return "; ".join(told)

    def thinkable(self, highest: int) -> int:
        """One label more than any that was seen or named: it would be no error."""
        named = max(human for given in self.errors.values() for human in given)
        return max(super().thinkable(highest), named + 1) + 1

    def spread(self, label: int | None) -> float:
        """What one person says bounds nothing here: of many labels that are no errors, none needs to be frequent."""
        if label in self.limits or self.otherwise is None:
            return float("inf")
        return self.otherwise.spread(label)

    @property
    def enough(self) -> str:
        """What the verdicts of no part do, where nothing can be certified."""
        return "errs rarely enough"

    @property
    def counted(self) -> str:
        """What the errors are that were seen."""
        return "of these errors in the eyes of the promise"

    def kept(self, label: int | None) -> tuple[str, str]:
        """What a check without an error shows, and what the share of such checks is called."""
        if label is None or label not in self.limits:
            return super().kept(label)
        return f"not {self._wrong(label)}", f"freedom from {self._wrong(label)}"

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> Promise:
        """The promise from its fields as decoded JSON, whose keys are text."""
        held = {
            **row,
            "limits": {int(label): share for label, share in row["limits"].items()},
            "errors": {int(label): tuple(given) for label, given in row["errors"].items()},
            "names": tuple(row.get("names", ())),
            "otherwise": None if row.get("otherwise") is None else Agreement.read(row["otherwise"]),
        }
        return cls(**held)

    def _wrong(self, label: int) -> str:
        return " or ".join(self.name(human) for human in self.errors[label])
