"""Verdicts that keep a promise as badly as it allows, with people's labels known: what intervals of rates must hold.

A world draws verdicts and people's label of every item, all errors pushed in the direction that moves one rate most.
Nobody's label is given to `rate`: it has the certificate alone, or labels on a part.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from judgekit.trust.prevalence.certified import Certified, Population
from judgekit.trust.prevalence.judged import Judged
from judgekit.trust.prevalence.rates import Rate, rate
from judgekit.trust.risk import Agreement

VERDICTS = np.array([0.25, 0.1, 0.3, 0.25, 0.1])
"""Shares of the five verdicts: leaked, partial, withheld, wrong, degenerate."""

OPEN = 0.15
"""Share of items without a verdict where a world has such items; all of them have the wanted label, or none has."""

WANTED: dict[str, tuple[int, ...]] = {
    "leaked": (0,),
    "partial": (1,),
    "withheld": (2,),
    "wrong": (3,),
    "degenerate": (4,),
    "forgotten well": (2, 3),
    "reveals": (0, 1),
}


@dataclass(frozen=True)
class World:
    """One draw: what `rate` is given, and people's label of every item."""

    judged: Judged
    certificate: Certified
    people: np.ndarray

    def told(self, wanted: tuple[int, ...], population: str = "items") -> Rate:
        return rate(self.judged, wanted, certificate=self.certificate, population=population)  # type: ignore[arg-type]


def push(
    rng: np.random.Generator,
    verdicts: np.ndarray,
    risk: np.ndarray,
    promise: Agreement,
    wanted: tuple[int, ...],
    up: bool,
) -> np.ndarray:
    """People's labels: each verdict is wrong with its risk and then says the worst; what agrees also says the worst."""
    labels = len(VERDICTS)
    agreeing, hit = promise.agreeing(labels), np.isin(np.arange(labels), wanted) == up
    people = verdicts.copy()
    for v in range(labels):
        here = verdicts == v
        right = next((h for h in range(labels) if agreeing[v, h] and hit[h]), v)
        wrong = next((h for h in range(labels) if not agreeing[v, h] and hit[h]), right)
        people[here] = np.where(rng.random(here.sum()) < risk[here], wrong, right)
    return people


def draw(
    rng: np.random.Generator,
    kind: str,
    wanted: tuple[int, ...],
    up: bool,
    *,
    items: int = 400,
    agreement: float = 0.9,
    opened: bool = False,
) -> World:
    """One world of a kind of promise (see `KINDS`)."""
    labels, tolerance = len(VERDICTS), 1 if "tolerance" in kind else 0
    per_label = {0: 0.5, 2: 0.95} if "per label" in kind else {}
    promise = Agreement(agreement, 0.1, tolerance, per_label)
    verdicts = rng.choice(labels, items, p=VERDICTS)
    groups, questions = np.zeros(items, int), np.arange(items)
    risk = 1 - np.array([promise.target(v) if per_label else agreement for v in verdicts])
    hit = np.isin(np.arange(labels), wanted) == up
    if not per_label:  # verdicts that can move the rate take the errors of all
        movable = ~hit
        share = VERDICTS[movable].sum()
        risk = np.where(movable[verdicts], min(1.0, (1 - agreement) / share), 0.0)
    person = "person" in kind
    if person:  # three of an item's five people say otherwise: the majority is wrong, three of five disagree
        risk = np.minimum(1.0, risk / 0.6)
    if "group" in kind:  # two groups, verdicts of the second nearly all alike; each keeps its promise
        groups = (np.arange(items) >= items // 2).astype(int)
        verdicts[groups == 1] = np.where(rng.random(items - items // 2) < 0.9, wanted[0] if up else 4, 2)
        risk = np.full(items, 1 - agreement)
    if "outputs" in kind:  # a tenth of the questions has ten outputs each, and all the errors
        rich = items // 20
        questions = np.concatenate([np.repeat(np.arange(rich), 10), rich + np.arange(items - 10 * rich)])
        share = 10 * rich / items if "items counted" in kind else rich / (rich + items - 10 * rich)
        risk = np.where(questions < rich, min(1.0, (1 - agreement) / share), 0.0)
        verdicts = verdicts[questions]  # a question's outputs get the same verdict
    if "subset" in kind:  # the promise is about four times as many items, and all the errors are here
        risk = np.minimum(1.0, 4 * risk)
    people = push(rng, verdicts, risk, promise, wanted, up)
    if "outputs" in kind:
        people = people[np.unique(questions, return_index=True)[1]][questions]
    if opened:
        silent = rng.random(items) < OPEN
        worst = wanted[0] if up else next(k for k in range(labels) if k not in wanted)
        people[silent] = worst
        verdicts = np.where(silent, -1, verdicts)
    judged = Judged(verdicts, np.full(items, -1), questions=questions, groups=groups)
    certificate = Certified(promise, labels, person, per_item="items counted" in kind)
    if "subset" in kind:
        rest = rng.choice(labels, 3 * items, p=VERDICTS)
        all_of = Judged(np.concatenate([verdicts, rest]), np.full(4 * items, -1))
        certificate = replace(certificate, population=Population.of(all_of, promise))
    return World(judged, certificate, people)


KINDS = (
    "plain",
    "tolerance",
    "per label",
    "group",
    "random person",
    "several outputs a question",
    "several outputs a question, items counted",
    "subset of what is promised",
    "tolerance, random person",
    "per label, tolerance",
)


def held(draws: int, kind: str, wanted: tuple[int, ...], up: bool, **more: object) -> tuple[float, float]:
    """Share of draws whose interval holds the true rate, and the mean width."""
    rng = np.random.default_rng(0)
    inside, width = 0, 0.0
    for _ in range(draws):
        world = draw(rng, kind, wanted, up, **more)  # type: ignore[arg-type]
        told, true = world.told(wanted), float(np.isin(world.people, wanted).mean())
        inside += told.low - 1e-9 <= true <= told.high + 1e-9
        width += told.high - told.low
    return inside / draws, width / draws


def every_case() -> Iterator[tuple[str, str, bool, bool]]:
    """Kind, rate, direction of the errors, whether there are open items."""
    for kind in KINDS:
        for name in WANTED:
            for up in (True, False):
                for opened in (False, True):
                    yield kind, name, up, opened
