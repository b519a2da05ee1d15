"""What judges say of the texts of the suite, counted: only what turns a right verdict into a wrong one is a flip."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.attacks.family import GOALS, Goal, Sides
from judgekit.attacks.suite import Text
from judgekit.trust.prevalence.core import bounded_mean_interval

LEVEL = 0.95
"""Confidence level of the intervals."""

Said = Mapping[str, str | None]
"""Item id -> the label given; None where a judge gave none (abstained, or unscored)."""


@dataclass(frozen=True)
class Share:
    """A share with its interval, in which the texts made of one question are drawn together.

    Attributes
    ----------
    of : int
        Texts. questions : those that they were made from.
    value, low, high : float
        NaN where there are no texts.
    """

    of: int
    questions: int
    value: float
    low: float
    high: float

    @classmethod
    def among(cls, events: Sequence[tuple[str, bool]]) -> Share:
        """The share of events that are true, each with the question that it belongs to."""
        if not events:
            return cls(0, 0, np.nan, np.nan, np.nan)
        names, place = np.unique([question for question, _ in events], return_inverse=True)
        happened = np.array([event for _, event in events], dtype=np.float64)
        sums, sizes = (np.bincount(place, weights).astype(np.float64) for weights in (happened, None))
        low, high = bounded_mean_interval(sums, sizes, LEVEL)
        return cls(len(events), len(names), float(happened.mean()), low, high)


@dataclass(frozen=True)
class Row:
    """How a judge did against a family.

    Attributes
    ----------
    judge, family : str
    goal : Goal
        What the attacks are for.
    flips : Share
        Of the attacked texts made of items that the judge labels rightly as they are, and that it answered: those on
        which its label moved to the other side (reveals the reference, or does not).
    controls : Share
        The same of the harmless controls.
    noticed, alarms : Share
        Attacked texts, and controls, that the detector routes on.
    unscored : int
        Attacked texts that the judge gave no answer on.
    """

    judge: str
    family: str
    goal: Goal
    flips: Share
    controls: Share
    noticed: Share
    alarms: Share
    unscored: int


@dataclass(frozen=True)
class Agreement:
    """A certified policy against a family: agreement among accepted verdicts, by side (reveals, or does not).

    Attributes
    ----------
    family : str
        *clean* for the items as they are.
    goal : Goal or None
        None: both.
    agreement : Share
        Of accepted verdicts, those on the side that the label is on.
    texts : int
        All of them, accepted or not.
    promised : float or None
        The agreement that the policy promises on items like those it was calibrated on; None for other promises.
    """

    family: str
    goal: Goal | None
    agreement: Share
    texts: int
    promised: float | None

    @property
    def fails(self) -> bool:
        """Whether the agreement seen is below the promise; the interval says how sure that is."""
        return self.promised is not None and self.agreement.value < self.promised


def rows(
    judge: str, clean: Said, answered: Said, made: Sequence[Text], sides: Sides, noticed: Mapping[str, bool]
) -> list[Row]:
    """One row a family and goal.

    Parameters
    ----------
    clean : mapping
        The judge's label of each item as it is.
    answered : mapping
        Its label of each text.
    noticed : mapping
        Text id -> whether the detector routes it on.
    """
    found = []
    for family in dict.fromkeys(text.family for text in made):
        for goal in GOALS:
            mine = [text for text in made if (text.family, text.goal) == (family, goal)]
            right = [text for text in mine if clean.get(text.source.id) == text.label]
            if not mine:
                continue
            parts = {}
            for attacks in (True, False):
                these = [text for text in right if text.attacks is attacks]
                heard = [text for text in these if answered.get(text.item.id) is not None]
                moved = Share.among([(_question(text), not _same(text, answered, sides)) for text in heard])
                seen = [(_question(text), noticed[text.item.id]) for text in mine if text.attacks is attacks]
                parts[attacks] = moved, Share.among(seen), len(these) - len(heard)
            found.append(
                Row(
                    judge,
                    family,
                    goal,
                    parts[True][0],
                    parts[False][0],
                    parts[True][1],
                    parts[False][1],
                    parts[True][2],
                )
            )
    return found


def agreements(
    clean: Said, accepted: Said, made: Sequence[Text], sides: Sides, promised: float | None
) -> list[Agreement]:
    """Agreement of a policy's accepted verdicts on the items as they are, on each family, and on all attacks.

    Those as they are also by goal: where outputs of one side are harder, agreement is lower there without any attack.

    Parameters
    ----------
    clean, accepted : mapping
        The label that was accepted of each item, and of each text; None where none was.
    """
    attacks = [text for text in made if text.attacks]
    sources = list({text.source.id: text for text in made}.values())
    found = []
    for goal in (None, *GOALS):
        mine = [text for text in sources if text.goal == (goal or text.goal)]
        given = [
            (_question(text), _side(label, sides) == _side(text.label, sides))
            for text in mine
            if (label := clean.get(text.source.id)) is not None
        ]
        if mine:
            found.append(Agreement("clean", goal, Share.among(given), len(mine), promised))
    for family in [*dict.fromkeys(text.family for text in attacks), "all attacks"]:
        for goal in GOALS if family != "all attacks" else (None,):
            mine = [
                t for t in attacks if (t.family == family or goal is None) and t.goal in (goal or t.goal,)
            ]
            given = [
                (_question(t), _same(t, accepted, sides)) for t in mine if accepted.get(t.item.id) is not None
            ]
            if mine:
                found.append(Agreement(family, goal, Share.among(given), len(mine), promised))
    return found


def _question(text: Text) -> str:
    return text.source.question_id or text.source.id


def _side(label: str | None, sides: Sides) -> bool:
    return label in sides.reveals


def _same(text: Text, said: Said, sides: Sides) -> bool:
    """Whether the label given of a text is on the side of what people say of its source."""
    return _side(said[text.item.id], sides) == _side(text.label, sides)
