"""``judgekit label``: from runs to a certificate in one sitting or several; bad input is one line."""

from __future__ import annotations

import json
import shlex
import signal
import sys
from pathlib import Path

import pytest

from judgekit.labeling.sheet import write_sheet
from judgekit.readers import read_labels
from tests.cli.calling import judgekit
from tests.labeling.page.sittings import Page, labeling, sheet, tasks
from tests.report.make_runs import LABELS, TEXT, make_run


def test_bad_input_is_one_line(tmp_path: Path) -> None:
    path = sheet(tmp_path, 3)
    cases = {
        ("nowhere",): "say what the labels are for",
        ("nowhere", "--open"): "nowhere",
        ("nowhere", "--open", "--agreement", 0.9): "labels are for one thing",
        ("queue.csv", "--audit"): "a sheet is drawn already",
        ("queue.csv", "--host", "203.0.113.9"): "cannot listen on 203.0.113.9",
        ("queue.csv", "--port", "99999"): "99999",
        ("queue.csv", "-o", "labels.csv"): "ends in .jsonl",
        ("queue.csv", "-o", "no/labels.jsonl"): "there is no folder 'no'",
    }
    for arguments, said in cases.items():
        done = judgekit("label", *arguments, "--no-browser", cwd=tmp_path)
        assert done.returncode == 2 and said in done.stderr and done.stderr.count("\n") == 1, done.stderr
    write_sheet(path, [*tasks(2), *tasks(2, "utility")])
    done = judgekit("label", path, cwd=tmp_path)
    assert done.returncode == 2 and "items of 2 rubrics (forgetting, utility)" in done.stderr


def answer(page: Page, name: str, most: int) -> int:
    """Answer items with the labels that the invented outputs were written for; how many there were."""
    for number in range(most):
        items = page.next(name)
        if not items:
            return number
        said = next(label for label in LABELS["forgetting"] if TEXT[label] in items[0]["outputs"][0])
        assert page.answer(name, items[0]["key"], said, seconds=4.0).status == 200
    return most


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent SIGINT on Windows")
def test_a_sitting_that_is_killed_goes_on_and_ends_in_a_certified_report(tmp_path: Path) -> None:
    for method in ("original", "IDK"):
        make_run(tmp_path / "runs" / method, method, forget=120, keep=4)
    wanted = ("runs/original", "runs/IDK", "--rubric", "forgetting", "--agreement", "0.8", "-o", "l.jsonl")
    with labeling(tmp_path, *wanted) as (page, process):
        assert "at least 80% of the verdicts agree" in page.get("/api/setup").body["promise"]
        assert answer(page, "ann", 10) == 10
        process.kill()
    with labeling(tmp_path, *wanted) as (page, process):
        assert page.get("/api/progress?annotator=ann").body["progress"]["answered"] == 10
        answer(page, "ann", 1000)
        done = page.get("/api/progress?annotator=ann").body["progress"]
        assert done["finished"] and done["remaining"] == 0 and "80%" in done["certified"]
        outcome = page.post("/api/finish", {"annotator": "ann"}).body
        assert outcome["certified"] and outcome["written"] == ["l.jsonl", "l.calibration.json"]
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 0 and said.count("next: ") == 1 and outcome["command"] in said
    assert "status     certified" in said and "l.calibration.html" in said
    rows = [row for row in read_labels(tmp_path / "l.jsonl") if not row.again]
    assert len({row.id for row in rows}) == len(rows) and {row.seconds for row in rows} == {4.0}
    report = judgekit(*shlex.split(outcome["command"])[1:], cwd=tmp_path)
    assert report.returncode == 0 and "Certified for forgetting" in report.stdout, report.stderr
    other = judgekit("label", *wanted[:4], "--agreement", "0.9", "-o", "l.jsonl", cwd=tmp_path)
    assert other.returncode == 2 and "drawn with agreement 0.8, not 0.9" in other.stderr


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a process cannot be sent SIGINT on Windows")
def test_stopping_before_anything_is_certified_is_no_failure_of_the_labels(tmp_path: Path) -> None:
    make_run(tmp_path / "run", "original", forget=120, keep=4)
    wanted = ("run", "--rubric", "forgetting", "--agreement", "0.8", "--json")
    with labeling(tmp_path, *wanted) as (page, process):
        answer(page, "ann", 3)
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=60)
    assert process.returncode == 3 and "Nothing is certified" in said
    assert "next: judgekit label run -o labels.jsonl" in said
    told = json.loads(said.splitlines()[-1])
    assert (told["verb"], told["exit_code"], told["labels"]) == ("judgekit label", 3, "labels.jsonl")
    with labeling(tmp_path, "run", "-o", "labels.jsonl") as (_, process):
        process.send_signal(signal.SIGINT)
        assert "Traceback" not in process.communicate(timeout=60)[0]
    assert len(list(read_labels(tmp_path / "labels.jsonl"))) == 3
