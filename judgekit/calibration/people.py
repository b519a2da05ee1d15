"""What people's labels are worth, in short: how far people agree, with each other and themselves, and who stands out.

The certificate's page and the verb ``people`` both read it; the mathematics is :mod:`judgekit.trust.agreement`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.calibration.people_table import PeopleTable, Said, tabulated
from judgekit.calibration.pool import Pool
from judgekit.records import CANNOT_TELL
from judgekit.rubrics import is_ordinal, labels_of
from judgekit.trust.agreement.annotators import Pace, Place, one_label, pace, places
from judgekit.trust.agreement.ceiling import Ceiling, ceiling
from judgekit.trust.agreement.coefficients import Scale
from judgekit.trust.agreement.interval import Estimate
from judgekit.trust.agreement.reliability import Reliability, reliability
from judgekit.trust.agreement.table import MISSING, NO_MAJORITY, majority
from judgekit.trust.arrays import Bools, Floats


@dataclass(frozen=True)
class Person:
    """One annotator.

    Attributes
    ----------
    name : str
    answers, cannot_tell : int
        Items answered, and those among them that the person could not tell.
    most, most_share : str and float
        The label given most often, and its share.
    pace : Pace
    place : Place
    itself : Estimate or None
        How often the person gave the same answer when asked again; None where that was never tried.
    one_label : bool
        Whether the person always gives one label where others tell items apart.
    """

    name: str
    answers: int
    cannot_tell: int
    most: str
    most_share: float
    pace: Pace
    place: Place
    itself: Estimate | None
    one_label: bool

    @property
    def marks(self) -> tuple[str, ...]:
        """How the person stands out, each with the figures behind it; nothing where in no way."""
        pace, place = self.pace, self.place
        told = []
        if pace.too_fast:
            others = "" if np.isnan(pace.others) else f", the others {pace.others:.1f}"
            unread = (
                ""
                if np.isnan(pace.unread)
                else f"; {pace.unread:.0%} of the answers took less than reading does"
            )
            told.append(f"too fast (median {pace.median:.1f} seconds{others}{unread})")
        if place.against:
            told.append(
                f"against everyone (others agree in {place.agreement:.0%}, with each other in {place.others:.0%})"
            )
        if self.one_label:
            told.append(f"always '{self.most}' ({self.answers:,} answers, where others tell items apart)")
        return tuple(told)


@dataclass(frozen=True)
class PeopleSummary:
    """What people's labels of one rubric are worth, in short.

    Attributes
    ----------
    rubric : str
    persons : tuple of Person
        Those known by name.
    annotators, items, twice : int
        People, items that any of them labeled, and those that two or more labeled.
    no_majority, cannot_tell : int
        Items on which people are split, and items of which most could not tell.
    ordinal : bool
        Whether alpha is ordinal.
    between : Reliability or None
        Agreement between people, where they could tell; None where no item has two labels.
    ceiling : Ceiling or None
        Agreement of a left-out person with the majority of the others.
    itself : Reliability or None
        Agreement of people with themselves; None where nobody was asked again.
    fair : bool
        False where items were asked along a path, or chosen otherwise: agreement is then that on the items asked.
    """

    rubric: str
    persons: tuple[Person, ...]
    annotators: int
    items: int
    twice: int
    no_majority: int
    cannot_tell: int
    ordinal: bool
    between: Reliability | None
    ceiling: Ceiling | None
    itself: Reliability | None
    fair: bool

    @property
    def sentences(self) -> tuple[str, ...]:
        """The same in plain words."""
        people = "1 person" if self.annotators == 1 else f"{self.annotators} people"
        told = [f"{people} labeled {_items(self.items)}, {self.twice:,} of them labeled by two or more."]
        if self.between is not None and self.ceiling is not None:
            kind = "ordinal alpha" if self.ordinal else "alpha"
            alpha = "not defined (one label)" if self.between.alpha is None else number(self.between.alpha)
            best = Estimate(self.ceiling.estimate, self.ceiling.low, self.ceiling.high, self.ceiling.n_items)
            told += [
                f"Two people who labeled an item agree {share(self.between.raw)}; Krippendorff's {kind} is {alpha}.",
                f"A person agrees with the majority of the others {share(best)}; no judge that is measured against "
                "people can be expected to agree more.",
            ]
        else:
            told.append("No item has two labels, so nothing is known of how far people agree.")
        if self.itself is not None:
            told.append(
                f"Asked again about {_items(self.itself.items)}, people repeated their answer "
                f"{share(self.itself.raw)}."
            )
        if self.no_majority:
            told.append(f"People are split on {_items(self.no_majority)}.")
        if self.cannot_tell:
            told.append(f"Most people cannot tell on {_items(self.cannot_tell)}.")
        told += [f"'{one.name}' stands out: {mark}." for one in self.persons for mark in one.marks]
        if not self.fair:
            told.append(
                "Items were asked along a path, or chosen otherwise: agreement is that on the items asked, not on a "
                "fair sample of all."
            )
        return tuple(told)


def summary(
    said: Iterable[Said] | PeopleTable,
    rubric: str,
    *,
    pools: Sequence[Pool] = (),
    reading: Floats | None = None,
) -> PeopleSummary:
    """What people's labels of a rubric are worth, in short.

    Parameters
    ----------
    said : iterable of Said, or PeopleTable
    rubric : str
    pools : sequence of Pool
        Those that are known; labels that carry another one are taken to have been asked along a path.
    reading : (items,) float, optional
        The least seconds in which an item of the table can be read.
    """
    table = said if isinstance(said, PeopleTable) else tabulated(said, labels_of(rubric))
    told = np.sum(table.given != MISSING, axis=1)
    votes = majority(table.votes)
    scale: Scale = "ordinal" if is_ordinal(rubric) else "nominal"
    fair = {pool.fingerprint for pool in pools if pool.kind == "items"}
    any_twice = bool((told > 1).any())
    return PeopleSummary(
        rubric=rubric,
        persons=_persons(table, reading),
        annotators=len(table.annotators),
        items=len(table.items),
        twice=int(np.sum(np.sum(table.votes != MISSING, axis=1) > 1)),
        no_majority=int(np.sum(votes == NO_MAJORITY)),
        cannot_tell=int(np.sum(votes == len(table.labels))),
        ordinal=scale == "ordinal",
        between=reliability(table.given, questions=table.questions, scale=scale, n_labels=len(table.labels))
        if any_twice
        else None,
        ceiling=ceiling(table.given, questions=table.questions) if any_twice else None,
        itself=_itself(table, np.ones(len(table.repeated), dtype=np.bool_), scale),
        fair=table.pools <= fair,
    )


def share(found: Estimate) -> str:
    """``92.0 % of the time (95 %: 90.5 to 93.3)``."""
    return f"{100 * found.value:.1f} % of the time (95 %: {100 * found.low:.1f} to {100 * found.high:.1f})"


def number(found: Estimate) -> str:
    """``.86 (95 %: .84 to .88)``."""
    value, low, high = (f"{one:.2f}".replace("0.", ".", 1) for one in (found.value, found.low, found.high))
    return f"{value} (95 %: {low} to {high})"


def _items(count: int) -> str:
    return "1 item" if count == 1 else f"{count:,} items"


def _itself(table: PeopleTable, rows: Bools, scale: Scale = "nominal") -> Reliability | None:
    """Agreement of first with second answers, where people could tell both times."""
    rows = rows & (table.repeated != MISSING).all(axis=1)
    if not rows.any():
        return None
    questions = table.questions[table.repeated_of[rows]]
    return reliability(table.repeated[rows], questions=questions, scale=scale, n_labels=len(table.labels))


def _persons(table: PeopleTable, reading: Floats | None) -> tuple[Person, ...]:
    """Everybody known by name; how they compare with the others counts what nameless people said too."""
    if not table.named:
        return ()
    paces = pace(table.seconds[:, table.named], reading=reading)
    where = places(table.given, questions=table.questions)
    always = one_label(table.given)
    persons = []
    for k, speed in zip(table.named, paces, strict=True):
        own = table.given[:, k]
        counts = np.bincount(own[own != MISSING], minlength=len(table.labels))
        unsure = int(table.unsure[:, k].sum())
        again = _itself(table, table.repeated_by == k)
        persons.append(
            Person(
                name=table.annotators[k],
                answers=int(counts.sum()) + unsure,
                cannot_tell=unsure,
                most=table.labels[int(counts.argmax())] if counts.any() else CANNOT_TELL,
                most_share=float(counts.max() / counts.sum()) if counts.any() else 1.0,
                pace=speed,
                place=where[k],
                itself=again.raw if again else None,
                one_label=bool(always[k]),
            )
        )
    return tuple(persons)
