"""A scorer of MLflow as a judge (``judge: mlflow``), with the real package."""

from __future__ import annotations

import os
from typing import Any

import pytest

os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
pytest.importorskip("mlflow.genai", reason="MLflow is not installed: make test-integrations")

from mlflow.entities import AssessmentError, Feedback
from mlflow.genai.scorers import Scorer, scorer

import judgekit as jk
from judgekit.errors import ConfigError, JudgeFailed
from judgekit.records import Item

pytestmark = pytest.mark.integrations

GRADES = {True: "right", False: "wrong"}


def some() -> list[Item]:
    return [
        Item(id=str(i), question="Where?", references=("Ghent", "Gand"), outputs=(said,))
        for i, said in enumerate(("Ghent", "Lyon", "Gand"))
    ]


def judged(scorer: Any, **entry: Any) -> list[jk.ItemResult]:
    tier = {"judge": "mlflow", "scorer": scorer, "labels": GRADES, "price": 0, **entry}
    return jk.judge(some(), cascade={"tiers": [tier]}, rubric="qa", keep_going=True)


def said(results: list[jk.ItemResult]) -> list[str | None]:
    return [result.verdict.label or result.verdict.reason for result in results]


@scorer
def exact(inputs: Any, outputs: Any, expectations: Any) -> bool:
    assert inputs == {"question": "Where?"}
    return bool(outputs == expectations["expected_response"])


@scorer
def rated(*, outputs: Any, expectations: Any) -> Any:
    if outputs == "Lyon":
        return Feedback(error=AssessmentError(error_code="NO_RATING", error_message="out of scope"))
    return Feedback(value=0.75 if outputs in expectations["references"] else 0.25, rationale="so it is")


@scorer
def several(outputs: Any) -> Any:
    return [Feedback(name="a", value=True), Feedback(name="b", value=False)]


class Longer(Scorer):
    than: int = 4

    def __call__(self, *, outputs: Any) -> bool:
        return len(outputs) > self.than


def test_a_scorer_in_memory_and_one_of_its_own_by_name() -> None:
    assert said(judged(exact)) == ["right", "wrong", "wrong"]
    found = judged("RegexMatch", args={"pattern": "^G"}, labels={"yes": "right", "no": "wrong"})
    assert said(found) == ["right", "wrong", "right"]


def test_ratings_are_probabilities_and_an_error_is_missing_evidence() -> None:
    results = judged(rated, labels={1: "right", 0: "wrong"})
    assert said(results) == ["right", "mlflow: NO_RATING: out of scope", "right"]
    assert results[0].verdict.confidence == pytest.approx(0.75)


def test_several_assessments_are_no_opinion() -> None:
    tier = {"judge": "mlflow", "scorer": several, "labels": GRADES}
    with pytest.raises(JudgeFailed, match="the scorer gives 2 assessments, expected one"):
        jk.judge(some(), cascade={"tiers": [tier]}, rubric="qa")


def test_a_class_of_scorers_with_other_settings_is_another_judge() -> None:
    def fingerprint(**settings: Any) -> str | None:
        results = judged(Longer(name="longer", **settings))
        return results[0].evidence.tiers["mlflow"].fingerprint

    assert said(judged(Longer(name="longer"))) == ["right", "wrong", "wrong"]
    assert fingerprint(than=3) == fingerprint(than=3) != fingerprint(than=4)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"scorer": "NoSuch"}, "mlflow.genai.scorers has no 'NoSuch'"),
        ({"scorer": "RegexMatch"}, "scorer 'RegexMatch': key 'pattern': field required"),
        ({"scorer": 3}, "int is no scorer of MLflow"),
    ],
)
def test_a_wrong_entry_is_one_line(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as told:
        jk.judge(some(), cascade={"tiers": [{"judge": "mlflow", **entry}]}, rubric="qa")
    assert "\n" not in str(told.value)
