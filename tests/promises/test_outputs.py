"""Several outputs to a question: a promise for questions is not one for items, and either can be had."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from judgekit.calibration.calibrate import calibrate
from judgekit.records import Evidence, EvidenceRow, HumanLabel
from tests.promises.rows import edge

pytestmark = pytest.mark.slow

DELTA, TARGET, DRAWS = 0.1, 0.8, 150
RICH, RISK = 5, (0.12, 0.2165)
"""Outputs of a rich question, where a poor one has one; and how often verdicts on poor and rich questions are wrong."""

SURE = np.linspace(0.6, 0.99, 40)
EVIDENCE = [Evidence(probs={"right": float(p), "wrong": float(1 - p)}) for p in SURE]
LABELS = {name: (HumanLabel(annotator="a", label=name),) for name in ("right", "wrong")}


def draw(rng: np.random.Generator, questions: int) -> list[EvidenceRow]:
    """Half of the questions are rich and hard; outputs to one question are right or wrong together."""
    rows = []
    for q in range(questions):
        rich = bool(rng.random() < 0.5)
        label = "wrong" if rng.random() < RISK[rich] else "right"
        name = f"{rng.integers(1 << 60)}"
        for k in range(RICH if rich else 1):
            tiers = {"judge": EVIDENCE[rng.integers(len(EVIDENCE))]}
            rows.append(
                EvidenceRow.model_construct(id=f"{q}/{k}", question_id=name, tiers=tiers, human=LABELS[label])
            )
    return rows


def broken(per: Literal["question", "item"]) -> float:
    """Share of draws whose verdicts agree less often than promised, over items: any verdict is as good as any other."""
    risk = (RISK[0] + RICH * RISK[1]) / (1 + RICH)
    assert risk > 1 - TARGET > np.mean(RISK)
    rng, count = np.random.default_rng(0), 0
    for _ in range(DRAWS):
        made = calibrate(draw(rng, 250), agreement=TARGET, delta=DELTA, per=per)
        count += made.certified
        assert ("questions, one output of each," in made.certificate.claim) <= (per == "question")
    return count / DRAWS


def test_a_promise_for_items_holds_where_rich_questions_are_harder() -> None:
    assert broken("item") <= edge(DELTA, DRAWS)


def test_a_promise_for_questions_says_so_and_holds_for_those_only() -> None:
    assert broken("question") > edge(DELTA, DRAWS)
