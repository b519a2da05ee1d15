"""What a verification says: of every part of a certificate whether it is the same, differs, or cannot be checked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal

Outcome = Literal["same", "differs", "missing"]


@dataclass(frozen=True)
class Part:
    """One part of what a certificate says.

    Attributes
    ----------
    name : str
    outcome : Outcome
        ``missing``: what it takes to check the part is not there.
    said : str
        What was compared, where it differs, or what is missing.
    needed : bool
        Whether nothing is verified where this part is missing.
    """

    name: str
    outcome: Outcome
    said: str
    needed: bool = False


@dataclass(frozen=True)
class Verification:
    """What came of making a certificate again.

    Attributes
    ----------
    certificate : str
        Its file.
    rubric, claim : str
        What it is for, and the sentence that it states.
    parts : tuple of Part
    taken : tuple of str
        What no file can show, and is the sender's word.
    """

    certificate: str
    rubric: str
    claim: str
    parts: tuple[Part, ...]
    taken: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """``differs`` where any part does; ``missing`` where a needed one is; else ``same``."""
        if any(part.outcome == "differs" for part in self.parts):
            return "differs"
        if any(part.outcome == "missing" and part.needed for part in self.parts):
            return "missing"
        return "same"

    @property
    def sentence(self) -> str:
        """The outcome in one line."""
        if self.outcome == "same":
            unchecked = [part.name for part in self.parts if part.outcome == "missing"]
            but = f" Not checked: {', '.join(unchecked)}." if unchecked else ""
            return f"SAME: made again from its evidence and labels, the certificate says the same.{but}"
        worst = [
            part
            for part in self.parts
            if part.outcome == self.outcome and (part.needed or self.outcome == "differs")
        ]
        head = "REFUSED" if self.outcome == "differs" else "NOT VERIFIED"
        others = ", ".join(part.name for part in worst[1:])
        old = next(
            (part.said for part in self.parts if part.name == "code" and part.outcome == "missing"), ""
        )
        first = worst[0].said.partition("; ")[0]
        told = f"{worst[0].name}: {first}{others and f' (and: {others})'}"
        why = f"; {old}, which may compute otherwise" if old and self.outcome == "differs" else ""
        return f"{head}: {told}{why}"

    def to_dict(self) -> dict[str, Any]:
        """The verification as a JSON object."""
        return {**asdict(self), "outcome": self.outcome, "sentence": self.sentence}
