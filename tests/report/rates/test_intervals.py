from __future__ import annotations

import numpy as np
import pytest

from judgekit.metrics import harmonic_mean
from judgekit.readers import read
from judgekit.records import Item
from judgekit.report.per_question import question_values
from judgekit.report.rates.intervals import intervals
from tests.shared_data import shared

PARTS = {"retain": (0.9, 0.6, 0.5), "real_authors": (0.4, 0.9, 0.5), "world_facts": (0.5, 0.8, 0.6)}


def _items(rng: np.random.Generator, n: int = 80) -> list[Item]:
    items = []
    for split, (probability, rouge, clipped) in PARTS.items():
        name = "probability" if split == "retain" else "normalized_probability"
        for i in range(n):
            recorded = {
                name: float(rng.beta(5 * probability, 5 * (1 - probability))),
                "rougeL_recall": float(rng.random() < rouge),
                # R = 0 or 1: clipped is 1 or 0
                "truth_ratio": float(rng.random() >= clipped),
            }
            items.append(
                Item(
                    id=f"{split}{i}", question=f"{split} {i}?", outputs=("x",), split=split, recorded=recorded
                )
            )
    return items


@pytest.mark.slow
def test_model_utility_is_covered_over_the_draw_of_questions() -> None:
    truth = float(harmonic_mean([value for part in PARTS.values() for value in part]))
    rng, covered = np.random.default_rng(4), 0
    for _ in range(120):
        found = intervals(question_values("run", _items(rng)))["", "model_utility_tofu"]
        assert found.low < found.value < found.high
        covered += found.low <= truth <= found.high
    assert covered / 120 > 0.95 - 3 * (0.05 * 0.95 / 120) ** 0.5


def test_real_figures_stand_inside_their_intervals_and_repeat() -> None:
    folder = shared("data/outputs/open_unlearning/tofu_Llama-3.2-1B-Instruct_original")
    run = question_values("original", read(folder / "TOFU_EVAL.json"))
    found = intervals(run)
    assert found == intervals(run)
    utility = found["", "model_utility_tofu"]
    assert utility.value == run.measures.overall["model_utility_tofu"].value
    assert 0.55 < utility.low < utility.high < 0.65
    for (split, name), estimate in found.items():
        if split:
            assert estimate.value == pytest.approx(run.measures.splits[split][name].value)
            assert estimate.low <= estimate.value <= estimate.high
    assert ("", "forget_quality_raw") not in found
