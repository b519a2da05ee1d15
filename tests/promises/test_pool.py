"""The promise when people are asked along the path: at no moment, and whichever items they label, is it broken too often.

Users who know everything try to break it: they look after every few labels and would stop at the first moment at which
what is certified breaks the promise; they skip items, label in an order of their own, and never tell an error.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

from judgekit.trust import CANNOT_TELL, Policy, calibrate, progress
from tests.promises.populations import Broken, Population, any_group, any_label, evidence, overall
from tests.promises.rows import edge

pytestmark = pytest.mark.slow

DELTA = 0.2
NOBODY = -1
User = Callable[..., Iterator[Policy]]


def nobody(human: np.ndarray) -> np.ndarray:
    """Labels of the same kind as `human`, none given yet."""
    return np.full(human.shape, NOBODY if human.ndim == 1 else np.nan)


def as_asked(
    probs: np.ndarray, human: np.ndarray, rng: np.random.Generator, **options: Any
) -> Iterator[Policy]:
    """Who labels what is asked for, block by block."""
    given = nobody(human)
    while True:
        now = progress(probs, given, pool=np.ones(len(human), np.bool_), **options)
        yield now.policy
        if now.finished:
            return
        given[now.next] = human[now.next]


def in_an_order_of_their_own(
    probs: np.ndarray, human: np.ndarray, rng: np.random.Generator, **options: Any
) -> Iterator[Policy]:
    """Who labels items in any order, and looks six times."""
    given = nobody(human)
    for part in np.array_split(rng.permutation(len(human)), 6):
        given[part] = human[part]
        yield calibrate(probs, given, pool=np.ones(len(human), np.bool_), **options)


def never_an_error(
    probs: np.ndarray, human: np.ndarray, rng: np.random.Generator, **options: Any
) -> Iterator[Policy]:
    """Who skips every item on which the judges' mean is not what people say."""
    said = np.nanmean(probs, axis=1).argmax(axis=1)
    given = np.where(said == human, human, NOBODY)
    yield calibrate(probs, given, pool=np.ones(len(human), np.bool_), **options)


def errors_first_cannot_be_told(
    probs: np.ndarray, human: np.ndarray, rng: np.random.Generator, **options: Any
) -> Iterator[Policy]:
    """Who cannot tell half of the items on which the judges' mean errs."""
    said = np.nanmean(probs, axis=1).argmax(axis=1)
    unsure = (said != human) & (rng.random(len(human)) < 0.5)
    yield from as_asked(probs, np.where(unsure, CANNOT_TELL, human), rng, **options)


def ever_broken(
    population: Population,
    broken: Broken,
    user: User = as_asked,
    *,
    n: int = 100,
    draws: int = 150,
    people: int = 1,
    others: int = 0,
    **options: Any,
) -> float:
    """Share of draws in which the promise is broken at some moment; asserts that it is no greater than it may be."""
    rng = np.random.default_rng(0)
    count, certified = 0, 0
    for _ in range(draws):
        kind, human = population.draw(rng, n)
        human = np.where(human < population.probs.shape[2], human, CANNOT_TELL)
        if people > 1:
            human = np.stack([rng.multinomial(people, t) for t in population.truth[kind]]) / people
        more: dict[str, Any] = {}
        if others:
            more["unlabeled"] = population.probs[population.draw(rng, others)[0]]
        if population.groups is not None:
            more["groups"] = population.groups[kind]
        policies = list(user(population.probs[kind], human, rng, delta=DELTA, **options, **more))
        count += any(broken(policy, population) for policy in policies)
        certified += any(policy.certified for policy in policies)
    share = count / draws
    assert share <= edge(DELTA, draws), f"{share:.3f} of the promises were broken at some moment"
    assert certified
    return share


def rng() -> np.random.Generator:
    return np.random.default_rng(0)


USERS: list[User] = [as_asked, in_an_order_of_their_own, never_an_error, errors_first_cannot_be_told]
SHAPES = {
    "risk just above the target everywhere": np.full(300, 0.2001),
    "risk that hovers at the target": np.repeat(np.tile([0.29, 0.12], 10), 15),
    "the surest are the worst": np.linspace(0.4, 0.0, 300),
}


@pytest.mark.parametrize("user", USERS, ids=lambda user: user.__name__)
@pytest.mark.parametrize("shape", SHAPES)
def test_whoever_labels_and_whenever_they_stop(shape: str, user: User) -> None:
    ever_broken(evidence(SHAPES[shape], rng()), overall(0.8), user, agreement=0.8)


def test_the_level_is_used_up() -> None:
    """The least favorable population comes near the level: what is tested is no weaker than it has to be."""
    share = ever_broken(evidence(np.full(300, 0.2001), rng()), overall(0.8), agreement=0.8, draws=400)
    assert share > 0.5 * DELTA


@pytest.mark.parametrize("user", [as_asked, in_an_order_of_their_own], ids=lambda user: user.__name__)
def test_ties_by_turns_better_and_worse_than_the_target(user: User) -> None:
    base = evidence(np.tile([0.45, 0.0], 4), rng())
    ties = Population(np.repeat(base.probs, 40, axis=0), np.repeat(base.truth, 40, axis=0))
    ever_broken(ties, overall(0.8), user, agreement=0.8)


def test_levels_that_other_items_fix() -> None:
    ever_broken(
        evidence(SHAPES["risk that hovers at the target"], rng()), overall(0.8), agreement=0.8, others=150
    )


def test_early_exits_and_the_last_judge_alone() -> None:
    """A first judge that is upside down: the second path is asked along when the first has ended."""
    one = evidence(np.linspace(0.0, 0.42, 300), rng(), tiers=2)
    logits = np.log(one.probs)
    logits[:, 0] = -0.7 * logits[::-1, 0]
    probs = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    ever_broken(Population(probs, one.truth), overall(0.85), agreement=0.85, costs=[0.1, 1.0])


def test_every_group() -> None:
    base = evidence(np.full(300, 0.2001), rng())
    groups = np.arange(300) % 2
    ever_broken(Population(base.probs, base.truth, groups), any_group(0.8), agreement=0.8, n=160)


def test_every_verdict_label() -> None:
    base = evidence(np.full(300, 0.2001), rng())
    ever_broken(base, any_label({0: 0.8, 1: 0.8}), agreement=0.8, per_label={0: 0.8}, n=160)


def test_people_who_differ() -> None:
    """Losses between 0 and 1, items all different: a step waits until all it hangs on are labeled."""
    one = evidence(np.full(300, 0.2001), rng())
    ever_broken(one, overall(0.8), agreement=0.8, people=3, n=120, draws=100)


def test_those_who_cannot_tell_are_errors_of_the_promise_too() -> None:
    """Of the fifth of the items on which verdicts do not agree with people, half are such as nobody can tell."""
    base = evidence(np.full(300, 0.2001), rng())
    truth = np.column_stack(
        [np.where(base.truth > 0.5, base.truth, base.truth / 2), np.full(300, 0.2001 / 2)]
    )
    ever_broken(Population(base.probs, truth), overall(0.8), agreement=0.8)
