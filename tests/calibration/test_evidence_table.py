"""Which rows certify."""

from __future__ import annotations

import numpy as np

from judgekit.calibration.evidence_table import one_per_question


def test_to_speak_for_items_a_question_is_kept_as_often_as_it_has_outputs() -> None:
    """One question has four outputs, 200 have one: about a quarter of those may stay, whatever comes last."""
    questions = ["rich"] * 4 + [f"q{k}" for k in range(200)]
    labeled = np.ones(204, dtype=np.bool_)
    kept, _ = one_per_question(questions, labeled, np.arange(204), per="item")
    assert kept[:4].sum() == 1
    assert 30 < kept[4:].sum() < 70
    every, _ = one_per_question(questions, labeled, np.arange(204), per="question")
    assert every.sum() == 201
