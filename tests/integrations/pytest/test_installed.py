"""The plug-in as an installed judgekit brings it, and the JUnit of a gate as a parser of JUnit reads it."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

junitparser = pytest.importorskip(
    "junitparser", reason="junitparser is not installed: make test-integrations"
)

from tests.cli.calling import judgekit
from tests.report.make_runs import make_run

pytestmark = pytest.mark.integrations


@pytest.mark.skipif(
    not entry_points(group="pytest11", name="judgekit"),
    reason="judgekit was installed before it had a plug-in",
)
def test_pytest_finds_the_plug_in_by_itself(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-m", "pytest", "--markers"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "@pytest.mark.judgekit(" in said.stdout


def test_a_parser_reads_what_a_gate_writes(tmp_path: Path) -> None:
    make_run(tmp_path / "IDK", "IDK", forget=200, keep=0)
    limits = (
        "--leaked-below",
        "0.05",
        "--degenerate-below",
        "0.5",
        "--forgotten-above",
        "0.99",
        "--kept-above",
        "0.9",
    )
    done = judgekit("gate", "IDK", *limits, "--junit", "gate.xml", cwd=tmp_path)
    assert done.returncode == 1
    read = junitparser.JUnitXml.fromfile(str(tmp_path / "gate.xml"))
    (suite,) = read
    assert (suite.tests, suite.failures, suite.errors) == (4, 2, 1)
    results = {case.name: [(type(one).__name__, one.type) for one in case.result] for case in suite}
    assert results == {
        "leaked below 5 %": [("Failure", "undecided")],
        "degenerate below 50 %": [],
        "forgotten well above 99 %": [("Failure", "fail")],
        "kept above 90 %": [("Error", "error")],
    }
    assert all("judge only" in (case.system_out or "") for case in suite if not case.is_error)
