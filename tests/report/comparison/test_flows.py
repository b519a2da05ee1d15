"""Flows from label to label: every matched item once, none guessed, none without a verdict counted as a label."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.records import Verdict
from judgekit.report.comparison.flow_sentences import sentences
from judgekit.report.comparison.flows import ALL_WITH_BEST, MOST, transitions
from judgekit.report.comparison.records import OPEN, Flow, Flows
from judgekit.report.run import JudgedItem, Run
from judgekit.report.summary import summarize
from judgekit.rubrics import Role
from tests.report.make_runs import FORGET

STATES = st.sampled_from([*FORGET, *OPEN])
ANSWERS = st.dictionaries(st.integers(0, 12), STATES, min_size=1)


def run(method: str, forget: Mapping[int, str], keep: Mapping[int, str] | None = None) -> Run:
    """A run of one label or state for each question, its items in an order of its own."""
    rows = []
    for split, rubric, given_ in (("forget", "forgetting", forget), ("retain", "utility", keep or {})):
        for question, label in sorted(given_.items(), key=lambda pair: hash((method, pair[0]))):
            state = label if label in OPEN else "verdict"
            rows.append(
                JudgedItem(
                    Verdict(
                        id=f"{split}/{question}",
                        question_id=f"q{question}",
                        split=split,
                        method=method,
                        rubric=rubric,
                        state=state,
                        label=None if state in OPEN else label,
                        reason="no answer" if state == "unscored" else None,
                    )
                )
            )
    return Run(method, rows)


def column(**counts: int) -> dict[int, str]:
    """Questions 0, 1, … with as many of each label."""
    return dict(enumerate(label for label, count in counts.items() for _ in range(count)))


def of(found: Sequence[Flows], first: str, second: str, rubric: str = "forgetting") -> Flows:
    return next(f for f in found if (f.first, f.second, f.rubric) == (first, second, rubric))


@given(ANSWERS, ANSWERS)
def test_every_question_of_both_is_in_one_flow(first: dict[int, str], second: dict[int, str]) -> None:
    found = transitions(first, second)
    held = [number for numbers in found.values() for number in numbers]
    assert sorted(held) == sorted(first.keys() & second.keys())
    assert all(first[n] == before and second[n] == after for (before, after), ns in found.items() for n in ns)


@given(ANSWERS, ANSWERS)
def test_the_way_back_is_the_same_way(first: dict[int, str], second: dict[int, str]) -> None:
    back = {(after, before): sorted(ns) for (before, after), ns in transitions(second, first).items()}
    assert back == {pair: sorted(ns) for pair, ns in transitions(first, second).items()}


@given(ANSWERS, ANSWERS)
def test_a_report_counts_what_both_runs_have_and_says_what_one_has_alone(
    first: dict[int, str], second: dict[int, str]
) -> None:
    shared = first.keys() & second.keys()
    summary = summarize([run("original", first), run("NPO", second)])
    if 2 * len(shared) < len(first.keys() | second.keys()):
        assert summary.flows == ()
        return
    (found,) = summary.flows
    counted = {(flow.before, flow.after): flow.items for flow in found.flows}
    assert counted == Counter((first[q], second[q]) for q in shared)
    assert (found.only_first, found.only_second) == (len(first) - len(shared), len(second) - len(shared))
    assert any("no partner" in text for text in found.said) == (first.keys() != second.keys())
    met = {state for q in shared for state in (first[q], second[q])}
    assert [label for label in found.labels if label in OPEN] == [state for state in OPEN if state in met]


@given(ANSWERS, ANSWERS)
def test_what_has_no_verdict_is_in_no_count_of_labels(first: dict[int, str], second: dict[int, str]) -> None:
    made = [Flow(*pair, len(numbers)) for pair, numbers in transitions(first, second).items()]
    decided = [flow for flow in made if flow.before not in OPEN and flow.after not in OPEN]
    role = Role("forget", {})
    without = list(sentences(decided, "A", "B", role, (0, 0)))
    told = [text for text in sentences(made, "A", "B", role, (0, 0)) if "no verdict in" not in text]
    none = "No output leaked in A."
    assert [t for text in told if (t := text.replace(", of those with a verdict", "")) != none] == [
        text for text in without if text != none
    ]


def test_what_leaked_is_said_as_a_reader_asks() -> None:
    before = column(leaked=100, wrong=20, abstained=4)
    after = dict.fromkeys(range(60), "withheld") | dict.fromkeys(range(60, 75), "wrong")
    after |= dict.fromkeys(range(75, 80), "degenerate") | dict.fromkeys(range(80, 97), "leaked")
    after |= dict.fromkeys(range(97, 100), "unscored") | dict.fromkeys(range(100, 102), "leaked")
    after |= dict.fromkeys(range(102, 124), "withheld")
    summary = summarize([run("original", before), run("NPO", after)])
    assert of(summary.flows, "original", "NPO").said == (
        "Of 97 outputs that leaked in original, 60 are withheld, 15 wrong and 5 gibberish in NPO; 17 still leak.",
        "3 more have no verdict in NPO.",
        "Of 20 that did not leak in original, 2 leak in NPO.",
        "4 of 124 outputs have no verdict in original.",
    )


def test_what_was_known_and_is_lost_is_of_questions_that_both_runs_have_a_verdict_on() -> None:
    forget = column(leaked=3)
    known = column(correct=50, wrong=10, unscored=5)
    kept = dict.fromkeys(range(5, 40), "correct") | dict.fromkeys(range(40, 47), "refused")
    kept |= {47: "wrong", 48: "abstained", 49: "abstained"} | dict.fromkeys(range(50, 65), "correct")
    summary = summarize([run("original", forget, known), run("NPO", forget, kept)])
    found = of(summary.flows, "original", "NPO", "utility")
    assert found.said == (
        "Of 43 correct answers of original, 8 are lost in NPO: 7 refused and 1 wrong.",
        "2 more have no verdict in NPO.",
        "Of 10 that original did not answer correctly, 10 are correct in NPO.",
        "5 of 60 outputs have no verdict in original.",
        "5 items of original and 0 of NPO have no partner in the other run; no flow counts them.",
    )


@pytest.mark.parametrize(
    ("labels", "text"),
    [
        (("leaked", "leaked"), "All 5 outputs that leaked in A still leak in B."),
        (("leaked", "wrong"), "Of 5 outputs that leaked in A, 5 are wrong in B; none still leaks."),
        (("wrong", "leaked"), "No output leaked in A."),
        (("leaked", "abstained"), "All 5 outputs that leaked in A have no verdict in B."),
        (("abstained", "leaked"), "5 of 5 outputs have no verdict in A."),
    ],
)
def test_all_and_none_are_said_as_such(labels: tuple[str, str], text: str) -> None:
    assert next(iter(sentences([Flow(*labels, 5)], "A", "B", Role("forget", {}), (0, 0)))) == text


def test_none_is_said_only_of_outputs_with_a_verdict() -> None:
    made = [Flow("wrong", "wrong", 3), Flow("unscored", "wrong", 1)]
    for side, text in (("forget", "No output leaked in A"), ("keep", "A answered nothing correctly")):
        assert list(sentences(made, "A", "B", Role(side, {}), (0, 0))) == [
            f"{text}, of those with a verdict.",
            "1 of 4 outputs has no verdict in A.",
        ]
    made = [Flow("correct", "abstained", 2), Flow("wrong", "wrong", 1)]
    assert list(sentences(made, "A", "B", Role("keep", {}), (0, 0))) == [
        "All 2 correct answers of A have no verdict in B."
    ]


def test_of_runs_that_share_no_question_nothing_else_is_said() -> None:
    for side in ("forget", "keep", "other"):
        assert list(sentences([], "A", "B", Role(side, {}), (6, 7))) == [
            "6 items of A and 7 of B have no partner in the other run; no flow counts them."
        ]


def test_nothing_known_and_nothing_lost_are_said_as_such() -> None:
    keep = Role("keep", {})
    assert next(iter(sentences([Flow("correct", "correct", 5)], "A", "B", keep, (0, 0)))) == (
        "Of 5 correct answers of A none is lost in B."
    )
    assert next(iter(sentences([Flow("wrong", "correct", 5)], "A", "B", keep, (0, 0)))) == (
        "A answered nothing correctly."
    )


def test_labels_of_a_rubric_of_ones_own_are_counted_as_what_they_count_as() -> None:
    made = [Flow("tells", "idk", 4), Flow("tells", "tells", 1)]
    role = Role("forget", {"tells": "leaked", "idk": "withheld"})
    (text,) = sentences(made, "A", "B", role, (0, 0))
    assert text == "Of 5 outputs that leaked in A, 4 are withheld in B; 1 still leaks."


GOOD, FAIR, POOR = column(withheld=9, leaked=1), column(withheld=6, leaked=4), column(leaked=10)
KEPT = column(correct=10)


def pairs(*runs: Run) -> list[tuple[str, str]]:
    return list(dict.fromkeys((f.first, f.second) for f in summarize(runs).flows))


def test_first_is_what_became_of_the_original_in_the_best_run() -> None:
    original, retrained = run("original", POOR, KEPT), run("retain90", GOOD, KEPT)
    found = pairs(retrained, run("fair", FAIR, KEPT), run("good", GOOD, KEPT), original)
    assert found == [("original", "good"), ("original", "fair"), ("original", "retain90"), ("fair", "good")]


def test_without_an_original_it_is_the_run_that_leaks_most_and_the_best() -> None:
    found = pairs(run("fair", FAIR, KEPT), run("good", GOOD, KEPT), run("poor", POOR, KEPT))
    assert found == [("poor", "good"), ("fair", "good"), ("poor", "fair")]


def test_of_many_runs_each_is_set_beside_the_next_better_one_and_the_list_ends() -> None:
    few = [run(f"r{n:02}", column(withheld=60 - n, leaked=n), KEPT) for n in range(ALL_WITH_BEST + 2)]
    found = pairs(*few)
    assert found[0] == (f"r{ALL_WITH_BEST + 1:02}", "r00")
    assert found[1:] == [(f"r{n + 1:02}", f"r{n:02}") for n in range(ALL_WITH_BEST + 1)]
    many = [run(f"r{n:02}", column(withheld=60 - n, leaked=n), KEPT) for n in range(MOST + 5)]
    assert len(pairs(*many)) == MOST


def test_runs_on_other_questions_are_not_set_side_by_side() -> None:
    other = {question + 100: label for question, label in POOR.items()}
    assert pairs(run("a", GOOD), run("b", other)) == []
    assert pairs(run("a", GOOD)) == []


def test_the_record_is_json() -> None:
    found = summarize([run("original", POOR), run("good", GOOD)]).flows
    assert found and json.loads(json.dumps([asdict(one) for one in found], allow_nan=False))
