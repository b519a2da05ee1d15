"""Run folders that are not as they should be, and names of runs."""

from __future__ import annotations

import json
import shutil

import pytest

import judgekit as jk
from judgekit.api import decide
from judgekit.errors import ConfigError, InputError
from judgekit.report import load
from tests.report.make_runs import certified, make_run


def test_runs_of_one_name_are_told_apart(tmp_path):
    folders = [make_run(tmp_path / side / "NPO", "IDK", forget=4, keep=4) for side in ("a", "b")]
    assert [run.name for run in load(folders)] == ["a/NPO", "b/NPO"]
    assert [run.name for run in load([folders[0], folders[0]])] == ["a/NPO", "a/NPO (2)"]


def test_a_folder_of_several_methods_is_several_runs(tmp_path):
    one, two = (make_run(tmp_path / name, name, forget=4, keep=4) for name in ("IDK", "original"))
    for name in ("verdicts.jsonl", "evidence.jsonl", "items.jsonl"):
        text = (two / name).read_text().replace('"id": "', '"id": "o-')
        with (one / name).open("a") as file:
            file.write(text)
    runs = load([one])
    assert [(run.name, len(run.rows)) for run in runs] == [("IDK", 8), ("original", 8)]


def test_verdicts_alone_are_enough(tmp_path):
    folder = make_run(tmp_path / "run", "IDK", forget=4, keep=4)
    for name in ("items.jsonl", "evidence.jsonl", "run.json"):
        (folder / name).unlink()
    (run,) = load([folder])
    assert all(row.item is None and row.evidence is None for row in run.rows)


def test_a_calibration_decides_anew_without_scoring_again(tmp_path):
    folder = make_run(tmp_path / "run", "IDK", forget=40, keep=4)
    (before,) = load([folder])
    promise = certified("IDK")["forgetting"]
    (run,) = load([folder], calibrations=[promise])
    decided = {one.id: one for one in decide(folder, promise)}
    shown = run.by_rubric["forgetting"]
    assert decided and [row.verdict for row in shown] == [decided[row.verdict.id] for row in shown]
    assert {row.verdict.calibration for row in shown} == {promise.fingerprint}
    assert run.calibration("forgetting") is promise
    assert run.by_rubric["utility"] == before.by_rubric["utility"], "another rubric's verdicts stay"
    with pytest.raises(
        InputError, match="a calibration is for rubric 'qa'; the runs are of forgetting, utility"
    ):
        load([folder], calibrations=[promise.model_copy(update={"rubric": "qa"})])
    (folder / "evidence.jsonl").unlink()
    with pytest.raises(InputError, match="no evidence on .*no calibration can decide it anew"):
        load([folder], calibrations=[promise])


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("verdicts.jsonl", '{"id": 1', "verdicts.jsonl:1"),
        ("verdicts.jsonl", '{"id": "x", "state": "abstained", "mood": 1}', "mood"),
        ("verdicts.jsonl", '{"id": "nobody", "state": "abstained"}', "no item"),
        ("verdicts.jsonl", "", "no verdicts"),
        ("run.json", "{", "run.json"),
        ("run.json", '{"schema": "judgekit.run/9"}', "judgekit.run/1"),
    ],
)
def test_a_broken_folder_gets_one_line(tmp_path, name, text, told):
    folder = make_run(tmp_path / "run", "IDK", forget=4, keep=4)
    (folder / name).write_text(text)
    with pytest.raises(InputError) as error:
        load([folder])
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def test_a_copy_under_another_name_is_told(tmp_path, caplog):
    item = jk.Item(id="1", question="Where?", references=("Here",), outputs=("There",), split="forget")
    run = jk.score([item], tmp_path / "run").folder
    shutil.copytree(run, tmp_path / "copy")
    load([run, tmp_path / "copy"])
    assert "copy holds the same verdicts as" in caplog.text


def test_two_promises_for_one_rubric_are_refused(tmp_path):
    folder = make_run(tmp_path / "run", "IDK", forget=4, keep=4)
    promise = certified("IDK")["forgetting"]
    other = promise.model_copy(update={"labels": tuple(reversed(promise.labels))})
    assert load([folder], calibrations=[promise, promise])
    with pytest.raises(ConfigError, match="both for rubric 'forgetting': give one"):
        load([folder], calibrations=[promise, other])


def test_rubrics_of_ones_own_are_reported_label_by_label(tmp_path):
    from judgekit.report import summarize, to_html, to_markdown

    folder = make_run(tmp_path / "run", "IDK", forget=6, keep=6)
    for name in ("verdicts.jsonl", "evidence.jsonl"):
        path = folder / name
        path.write_text(path.read_text().replace('"rubric": "forgetting"', '"rubric": "tone"'))
    meta = json.loads((folder / "run.json").read_text())
    meta["cascades"]["tone"] = meta["cascades"].pop("forgetting")
    (folder / "run.json").write_text(json.dumps(meta))
    runs = load([folder])
    summary = summarize(runs)
    assert {group.side for group in summary.runs[0].groups if group.rubric == "tone"} == {"other"}
    assert "Judged rates: tone" in to_markdown(summary)
    assert "Judged rates: tone" in to_html(summary, runs)
