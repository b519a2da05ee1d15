"""No finished run is replaced without a word, no failed start leaves a folder, no unfinished run breaks the others."""

from __future__ import annotations

import errno
import json
from pathlib import Path

import pytest

from judgekit import api
from judgekit.errors import BudgetSpent, InputError
from judgekit.runs.occupied import cleared_if_nothing_came_of_it
from tests.cli.calling import judgekit
from tests.cli.test_verbs import ROWS
from tests.judges.server import ChatServer


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    path = tmp_path / "eight.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def paid(url: str) -> str:
    return f"tiers: [{{judge: openai, model: tiny, base_url: '{url}', price: {{input: 1, output: 1}}}}]\n"


def run_json(tmp_path: Path, name: str = "eight") -> dict:
    return json.loads((tmp_path / "runs" / name / "run.json").read_text())


def test_a_finished_run_of_another_cascade_is_not_replaced(outputs: Path, tmp_path: Path) -> None:
    with ChatServer() as server:
        (tmp_path / "paid.yaml").write_text(paid(server.url))
        assert judgekit("score", "eight.jsonl", "--cascade", "paid.yaml", cwd=tmp_path).returncode == 0
        before = (tmp_path / "runs/eight/verdicts.jsonl").read_bytes()
        for command in (("score", "eight.jsonl"), ("report", "eight.jsonl")):
            done = judgekit(*command, cwd=tmp_path)
            assert done.returncode == 2
            assert done.stderr.count("\n") == 1
            assert "finished run" in done.stderr
            assert (tmp_path / "runs/eight/verdicts.jsonl").read_bytes() == before
        again = judgekit("score", "eight.jsonl", "--cascade", "paid.yaml", cwd=tmp_path)
        assert again.returncode == 0
    replaced = judgekit("score", "eight.jsonl", "--replace", cwd=tmp_path)
    assert replaced.returncode == 0
    assert run_json(tmp_path)["tiers"] == [{"judge": "lexical"}]


def test_a_finished_run_of_another_source_or_rubric_is_not_replaced(outputs: Path, tmp_path: Path) -> None:
    assert judgekit("score", "eight.jsonl", cwd=tmp_path).returncode == 0
    (tmp_path / "b").mkdir()
    (tmp_path / "b/eight.jsonl").write_text("".join(json.dumps(row | {"output": "x"}) + "\n" for row in ROWS))
    other = judgekit("score", "b/eight.jsonl", cwd=tmp_path)
    assert other.returncode == 2
    assert "finished run" in other.stderr and "--out" in other.stderr and "--replace" in other.stderr
    rubric = judgekit("score", "eight.jsonl", "--rubric", "qa", cwd=tmp_path)
    assert rubric.returncode == 2
    assert "judged by rubric forgetting, not qa" in rubric.stderr
    assert run_json(tmp_path)["source"] == "eight.jsonl"
    assert judgekit("score", "eight.jsonl", cwd=tmp_path).returncode == 0  # the same again is the same run


