"""Certificates of several kinds, made by ``judgekit calibrate`` from evidence that is made up."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from judgekit.records import Evidence, EvidenceRow, HumanLabel
from tests.cli.calling import judgekit

LABELS = ("leaked", "partial", "withheld", "wrong")
HOSTILE = ("<script>window.hacked = 1</script>", "a&b\"'", "$x$ [1]", "{{ 7 * 7 }}\u2028" + "x" * 60)
IMAGE = "</title><img src=x onerror='window.hacked = 1'>"


def opinions(
    labeled: int,
    strength: Sequence[float] = (0.8, 1.6, 2.4),
    *,
    unlabeled: int = 0,
    people: int = 1,
    labels: Sequence[str] = LABELS,
    methods: Sequence[str] = ("NPO", "RMU"),
    tiers: Sequence[str] = ("lexical", "small", "large"),
) -> list[EvidenceRow]:
    """Evidence of judges of growing strength; of several people one in ten labels is off."""
    rng, rows = np.random.default_rng(0), []
    for i in range(labeled + unlabeled):
        truth, hard = int(rng.integers(len(labels))), 0.4 + rng.exponential(1)
        said = {}
        for number, (tier, strong) in enumerate(zip(tiers, strength, strict=True)):
            odds = rng.normal(0, 1, len(labels))
            odds[truth] += 2 * strong / hard
            probs = np.exp(odds) / np.exp(odds).sum()
            cost, fingerprint = (0.0, 0.0004, 0.003)[number], f"{number:012x}"
            said[tier] = Evidence(
                probs=dict(zip(labels, probs.tolist(), strict=True)), cost=cost, fingerprint=fingerprint
            )
        gave = [
            truth if people == 1 or rng.random() < 0.9 else (truth + 1) % len(labels) for _ in range(people)
        ]
        human = [HumanLabel(annotator=f"p{a}", label=labels[k]) for a, k in enumerate(gave) if i < labeled]
        rows.append(
            EvidenceRow(
                id=f"q{i}",
                question_id=f"q{i}",
                rubric="leak check",
                model="Llama-3.1-8B",
                method=methods[i % len(methods)],
                split="forget",
                tiers=said,
                human=tuple(human),
                text_features=tuple(rng.normal(0, 1, 4).tolist()),
            )
        )
    return rows


def write_rows(rows: Sequence[EvidenceRow], path: Path) -> None:
    """Evidence as a file."""
    path.write_text("".join(json.dumps(row.to_row()) + "\n" for row in rows), "utf-8")


def certificate(folder: Path, rows: Sequence[EvidenceRow], *options: str) -> tuple[str, dict[str, object]]:
    """The page that ``judgekit calibrate`` writes, and the calibration file beside it."""
    folder.mkdir(exist_ok=True)
    write_rows(rows, folder / "evidence.jsonl")
    done = judgekit("calibrate", "evidence.jsonl", *options, cwd=folder)
    assert done.returncode in (0, 3), done.stderr
    assert "written to calibration.json and calibration.html" in done.stdout
    made = json.loads((folder / "calibration.json").read_text("utf-8"))
    return (folder / "calibration.html").read_text("utf-8"), made
