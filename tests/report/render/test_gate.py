"""A gate's decision as people and machines read it, with names that try to be more than names."""

from __future__ import annotations

import io
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from rich.console import Console

from judgekit.report.comparison.records import Number
from judgekit.report.gate import Condition, Gate, Outcome, not_held
from judgekit.report.render.gate import figure, print_gate, to_junit, to_markdown, verdict

FIGURE = Number(0.104, 0.043, 0.154, 240, bounds=(0.104, 0.104))
HOSTILE = "</testcase>]]>& | `x` <b> [a](b)\x00\x1b[31m\ud800 \n# one"


def condition(outcome: Outcome, run: str = "IDK", **more: object) -> Condition:
    made = Condition(run, "leaked below 20 %", outcome, 0.2, FIGURE, rests_on="certified")
    return replace(made, **more)  # type: ignore[arg-type]


def gate(*conditions: Condition, outcome: Outcome = "fail") -> Gate:
    return Gate(outcome, conditions, said=("Certified: for forgetting.",))


EVERY = gate(
    condition("pass"),
    condition("fail", run="NPO", rests_on="judge only"),
    condition("undecided", why="more labels"),
    condition("error", figure=None, rests_on=None, why="withdrawn"),
)


def test_junit_has_a_test_case_a_condition_and_counts_them() -> None:
    suite = ElementTree.fromstring(to_junit(EVERY)).find("testsuite")
    assert suite is not None
    assert {k: suite.get(k) for k in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "2",
        "errors": "1",
        "skipped": "0",
    }
    results = [[child.tag for child in case if child.tag != "system-out"] for case in suite]
    assert results == [[], ["failure"], ["failure"], ["error"]]
    undecided = suite[2].find("failure")
    assert undecided is not None and undecided.get("type") == "undecided"
    assert "10.4 % [4.3–15.4] (certified); more labels" in (undecided.get("message") or "")


SCHEMA = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time"}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "error", "system-out"}),
    "failure": ({"type", "message"}, set()),
    "error": ({"type", "message"}, set()),
    "system-out": (set(), set()),
}
"""What Jenkins' junit-10.xsd, which pytest keeps to as well, lets an element have: attributes, and elements in it."""


def test_junit_keeps_to_the_schema_that_pytest_keeps_to() -> None:
    for element in ElementTree.fromstring(to_junit(EVERY)).iter():
        attributes, inside = SCHEMA[element.tag]
        assert set(element.attrib) <= attributes and {child.tag for child in element} <= inside
        if element.tag in ("testsuite", "testcase"):
            assert element.get("name")
        if element.tag == "testsuite":
            assert {"tests", "failures", "errors"} <= set(element.attrib)


def test_names_end_no_element_no_table_and_no_line() -> None:
    hostile = gate(condition("fail", run=HOSTILE, why=HOSTILE), condition("fail", run="b"))
    suite = ElementTree.fromstring(to_junit(hostile))[0]
    assert len(suite) == 2 and "</testcase>]]>&" in (suite[0].get("classname") or "")
    told = to_markdown(hostile)
    rows = [line for line in told.splitlines() if line.startswith("|")]
    assert len(rows) == 4 and all(row.replace("\\|", "").count("|") == 5 for row in rows)
    assert "<b>" not in told and "\n# one" not in told and "`x`" not in told.replace("\\`", "")
    console = Console(width=80, file=io.StringIO(), record=True)
    print_gate(hostile, console)
    assert "\x1b" not in console.export_text() and "\x00" not in console.export_text()
    assert told.encode("utf-8")


def test_the_sentence_counts_and_says_when_nobody_vouches() -> None:
    assert verdict(EVERY) == "FAIL: 1 of 4 conditions is broken"
    alone = gate(condition("pass", rests_on="judge only"), outcome="pass")
    assert verdict(alone) == "PASS for IDK, by the judges' opinion alone: the condition holds"
    assert (
        verdict(gate(condition("pass"), condition("pass"), outcome="pass"))
        == "PASS for IDK: all 2 conditions hold"
    )
    assert "ERROR: the condition cannot be decided" in to_markdown(not_held("no such run"))
    assert "no interval covers their errors" in to_markdown(alone)
    assert "at most 5 %." in to_markdown(gate(condition("pass"), outcome="pass"))


@pytest.mark.parametrize(
    ("high", "difference", "said"),
    [
        (0.154, False, "10.4 % [4.3–15.4]"),
        (0.20004, False, "10.400 % [4.300–20.004]"),
        (0.2, False, "10.4 % [4.3–20.0]"),
        (0.154, True, "+10.4 [+4.3 to +15.4]"),
    ],
)
def test_digits_show_on_which_side_of_the_limit_an_interval_ends(
    high: float, difference: bool, said: str
) -> None:
    assert figure(condition("pass", figure=replace(FIGURE, high=high), difference=difference)) == said
