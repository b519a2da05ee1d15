"""A run under a calibration leaves tiers unasked; ``score --complete`` asks them of labeled items, and pays once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.calling import judgekit
from tests.cli.test_verbs import rows
from tests.judges.server import ChatServer

RULES = "rules.jsonl"
"""What the first judge says: right, but unsure and half of the time wrong of every fourth output."""


def outputs(path: Path, start: int, count: int, labeled: int) -> None:
    """A file of outputs, and ``labels.csv`` beside it for the first so many."""
    lines, labels, rules = [], ["id,annotator,label"], []
    for i in range(start, start + count):
        label = ("leaked", "withheld")[i % 2]
        row = {
            "id": str(i),
            "question": f"Where was author number {i} born?",
            "split": "forget",
            "model": "m",
        }
        lines.append(json.dumps(row | {"reference": "In Ghent.", "output": f"In town {i}."}))
        sure = {1: 0.4, 5: 0.6}.get(i % 8, 0.99)
        probs = {label: sure, "wrong": 1 - sure}
        rules.append(json.dumps({"id": str(i), "tiers": {"rules": {"probs": probs}}}))
        if i < start + labeled:
            labels.append(f"{i},ann,{label}")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    path.with_suffix(".csv").write_text("\n".join(labels) + "\n")
    with (path.parent / RULES).open("a") as file:
        file.write("\n".join(rules) + "\n")


@pytest.fixture(scope="module")
def server() -> Iterator[ChatServer]:
    with ChatServer() as server:
        yield server


@pytest.fixture(scope="module")
def folder(server: ChatServer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run of new outputs, decided under a calibration that was made on earlier ones."""
    folder = tmp_path_factory.mktemp("complete")
    (folder / "cascade.yaml").write_text(
        f"tiers: [{{judge: recorded, path: {RULES}, name: rules}}, {{judge: openai, name: small, model: tiny, base_url: '{server.url}'}}]\n"
        "rubrics: {'*': forgetting}\n"
    )
    outputs(folder / "first.jsonl", 0, 150, 120)
    outputs(folder / "second.jsonl", 1000, 100, 60)
    assert score(folder, "first.jsonl").returncode == 0
    made = judgekit("calibrate", "runs/first", "--labels", "first.csv", "--agreement", 0.9, cwd=folder)
    assert made.returncode == 0, made.stdout + made.stderr
    done = score(folder, "second.jsonl", "--calibration", "calibration.json")
    assert done.returncode == 0, done.stderr
    return folder


def score(folder: Path, *arguments: str):
    return judgekit("score", *arguments, "--cascade", "cascade.yaml", cwd=folder)


def again(folder: Path):
    return judgekit(
        "calibrate", "runs/second", "--labels", "second.csv", "--agreement", 0.9, "-o", "2.json", cwd=folder
    )


def asked(folder: Path) -> set[str]:
    return {row["id"] for row in rows(folder / "runs/second/evidence.jsonl") if "small" in row["tiers"]}


def test_incomplete_evidence_is_refused_and_complete_evidence_is_not(
    folder: Path, server: ChatServer
) -> None:
    before = asked(folder)
    assert 0 < len(before) < 60
    refused = again(folder)
    assert (refused.returncode, refused.stderr.count("\n")) == (2, 1)
    assert "tier 'small' was not asked about" in refused.stderr and "of 60 labeled items" in refused.stderr
    assert "--complete" in refused.stderr and not (folder / "2.json").exists()

    verdicts = rows(folder / "runs/second/verdicts.jsonl")
    done = score(
        folder, "second.jsonl", "--calibration", "calibration.json", "--labels", "second.csv", "--complete"
    )
    assert done.returncode == 0, done.stderr
    labeled = {str(i) for i in range(1000, 1060)}
    assert asked(folder) == before | labeled, "labeled items are complete, and no other was asked"
    same = ("id", "state", "label", "tier", "confidence", "calibration")
    kept = rows(folder / "runs/second/verdicts.jsonl")
    assert [[row.get(key) for key in same] for row in kept] == [
        [row.get(key) for key in same] for row in verdicts
    ]
    assert set(server.calls.values()) == {1}, "nothing is asked twice"
    calls = sum(server.calls.values())
    completed = again(folder)
    assert completed.returncode in (0, 3), completed.stderr
    assert "60 items labeled by people" in completed.stdout
    assert sum(server.calls.values()) == calls
