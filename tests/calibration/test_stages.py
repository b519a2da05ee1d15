"""Stages of a judge are one judge, and what a later one costs holds what the earlier ones cost."""

from __future__ import annotations

import pytest

from judgekit.calibration.stages import incremental, judge_index, judge_names, last_stages
from judgekit.records import Evidence, EvidenceRow

TIERS = ("lexical", "small@1", "small@2", "large")


def test_tiers_are_told_by_their_judges() -> None:
    assert judge_names(TIERS) == ("lexical", "small", "large")
    assert judge_index(TIERS) == [0, 1, 1, 2]


def test_a_later_stage_adds_what_the_earlier_ones_have_not_spent() -> None:
    costs = {"lexical": 0.0, "small@1": 1.0, "small@2": 1.5, "large": 4.0}
    assert incremental(TIERS, costs) == pytest.approx([0, 1, 0.5, 4])
    assert incremental(TIERS, costs | {"small@2": 0.8}) == pytest.approx([0, 1, 0, 4]), (
        "never less than nothing"
    )


def test_the_last_stage_is_what_a_judge_says() -> None:
    first, second = Evidence(probs={"a": 1.0}), Evidence(probs={"b": 1.0})
    row = EvidenceRow(id="x", tiers={"small@1": first, "small@2": second})
    assert last_stages(row) == {"small": second}
