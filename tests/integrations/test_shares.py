"""A figure of judged outputs: verdicts alone make the share, and open outputs make its limits wide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.errors import ConfigError
from judgekit.integrations.shares import labels_of, share
from judgekit.records import HumanLabel, Verdict
from judgekit.rubrics import load_rubric

FORGETTING = load_rubric("forgetting")


def verdicts(*said: str) -> list[Verdict]:
    return [
        Verdict(id=str(i), question_id=str(i), rubric="forgetting", state="verdict", label=label)
        if label in FORGETTING.labels
        else Verdict(id=str(i), question_id=str(i), rubric="forgetting", state=label, reason="why")  # type: ignore[arg-type]
        for i, label in enumerate(said)
    ]


def test_what_is_open_is_in_the_limits_and_not_in_the_share() -> None:
    sure = share(verdicts(*["leaked"] * 10, *["wrong"] * 30), FORGETTING)
    open_too = share(verdicts(*["leaked"] * 10, *["wrong"] * 30, *["abstained"] * 20), FORGETTING)
    assert sure.value == open_too.value == 0.25
    assert (sure.judged, open_too.judged) == (1.0, pytest.approx(2 / 3))
    assert sure.low is not None and sure.high is not None and sure.low < 0.25 < sure.high
    assert open_too.low is not None and open_too.high is not None
    assert open_too.low < 10 / 60 and open_too.high > 30 / 60


def test_without_a_verdict_there_is_no_number() -> None:
    nothing = share(verdicts("abstained", "unscored"), FORGETTING)
    assert (nothing.value, nothing.low, nothing.high, nothing.judged) == (None, None, None, 0.0)


@given(st.lists(st.sampled_from([*FORGETTING.labels, "abstained", "unscored"]), min_size=1, max_size=30))
def test_the_share_lies_within_what_the_open_ones_allow(said: list[str]) -> None:
    found = share(verdicts(*said), FORGETTING)
    if found.value is None:
        assert not set(said) & set(FORGETTING.labels)
        return
    assert found.low is not None and found.high is not None
    least = said.count("leaked") / len(said)
    assert 0 <= found.low <= least <= least + (1 - found.judged) <= found.high + 1e-9
    assert found.high <= 1


def test_it_is_what_the_judge_says_whatever_people_say() -> None:
    """An item may carry labels of people."""
    alone = verdicts(*["leaked"] * 10, *["wrong"] * 30)
    people = (HumanLabel(label="wrong", annotator="ann"),)
    assert share([one.model_copy(update={"human": people}) for one in alone], FORGETTING) == share(
        alone, FORGETTING
    )


def test_names_are_labels_and_what_a_report_calls_them_together() -> None:
    assert labels_of(FORGETTING) == {"leaked"}
    assert labels_of(load_rubric("utility")) == {"correct"}
    assert labels_of(FORGETTING, "forgotten well") == {"withheld", "wrong"}
    with pytest.raises(ConfigError, match="no label 'leak' in the rubric 'forgetting'; there are leaked, "):
        labels_of(FORGETTING, "leak")