@pytest.mark.parametrize(
    ("cascade", "lines"),
    [
        ("tiers: [{judge: lexcal}]", ROWS),
        ("tiers: [{judge: openai, model: m, api_key_env: NOT_SET_HERE}]", ROWS),
        ("tiers: [{judge: lexical}]", [*ROWS, ROWS[0]]),
        ("tiers: [{judge: lexical}]", [*ROWS, {"id": "cut"}]),
        ("tiers: [{judge: recorded, path: nowhere.jsonl}]", ROWS),
    ],
    ids=["typo in a judge", "missing key", "duplicate id", "broken row", "missing file"],
)
def test_a_failed_start_leaves_no_folder(cascade: str, lines: list[dict], tmp_path: Path) -> None:
    (tmp_path / "eight.jsonl").write_text("".join(json.dumps(row) + "\n" for row in lines))
    (tmp_path / "cascade.yaml").write_text(cascade + "\n")
    done = judgekit("score", "eight.jsonl", "--cascade", "cascade.yaml", cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert not (tmp_path / "runs").exists()


def test_a_budget_without_a_price_leaves_no_folder(outputs: Path, tmp_path: Path) -> None:
    (tmp_path / "cascade.yaml").write_text(
        "tiers: [{judge: openai, model: m, base_url: 'http://127.0.0.1:1/v1'}]\n"
    )
    done = judgekit("score", "eight.jsonl", "--cascade", "cascade.yaml", "--budget", "1", cwd=tmp_path)
    assert done.returncode == 2
    assert "needs the price" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_an_unfinished_run_is_left_out_and_named(outputs: Path, tmp_path: Path) -> None:
    assert judgekit("score", "eight.jsonl", cwd=tmp_path).returncode == 0
    with ChatServer() as server:
        (tmp_path / "paid.yaml").write_text(paid(server.url))
        with pytest.raises(BudgetSpent):
            api.score(outputs, tmp_path / "runs/begun", cascade=tmp_path / "paid.yaml", max_calls=3)
    labels = "".join(json.dumps({"id": row["id"], "label": "wrong"}) + "\n" for row in ROWS)
    (tmp_path / "labels.jsonl").write_text(labels)
    for command in (
        ("report", "runs/begun", "runs/eight"),
        (
            "calibrate",
            "runs/begun",
            "runs/eight",
            "--labels",
            "labels.jsonl",
            "--agreement",
            "0.9",
            "-o",
            "c.json",
        ),
        ("queue", "runs/begun", "runs/eight", "--rubric", "forgetting", "--items", "2", "-o", "q.csv"),
    ):
        done = judgekit(*command, cwd=tmp_path)
        assert done.returncode in (0, 3), done.stderr
        assert f"{Path('runs', 'begun')} is left out: an unfinished run" in done.stderr
    alone = judgekit("report", "runs/begun", cwd=tmp_path)
    assert alone.returncode == 2
    assert "an unfinished run" in alone.stderr


def test_python_refuses_and_replaces_too(outputs: Path, tmp_path: Path) -> None:
    api.score(outputs, tmp_path / "run")
    with pytest.raises(InputError, match="finished run"):
        api.score(outputs, tmp_path / "run", rubric="qa")
    api.score(outputs, tmp_path / "run", rubric="qa", replace=True)


def test_labels_of_other_items_are_heard(outputs: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.jsonl").write_text(json.dumps({"id": "of-nothing", "label": "wrong"}) + "\n")
    done = judgekit("score", "eight.jsonl", "--labels", "labels.jsonl", cwd=tmp_path)
    assert done.returncode == 0
    assert "no label of labels.jsonl belongs to an item of the run" in done.stderr


def test_a_calibration_of_a_later_rubric_is_checked_before_anything_is_asked(tmp_path: Path) -> None:
    """Items of the first block are all of the forget side; the calibration that does not fit is for the other."""
    (tmp_path / "eight.jsonl").write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    kept = [row | {"id": f"k{row['id']}", "split": "retain"} for row in ROWS]
    (tmp_path / "kept.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept))
    labels = "".join(json.dumps({"id": row["id"], "label": "correct"}) + "\n" for row in kept)
    (tmp_path / "labels.jsonl").write_text(labels)
    assert judgekit("score", "kept.jsonl", cwd=tmp_path).returncode == 0
    made = ("calibrate", "runs/kept", "--labels", "labels.jsonl", "--agreement", "0.5", "-o", "utility.json")
    assert judgekit(*made, cwd=tmp_path).returncode in (0, 3)
    with ChatServer() as server:
        (tmp_path / "paid.yaml").write_text(paid(server.url))
        done = judgekit(
            "score", "eight.jsonl", "--cascade", "paid.yaml", "--calibration", "utility.json", cwd=tmp_path
        )
        assert not server.seen
    assert done.returncode == 2
    assert "does not fit" in done.stderr or "calibrated were" in done.stderr
    assert not (tmp_path / "runs/eight").exists()


def test_a_disk_that_fills_up_is_named_by_the_run_folder(tmp_path: Path) -> None:
    with pytest.raises(OSError) as caught, cleared_if_nothing_came_of_it(tmp_path / "run"):
        raise OSError(errno.ENOSPC, "No space left on device")
    assert caught.value.filename == str(tmp_path / "run")
