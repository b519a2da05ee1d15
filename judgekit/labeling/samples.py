"""What a sitting is about: a sample of items, where it stands after each label, and what comes of it in the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

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
        What can be said, in one or two sentences.
    command : str
        The command to go on with; several are joined by line ends.
    written : tuple of Path
        The files that hold it.
    """

    certified: bool
    sentence: str
    command: str
    written: tuple[Path, ...]


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
        """Of its pool file; empty where there is none."""

    @property
    def promise(self) -> str:
        """What the labels are to certify, in a sentence; empty where nothing."""

    def standing(self, given: Given) -> Standing:
        """Where it stands, by the labels given so far; may take a while."""

    def finish(self, labels: Path) -> Outcome:
        """Make of a label file what it was written for."""


@dataclass(frozen=True)
class Listed:
    """A sample that is asked in its own order, each item in turn: a queue, whose first items are a sample too.

    Attributes
    ----------
    tasks : tuple of Task
    kind, fingerprint : str
        As of its pool file.
    certain : str
        When to stop, in a sentence.
    command : str
        The command to go on with, in which ``{labels}`` stands for the label file.
    """

    tasks: tuple[Task, ...]
    kind: str = "items"
    fingerprint: str = ""
    certain: str = "Stop when you like: the items asked so far are a fair sample of all."
    command: str = ""

    @property
    def promise(self) -> str:
        """Nothing is promised of it."""
        return ""

    def standing(self, given: Given) -> Standing:
        """What is left is one block."""
        left = tuple(item for item in range(len(self.tasks)) if item not in given)
        stop = self.certain if left else "Every item is labeled."
        return Standing(left, len(left), stop=stop)

    def finish(self, labels: Path) -> Outcome:
        """Nothing is made of the labels; whoever drew the items knows what they are for."""
        return Outcome(
            False, f"The labels are in {labels}.", self.command.format(labels=labels), written=(labels,)
        )
