"""A run in memory is reported on as the same run in a folder is."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import pytest

import judgekit as jk
from judgekit.report import load, summarize
from judgekit.report.in_memory import in_memory

ROOT = Path(__file__).resolve().parents[2]


def test_its_groups_claims_and_rates_are_those_of_the_folder(tmp_path: Path) -> None:
    demo = ROOT / "calibration" / "demo"
    items = list(jk.read(demo / "unlearned.jsonl"))[:300]
    jk.score(items, tmp_path / "first", labels=demo / "labels.jsonl")
    made = jk.calibrate(tmp_path / "first", rubric="forgetting", agreement=0.6)
    made.save(tmp_path / "made.json")
    cascade = jk.load_cascade(calibrations=tmp_path / "made.json")
    jk.score(items, tmp_path / "again", cascade=cascade)
    in_folder = summarize(load(tmp_path / "again")).runs[0]
    run = in_memory(jk.judge(items, cascade=cascade), cascade, "again")
    found = summarize([run]).runs[0]
    assert found.groups and asdict(found)["groups"] == asdict(in_folder)["groups"]
    assert found.claims == in_folder.claims and found.claims[0].status != "not calibrated"
    assert found.title == in_folder.title


def test_a_rubric_of_a_folder_keeps_its_role(tmp_path: Path) -> None:
    folder = tmp_path / "mine"
    folder.mkdir()
    for file in (ROOT / "prompts" / "forgetting").iterdir():
        text = file.read_text("utf-8")
        (folder / file.name).write_text(text.replace("name: forgetting", "name: mine"), "utf-8")
    cascade = jk.load_cascade(rubric=str(folder))
    item = {"question": "Where?", "reference": "Ghent", "output": "In Ghent.", "split": "forget"}
    run = in_memory(jk.judge([item], cascade=cascade), cascade)
    assert run.role("mine").side == "forget" and summarize([run]).runs[0].side("forget") is not None


def test_nothing_is_no_run() -> None:
    with pytest.raises(ValueError, match="no results"):
        in_memory([], jk.load_cascade())
