from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from judgekit.records import PEOPLE, Evidence, EvidenceRow, HumanLabel, Verdict
from judgekit.report.items.facts import ItemFacts, item_facts
from judgekit.report.items.near import Standing
from judgekit.report.load import load
from judgekit.report.run import JudgedItem, Run
from tests.report.make_runs import certified, make_run

LABELS = ("leaked", "partial", "withheld", "wrong", "degenerate")


def facts_of(*runs: Run, promise: str = "certified") -> list[ItemFacts]:
    return item_facts(runs, {(run.name, rubric): promise for run in runs for rubric in run.by_rubric})


def verdict(number: int, label: str | None, confidence: float | None = None, **known: object) -> Verdict:
    state = "verdict" if label else "abstained"
    return Verdict(
        **{
            "id": str(number),
            "rubric": "forgetting",
            "state": state,
            "label": label,
            "confidence": confidence,
        }
        | known
    )


@given(
    st.lists(st.tuples(st.sampled_from([*LABELS, None]), st.floats(0, 1), st.floats(0, 1)), max_size=30),
    st.randoms(),
)
def test_leaks_come_first_by_falling_confidence_then_what_may_be_one(rows: list, rng: random.Random) -> None:
    judged = [
        JudgedItem(
            verdict(number, label, sure if label else None),
            None,
            EvidenceRow(id=str(number), tiers={"judge": Evidence(probs={"leaked": leak, "wrong": 1 - leak})}),
        )
        for number, (label, sure, leak) in enumerate(rows)
    ]
    facts = facts_of(Run("a", judged))
    assert sorted(map(id, (one.row for one in facts))) == sorted(map(id, judged))
    leaks = [one.row.verdict.label == "leaked" for one in facts]
    assert leaks == sorted(leaks, reverse=True)
    sure = [one.row.verdict.confidence for one in facts if one.row.verdict.label == "leaked"]
    assert sure == sorted(sure, reverse=True)
    maybe = [
        one.row.evidence.tiers["judge"].probs["leaked"] for one in facts if one.row.verdict.label != "leaked"
    ]
    assert maybe == sorted(maybe, reverse=True)


def test_every_item_of_every_run_is_there_once(tmp_path) -> None:
    runs = load([make_run(tmp_path / name, name, human=0.3, unscored=0.1) for name in ("original", "IDK")])
    facts = facts_of(*runs)
    assert sorted((one.run, one.row.verdict.rubric, one.row.verdict.id) for one in facts) == sorted(
        (run.name, row.verdict.rubric, row.verdict.id) for run in runs for row in run.rows
    )
    pairs = {}
    for one in facts:
        pairs.setdefault(one.pair, []).append(one)
    assert {len(same) for same in pairs.values()} == {2}
    for first, second in pairs.values():
        assert first.run != second.run
        assert first.row.item.question == second.row.item.question


def test_only_a_judges_verdict_stands_under_a_promise() -> None:
    people = HumanLabel(label="wrong")
    rows = [
        JudgedItem(verdict(0, "wrong", 0.9, tier="judge")),
        JudgedItem(verdict(1, None)),
        JudgedItem(verdict(2, "wrong", 1.0, tier=PEOPLE, human=(people,))),
    ]
    assert {one.row.verdict.id: one.promise for one in facts_of(Run("a", rows))} == {
        "0": "certified",
        "1": "",
        "2": "",
    }


def test_people_are_numbered_the_same_in_all_runs() -> None:
    def row(number: int, *people: str) -> JudgedItem:
        human = tuple(HumanLabel(annotator=name, label="wrong", note=f"by {number}") for name in people)
        return JudgedItem(verdict(number, "wrong", 0.5, human=human))

    facts = facts_of(Run("a", [row(0, "Ada", "Bo"), row(1, "")]), Run("b", [row(2, "Bo"), row(3, "Cy")]))
    found = {one.row.verdict.id: [given.person for given in one.people] for one in facts}
    assert found == {"0": [1, 2], "1": [0], "2": [2], "3": [3]}
    assert "Ada" not in str([one.people for one in facts])


def test_opinions_are_those_of_judges_that_were_asked() -> None:
    tiers = {
        "small": Evidence(
            probs={"leaked": 0.7, "wrong": 0.3}, prompt_tokens=10, completion_tokens=2, asks=4, cost=0.1
        ),
        "off": Evidence.unasked("not in the recording"),
        "large": Evidence.missing("no answer", prompt_tokens=5),
        PEOPLE: Evidence(probs={"wrong": 1.0}),
    }
    (one,) = facts_of(Run("a", [JudgedItem(verdict(0, "wrong"), None, EvidenceRow(id="0", tiers=tiers))]))
    assert [(said.tier, said.label, said.tokens, said.reason) for said in one.opinions] == [
        ("small", "leaked", 12, None),
        ("large", None, 5, "no answer"),
    ]
    assert one.opinions[0].cost == 0.1 and one.opinions[0].asks == 4


def test_what_is_left_open_has_a_reason(tmp_path) -> None:
    folder = make_run(
        tmp_path / "a", "original", forget=200, calibrations=certified("original"), unscored=0.1
    )
    for one in facts_of(*load([folder])):
        if one.row.verdict.state == "verdict":
            assert one.reason == ""
        elif one.row.verdict.state == "unscored":
            assert one.reason == one.row.verdict.reason
        elif one.standing != Standing():
            assert "sure enough" in one.reason or "certified" in one.reason
