"""The promises of the shift check and of the out-of-distribution guard: false alarms stay within the stated level."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.trust.monitoring.ood import ood_check
from judgekit.trust.monitoring.shift import shift_check
from judgekit.trust.monitoring.views import policy_views
from judgekit.trust.selective.calibrate import calibrate

pytestmark = pytest.mark.slow

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
        1
        - ood_check(
            rng.standard_t(3, (n, 4)), rng.standard_t(3, (50, 4)), level=level, seed=i
        ).in_distribution.mean()
        for i in range(draws)
    ]
    assert np.mean(refused) <= level + 3 * np.std(refused) / draws**0.5


def votes(rng: np.random.Generator, n: int) -> np.ndarray:
    """Three judges' vote shares over three labels: heavy ties, tiers missing with and without a pattern."""
    ability = rng.standard_normal(n)
    probs = np.full((n, 3, 3), np.nan)
    for t, judges in enumerate((3, 5, 5)):
        leading = rng.integers(3, size=n)
        sure = 1 / (1 + np.exp(-ability - t / 2))
        counts = np.stack(
            [
                rng.multinomial(judges, np.where(np.arange(3) == k, p, (1 - p) / 2))
                for k, p in zip(leading, sure, strict=True)
            ]
        )
        probs[:, t] = (counts + 0.1) / (judges + 0.3)
    probs[rng.random(n) < 0.1, 0] = np.nan
    probs[ability < -1.2, 2] = np.nan
    return probs


@pytest.mark.parametrize(("n", "m"), [(60, 20), (25, 80)])
def test_false_alarms_on_what_a_policy_sees_with_heavy_ties_and_missing_tiers(n: int, m: int) -> None:
    rng = np.random.default_rng(3)
    known = votes(rng, 300)
    human = np.where(rng.random(300) < 0.9, np.nan_to_num(known[:, 1]).argmax(axis=1), 0)
    policy = calibrate(known, human, agreement=0.6, costs=[0.0, 0.1, 1.0])
    assert policy.certified
    draws, p_values = 300, []
    for i in range(draws):
        views = policy_views(
            policy,
            votes(rng, n + m),
            "abc",
            order_inconsistency=rng.binomial(4, 0.2, (n + m, 3)) / 4,
            texts=rng.poisson(1, (n + m, 2)),
        )
        labeled, scored = (
            {name: view[part] for name, view in views.items()} for part in (slice(n), slice(n, None))
        )
        p_values.append(shift_check(labeled, scored, level=LEVEL, seed=i).p_value)
    for level in (0.05, LEVEL, 0.5):
        share = np.mean(np.array(p_values) <= level)
        assert share <= level + 3 * (level * (1 - level) / draws) ** 0.5
    assert np.mean(np.array(p_values) <= 0.5) > 0.4, "ties cost no more than their due"


def test_false_alarms_when_the_same_questions_are_on_both_sides() -> None:
    """Labeled items are one output a question, scored ones all outputs to the same questions and to some more."""
    rng = np.random.default_rng(4)
    draws, alarms, sizes = 300, 0, []
    for i in range(draws):
        easy = rng.standard_normal(80)
        outputs = easy[:, None] + 0.3 * rng.standard_normal((80, 5))
        mine = outputs[np.arange(50), rng.integers(5, size=50)]
        got = shift_check(
            {"c": mine}, {"c": outputs.ravel()}, level=LEVEL, seed=i,
            questions=(np.arange(50), np.repeat(np.arange(80), 5)),
        )  # fmt: skip
        alarms += got.shifted
        sizes.append(got.n_labeled)
    assert alarms / draws <= LEVEL + 3 * (LEVEL * (1 - LEVEL) / draws) ** 0.5
    assert 38 < np.mean(sizes) < 42, "labeled items are not lost to the scored outputs of their questions"
