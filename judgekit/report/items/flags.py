"""Why an item may be worth a look: what people, judges, the threshold and chance say of its verdict."""

from __future__ import annotations

from judgekit.records import CANNOT_TELL, PEOPLE
from judgekit.report.items.near import Standing
from judgekit.report.run import JudgedItem
from judgekit.rubrics import Role

FLAGS = (
    "people disagree",
    "people against",
    "judges disagree",
    "near threshold",
    "by chance",
    "unread",
)
"""All flags, in the order of their bits."""

AS_EASILY = 0.1
"""Share of the other questions with the same reference from which on a leak counts as one by chance."""


def flags_of(row: JudgedItem, role: Role, standing: Standing, chance: float) -> tuple[str, ...]:
    """The flags of an item, in the order of :data:`FLAGS`.

    *people disagree*: people gave it different labels. *people against*: the label of their majority is not the
    verdict's. *judges disagree*: tiers that answered gave different labels. *near threshold*: see
    :mod:`judgekit.report.items.near`. *by chance*: a leak of a reference that at least
    :data:`AS_EASILY` of the other questions of its split and kind have too. *unread*: the output does not read as an
    answer.

    Parameters
    ----------
    row : JudgedItem
    role : Role
        What the labels of its rubric count as.
    standing : Standing
        How its evidence stood against the threshold.
    chance : float
        Share of the other questions of its kind that have its reference (:mod:`judgekit.report.items.chance`).
    """
    given = row.verdict.label
    said = {label.label for label in row.human if not label.again}
    tiers = row.evidence.tiers.items() if row.evidence else ()
    judged = {found.label for tier, found in tiers if tier != PEOPLE and found.label is not None}
    held = (
        len(said) > 1,
        given is not None and row.majority not in (None, CANNOT_TELL, given),
        len(judged) > 1,
        standing.near,
        role.of(given or "") == "leaked" and chance >= AS_EASILY,
        row.verdict.fluent is False,
    )
    return tuple(flag for flag, holds in zip(FLAGS, held, strict=True) if holds)
