"""``judgekit label``: bad input is one line, before anybody is asked anything."""

from __future__ import annotations

from pathlib import Path

from judgekit.labeling.sheet import write_sheet
from tests.cli.calling import judgekit
from tests.labeling.page.sittings import sheet, tasks


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
