"""``judgekit plan``: what labels are likely to buy, by evidence alone and by a pilot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import judgekit as jk
from tests.cli.calling import judgekit
from tests.cli.test_calibrate import opinions, others, write

COSTS = {"small": 0.001, "big": 0.01}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Evidence of a run of which 120 items are labeled; each label took 4 seconds."""
    labeled = [
        row.model_copy(
            update={"human": tuple(said.model_copy(update={"seconds": 4.0}) for said in row.human)}
        )
        for row in opinions(120, COSTS)
    ]
    rows = [*labeled, *others(60, COSTS)]
    return write(rows, tmp_path / "run.jsonl")


def test_a_pilot_goes_by_its_labels_and_their_seconds(run: Path) -> None:
    found = jk.outlook(run, agreement=0.8, pilot=True)
    assert [one.agreement for one in found.outlooks] == [0.75, 0.8, 0.85]
    assert (found.pilot, found.items, found.tiers) == (120, 120, ("small", "big"))
    assert (found.seconds, found.pace) == (4.0, "median of the pilot's")


def test_evidence_alone_needs_no_label_and_says_what_it_believes(run: Path) -> None:
    done = judgekit("plan", "--agreement", "0.9", "--evidence", "run.jsonl", cwd=run.parent)
    assert done.returncode == 0, done.stderr
    assert "by the evidence on 180 items alone" in done.stdout
    assert "as often right as they claim" in done.stdout
    assert "7 seconds a label, assumed" in done.stdout
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines if line[:1] in (["100"], ["500"])] == [
        ["100", "12"],
        ["500", "58"],
    ] * 3


def test_seconds_may_be_stated_and_all_is_there_as_json(run: Path) -> None:
    done = judgekit(
        "plan", "--json", "--agreement", "0.8", "--evidence", "run.jsonl", "--seconds", "12", cwd=run.parent
    )
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)["outlook"]
    assert (told["seconds"], told["pace"], told["pilot"]) == (12, "as stated", 0)
    first = told["outlooks"][1]["path"][0]
    assert first["labels"] == 100 and first["pool"] >= 100


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--evidence", "run.jsonl"), "--evidence is for planning labels"),
        (("--agreement", "0.8", "--seconds", "5"), "--seconds is for what labels take"),
        (("--agreement", "0.8", "--evidence", "run.jsonl", "--pilot", "run.jsonl"), "not both"),
    ],
)
def test_options_that_make_no_sense_are_refused(run: Path, options: tuple[str, ...], what: str) -> None:
    done = judgekit("plan", *options, cwd=run.parent)
    assert done.returncode == 2
    assert what in done.stderr
