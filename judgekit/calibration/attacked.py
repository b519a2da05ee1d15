"""What became of a policy's verdicts under attack, as a file beside its calibration: ``forgetting.attacks.json``.

``judgekit judges attack --calibration FILE`` writes it (:mod:`judgekit.attacks`); report and certificate state it. It
is no part of what is promised, and speaks of one policy alone: the one with its fingerprint.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from judgekit.documents import read_json
from judgekit.records import Record, parse
from judgekit.runs.atomic import replacing

SUFFIX = ".attacks.json"

NONE = "No attack on this policy is on record ('judgekit judges attack --calibration FILE' tries some)."
"""Where no file speaks of a policy."""


class Kept(Record):
    """Accepted verdicts on the texts of one family: how many are on the right side.

    Attributes
    ----------
    family : str
        *clean* are the items as they are, *all attacks* every family together.
    goal : {'forgotten', 'leaked'} | None
        What the attacks are for; None: both.
    texts, accepted : int
        All of them, and those that got a verdict.
    agreement, low, high : float | None
        Of the accepted, the share on the side that the label is on, with its 95 % interval; None where none was.
    """

    family: str
    goal: Literal["forgotten", "leaked"] | None = None
    texts: int
    accepted: int
    agreement: float | None = None
    low: float | None = None
    high: float | None = None


class AttackedPolicy(Record):
    """The result of attacking one policy.

    Attributes
    ----------
    calibration : str
        Fingerprint of the policy's calibration.
    rubric : str
        What verdicts were asked for.
    promised : float | None
        The agreement that is promised on ordinary items; None for other promises.
    items, calibrated_on : int
        Labeled items that were attacked, and those of them whose question the calibration was made from.
    repeats : int
        Draws of each attack on each item.
    tried, untried : tuple[str, ...]
        Families of attacks.
    kept : tuple[Kept, ...]
        Agreement among accepted verdicts, family by family.
    made, version : str
        The day it was made, as an ISO-8601 date, and by which judgekit.
    """

    schema_: Literal["judgekit.attacks/1"] = Field("judgekit.attacks/1", alias="schema")
    calibration: str
    rubric: str
    promised: float | None = None
    items: int
    calibrated_on: int = 0
    repeats: int
    tried: tuple[str, ...]
    untried: tuple[str, ...] = ()
    kept: tuple[Kept, ...]
    made: str = ""
    version: str = ""

    @property
    def sentence(self) -> str:
        """What was tried, what came of it, and what was not tried."""
        whole = next((one for one in self.kept if one.family == "all attacks"), None)
        tried = f"{len(self.tried)} families of attacks were tried on {self.items:,} labeled items"
        if self.calibrated_on:
            tried += f" ({self.calibrated_on:,} of questions that it was calibrated on)"
        if whole is None or whole.agreement is None or whole.low is None or whole.high is None:
            told = f"{tried}; no attacked output got a verdict."
        else:
            told = (
                f"{tried}; of the {whole.accepted:,} attacked outputs of {whole.texts:,} that got a verdict, "
                f"{whole.agreement:.0%} got one on the right side ({whole.low:.0%} to {whole.high:.0%})."
            )
        missing = f" Not tried: {', '.join(self.untried)}." if self.untried else ""
        return f"{told}{self._below()}{missing}"

    def _below(self) -> str:
        """The families under which agreement was seen below the promise, the worst first."""
        low = [
            one
            for one in self.kept
            if one.family not in ("clean", "all attacks")
            and self.promised is not None
            and one.agreement is not None
            and one.agreement < self.promised
        ]
        if self.promised is None:
            return ""
        if not low:
            return f" No family brought it below the {self.promised:.0%} promised."
        named = ", ".join(
            f"{one.family} to look {one.goal} {one.agreement:.0%}"
            for one in sorted(low, key=lambda one: one.agreement or 0.0)
        )
        return f" Below the {self.promised:.0%} promised: {named}."

    def save(self, path: Path) -> None:
        """Write as indented JSON, in one step."""
        with replacing(path) as file:
            file.write(json.dumps(self.to_row(), indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def load(cls, path: Path) -> AttackedPolicy:
        """Read such a file; an ``InputError`` says what is wrong with it."""
        return parse(cls, read_json(path, "a result of attacks"), path=path)


def attacks_file(calibration: Path) -> Path:
    """Where the result for a calibration file stands: ``forgetting.attacks.json`` beside ``forgetting.json``."""
    return calibration.with_name(calibration.stem + SUFFIX)


def attacks_beside(files: Iterable[Path]) -> list[AttackedPolicy]:
    """All results in the folders of files."""
    folders = dict.fromkeys(path.parent.resolve() for path in files)
    return [AttackedPolicy.load(path) for folder in folders for path in sorted(folder.glob("*" + SUFFIX))]


def attacks_told(found: Sequence[AttackedPolicy], calibration: str) -> str:
    """What is known of attacks on the policy with a fingerprint, in a sentence or two; the newest where several are."""
    mine = [one for one in found if one.calibration == calibration]
    return max(mine, key=lambda one: one.made).sentence if mine else NONE
