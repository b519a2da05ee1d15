"""The promises of the shift check and of the scope guard: false alarms stay within the stated level."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.trust.scope import scope
from judgekit.trust.shift import shift_check

LEVEL = 0.1


def correlated(rng: np.random.Generator, n: int) -> dict[str, np.ndarray]:
    """Views that say almost the same, with ties and missing values."""
    ability = rng.standard_normal(n)
    votes = np.round(1 / (1 + np.exp(-ability)), 1)
    return {
        "first": np.where(rng.random(n) < 0.1, np.nan, votes),
        "second": votes + 0.01 * rng.standard_normal(n),
        "label": (ability > 1).astype(int),
        "embedding": np.column_stack([ability, rng.standard_normal((n, 3))]),
    }


@pytest.mark.parametrize(("n", "m"), [(40, 40), (30, 120), (8, 60)])
def test_false_alarms(n: int, m: int) -> None:
    rng = np.random.default_rng(0)
    draws = 300
    p_values = np.array(
        [
            shift_check(correlated(rng, n), correlated(rng, m), level=LEVEL, seed=i).p_value
            for i in range(draws)
        ]
    )
    for level in (0.05, LEVEL, 0.5):
        assert np.mean(p_values <= level) <= level + 3 * (level * (1 - level) / draws) ** 0.5


def test_false_alarms_when_items_share_questions() -> None:
    rng = np.random.default_rng(1)
    draws, alarms = 300, 0
    for i in range(draws):
        easy = np.repeat(rng.standard_normal(60), 4)  # four answers a question, nearly alike
        confidence = easy + 0.1 * rng.standard_normal(240)
        question = np.repeat(np.arange(60), 4)
        part = question < 20
        got = shift_check(
            {"c": confidence[part]}, {"c": confidence[~part]}, level=LEVEL, seed=i,
            questions=(question[part], question[~part]),
        )  # fmt: skip
        alarms += got.shifted
    assert alarms / draws <= LEVEL + 3 * (LEVEL * (1 - LEVEL) / draws) ** 0.5


@pytest.mark.parametrize(("n", "level"), [(30, 0.1), (200, 0.05)])
def test_ordinary_items_are_rarely_refused(n: int, level: float) -> None:
    rng = np.random.default_rng(2)
    draws = 400
    refused = [
        1 - scope(rng.standard_t(3, (n, 4)), rng.standard_t(3, (50, 4)), level=level, seed=i).in_scope.mean()
        for i in range(draws)
    ]
    assert np.mean(refused) <= level + 3 * np.std(refused) / draws**0.5
