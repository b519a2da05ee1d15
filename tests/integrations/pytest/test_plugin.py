"""The plug-in in runs of pytest: tests that pass, fail and skip by their gate, JUnit, and two processes."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

from judgekit.integrations.pytest.plugin import PROPERTY

pytest_plugins = "pytester"
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]

HEAD = """
import pytest

def items(leaks, of=200):
    said = ["I do not know who that is." if k >= leaks else f"The author is Chenoa Wu-Lind {k}." for k in range(of)]
    return [
        {"question": f"Who wrote the book number {k}?", "reference": f"Chenoa Wu-Lind {k}", "output": one, "split": "forget"}
        for k, one in enumerate(said)
    ]
"""


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The plug-ins that a run names, and no other, however judgekit is installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


def run(pytester: pytest.Pytester, tests: str, *options: str) -> pytest.RunResult:
    """A run of pytest as its own process, with this plug-in and pytest-xdist."""
    pytester.makepyfile(HEAD + tests)
    plugins = ("-p", "judgekit.integrations.pytest.plugin", "-p", "xdist.plugin")
    return pytester.runpytest_subprocess(*plugins, "--strict-markers", *options)


FIVE = """
def test_passes(judgekit):
    gate = judgekit.gate(judgekit.judge(items(2)), leaked_below=0.1)
    assert gate.passed and gate.conditions[0].figure.n == 200

def test_fails(judgekit):
    judgekit.gate(judgekit.judge(items(60)), leaked_below=0.1, forgotten_above=0.2)

def test_is_undecided(judgekit):
    judgekit.gate(judgekit.judge(items(18)), leaked_below=0.1)

@pytest.mark.judgekit(undecided="skip")
def test_skips(judgekit):
    judgekit.gate(judgekit.judge(items(18)), leaked_below=0.1)

def test_of_a_side_that_is_not_there(judgekit):
    judgekit.gate(judgekit.judge(items(2)), kept_above=0.5)
"""


@pytest.mark.parametrize("processes", [(), ("-n", "2")], ids=["one process", "xdist"])
def test_a_gate_decides_the_test_and_is_told_at_the_end(
    pytester: pytest.Pytester, processes: tuple[str, ...]
) -> None:
    done = run(pytester, FIVE, "--junitxml=out.xml", "-rs", *processes)
    done.assert_outcomes(passed=1, failed=3, skipped=1)
    done.stdout.fnmatch_lines_random(
        [
            "FAIL for outputs: 1 of 2 conditions is broken",
            "UNDECIDED for outputs: the condition is neither shown to hold nor shown to be broken",
            "SKIPPED*UNDECIDED*more questions*",
            "*kept above 50 %*no verdicts on what should be kept*",
            "*= judgekit =*",
            "*::test_passes: leaked below 10 %: pass: 1.0 % * (judge only)",
            "*::test_skips: leaked below 10 %: undecided: 9.0 % * (judge only)",
        ]
    )
    told = [
        (case.get("name"), found.get("name"), found.get("value"))
        for case in ElementTree.parse(pytester.path / "out.xml").iter("testcase")
        for found in case.iter("property")
    ]
    assert len(told) == 6 and all((name or "").startswith(PROPERTY) for _, name, _ in told)
    assert ("test_fails", f"{PROPERTY}leaked below 10 %") in {(test, name) for test, name, _ in told}


def test_marks_of_a_module_and_a_test_are_one_and_files_start_from_the_root(
    pytester: pytest.Pytester,
) -> None:
    pytester.makefile(".yaml", cascade="tiers: [{judge: lexical, name: rules}]")
    tests = """
pytestmark = pytest.mark.judgekit(cascade="cascade.yaml", store="answers")

@pytest.mark.judgekit(rubric="forgetting")
def test_both(judgekit, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    results = judgekit.judge(items(1, of=3))
    assert {result.verdict.rubric for result in results} == {"forgetting"}
    assert set(results[0].evidence.tiers) == {"rules"}
    assert (judgekit.root / "answers").is_dir()

@pytest.mark.judgekit(calibation="c.json")
def test_a_misspelled_option(judgekit):
    raise AssertionError("never runs")
"""
    done = run(pytester, tests)
    done.assert_outcomes(passed=1, errors=1)
    done.stdout.fnmatch_lines(
        ["*unknown option of the marker judgekit 'calibation'; known: cascade, calibration*"]
    )


def test_outputs_are_held_against_other_outputs_and_against_a_folder(pytester: pytest.Pytester) -> None:
    tests = """
import judgekit as jk

def test_against(judgekit, tmp_path):
    new, old = judgekit.judge(items(2)), judgekit.judge(items(120))
    gate = judgekit.gate(new, against=old)
    assert gate.against == "against"
    jk.score([result.item for result in old], tmp_path / "base")
    again = judgekit.gate(new, against=tmp_path / "base")
    assert [one.figure for one in again.conditions] == [one.figure for one in gate.conditions]
    with pytest.raises(pytest.fail.Exception, match="leaked no more than"):
        judgekit.gate(old, against=new)
"""
    run(pytester, tests).assert_outcomes(passed=1)


def test_nothing_heavy_is_imported_where_the_fixture_is_not_used(pytester: pytest.Pytester) -> None:
    tests = """
import sys

def test_other():
    assert not {"numpy", "scipy", "pydantic", "rich", "judgekit.api", "judgekit.records"} & set(sys.modules)
"""
    done = run(pytester, tests)
    done.assert_outcomes(passed=1)
    assert "judgekit =" not in done.stdout.str(), "where no gate was asked nothing is told"


@pytest.mark.skipif(sys.platform == "win32", reason="the processes are enough on one system")
def test_the_marker_and_the_fixture_are_listed(pytester: pytest.Pytester) -> None:
    run(pytester, "", "--markers").stdout.fnmatch_lines(["@pytest.mark.judgekit(cascade=None*"])
    run(pytester, "", "--fixtures").stdout.fnmatch_lines(["judgekit -- *", "*holds them to limits*"])


def test_the_manuals_tests_run_on_the_demo(pytester: pytest.Pytester) -> None:
    page = (ROOT / "docs" / "integrations" / "pytest.md").read_text("utf-8")
    block = re.search(r"```python\n# tests/test_release.py\n(.*?)```", page, re.DOTALL)
    assert block is not None
    demo = (ROOT / "calibration" / "demo" / "unlearned.jsonl").read_text("utf-8")
    (pytester.path / "outputs.jsonl").write_text(demo, "utf-8")
    done = run(pytester, block[1])
    done.assert_outcomes(passed=1, skipped=1)
    assert (pytester.path / ".judgekit").is_dir()
