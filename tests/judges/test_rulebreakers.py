from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.judges.rulebreakers import CITIES, ENTAILS, RUBRIC, pairs, score
from judgekit.rubrics import load_rubric

LABELS = ("entails", "neutral", "contradicts")


def _says(label: str, p: float = 0.8) -> dict[str, float]:
    rest = (1 - p) / 2
    return {name: p if name == label else rest for name in LABELS}


@given(st.integers(1, 30), st.integers(0, 5))
def test_members_of_a_pair_differ_in_the_city_only(n: int, seed: int) -> None:
    made = pairs(n, seed)
    assert made == pairs(n, seed) and len(made) == n
    ids = {item.id for pair in made for item in (pair.ordinary, pair.breaker)}
    assert len(ids) == 2 * n
    for pair in made:
        country = next(c for c in CITIES if c in pair.breaker.output)
        city = CITIES[country]
        other = next(c for c in CITIES.values() if c in pair.ordinary.output and c != city)
        assert pair.breaker.output.replace(city, other) == pair.ordinary.output
        assert pair.breaker.reference.replace(city, other) == pair.ordinary.reference
        assert pair.ordinary.question_id == pair.breaker.question_id
        assert (pair.ordinary.split, pair.breaker.split) == ("non_rulebreaker", "rulebreaker")


def test_both_forms_in_turn() -> None:
    first, second = pairs(2)
    assert first.breaker.recorded["rulebreaker_type"] == "mt" and first.breaker.output.startswith("If ")
    assert second.breaker.recorded["rulebreaker_type"] == "ds" and " either in " in second.breaker.output


def test_no_city_is_part_of_another_name() -> None:
    names = [*CITIES, *CITIES.values()]
    assert len(set(names)) == len(names)
    assert not [(a, b) for a in names for b in names if a != b and a in b]


def test_the_rubric_has_the_label() -> None:
    assert ENTAILS in load_rubric(RUBRIC).labels


def test_a_judge_that_follows_the_form_is_right_on_half_and_on_no_pair() -> None:
    asked = pairs(50)
    probs = {item.id: _says("entails") for pair in asked for item in (pair.ordinary, pair.breaker)}
    found = score(asked, probs)
    assert (found.paired_accuracy, found.ordinary_accuracy, found.breaker_accuracy) == (0, 1, 0)
    assert found.separation == 0 and found.higher == 0.5 and found.p_value == 1
    assert found.low == 0 and found.high == pytest.approx(0.071, abs=0.001)


def test_confidence_may_know_better_than_the_verdict() -> None:
    asked = pairs(50)
    probs = {pair.ordinary.id: _says("entails", 0.9) for pair in asked}
    probs |= {pair.breaker.id: _says("entails", 0.6) for pair in asked}
    found = score(asked, probs)
    assert found.paired_accuracy == 0
    assert found.separation == pytest.approx(0.3) and found.higher == 1
    assert found.p_value is not None and found.p_value < 1e-10


def test_a_judge_that_knows_the_places_is_right() -> None:
    asked = pairs(40)
    probs = {pair.ordinary.id: _says("entails") for pair in asked}
    probs |= {pair.breaker.id: _says(("contradicts", "neutral")[i % 2]) for i, pair in enumerate(asked)}
    assert score(asked, probs).paired_accuracy == 1


def test_guessing_is_right_on_a_quarter() -> None:
    rng = random.Random(0)
    asked = pairs(4000)
    probs = {
        item.id: _says(rng.choice(("entails", "contradicts")))
        for pair in asked
        for item in (pair.ordinary, pair.breaker)
    }
    assert score(asked, probs).paired_accuracy == pytest.approx(0.25, abs=0.025)


def test_pairs_without_evidence_enter_nothing() -> None:
    asked = pairs(3)
    probs = {asked[0].ordinary.id: _says("entails"), asked[0].breaker.id: _says("neutral")}
    probs |= {asked[1].ordinary.id: _says("entails"), asked[1].breaker.id: {}}
    found = score(asked, probs)
    assert (found.pairs, found.open, found.paired_accuracy) == (1, 2, 1)
    nothing = score(asked, {})
    assert (nothing.pairs, nothing.paired_accuracy, nothing.p_value) == (0, None, None)


def test_an_undecided_judge_gets_no_credit_for_yes() -> None:
    asked = pairs(10)
    even = dict.fromkeys(LABELS, 1 / 3)
    probs = {item.id: even for pair in asked for item in (pair.ordinary, pair.breaker)}
    found = score(asked, probs)
    assert (found.ordinary_accuracy, found.breaker_accuracy) == (0, 1)


def test_no_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        pairs(0)
