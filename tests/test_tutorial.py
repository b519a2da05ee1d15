"""The tutorial's commands, word by word: from logs to a certified report, a script in place of the annotator."""

from __future__ import annotations

import re
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import judgekit
from tests.docs.world import truth, words
from tests.labeling.page.sittings import labeling

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "tutorial.md"
LINES = [
    line
    for block in re.findall(r"^```console\n(.*?)^```", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]
COMMANDS = [line.removeprefix("$ ") for line in LINES if line.startswith("$ ")]
SHOWN = [line for line in LINES if not line.startswith("$ ") and line.strip() != "..."]
ANNOTATOR = "script"


def without_figures(line: str) -> str:
    """A line of output but for its figures: how many labels are asked for hangs on how fast they come."""
    return " ".join(re.sub(r"\d[\d.,]*", "#", line).split())


def label(arguments: list[str], folder: Path) -> str:
    """Answer on the page that ``judgekit label`` opens until nothing is asked; what the command says then."""
    known = truth("forget")
    with labeling(folder, *arguments) as (page, process):
        while items := page.next(ANNOTATOR):
            for item in items:
                answer = known[item["question"], item["outputs"][0]]
                given = page.answer(ANNOTATOR, item["key"], answer, seconds=4.0)
                assert given.status == 200, given.text
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, said
        return said


def test_three_commands_lead_from_logs_to_a_certified_report(tmp_path: Path) -> None:
    script, *verbs = COMMANDS
    assert [verb.split()[:2] for verb in verbs] == [["judgekit", one] for one in ("score", "label", "report")]
    _, made, folder = script.split()
    subprocess.run([sys.executable, ROOT / made, folder], cwd=tmp_path, check=True)
    scored = judgekit(*words(verbs[0], tmp_path)[1:], cwd=tmp_path)
    assert scored.returncode == 0, scored.stderr
    asked, report = (words(verb, tmp_path) for verb in verbs[1:])
    said = label(asked[2:], tmp_path)
    assert f"next: {shlex.join(report)}" in said
    done = judgekit(*report[1:], cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = {without_figures(line) for line in (scored.stdout + said).splitlines()}
    assert [line for line in SHOWN if without_figures(line) not in told] == []
    assert "Certified for forgetting" in (tmp_path / "report.html").read_text("utf-8")
    assert "agree with the people" in (tmp_path / "labels.calibration.html").read_text("utf-8")
