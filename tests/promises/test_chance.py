"""The promise of `beyond_chance`: its 95 % intervals hold what a source of such questions would show.

The allowance is three Monte-Carlo errors.
"""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.trust.prevalence.chance import beyond_chance, permuted_pairs

pytestmark = pytest.mark.slow

DRAWS, CLASSES = 400, 10
ALLOWANCE = 3 * (0.95 * 0.05 / DRAWS) ** 0.5


POPULATIONS = [
    (0.0, 0.7, 1.0),  # says the common answer always
    (0.0, 0.7, 0.7),  # guesses as the answers are spread
    (0.3, 0.7, 0.6),
    (0.9, 0.7, 0.5),
    (1.0, 0.7, 0.7),  # knows everything
    (0.3, 0.1, 0.1),  # all answers equally frequent
    (0.0, 0.02, 1.0),  # hardly anything right
]
"""Chance of knowing, share of the references that are alike, chance that a guess names that one."""


def covered(n: int, about: int, know: float, common: float, guess: float, draws: int = DRAWS) -> np.ndarray:
    """Share of draws whose intervals hold the true rate, chance and excess.

    References are of class 0 with chance `common`, else of any other; an output knows its reference with chance
    `know`, else it says class 0 with chance `guess`.
    """
    of_references = np.array([common, *[(1 - common) / (CLASSES - 1)] * (CLASSES - 1)])
    of_guesses = np.array([guess, *[(1 - guess) / (CLASSES - 1)] * (CLASSES - 1)])
    chance = (know * of_references + (1 - know) * of_guesses) @ of_references
    rate = know + (1 - know) * of_guesses @ of_references
    inside = np.zeros(3)
    for seed in range(draws):
        rng = np.random.default_rng([n, seed])
        references = rng.choice(CLASSES, n, p=of_references)
        outputs = np.where(rng.random(n) < know, references, rng.choice(CLASSES, n, p=of_guesses))
        pairs = permuted_pairs([str(i) for i in range(n)], ["kind"] * n, rng, about=about)
        own = outputs[pairs.items] == references[pairs.items]
        permuted = outputs[pairs.items[pairs.outputs]] == references[pairs.items[pairs.references]]
        found = beyond_chance(pairs, own, permuted)
        for which, (share, true) in enumerate(
            [(found.rate, rate), (found.chance, chance), (found.excess, rate - chance)]
        ):
            inside[which] += share.low - 1e-9 <= true <= share.high + 1e-9
    return inside / draws


@pytest.mark.parametrize(("n", "about"), [(40, 4000), (40, 80), (200, 4000), (200, 200)])
@pytest.mark.parametrize(("know", "common", "guess"), POPULATIONS)
def test_intervals_hold_at_their_level(n, about, know, common, guess):
    assert covered(n, about, know, common, guess).min() >= 0.95 - ALLOWANCE


def test_several_outputs_a_question_and_several_kinds():
    """Half of the questions are of a kind with one common answer; a question is known to all three outputs or none."""
    common, even = np.array([0.7, *[0.3 / 9] * 9]), np.full(CLASSES, 0.1)
    chance = (common @ common + even @ even) / 2
    inside = np.zeros(3)
    for seed in range(DRAWS):
        rng = np.random.default_rng([60, seed])
        skewed = rng.random(60) < 0.5
        references = np.where(skewed, rng.choice(CLASSES, 60, p=common), rng.choice(CLASSES, 60, p=even))
        known, asked = (rng.random(60) < 0.4).repeat(3), references.repeat(3)
        guesses = np.where(
            skewed.repeat(3), rng.choice(CLASSES, 180, p=common), rng.choice(CLASSES, 180, p=even)
        )
        outputs = np.where(known, asked, guesses)
        pairs = permuted_pairs([str(i // 3) for i in range(180)], list(skewed.repeat(3)), rng)
        own = outputs[pairs.items] == asked[pairs.items]
        permuted = outputs[pairs.items[pairs.outputs]] == asked[pairs.items[pairs.references]]
        found = beyond_chance(pairs, own, permuted)
        rate = 0.4 + 0.6 * chance
        for which, (share, true) in enumerate(
            [(found.rate, rate), (found.chance, chance), (found.excess, rate - chance)]
        ):
            inside[which] += share.low <= true <= share.high
    assert (inside / DRAWS).min() >= 0.95 - ALLOWANCE
