"""What a sitting is about: a sample of items, where it stands after each label, and what comes of it in the end."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from judgekit.calibration.record import Calibration
from judgekit.labeling.audit import audit
from judgekit.labeling.sheet import Task

Given = Mapping[int, Sequence[str]]
"""Item (its number in the sample) -> the labels that people gave it."""


@dataclass(frozen=True)
class Standing:
    """Where a sample stands.

    Attributes
    ----------
    block : tuple of int
        Items to ask next, in order; empty where nobody needs to be asked more.
    remaining : int
        At most so many items may still be asked.
    certified, next, stop : str
        Sentences: what is certified so far, what the next block may add, when to stop; empty where there is nothing
        to say.
    """

    block: tuple[int, ...]
    remaining: int
    certified: str = ""
    next: str = ""
    stop: str = ""

    @property
    def finished(self) -> bool:
        """Whether further labels of this sample can add nothing."""
        return not self.block


@dataclass(frozen=True)
class Outcome:
    """What came of a sitting.

    Attributes
    ----------
    certified : bool
        Whether something is promised now.
    sentence : str
        What can be said.
    command : str
        The command to go on with.
    written : tuple of Path
        The files that hold it.
    calibration : Calibration, optional
        What was certified, where it was for a promise.
    """

    certified: bool
    sentence: str
    command: str
    written: tuple[Path, ...]
    calibration: Calibration | None = None


class Sample(Protocol):
    """Items that people are asked about, and what their labels are for."""

    @property
    def tasks(self) -> Sequence[Task]:
        """The items, all of one rubric."""

    @property
    def kind(self) -> str:
        """What it was drawn for, as a pool file says it."""

    @property
    def fingerprint(self) -> str:
        """Of its pool; empty where there is none."""

    @property
    def promise(self) -> str:
        """What the labels are to certify, in a sentence; empty where nothing."""

    @property
    def guidance(self) -> str:
        """What the rubric asks, for people; empty where nobody says it."""

    @property
    def labels_at_most(self) -> int:
        """How many labels can be of use before anybody gave one."""

    def standing(self, given: Given) -> Standing:
        """Where it stands, by the labels given so far; may take a while."""

    def finish(self, labels: Path) -> Outcome:
        """Make of a label file what it was written for."""


FAIR = "Stop when you like: the items asked so far are a fair sample."


@dataclass(frozen=True)
class Listed:
    """A sample that is asked in its own random order: the items asked so far are themselves a fair sample.

    Attributes
    ----------
    tasks : tuple of Task
    guidance : str
        What the rubric asks.
    kind, fingerprint : str
        As of its pool; the kind "sheet" has none.
    command : tuple of str
        The command to go on with, up to the label file.
    stop : str
        When to stop.
    """

    tasks: tuple[Task, ...]
    guidance: str = ""
    kind: str = "sheet"
    fingerprint: str = ""
    command: tuple[str, ...] = ()
    stop: str = FAIR

    @property
    def promise(self) -> str:
        """None."""
        return ""

    @property
    def labels_at_most(self) -> int:
        """One an item."""
        return len(self.tasks)

    def standing(self, given: Given) -> Standing:
        """What is left is one block."""
        left = tuple(item for item in range(len(self.tasks)) if item not in given)
        return Standing(left, len(left), stop=self.stop if left else "Every item is labeled.")

    def finish(self, labels: Path) -> Outcome:
        """Say where the labels are, and what takes them."""
        command = shlex.join([*self.command, "--labels", str(labels)]) if self.command else ""
        return Outcome(False, f"The labels are in {labels}.", command, (labels,))


@dataclass(frozen=True)
class Checks(Listed):
    """Spot checks of verdicts under a promise.

    Attributes
    ----------
    runs, calibrations : tuple of Path
        The run folders that the verdicts are in, and the calibrations that they are decided by anew.
    """

    runs: tuple[Path, ...] = ()
    calibrations: tuple[Path, ...] = ()
    stop: str = "Stop when you like: what an audit says holds at any moment."

    def finish(self, labels: Path) -> Outcome:
        """Say whether the promise holds, by these labels."""
        found = audit(self.runs, labels, calibrations=self.calibrations)
        said = super().finish(labels)
        holds = bool(found) and all(one.status == "holds" for one in found)
        return Outcome(holds, " ".join(one.sentence for one in found), said.command, (labels,))
