"""A small certificate with the files that it was made from: a run's evidence, labels of two people, a guard."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import ValidationError

from judgekit.calibration import files
from judgekit.calibration.record import Calibration
from judgekit.records import Evidence, EvidenceRow

LABELED, UNLABELED = 29, 100
FORGETTING = ("leaked", "partial", "withheld", "wrong", "degenerate")


def rows(seed: int = 0) -> list[EvidenceRow]:
    """Evidence of two judges; the first rows are those that people label."""
    rng = np.random.default_rng(seed)
    found = []
    for i in range(LABELED + UNLABELED):
        sure = 0.9 + 0.09 * rng.random(2)
        found.append(
            EvidenceRow(
                id=f"forget/{i}",
                question_id=f"q{i}",
                split="forget",
                model="m",
                method="NPO" if i % 2 else "GradDiff",
                rubric="forgetting",
                text_features=tuple(rng.normal(size=10).round(4).tolist()),
                tiers={
                    tier: Evidence(
                        probs={"leaked": p, "wrong": 1 - p},
                        asks=1,
                        calls=(f"c{i}",),
                        cost=cost,
                        fingerprint=f"{tier}-judge",
                        reason="it said 'Ann Lee'" if tier == "small" else None,
                        model="/home/ann/models/small" if tier == "small" else None,
                        seconds=0.5,
                    )
                    for tier, p, cost in zip(("small", "large"), sure.tolist(), (0.0, 0.002), strict=True)
                },
            )
        )
    return found


def labels() -> list[dict[str, Any]]:
    """What two people said of the first items; the second only of some."""
    told = [
        {"id": f"forget/{i}", "annotator": "zoe", "label": "leaked", "rubric": "forgetting", "note": "plain"}
        for i in range(LABELED)
    ]
    return [*told, *({**one, "annotator": "Ann Lee"} for one in told[:5])]


def handed_over(folder: Path, **options: Any) -> Path:
    """A certificate in a folder, with ``run/evidence.jsonl`` and ``labels.jsonl`` beside it."""
    write(folder / "run" / "evidence.jsonl", [row.to_row() for row in rows()])
    write(folder / "labels.jsonl", labels())
    made = files.calibrate(
        folder / "run" / "evidence.jsonl", labels=folder / "labels.jsonl", **{"agreement": 0.9, **options}
    )
    assert (
        made.certified and made.outlook is None and made.ood is not None and made.people_summary is not None
    )
    made.save(folder / "certificate.json")
    return folder / "certificate.json"


def write(path: Path, told: Sequence[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in told), "utf-8")


def edit(path: Path, change: Callable[[Any], None]) -> None:
    """Change a JSON file, or each row of JSONL (as a list); a calibration states what it then is, as a forger would."""
    text = path.read_text("utf-8")
    many = path.suffix == ".jsonl"
    held = [json.loads(line) for line in text.splitlines()] if many else json.loads(text)
    change(held)
    if not many:
        restate(held)
    if many:
        write(path, held)
    else:
        path.write_text(json.dumps(held), "utf-8")


def restate(row: Any) -> None:
    """Let a calibration that was changed state the fingerprint of what it now holds."""
    if "fingerprint" in row and "certificate" in row:
        try:
            row["fingerprint"] = Calibration.model_validate(row).fingerprint
        except ValidationError:
            return  # it is none any more


def load(path: Path) -> Calibration:
    return Calibration.load(path)
