"""Annotators who stand out are named, and those who work as the others do are not."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.trust.agreement.annotators import one_label, pace, places


def people(rng: np.random.Generator, items: int, skills: list[float], labels: int = 3) -> np.ndarray:
    """People who see the truth with these probabilities and guess otherwise."""
    truth = rng.integers(0, labels, (items, 1))
    guess = rng.integers(0, labels, (items, len(skills)))
    return np.where(rng.random((items, len(skills))) < np.array(skills), truth, guess)


def kept(rng: np.random.Generator, table: np.ndarray, each: int) -> np.ndarray:
    """Only ``each`` labels an item, of people drawn at random."""
    order = rng.random(table.shape).argsort(axis=1).argsort(axis=1)
    return np.where(order < each, table, -1)


@pytest.mark.parametrize("each", [2, 3])
def test_who_guesses_is_against_everyone(each: int) -> None:
    rng = np.random.default_rng(0)
    found = places(kept(rng, people(rng, 300, [0.9, 0.9, 0.9, 0.1]), each))
    assert [one.against for one in found] == [False, False, False, True]
    assert found[3].agreement < 0.5 < 0.8 < found[3].others and found[3].gap_low > 0.1


def test_of_two_nobody_can_tell_who_is_wrong() -> None:
    rng = np.random.default_rng(0)
    found = places(people(rng, 300, [0.9, 0.1]))
    assert not any(one.against for one in found) and all(np.isnan(one.gap_low) for one in found)


def test_a_little_less_skilled_is_not_against_everyone() -> None:
    rng = np.random.default_rng(1)
    found = places(people(rng, 5000, [0.9, 0.9, 0.85]))
    assert found[2].others - found[2].agreement > 0.02 and not any(one.against for one in found)


def test_outputs_of_one_question_are_one_draw() -> None:
    rng = np.random.default_rng(2)
    table = people(rng, 12, [0.9, 0.9, 0.3])
    five = np.repeat(np.arange(12), 5)
    apart, together = places(table[five])[2], places(table[five], questions=five)[2]
    assert together.gap_low < apart.gap_low - 0.05


def test_who_hurries_is_too_fast() -> None:
    rng = np.random.default_rng(0)
    seconds = rng.lognormal(np.log([9, 12, 8, 1.6]), 0.6, (60, 4))
    found = pace(seconds)
    assert [one.too_fast for one in found] == [False, False, False, True]
    assert found[3].others == pytest.approx(np.median([one.median for one in found[:3]]))
    assert found[3].hurried == pytest.approx(np.mean(seconds[:, 3] < found[3].others / 3))


def test_who_cannot_have_read_is_too_fast_even_alone() -> None:
    rng = np.random.default_rng(0)
    seconds = rng.lognormal(np.log(1.5), 0.3, (40, 1))
    assert not pace(seconds)[0].too_fast
    found = pace(seconds, reading=np.full(40, 3.0))[0]
    assert found.too_fast and found.unread > 0.9 and np.isnan(found.hurried)
    assert not pace(seconds[:3], reading=np.full(3, 3.0))[0].too_fast  # three answers are none


def test_without_times_nobody_is_too_fast() -> None:
    found = pace(np.full((5, 2), np.nan))
    assert not any(one.too_fast for one in found) and found[0].timed == 0 and np.isnan(found[0].median)


def test_always_one_label_where_others_tell_items_apart() -> None:
    rng = np.random.default_rng(0)
    table = people(rng, 40, [0.9, 0.9, 0.9])
    table[:, 2] = 1
    assert one_label(table).tolist() == [False, False, True]
    assert one_label(table[:, [0, 2]]).tolist() == [False, True]


def test_one_label_is_no_mark_where_it_is_nearly_always_right() -> None:
    rng = np.random.default_rng(0)
    table = (rng.random((60, 3)) < 0.01).astype(int)
    table[:, 2] = 0
    assert not one_label(table).any()
    assert not one_label(np.zeros((50, 1), dtype=int)).any()
