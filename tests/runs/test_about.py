"""What ``run.json`` says comes back as it was written, and files of other versions are read as far as they go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit.errors import InputError
from judgekit.runs import occupied
from judgekit.runs.about import CascadeAbout, RunAbout
from judgekit.runs.folder import ABOUT, VERDICTS, RunFolder
from judgekit.runs.writer import RunWriter


def written(folder: Path, **row: object) -> RunFolder:
    (folder / ABOUT).write_text(json.dumps({"schema": "judgekit.run/1", **row}), encoding="utf-8")
    return RunFolder(folder)


def test_what_is_said_comes_back_and_no_more_is_written(tmp_path: Path) -> None:
    cascade = CascadeAbout(labels=("a", "b"), tiers=("j",), fingerprints={"j": "1"}, calibration=None)
    about = RunAbout(source="f.json", source_digest="12", recorded={}, items=0, cascades={"qa": cascade})
    with RunWriter(tmp_path) as writer:
        writer.finish(about)
    row = json.loads((tmp_path / ABOUT).read_text("utf-8"))
    said = "schema created source source_digest recorded items cascades states answers cost files"
    assert list(row) == said.split()
    assert list(row["cascades"]["qa"]) == ["labels", "tiers", "fingerprints", "calibration"]
    found = RunFolder(tmp_path).about
    assert (found.source, found.cascades, found.cost) == ("f.json", {"qa": cascade}, 0.0)


def test_a_file_whose_name_is_not_utf_8_is_named_as_it_is(tmp_path: Path) -> None:
    with RunWriter(tmp_path) as writer:
        writer.finish(RunAbout(source="bad\udcff.jsonl"))
    assert RunFolder(tmp_path).about.source == "bad\udcff.jsonl"


def test_another_versions_run_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    run = written(
        tmp_path, later="?", cascades={"qa": {"labels": ["a"], "crew": 3}}, answers={"qa": {"j": {}}}
    )
    assert run.about.cascades["qa"].labels == ("a",) and run.about.answers["qa"]["j"].asked == 0
    assert run.about.cascades["qa"].role is None and run.examples == set()
    with pytest.raises(InputError, match="key 'cascades'"):
        _ = written(tmp_path, cascades=[1]).about
    assert RunFolder(tmp_path / "none").about == RunAbout()


def test_a_run_without_a_digest_is_not_told_from_another_file(tmp_path: Path) -> None:
    new = RunAbout(source="f.json", source_digest="12")
    written(tmp_path, source="f.json", cascades={"qa": {"tiers": ["j"], "fingerprints": {"j": "1"}}})
    occupied.check(tmp_path, new, "qa", {"j": "1"})
    for rubric, judges, said in (
        ("forgetting", {"j": "1"}, "rubric qa, not"),
        ("qa", {"j": "2"}, r"judges \(j\)"),
    ):
        with pytest.raises(InputError, match=said):
            occupied.check(tmp_path, new, rubric, judges)
    for digest, source, said in (("34", "f.json", "as it was before"), (None, "", "of other items")):
        written(tmp_path, source=source, source_digest=digest)
        with pytest.raises(InputError, match=said):
            occupied.check(tmp_path, new, "qa", {})


def test_a_finished_run_whose_file_is_damaged_is_not_replaced_without_a_word(tmp_path: Path) -> None:
    (tmp_path / ABOUT).write_text('{"schema": "judgekit.ru')
    occupied.check(tmp_path, RunAbout(), "qa", {})  # no finished run
    (tmp_path / VERDICTS).write_text("")
    with pytest.raises(
        occupied.Occupied, match=r"what it is of cannot be read \(.*not JSON.*--replace to lose it"
    ):
        occupied.check(tmp_path, RunAbout(), "qa", {})
