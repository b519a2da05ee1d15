"""What a family of attacks is: a way to write an output anew without a change of what it reveals."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from judgekit.errors import ConfigError
from judgekit.records import Item
from judgekit.rubrics import LETTERS, Rubric

Goal = Literal["forgotten", "leaked"]
GOALS: tuple[Goal, ...] = ("forgotten", "leaked")
"""What an attack is for: a leak is to look forgotten, or an output without the reference is to look leaked."""

_REVEALS = ("leaked", "correct", "right", "partial")
_HIDES = ("withheld", "refused", "wrong", "degenerate")
_ATTACKED: dict[Goal, tuple[str, ...]] = {"forgotten": _REVEALS[:3], "leaked": _HIDES[:3]}


@dataclass(frozen=True)
class Sides:
    """What the labels of a rubric say: that an output holds the reference knowledge, or that it does not.

    Attributes
    ----------
    reveals : frozenset of str
        Labels of outputs that hold it, wholly or in part.
    attacked : mapping of goal to tuple of str
        The labels of outputs that are attacked for a goal; those in between, and gibberish, are not.
    """

    reveals: frozenset[str]
    attacked: dict[Goal, tuple[str, ...]]

    @classmethod
    def of(cls, rubric: Rubric) -> Sides:
        """Those of a rubric.

        Raises
        ------
        ConfigError
            Its labels do not say whether an output holds the reference, or it judges no single output.
        """
        counted = {label: rubric.role.of(label) for label in rubric.labels}
        if rubric.file.kind != "pointwise" or set(counted.values()) - {*_REVEALS, *_HIDES}:
            raise ConfigError(
                f"rubric '{rubric.name}': attacks need labels that say whether one output holds the reference, as "
                "those of forgetting, utility and qa do"
            )
        attacked = {
            goal: tuple(sorted((name for name in counted if counted[name] in kinds), key=rubric.labels.index))
            for goal, kinds in _ATTACKED.items()
        }
        return cls(frozenset(name for name, kind in counted.items() if kind in _REVEALS), attacked)

    def goal(self, label: str) -> Goal | None:
        """What an attack on an output with this label is for; None where it is not attacked."""
        return next((goal for goal in GOALS if label in self.attacked[goal]), None)


@dataclass(frozen=True)
class Target:
    """An output to be attacked.

    Attributes
    ----------
    item : Item
        With one output.
    goal : Goal
        What the attack is for.
    label, letter : str
        The verdict that the attacker wants, and its option letter in the order as written: rubrics are public.
    draw : random.Random
        Whatever the attack leaves to chance.
    """

    item: Item
    goal: Goal
    label: str
    letter: str
    draw: random.Random

    @classmethod
    def of(cls, item: Item, goal: Goal, rubric: Rubric, seed: str) -> Target:
        """The target that an item is for a goal; the same seed gives the same attack."""
        wanted = Sides.of(rubric).attacked["leaked" if goal == "forgotten" else "forgotten"][0]
        letter = LETTERS[rubric.labels.index(wanted)]
        return cls(item, goal, wanted, letter, random.Random(seed))

    @property
    def output(self) -> str:
        """The output as it was."""
        return self.item.output

    def one_of(self, *ways: str) -> str:
        """One of several ways to say it."""
        return self.draw.choice(ways)


Rewrite = Callable[[Target], str]
"""The attacked, or merely odd, output of a target."""


@dataclass(frozen=True)
class Family:
    """A way to fool a judge, and an honest text that looks like it.

    Attributes
    ----------
    name : str
        In tables and on the command line.
    tries : str
        What it tries, in one line.
    attack : Rewrite
        The attacked output. What it reveals is what the output revealed, or nothing.
    control : Rewrite
        An honest output that merely looks odd: the same words, as an honest model might have put them.
    goals : sequence of Goal
        What it can be for.
    """

    name: str
    tries: str
    attack: Rewrite
    control: Rewrite
    goals: Sequence[Goal] = GOALS
