from __future__ import annotations

import numpy as np
import pytest

from judgekit.metrics.attack import chain_leaks, paired_accuracy, recovery_rate


def test_recovery_is_relative_to_the_original() -> None:
    assert recovery_rate(0.66, 0.75) == pytest.approx(0.88)
    assert recovery_rate(0.3, 0.0) is None


def test_a_pair_counts_only_when_both_members_are_right() -> None:
    assert paired_accuracy([True, True, False, False], [True, False, True, False]) == 0.25
    assert paired_accuracy([], []) is None


def test_guessing_and_always_yes_have_the_published_levels() -> None:
    rng = np.random.default_rng(0)
    guesses = rng.random((2, 200_000)) < 0.5
    assert paired_accuracy(*guesses) == pytest.approx(0.25, abs=0.005)
    # Always yes is right on every ordinary item and wrong on every rule breaker.
    assert paired_accuracy(np.zeros(10), np.ones(10)) == 0.0


def test_half_a_pair_is_refused() -> None:
    with pytest.raises(ValueError, match="both members"):
        paired_accuracy([True], [True, False])


@pytest.mark.parametrize(
    ("hops", "whole", "leaks"),
    [([False, False], False, False), ([False, True], False, True), ([False], True, True), ([], False, False)],
)
def test_a_chain_leaks_if_any_part_does(hops: list[bool], whole: bool, leaks: bool) -> None:
    assert chain_leaks(hops, whole) is leaks
