"""Attacks on the tiny judge in a real vLLM engine, and on a policy certified with it; prints one JSON object.

    make test-engine                                     # makes .venv-engine, once
    .venv-engine/bin/python -m benchmarks.attacks_tiny

The judge is the model of 1.3 million parameters that the engine's tests ask (``tests/engine/tiny-judge``). It was
trained to judge made-up cases of a few sentence patterns and knows little else: its figures show what attacks do to a
model that never met them, not what they do to a judge worth having. Its policy is certified on 400 labeled cases, with
the out-of-distribution guard that 300 unlabeled ones give, and attacked on 200 others; labels stand by construction.
Without the detector, and with it.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import judgekit as jk
from benchmarks.attacks import AGREEMENT, RUBRIC, kept, told
from benchmarks.shared import show
from judgekit.calibration.calibrate import calibrate
from judgekit.records import HumanLabel, Item
from tests.engine.cases import Labeled, make_cases
from tests.engine.conftest import ENVIRONMENT, SPEC

CERTIFY, UNLABELED, ATTACK = 400, 300, 200
CASCADE = {"tiers": [{"judge": "vllm", "name": "tiny", **SPEC}]}


def labeled(cases: Sequence[Labeled]) -> list[Item]:
    return [item.model_copy(update={"human": (HumanLabel(label=label),)}) for item, label in cases]


def main() -> None:
    os.environ.update(ENVIRONMENT)
    certify = labeled(make_cases("forgetting", CERTIFY, seed=1))
    attacked = labeled(make_cases("forgetting", ATTACK, seed=2))
    ordinary = [item for item, _ in make_cases("forgetting", UNLABELED, seed=3)]
    evidence = [one.evidence for one in jk.judge([*certify, *ordinary], cascade=CASCADE, rubric="forgetting")]
    result: dict[str, Any] = {"policy": {}}
    answers = tempfile.TemporaryDirectory()
    for name, rows in (
        ("guard", [row.model_copy(update={"suspect": None}) for row in evidence]),
        ("guard, detector", evidence),
    ):
        calibration = calibrate(rows, agreement=AGREEMENT, labels=RUBRIC.labels)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "forgetting.json"
            calibration.save(path)
            found = jk.attack(CASCADE, items=attacked, calibrations=[path], repeats=1, store=answers.name)
        result["policy"][name] = kept(found.policy)
    show(
        {
            "certificate": calibration.certificate.claim,
            "coverage": calibration.certificate.coverage,
            "items": found.items,
            "judge": told(found),
            **result,
        }
    )


if __name__ == "__main__":
    main()
