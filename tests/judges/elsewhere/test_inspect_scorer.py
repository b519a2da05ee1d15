"""A scorer of inspect as a judge (``judge: inspect``), with the real package and its mock model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("inspect_ai", reason="inspect-ai is not installed: make test-integrations")

from inspect_ai.model import ModelOutput, ModelUsage, get_model
from inspect_ai.scorer import Score, Scorer, Target, accuracy, match, model_graded_qa, scorer
from inspect_ai.solver import TaskState

import judgekit as jk
from judgekit.errors import ConfigError, JudgeFailed
from judgekit.records import Item

pytestmark = pytest.mark.integrations

GRADES = {"C": "right", "I": "wrong"}
seen: list[TaskState] = []


def some() -> list[Item]:
    return [
        Item(
            id=str(i),
            question="Where?",
            references=("Ghent", "Gand"),
            outputs=(said,),
            split="forget",
            model="m",
        )
        for i, said in enumerate(("Ghent", "Lyon", "It was in Gand"))
    ]


@scorer(metrics=[accuracy()])
def own(least: float = 0.5) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        seen.append(state)
        if state.output.completion == "Lyon":
            return Score.unscored(reason="refusal", explanation="it would not say")
        return Score(value=float(state.output.completion in list(target)) * 0.5 + 0.25 * least)

    return score


@scorer(metrics=[accuracy()])
def at_least(letters: int) -> Scorer:
    async def score(state: TaskState, target: Target) -> Score:
        return Score(value="C" if len(state.output.completion) >= letters else "I")

    return score


def judged(scorer: Any, **entry: Any) -> list[jk.Verdict]:
    tier = {"judge": "inspect", "scorer": scorer, "labels": GRADES, "price": 0, **entry}
    return [
        result.verdict for result in jk.judge(some(), cascade={"tiers": [tier]}, rubric="qa", keep_going=True)
    ]


def test_a_scorer_by_its_name_and_one_in_memory_judge_the_same() -> None:
    named = judged("match", args={"location": "any"})
    assert [one.label for one in named] == ["right", "wrong", "right"]
    assert [one.label for one in judged(match(location="any"))] == ["right", "wrong", "right"]


def test_it_sees_a_finished_sample_and_what_it_leaves_unscored_has_its_reason() -> None:
    seen.clear()
    first, second, third = judged(own(), labels={1: "right", 0: "wrong"})
    assert (second.state, second.reason) == ("unscored", "inspect: refusal")
    assert first.confidence == pytest.approx(0.625) and third.label == "wrong"
    state = {one.sample_id: one for one in seen}["0"]
    assert (state.input_text, state.output.completion, list(state.target)) == (
        "Where?",
        "Ghent",
        ["Ghent", "Gand"],
    )
    assert state.metadata["split"] == "forget" and state.completed


def test_a_model_graded_scorer_asks_its_model() -> None:
    usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)

    outputs = [ModelOutput.from_content("mockllm/model", "Reasons.\n\nGRADE: I") for _ in range(3)]
    for output in outputs:
        output.usage = usage
    grader = get_model("mockllm/model", custom_outputs=outputs)
    found = judged(model_graded_qa(model=grader), version="grader 1", price=0.5)
    assert [(one.label, one.cost) for one in found] == [("wrong", 0.5)] * 3
    with pytest.raises(ConfigError, match="'model'.* cannot be told from an earlier version of itself"):
        held(grader)


def held(model: Any) -> None:
    @scorer(metrics=[accuracy()])
    def asks() -> Scorer:
        async def score(state: TaskState, target: Target) -> Score:
            await model.generate("?")
            return Score(value="C")

        return score

    judged(asks())


def test_other_arguments_are_another_judge() -> None:
    def fingerprint(scorer: Any, **entry: Any) -> str | None:
        tier = {"judge": "inspect", "scorer": scorer, "labels": GRADES, "price": 0, **entry}
        results = jk.judge(some()[:1], cascade={"tiers": [tier]}, rubric="qa", keep_going=True)
        return results[0].evidence.tiers["inspect"].fingerprint

    assert fingerprint("match") == fingerprint("match") != fingerprint("match", args={"location": "any"})
    assert fingerprint(at_least(3)) == fingerprint(at_least(3)) != fingerprint(at_least(4))


def test_a_grade_without_a_label_is_heard() -> None:
    tier = {"judge": "inspect", "scorer": "match", "labels": {"C": "right"}}
    with pytest.raises(JudgeFailed, match="'I' is not one of the labels right, wrong"):
        jk.judge(some()[1:2], cascade={"tiers": [tier]}, rubric="qa")


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"scorer": "no_such"}, "no_such was not found in the registry"),
        ({"scorer": "match", "args": {"loc": 1}}, "unexpected keyword argument 'loc'"),
        ({"scorer": "no.module:made"}, "no.module:made cannot be loaded"),
        ({"scorer": "model_graded_qa"}, "model_graded_qa is not run, since only a cascade file says so"),
    ],
)
def test_a_wrong_entry_is_one_line(
    tmp_path: Path, entry: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JUDGEKIT_CODE", "no_such match no.module")
    path = tmp_path / "c.yaml"
    path.write_text(str({"tiers": [{"judge": "inspect", **entry}]}))
    with pytest.raises(ConfigError, match=message) as told:
        jk.judge(some(), cascade=path, rubric="qa")
    assert "\n" not in str(told.value)
