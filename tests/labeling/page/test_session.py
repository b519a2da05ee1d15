"""Who is asked what next."""

from __future__ import annotations

from collections import Counter
from itertools import count

import numpy as np
import pytest

from judgekit.labeling.page.session import AHEAD, APART, EVERY, LEASE, Ask, Session


def session(items: int, overlap: float = 0.0) -> Session:
    return Session([f"key {number}" for number in range(items)], overlap)


def block(of: Session, items: int) -> list[int]:
    return [item for item in range(items) if item not in of.labels]


def run(people: list[str], items: int, overlap: float, *, votes: int = 1, seed: int = 0) -> Session:
    """People take turns at random, one item at a time, until nobody is asked anything more."""
    made, clock, random = session(items, overlap), count(), np.random.default_rng(seed)
    idle: set[str] = set()
    while len(idle) < len(people):
        name = people[random.integers(len(people))]
        asked = made.turn(name, block(made, items), [], float(next(clock)))
        idle = idle - {name} if asked else idle | {name}
        for ask in asked[:1]:
            assert made.answered(ask, name) is None
            made.add(ask, name, str(random.integers(votes)))
    return made


def test_one_person_gets_every_item_once_in_order() -> None:
    made = session(30)
    given: list[int] = []
    while asked := made.turn("ann", block(made, 30), [], 0.0):
        given += [asked[0].item for _ in range(not asked[0].again)]
        made.add(asked[0], "ann", "x")
    assert given == list(range(30))


def test_a_page_holds_four_ready_and_is_given_only_what_it_lacks() -> None:
    made = session(30)
    held = made.turn("ann", range(30), [], 0.0)
    assert [ask.item for ask in held] == [0, 1, 2, 3] and len(held) == AHEAD
    assert made.turn("ann", range(30), held, 1.0) == []
    made.add(held[0], "ann", "x")
    assert made.turn("ann", block(made, 30), held[1:], 2.0) == [Ask(4)]
    assert made.turn("ann", block(made, 30), [], 3.0) == [Ask(1), Ask(2), Ask(3), Ask(4)], "reloaded"


def test_two_people_are_not_asked_the_same_item_at_once() -> None:
    made = session(8)
    first, second = made.turn("ann", range(8), [], 0.0), made.turn("bob", range(8), [], 0.0)
    assert not {ask.item for ask in first} & {ask.item for ask in second} and len(second) == 2
    assert made.turn("eve", range(8), [], 0.0) == [Ask(6)], "the last items are shared out"


def test_what_somebody_left_on_the_screen_goes_to_others_after_a_minute() -> None:
    made = session(2)
    assert len(made.turn("ann", range(2), [], 0.0)) == 2
    assert made.turn("bob", range(2), [], LEASE) == []
    assert made.turn("bob", range(2), [], LEASE + 1) == [Ask(0), Ask(1)]
    made.add(Ask(0), "ann", "x")  # late, and it counts
    assert made.labels[0] == {"ann": "x"}


def test_who_still_works_on_an_item_keeps_it() -> None:
    made = session(1)
    held = made.turn("ann", range(1), [], 0.0)
    for now in range(0, 300, 50):
        assert made.turn("ann", range(1), held, float(now)) == []
        assert made.turn("bob", range(1), [], now + 1.0) == []


@pytest.mark.parametrize("people", [2, 5])
def test_a_share_of_the_items_is_labeled_by_two_where_several_do(people: int) -> None:
    made = run([f"person {number}" for number in range(people)], 400, 0.1)
    times = Counter(len(given) for given in made.labels.values())
    assert set(times) == {1, 2} and 20 < times[2] < 60
    assert set(made.labels) == set(range(400))


def test_one_person_alone_is_asked_nothing_twice() -> None:
    assert {len(given) for given in run(["ann"], 100, 1.0).labels.values()} == {1}


def test_an_item_on_which_two_are_split_goes_to_a_third() -> None:
    made = run(["ann", "bob", "eve"], 200, 0.5, votes=2)
    for given in made.labels.values():
        votes = Counter(given.values())
        assert len(given) <= 3 and (len(given) == 3) == (sorted(votes.values()) == [1, 2]), given


def test_five_in_a_hundred_are_asked_again_later_and_each_once() -> None:
    made, sequence = session(400), []
    while asked := made.turn("ann", block(made, 400), [], 0.0):
        sequence.append(asked[0])
        made.add(asked[0], "ann", "x")
    again = [ask.item for ask in sequence if ask.again]
    assert len(again) == len(set(again)) == 400 // EVERY
    for item in again:
        assert sequence.index(Ask(item, again=True)) - sequence.index(Ask(item)) > APART
    assert {len(given) for given in made.labels.values()} == {1}, "they are no labels of their own"


def test_what_is_taken_back_is_that_persons_to_answer_anew() -> None:
    made = session(3)
    made.add(Ask(1), "ann", "x")
    made.take_back(Ask(1), "ann", 0.0)
    assert made.labels == {} and made.answered(Ask(1), "ann") is None
    assert Ask(1) not in made.turn("bob", range(3), [], 1.0)
    assert Ask(1) in made.turn("ann", range(3), [], 1.0)
