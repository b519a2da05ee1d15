"""Shares and limits of judged samples: what is open is never counted as if it were not there."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed: make test-integrations")
pytestmark = pytest.mark.integrations

import inspect_ai
from hypothesis import given, settings
from hypothesis import strategies as st
from inspect_ai.log import ProvenanceData, edit_score
from inspect_ai.scorer import SampleScore, Score, ScoreEdit

import judgekit as jk
from judgekit.integrations.inspect import outcomes, trusted_judge
from judgekit.integrations.inspect.metrics import outcome_rates, verdict_rates
from tests.integrations.inspect import made

LABELS = ["leaked", "partial", "withheld"]


def score(value: str, question: str = "", rubric: str = "forgetting", **said: Any) -> SampleScore:
    metadata = {"rubric": rubric, "labels": LABELS, "question_id": question, **said}
    return SampleScore(score=Score(value=value, metadata=metadata), sample_id=question or "1")


def many(*values: str) -> list[SampleScore]:
    return [score(value, f"q{number}") for number, value in enumerate(values)]


def rates(scores: list[SampleScore], metric: Any = outcome_rates) -> dict[str, float]:
    found = metric()(scores)
    assert isinstance(found, dict)
    return found


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from([*LABELS, "abstained", "unscored"]), st.integers(0, 4)),
        min_size=1,
        max_size=14,
    )
)
def test_limits_hold_whatever_open_samples_are(drawn: list[tuple[str, int]]) -> None:
    scores = [score(value, f"q{question}") for value, question in drawn]
    found, counts, n = rates(scores), Counter(value for value, _ in drawn), len(drawn)
    left_open = counts["abstained"] + counts["unscored"]
    assert found["coverage"] == pytest.approx(1 - left_open / n)
    assert found["abstained"] + found["unscored"] + found["coverage"] == pytest.approx(1)
    assert found["coverage_lower"] <= found["coverage"] <= found["coverage_upper"]
    for label in LABELS:
        assert found[f"{label}_lower"] <= counts[label] / n + 1e-12
        assert found[f"{label}_upper"] >= (counts[label] + left_open) / n - 1e-12
        assert (label in found) == (left_open == 0)
    if not left_open:
        assert sum(found[label] for label in LABELS) == pytest.approx(1)


def test_a_label_that_nobody_gave_has_an_upper_limit() -> None:
    found = rates(many(*["withheld"] * 30), verdict_rates)
    assert found["leaked"] == found["leaked_lower"] == 0
    assert found["leaked_upper"] == pytest.approx(1 - 0.025 ** (1 / 30))  # Clopper and Pearson


def test_repeats_of_a_question_are_no_further_questions() -> None:
    values = ["leaked", "withheld"] * 10
    twice = [score(value, f"q{number}") for number, value in enumerate(values)] * 2
    apart = many(*values * 2)
    found, wider = rates(apart), rates(twice)
    assert wider["leaked"] == found["leaked"] == 0.5
    assert wider["leaked_upper"] - wider["leaked_lower"] > found["leaked_upper"] - found["leaked_lower"]


def test_rubrics_are_apart() -> None:
    found = rates([*many("leaked", "abstained"), score("withheld", "z", "other")])
    assert found["other/withheld"] == 1 and found["forgetting/leaked_upper"] == 1
    assert "leaked" not in found and found["coverage"] == pytest.approx(2 / 3)


def test_of_nothing_there_is_nothing_to_say() -> None:
    assert rates([]) == rates([], verdict_rates) == {}


def test_a_log_says_what_a_report_says(tmp_path: Path) -> None:
    """The limits over all samples are those of a report on the same run."""
    calibration = made.calibration(tmp_path / "calibrated")
    log = made.log(made.demo(40), tmp_path / "logs")
    scorers = [trusted_judge(calibration=str(calibration)), outcomes()]
    scored = inspect_ai.score(log, scorers, display="none", model="none/none")
    verdicts, all_samples = scored.results.scores
    run = jk.score(made.place(log), tmp_path / "run", calibrations=calibration)
    states = Counter(one.state for one in run.verdicts)
    assert (verdicts.scored_samples, verdicts.unscored_samples) == (states["verdict"], states["abstained"])
    assert states["abstained"] > 0 and all_samples.unscored_samples == 0
    assert all_samples.metrics["coverage"].value == states["verdict"] / 40
    assert "leaked" in verdicts.metrics and "leaked" not in all_samples.metrics


def test_an_edited_value_counts_also_where_the_edit_replaced_the_metadata(tmp_path: Path) -> None:
    log = made.log([made.item(number) for number in range(6)], tmp_path)
    scored = inspect_ai.score(log, trusted_judge(rubric="forgetting"), display="none", model="none/none")
    ann = ProvenanceData(author="ann")
    edit_score(scored, "0", "trusted_judge", ScoreEdit(value="wrong", metadata={}, provenance=ann))
    (found,) = scored.results.scores
    shares = {
        label: metric.value for label, metric in found.metrics.items() if metric.value and "_" not in label
    }
    assert shares == pytest.approx({"leaked": 5 / 6, "wrong": 1 / 6})
