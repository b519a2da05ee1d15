"""A Python function as a judge (``judge: function``)."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.errors import BudgetSpent, ConfigError, JudgeFailed
from judgekit.records import Evidence, Item
from judgekit.runs.folder import RunFolder
from judgekit.runs.store import kept

LABELS = ("right", "wrong")


def some(count: int = 6) -> list[Item]:
    return [
        Item(id=str(i), question=f"Where is {i}?", references=("Ghent",), outputs=("Ghent" if i % 2 else "Lyon",),
             human=(jk.HumanLabel(label="right"),))
        for i in range(count)
    ]  # fmt: skip


def cascade(function: Any, **entry: Any) -> dict[str, Any]:
    return {"tiers": [{"judge": "function", "function": function, "version": "1", **entry}]}


def judged(function: Any, items: list[Item] | None = None, **entry: Any) -> list[Evidence]:
    results = jk.judge(
        some() if items is None else items, cascade=cascade(function, **entry), rubric="qa", keep_going=True
    )
    return [result.evidence.tiers[entry.get("name", "function")] for result in results]


def same(item: Item) -> str:
    return "right" if item.output == item.reference else "wrong"


def test_a_label_probabilities_and_numbers_are_opinions() -> None:
    assert [one.label for one in judged(same)] == ["wrong", "right"] * 3
    (first, *_) = judged(lambda item: {"right": 0.25, "wrong": 0.75})
    assert first.probs == pytest.approx({"right": 0.25, "wrong": 0.75}, abs=1e-8)
    (first, *_) = judged(lambda item: 0.25, labels={1: "right", 0: "wrong"})
    assert first.probs == pytest.approx({"right": 0.25, "wrong": 0.75}, abs=1e-8)
    assert judged(lambda item: True, labels={True: "right", False: "wrong"})[0].label == "right"
    assert judged(lambda item: "C", labels={"C": "right"})[0].label == "right"


def test_a_function_that_awaits_and_one_that_does_not_are_both_asked() -> None:
    together = most = 0

    async def slow(item: Item) -> str:
        nonlocal together, most
        together += 1
        most = max(most, together)
        await asyncio.sleep(0.01)
        together -= 1
        return same(item)

    assert [one.label for one in judged(slow)] == ["wrong", "right"] * 3
    assert most > 1
    threads = set[int]()

    def plain(item: Item) -> str:
        threads.add(threading.get_ident())
        return same(item)

    judged(plain)
    assert threading.get_ident() not in threads, "the event loop goes on meanwhile"


def test_arguments_of_the_entry_are_given_and_no_labels_of_people() -> None:
    seen = []

    def with_arguments(item: Item, *, least: int) -> str:
        seen.append((item.human, least))
        return "right"

    judged(with_arguments, args={"least": 3})
    assert set(seen) == {((), 3)}


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("leaked", "'leaked' is not one of the labels right, wrong"),
        ({"right": 0.5}, "probabilities sum to 0.5, expected 1"),
        ({"right": -1, "wrong": 2}, "the probability of 'right' is -1, expected 0 to 1"),
        ({"right": float("nan"), "wrong": 1}, "the probability of 'right' is nan, expected 0 to 1"),
        ({"right": 1, "leaked": 0}, "'leaked' is not one of the labels right, wrong"),
        (["right"], "list is no label, and no probabilities of labels"),
        (None, "no opinion"),
        (Evidence.missing("too long"), "too long"),
    ],
)
def test_what_is_no_opinion_is_missing_evidence_with_the_reason(said: Any, reason: str) -> None:
    for one in judged(lambda item: said):
        assert not one.probs and one.reason == reason


def test_an_exception_is_heard_and_asked_again_by_the_next_run(tmp_path: Path) -> None:
    broken = True

    def sometimes(item: Item) -> str:
        if broken and item.id == "1":
            raise ValueError(f"no idea about '{item.id}'")
        return same(item)

    spec = cascade(sometimes, price=0)
    scored = jk.score(some(), tmp_path / "run", cascade=spec, rubric="qa")
    verdict = list(scored.verdicts)[1]
    assert (verdict.state, verdict.reason) == ("unscored", "function: ValueError: no idea about '1'")
    (heard,) = scored.progress.heard
    assert heard.startswith("judge 'function' failed on 1 of 6 items (1 x ValueError: no idea about")
    broken = False
    again = jk.score(some(), tmp_path / "run", cascade=spec, rubric="qa")
    assert [one.label for one in again.verdicts] == ["wrong", "right"] * 3
    assert kept(tmp_path / "run")[1].calls == 7, "only the failed one was asked again"


def test_a_rule_that_knows_some_cases_leaves_the_others_to_the_next_judge(tmp_path: Path) -> None:
    def rule(item: Item) -> str | None:
        return "right" if item.id == "59" else None

    tiers = [
        {"judge": "function", "name": name, "function": function, "version": "1", "price": 0}
        for name, function in (("rule", rule), ("rest", same))
    ]
    scored = jk.score(some(60), tmp_path / "run", cascade={"tiers": tiers}, rubric="qa")
    assert not scored.progress.heard and not scored.progress.failing
    assert scored.progress.states == {"verdict": 60}
    answers = RunFolder.open(scored.folder).about.answers["qa"]["rule"]
    assert (answers.asked, answers.answered, answers.failed) == (60, 1, {})


def test_a_judge_that_is_silent_on_everything_is_said(tmp_path: Path) -> None:
    def forgot(item: Item) -> None:
        return None

    scored = jk.score(some(30), tmp_path / "run", cascade=cascade(forgot), rubric="qa")
    assert scored.progress.heard == ["judge 'function' had no opinion on any of 30 items"]
    assert scored.progress.states == {"unscored": 30}


def test_a_function_that_always_fails_stops_the_run() -> None:
    def never(item: Item) -> str:
        raise RuntimeError("no model here")

    with pytest.raises(JudgeFailed, match="no model here"):
        jk.judge(some(40), cascade=cascade(never), rubric="qa")


def test_opinions_are_kept_and_priced_and_the_budget_holds(tmp_path: Path) -> None:
    calls = []

    def dear(item: Item) -> str:
        calls.append(item.id)
        return same(item)

    spec = cascade(dear, price=0.5)
    with pytest.raises(BudgetSpent):
        jk.score(some(), tmp_path / "run", cascade=spec, rubric="qa", budget=2)
    assert len(calls) == 4
    scored = jk.score(some(), tmp_path / "run", cascade=spec, rubric="qa", budget=10)
    assert len(calls) == 6 and scored.progress.cost == 3.0
    assert jk.plan(some(), cascade=spec, rubric="qa").cost == 3.0
    with pytest.raises(ConfigError, match="a budget in dollars needs the judge's price"):
        jk.score(some(), tmp_path / "other", cascade=cascade(dear), rubric="qa", budget=1)


def test_evidence_says_what_an_opinion_did_cost_and_unknown_is_not_nothing() -> None:
    known = judged(lambda item: Evidence(probs={"right": 1.0}, cost=0.25), price=0.5)
    assert {one.cost for one in known} == {0.25}
    assert {one.cost for one in judged(same)} == {None}


def test_questions_of_its_examples_do_not_serve_for_calibration(tmp_path: Path) -> None:
    path = tmp_path / "examples.jsonl"
    path.write_text(json.dumps(some(1)[0].to_row()) + "\n")
    spec = cascade(same, price=0, examples=str(path))
    scored = jk.score(some(), tmp_path / "run", cascade=spec, rubric="qa")
    assert RunFolder.open(scored.folder).examples == {some(1)[0].question_id}


def test_another_version_is_refused_under_an_old_calibration(tmp_path: Path) -> None:
    items = [
        item.model_copy(update={"human": (jk.HumanLabel(annotator="a", label=same(item)),)})
        for item in some(300)
    ]
    jk.score(items, tmp_path / "run", cascade=cascade(same, price=0), rubric="qa")
    calibration = jk.calibrate(tmp_path / "run", agreement=0.8, rubric="qa")
    calibration.save(tmp_path / "c.json")
    given: dict[str, Any] = {"rubric": "qa", "calibrations": tmp_path / "c.json"}
    held = jk.judge(some(), cascade=cascade(same, price=0), **given)
    assert all(result.verdict.calibration for result in held)
    for changed in (cascade(same, price=0, version="2"), cascade(same, price=0, labels={"C": "right"})):
        with pytest.raises(jk.JudgekitError, match="the calibration does not fit this cascade"):
            jk.judge(some(), cascade=changed, **given)


def test_a_function_among_its_arguments_is_named_in_the_run_and_told_by_its_source(tmp_path: Path) -> None:
    def apply(item: Item, rule: Any) -> str:
        return "right" if rule(item.output) else "wrong"

    def long(text: str) -> bool:
        return len(text) > 4

    def longer(text: str) -> bool:
        return len(text) > 5

    longer.__qualname__ = long.__qualname__
    fingerprints = []
    for number, rule in enumerate((long, long, longer)):
        spec = cascade(apply, version="", args={"rule": rule})
        run = RunFolder.open(jk.score(some(), tmp_path / str(number), cascade=spec, rubric="qa").folder)
        assert run.about.tiers[0]["args"]["rule"].endswith(".<locals>.long")
        fingerprints.append(run.about.cascades["qa"].fingerprints["function"])
    assert fingerprints[0] == fingerprints[1] != fingerprints[2]
    with pytest.raises(ConfigError, match="state the judge's 'version'"):
        judged(apply, version="", args={"rule": object()})


def test_the_run_says_which_function_judged(tmp_path: Path) -> None:
    scored = jk.score(some(), tmp_path / "run", cascade=cascade(same, price=0), rubric="qa")
    (tier,) = RunFolder.open(scored.folder).about.tiers
    assert tier["function"] == f"{__name__}:same"


def test_a_file_does_not_run_code_that_only_the_file_names(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "judge_of_the_test.py").write_text("def same(item):\n    return 'right'\n")
    monkeypatch.syspath_prepend(tmp_path)
    path = tmp_path / "c.yaml"
    path.write_text("tiers: [{judge: function, function: 'judge_of_the_test:same', price: 0}]\n")
    with pytest.raises(ConfigError, match="JUDGEKIT_CODE=judge_of_the_test:same in the environment"):
        jk.judge(some(), cascade=path, rubric="qa")
    for named in ("judge_of_the_test:same", "other, judge_of_the_test"):
        monkeypatch.setenv("JUDGEKIT_CODE", named)
        results = jk.judge(some(), cascade=path, rubric="qa")
        assert {result.verdict.label for result in results} == {"right"}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ({"function": "nothing"}, "expected package.module:name, found 'nothing'"),
        (
            {"function": "no_such_module:f"},
            "no_such_module:f cannot be loaded: No module named 'no_such_module'",
        ),
        ({"function": 3}, "judge 'function': 3 is no function"),
        ({"function": same, "colour": "red"}, "unknown key 'colour'"),
        ({}, "key 'function': field required"),
    ],
)
def test_a_wrong_entry_is_one_line(entry: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message) as told:
        jk.judge(some(), cascade={"tiers": [{"judge": "function", **entry}]}, rubric="qa")
    assert "\n" not in str(told.value)
