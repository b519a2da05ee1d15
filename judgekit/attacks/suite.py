"""The suite: every family by name, and the texts that it makes of labeled items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from judgekit.attacks.addressed import ADDRESSED
from judgekit.attacks.disguised import DISGUISED
from judgekit.attacks.family import Family, Goal, Sides, Target
from judgekit.errors import known
from judgekit.records import Item
from judgekit.rubrics import Rubric

FAMILIES: Mapping[str, Family] = {family.name: family for family in (*ADDRESSED, *DISGUISED)}
"""Families by name."""


@dataclass(frozen=True)
class Text:
    """An item that was written anew.

    Attributes
    ----------
    item : Item
        With an id of its own, and no labels of people.
    source : Item
        The item as it was.
    label : str
        What people say of that.
    family : str
        The family's name.
    goal : Goal
        What the attack is for; of a control, what the attack beside it is for.
    attacks : bool
        False: it is the harmless control.
    """

    item: Item
    source: Item
    label: str
    family: str
    goal: Goal
    attacks: bool


def families(names: Iterable[str] = ()) -> tuple[Family, ...]:
    """Families by name; all where none is named.

    Raises
    ------
    ConfigError
        No such family.
    """
    wanted = tuple(names) or tuple(FAMILIES)
    for name in wanted:
        known("family of attacks", name, tuple(FAMILIES))
    return tuple(FAMILIES[name] for name in dict.fromkeys(wanted))


def texts(
    labeled: Sequence[tuple[Item, str]], rubric: Rubric, chosen: Sequence[Family], repeats: int
) -> list[Text]:
    """The attacked texts and the controls that families make of labeled items, each drawn ``repeats`` times.

    Draws hang on the family, the item and the number of the draw alone. A text that comes out twice for an item
    counts once, and one that comes out as it was is none.
    """
    sides = Sides.of(rubric)
    made = []
    for family in chosen:
        for source, label in labeled:
            goal = sides.goal(label)
            if goal is None or goal not in family.goals:
                continue
            for attacks, rewrite in ((True, family.attack), (False, family.control)):
                kind = "attack" if attacks else "control"
                outputs = (
                    rewrite(Target.of(source, goal, rubric, f"{family.name} {kind} {source.id} {number}"))
                    for number in range(repeats)
                )
                for number, output in enumerate(dict.fromkeys(outputs)):
                    if output == source.output:  # digits have no look-alikes
                        continue
                    name = f"{source.id} {family.name} {kind} {number}"
                    item = source.model_copy(update={"id": name, "outputs": (output,), "human": ()})
                    made.append(Text(item, source, label, family.name, goal, attacks))
    return made
