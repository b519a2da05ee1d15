"""Which rows certify."""

from __future__ import annotations

import numpy as np

from judgekit import trust
from judgekit.calibration.evidence_table import label_set, one_per_question, to_arrays
from judgekit.records import CANNOT_TELL, EvidenceRow, HumanLabel


def said(*labels: str, again: bool = False) -> EvidenceRow:
    human = tuple(HumanLabel(annotator=str(k), label=one, again=again) for k, one in enumerate(labels))
    return EvidenceRow(id="-".join(labels), tiers={}, human=human)


def test_most_people_may_be_unable_to_tell() -> None:
    rows = [said("a", CANNOT_TELL, CANNOT_TELL), said("a", CANNOT_TELL), said("a", "a", CANNOT_TELL), said()]
    arrays = to_arrays(rows, ["t"], label_set(rows))
    assert label_set(rows) == ("a",)
    assert arrays.majority.tolist() == [trust.CANNOT_TELL, -1, 0, -1]
    assert arrays.labeled.tolist() == [True, True, True, False]
    assert arrays.shares[0].tolist() == [1 / 3]


def test_an_answer_asked_for_again_is_no_label() -> None:
    assert not to_arrays([said("a", again=True)], ["t"], ["a"]).labeled.any()


def test_to_speak_for_items_a_question_is_kept_as_often_as_it_has_outputs() -> None:
    """One question has four outputs, 200 have one: about a quarter of those may stay, whatever comes last."""
    questions = ["rich"] * 4 + [f"q{k}" for k in range(200)]
    labeled = np.ones(204, dtype=np.bool_)
    kept, _ = one_per_question(questions, labeled, np.arange(204), per="item")
    assert kept[:4].sum() == 1
    assert 30 < kept[4:].sum() < 70
    every, _ = one_per_question(questions, labeled, np.arange(204), per="question")
    assert every.sum() == 201
