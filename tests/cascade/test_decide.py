"""Verdicts from evidence, and why there is none."""

from __future__ import annotations

from judgekit.cascade.decide import missing_reason
from judgekit.records import Evidence, EvidenceRow

YES = {"yes": 0.9, "no": 0.1}


def row(**tiers):
    return EvidenceRow(id="1", question_id="1", rubric="r", tiers=tiers)


def test_a_failure_is_not_hidden_by_what_a_judge_that_answered_remarks():
    partly = Evidence(probs=YES, reason="1 of 5 annotators not heard: late")
    assert (
        missing_reason(row(small=Evidence.missing("HTTP 401"), big=partly), ["small", "big"])
        == "small: HTTP 401"
    )


def test_of_several_failures_the_last_judge_s_is_told():
    failed = {"small": Evidence.missing("HTTP 401"), "big": Evidence.missing("HTTP 500")}
    assert missing_reason(row(**failed), ["small", "big"]) == "big: HTTP 500"
    assert missing_reason(row(small=Evidence(probs=YES)), ["small", "big"]) == "big: not asked"
