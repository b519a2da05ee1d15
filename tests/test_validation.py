"""``judgekit validate``: any file that a verb reads or writes, and one line for everything wrong with it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.calling import judgekit
from tests.cli.test_verbs import evidence

GOOD = {"id": "1", "rubric": "forgetting", "tiers": {"j": {"probs": {"leaked": 0.75, "wrong": 0.25}}}}


def lines(path: Path, *rows: object) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def test_every_file_of_a_run_says_what_it_holds(tmp_path: Path) -> None:
    evidence(tmp_path / "e.jsonl", 300, wrong=0)
    assert judgekit("calibrate", "e.jsonl", "--agreement", "0.9", cwd=tmp_path).returncode == 0
    assert judgekit("decide", "e.jsonl", "calibration.json", cwd=tmp_path).returncode == 0
    (tmp_path / "l.csv").write_text("id,annotator,label,question\n1,a,yes,What?\n2,a,,not labeled yet\n")
    lines(tmp_path / "l.jsonl", {"id": "1", "question": "q", "label": "leaked", "rubric": "forgetting"})
    lines(tmp_path / "o.jsonl", {"id": "1", "question": "q", "output": "o", "split": "forget"})
    assert judgekit("score", "o.jsonl", cwd=tmp_path).returncode in (0, 4)
    files = "e.jsonl", "verdicts.jsonl", "calibration.json", "l.csv", "l.jsonl", "o.jsonl", "runs/o"
    done = judgekit("validate", *files, cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == "", done.stderr
    said = done.stdout.splitlines()
    assert said[0] == "e.jsonl: evidence, 300 rows ((no rubric) 300)"
    assert said[1].startswith("verdicts.jsonl: verdicts, 300 rows (verdict 300)")
    assert said[2].startswith("calibration.json: calibration, certified, rubric '', j: With 90% confidence")
    assert said[3:6] == [
        "l.csv: labels, 1 rows ((no rubric) 1); 1 of 2 rows have no label yet",
        "l.jsonl: labels, 1 rows (forgetting 1)",
        "o.jsonl: judgekit, 1 items (forget 1)",
    ]
    assert [line.split(": ")[1] for line in said[6:]] == ["items.jsonl", "evidence.jsonl", "verdicts.jsonl"]


@pytest.mark.parametrize(
    ("name", "rows", "faults"),
    [
        (
            "e.jsonl",
            [
                GOOD,
                '{"id": "2", "tiers"',
                GOOD,
                GOOD | {"id": "3", "tiers": {"j": {"probs": {"leaked": 0.5, "sunk": 0.5}}}},
                GOOD | {"id": "4", "tiers": {"j": {"probs": {"leaked": 0.5}}}},
                GOOD | {"id": "5"},
            ],
            [
                "e.jsonl:2: expected a JSON object a line",
                "e.jsonl:3: the id '1' occurs twice for one rubric (first in row 1)",
                "e.jsonl:4: label 'sunk' is not one of degenerate, leaked",
                "e.jsonl:5: key 'tiers.j.probs': probabilities sum to 0.5, expected 1",
            ],
        ),
        (
            "v.jsonl",
            [
                {"id": "1", "state": "verdict", "label": "leaked", "rubric": "forgetting"},
                {"id": "2", "state": "verdict"},
                {"id": "3", "state": "unscored"},
                {"id": "1", "state": "abstained", "rubric": "forgetting"},
                {"id": "4", "state": "verdict", "label": "gone", "rubric": "forgetting"},
            ],
            [
                "v.jsonl:2: key 'row': a label belongs to the state 'verdict'",
                "v.jsonl:3: key 'row': an unscored verdict needs a reason",
                "v.jsonl:4: the id '1' occurs twice",
                "v.jsonl:5: label 'gone' is not one of",
            ],
        ),
        (
            "l.jsonl",
            [
                {"id": "1", "annotator": "a", "label": "leaked", "rubric": "forgetting"},
                {"id": "1", "annotator": "a", "label": "wrong", "rubric": "forgetting"},
                {"id": "2", "annotator": "a", "label": "leakt", "rubric": "forgetting"},
                {"id": "3", "label": ""},
                {"id": "4", "label": "leaked", "color": "red"},
            ],
            [
                "l.jsonl:2: 'a' labeled item '1' twice (first in row 1)",
                "l.jsonl:3: label 'leakt' is not one of",
                "l.jsonl:5: unknown key 'color'",
            ],
        ),
        (
            "l.csv",
            ["id,label,rubric", "1,leaked,forgetting", "2,sunk,forgetting", "3,leaked"],
            ["l.csv:3: label 'sunk'", "l.csv:4: expected 3 cells as in the header, found 2"],
        ),
        (
            "c.json",
            [{"schema": "judgekit.calibration/1", "certificate": {}, "labels": ["a"]}],
            ["c.json: key 'tiers': field required"],
        ),
    ],
)
def test_one_line_for_every_fault(tmp_path: Path, name: str, rows: list[object], faults: list[str]) -> None:
    lines(tmp_path / name, *rows)
    done = judgekit("validate", name, cwd=tmp_path)
    assert done.returncode == 2
    told = done.stderr.splitlines()
    assert len(told) == len(faults), done.stderr
    for line, fault in zip(told, faults, strict=True):
        assert line.startswith(f"judgekit: {fault}"), line


def test_many_faults_are_counted(tmp_path: Path) -> None:
    lines(tmp_path / "v.jsonl", *({"id": str(i), "state": "unscored"} for i in range(100)))
    done = judgekit("validate", "v.jsonl", cwd=tmp_path)
    assert done.returncode == 2 and len(done.stderr.splitlines()) == 21
    assert done.stderr.endswith("v.jsonl: 80 more faults\n")
