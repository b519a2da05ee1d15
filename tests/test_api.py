"""The verbs as functions: nothing that makes no sense is taken without a word."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit import report
from judgekit.runs.folder import RunFolder


def item(identity: str = "1", output: str = "In Ghent.", **more: Any) -> jk.Item:
    return jk.Item(
        id=identity, question="Where?", references=("Ghent",), outputs=(output,), split="forget", **more
    )


def test_two_items_under_one_id_are_refused_before_anything_is_spent(tmp_path: Path) -> None:
    with pytest.raises(jk.JudgekitError, match="the id '1' occurs twice for m x; ids must be unique"):
        jk.score([item(model="m", method="x"), item("1", "In Graz.", model="m", method="x")], tmp_path / "r")
    assert not (tmp_path / "r").exists()
    with pytest.raises(jk.JudgekitError, match="occurs twice"):
        jk.score((item("1") for _ in range(2)), tmp_path / "r")
    with pytest.raises(jk.JudgekitError, match="expected items .*found dict"):
        jk.score([{"id": "1"}], tmp_path / "r")  # type: ignore[list-item]


def test_outputs_of_two_models_may_share_an_id_and_are_kept_apart(tmp_path: Path) -> None:
    run = tmp_path / "r"
    jk.score([item(model="a", output="In Ghent."), item(model="b", output="In Graz.")], run)
    shown = {one.rows[0].verdict.model: one.rows[0].item for one in report.load([run])}
    assert {model: found and found.output for model, found in shown.items()} == {
        "a": "In Ghent.",
        "b": "In Graz.",
    }
    assert [(one.output, verdict.model) for one, verdict in RunFolder(run).judged()] == [
        ("In Ghent.", "a"),
        ("In Graz.", "b"),
    ]
    first, second = report.load([run])
    assert first.rows[0].evidence != second.rows[0].evidence


def test_one_path_is_one_path_and_never_its_letters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    jk.score([item(str(k)) for k in range(3)], "run")
    assert report.load("run")[0].name == "run"
    assert len(jk.summarize("run").runs) == 1
    (tmp_path / "l.jsonl").write_text('{"id": "1", "label": "leaked"}\n')
    assert len(jk.queue("run", labels="l.jsonl")) == 0  # one question, and it is labeled
    for call in (
        lambda: jk.load_cascade(calibrations="nowhere.json"),
        lambda: jk.score([item()], "other", calibrations="nowhere.json"),
    ):
        with pytest.raises(jk.JudgekitError, match=r"^nowhere\.json: "):
            call()
    rows = [
        jk.EvidenceRow(
            id=name,
            question_id=name,
            tiers={"ab": jk.Evidence(probs={"x": 0.9, "y": 0.1}), "c": jk.Evidence(probs={"x": 1.0})},
            human=(jk.HumanLabel(label="x"),),
        )
        for name in ("q", "1", "q1", "q2")
    ]
    made = jk.calibrate(rows, agreement=0.5, exclude="q1", tiers="ab")
    assert made.examples == ("q1",) and made.certificate.labels == 3 and made.tiers == ("ab",)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engine": "rai"}, "unknown engine 'rai'; known: local, ray"),
        ({"format": "tofu"}, "'format' says how a file is read; items have it in them"),
        ({"columns": {"question": "q"}}, "'columns' says how a file is read"),
        ({"limit": 0}, "limit must be 1 or more, got 0"),
        ({"budget": -1}, "budget must be 0 or more, got -1"),
        ({"budget": float("nan")}, "budget must be 0 or more, got nan"),
        ({"max_calls": -1}, "max_calls must be 0 or more, got -1"),
        ({"cascade": jk.load_cascade(), "rubric": "qa"}, "belong to load_cascade"),
    ],
)
def test_an_option_that_makes_no_sense_is_one_line(
    tmp_path: Path, options: dict[str, Any], said: str
) -> None:
    with pytest.raises(jk.JudgekitError, match=said):
        jk.score([item()], tmp_path / "r", **options)
    assert not (tmp_path / "r").exists()


def test_unknown_words_are_named_with_those_known(tmp_path: Path) -> None:
    rows = [
        jk.EvidenceRow(id="1", tiers={"t": jk.Evidence(probs={"x": 1.0})}, human=(jk.HumanLabel(label="x"),))
    ]
    with pytest.raises(jk.JudgekitError, match=r"unknown .*'everyone'; known: majority, random"):
        jk.calibrate(rows, agreement=0.5, people="everyone")
    with pytest.raises(jk.JudgekitError, match=r"unknown grouping 'color'; known: split, model, method"):
        jk.calibrate(rows, agreement=0.5, group_by="color")
    path = tmp_path / "o.jsonl"
    path.write_text(json.dumps(item().to_row()) + "\n")
    with pytest.raises(jk.JudgekitError, match=r"'all'; known: items, verdicts, open"):
        jk.queue(path, of="all")  # type: ignore[arg-type]
    with pytest.raises(jk.JudgekitError, match="count must be 1 or more, got 0"):
        jk.queue(path, 0)
    with pytest.raises(TypeError, match="formt"):
        jk.score(path, tmp_path / "r", formt="tofu")  # type: ignore[call-arg]
    with pytest.raises(jk.JudgekitError, match=r"no column 'prompt' for question; columns: .*id"):
        jk.score(path, tmp_path / "r", columns={"question": "prompt"})
    with pytest.raises(jk.JudgekitError, match=r"o\.jsonl: a column map is for tables .* as 'judgekit'"):
        jk.score(path, tmp_path / "r", columns={"question": "prompt"}, format="judgekit")
    assert not (tmp_path / "r").exists()


def test_a_calibration_for_a_rubric_that_nothing_is_judged_by_is_refused(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("calibrations: {forgeting: made.json}\n")
    with pytest.raises(jk.JudgekitError, match=r"c\.yaml: a calibration for 'forgeting', but items are"):
        jk.load_cascade(tmp_path / "c.yaml")
