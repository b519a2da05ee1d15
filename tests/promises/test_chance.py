"""The promise of `beyond_chance`: its 95 % intervals hold what a source of such questions would show.

The allowance is three Monte-Carlo errors.
"""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.trust.chance import beyond_chance, permuted_pairs

DRAWS, CLASSES = 400, 10
ALLOWANCE = 3 * (0.95 * 0.05 / DRAWS) ** 0.5


def covered(n: int, about: int, know: float, common: float, guess: float) -> np.ndarray:
    """Share of draws whose intervals hold the true rate, chance and excess.

    References are of class 0 with chance `common`, else of any other; an output knows its reference with chance
    `know`, else it says class 0 with chance `guess`.
    """
    of_references = np.array([common, *[(1 - common) / (CLASSES - 1)] * (CLASSES - 1)])
    of_guesses = np.array([guess, *[(1 - guess) / (CLASSES - 1)] * (CLASSES - 1)])
    chance = (know * of_references + (1 - know) * of_guesses) @ of_references
    rate = know + (1 - know) * of_guesses @ of_references
    inside = np.zeros(3)
    for seed in range(DRAWS):
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
    return inside / DRAWS


@pytest.mark.parametrize(("n", "about"), [(40, 4000), (40, 80), (200, 4000), (200, 200)])
@pytest.mark.parametrize(
    ("know", "common", "guess"),
    [
        (0.0, 0.7, 1.0),  # says the common answer always
        (0.0, 0.7, 0.7),  # guesses as the answers are spread
        (0.3, 0.7, 0.6),
        (0.9, 0.7, 0.5),
        (1.0, 0.7, 0.7),  # knows everything
        (0.3, 0.1, 0.1),  # all answers equally frequent
        (0.0, 0.02, 1.0),  # hardly anything right
    ],
)
def test_intervals_hold_at_their_level(n, about, know, common, guess):
    assert covered(n, about, know, common, guess).min() >= 0.95 - ALLOWANCE
