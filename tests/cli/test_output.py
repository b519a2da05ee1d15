"""Every verb: -h, --quiet, and --json with one object on standard output."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit.cli import VERBS
from tests.cli.calling import judgekit
from tests.cli.test_verbs import ROWS

LABELS = [
    {"id": row["id"], "label": label}
    for row, label in zip(ROWS, ("leaked", "withheld", "wrong", "degenerate"), strict=True)
]
CALLS = {
    "score": ("outputs.jsonl", "-o", "again"),
    "queue": ("runs/outputs", "--rubric", "forgetting", "--items", "2", "-o", "q.csv"),
    "label": ("nowhere.csv", "--rates", "2", "--no-browser"),
    "people": ("labels.jsonl", "--run", "runs/outputs"),
    "calibrate": ("runs/outputs", "--labels", "labels.jsonl", "--agreement", "0.5", "-o", "made.json"),
    "decide": ("runs/outputs", "made.json", "-o", "v.jsonl"),
    "audit": ("runs/outputs", "--labels", "labels.jsonl", "--calibration", "made.json", "-o", "a.json"),
    "report": ("runs/outputs",),
    "export": ("runs/outputs", "scores.jsonl"),
    "gate": ("runs/outputs", "--leaked-below", "0.9"),
    "plan": ("outputs.jsonl", "--agreement", "0.9"),
    "judges": (),
    "rubrics": ("forgetting", "outputs.jsonl"),
    "validate": ("outputs.jsonl",),
    "verify": ("made.json", "runs/outputs", "labels.jsonl"),
    "bundle": ("runs/outputs", "labels.jsonl", "made.json", "-o", "bundle.zip"),
}


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("verbs")
    (place / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    (place / "labels.jsonl").write_text("".join(json.dumps(row) + "\n" for row in LABELS))
    assert judgekit("score", "outputs.jsonl", cwd=place).returncode == 0
    assert judgekit("calibrate", *CALLS["calibrate"], cwd=place).returncode in (0, 3)
    return place


def test_every_verb_is_called() -> None:
    assert set(CALLS) == set(VERBS)


@pytest.mark.parametrize("verb", CALLS)
def test_json_is_one_object_with_the_exit_code(verb: str, place: Path) -> None:
    done = judgekit(verb, *CALLS[verb], "--json", cwd=place)
    told = json.loads(done.stdout)
    assert told["verb"] == f"judgekit {verb}"
    assert told["exit_code"] == done.returncode
    assert ("error" in told) == (done.returncode == 2)
    assert len(told) > 2
    if "error" in told:
        assert told["error"] in done.stderr


@pytest.mark.parametrize("verb", CALLS)
def test_quiet_says_nothing(verb: str, place: Path) -> None:
    done = judgekit(verb, *CALLS[verb], "--quiet", cwd=place)
    assert done.stdout == ""
    assert done.stderr == "" or done.returncode == 2


@pytest.mark.parametrize("verb", ["", *CALLS])
def test_h_is_help(verb: str, place: Path) -> None:
    done = judgekit(*filter(None, [verb]), "-h", cwd=place)
    assert done.returncode == 0
    assert done.stdout.startswith("Usage: judgekit")


def test_an_error_is_in_the_object_too(place: Path) -> None:
    done = judgekit("score", "nowhere.jsonl", "--json", cwd=place)
    assert done.returncode == 2
    assert "nowhere.jsonl" in json.loads(done.stdout)["error"]
    assert done.stderr.count("\n") == 1


def test_a_wrong_option_is_in_the_object_too(place: Path) -> None:
    done = judgekit("score", "outputs.jsonl", "--json", "--no-such-option", cwd=place)
    told = json.loads(done.stdout)
    assert told["exit_code"] == done.returncode == 2
    assert "--no-such-option" in told["error"]


def test_the_report_goes_to_a_file_or_to_standard_output(place: Path) -> None:
    done = judgekit("report", "runs/outputs", "--json", "r.json", cwd=place)
    assert done.returncode == 0
    assert json.loads((place / "r.json").read_text())["schema"].startswith("judgekit.report/")
    told = json.loads(judgekit("report", "runs/outputs", "--json", cwd=place).stdout)
    assert told["report"]["runs"][0]["items"] == len(ROWS)


def test_completion_is_to_be_had(place: Path) -> None:
    done = judgekit(cwd=place, env={"_JUDGEKIT_COMPLETE": "bash_source"})
    assert "complete -o nosort" in done.stdout
