"""A cascade on 301 Natural Questions: lexical judge, BEM, text-davinci-003, GPT-4; the last three as recorded judges.

Certified at agreement 0.85 and 0.90 (error level 0.10) on one answer to each of a random half of the questions; the
certificate, and the agreement and coverage on all answers to the other half. The lexical judge uses its head
``reveals``, which was fitted on other questions (TriviaQA). Beside the first half stand the means over ``SPLITS``
random halves; "below target" there counts noise of the measurement too, since the other half is finite.

    python benchmarks/openqa.py [--shared FOLDER]
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from shared import data_folder, show

from judgekit.calibration.calibrate import calibrate
from judgekit.cascade.decide import decide_rows
from judgekit.judges.lexical.model import Reading
from judgekit.records import Evidence, EvidenceRow, HumanLabel

DELTA, SPLITS = 0.10, 50
TARGETS = (0.85, 0.90)
TIERS = ("lexical", "BEM", "text-davinci-003", "gpt-4")
COSTS = {"lexical": 0.0, "BEM": 0.0, "text-davinci-003": 1.0, "gpt-4": 3.0}


def two(right: float) -> Evidence:
    return Evidence(probs={"right": right, "wrong": 1 - right})


def recorded(judges: dict[str, Any], name: str) -> Evidence:
    """A recorded verdict; a judge that gave only yes or no is taken to be nine tenths sure of all its verdicts."""
    found = judges.get(name)
    if found is None or found["verdict"] is None:
        return Evidence.missing(f"no verdict of {name} was recorded")
    return two(found["prob_equivalent"] if name == "BEM" else 0.9 if found["verdict"] == "Yes" else 0.1)


def evidence(path: Path) -> list[EvidenceRow]:
    """The file as evidence rows; the two answers without references have no lexical evidence and escalate."""
    raw = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    cases = [(row["question"], tuple(row["gold_answers"] or ()), row["answer"]) for row in raw]
    lexical = Reading(cases).reveals
    rows = []
    for i, row in enumerate(raw):
        tiers = {name: recorded(row["judges"], name) for name in TIERS[1:]}
        first = two(float(lexical[i])) if row["gold_answers"] else Evidence.missing("no reference")
        people = HumanLabel(label="right" if row["human"] == "Yes" else "wrong")
        rows.append(
            EvidenceRow(
                id=str(i),
                question_id=row["qid"],
                rubric="qa",
                tiers={"lexical": first, **tiers},
                human=(people,),
            )
        )
    return rows


def trial(rows: Sequence[EvidenceRow], target: float, seed: int) -> dict[str, Any]:
    """Certify on one half of the questions, measure on the other."""
    questions = sorted({row.question_id for row in rows})
    half = set(np.random.default_rng(seed).permutation(questions)[: len(questions) // 2])
    mine = [row for row in rows if row.question_id in half]
    others = [row for row in rows if row.question_id not in half]
    calibration = calibrate(mine, agreement=target, delta=DELTA, tiers=TIERS, costs=COSTS)
    verdicts = list(decide_rows(others, calibration))
    given = [verdict for verdict in verdicts if verdict.state == "verdict"]
    agreed = [verdict.label == verdict.human[0].label for verdict in given]
    return {
        "certificate": calibration.certificate.to_dict(),
        "other half": {
            "items": len(others),
            "coverage": len(given) / len(others),
            "agreement": float(np.mean(agreed)) if given else None,
            "by tier": dict(Counter(verdict.tier for verdict in given)),
        },
    }


def main() -> None:
    rows = evidence(data_folder(__doc__) / "judges/openqa_nq301.jsonl")
    result: dict[str, Any] = {
        "items": len(rows),
        "questions": len({row.question_id for row in rows}),
        "delta": DELTA,
    }
    for target in TARGETS:
        trials = [trial(rows, target, seed) for seed in range(SPLITS)]
        measured = [each["other half"] for each in trials]
        agreed = np.array([1.0 if half["agreement"] is None else half["agreement"] for half in measured])
        answered = np.array([half["coverage"] for half in measured])
        result[f"at {target}"] = trials[0] | {
            f"over {SPLITS} halves": {
                "certified": float((answered > 0).mean()),
                "coverage": float(answered.mean()),
                "agreement": float((agreed * answered).sum() / max(answered.sum(), 1e-9)),
                "below target": float((agreed < target).mean()),
            }
        }
    show(result)


if __name__ == "__main__":
    main()
