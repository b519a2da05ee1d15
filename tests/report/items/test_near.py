"""How near an item stood to its threshold, against the policy that decided it."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from judgekit.calibration.ood import OodGuard
from judgekit.cascade.decide import decide_rows
from judgekit.records import Evidence, EvidenceRow, Verdict
from judgekit.report.items.near import NEAR, NOWHERE, standings
from judgekit.report.run import JudgedItem
from tests.report.make_runs import certified, drawn


def judged(method: str = "original", **known: float) -> list[JudgedItem]:
    """Outputs of a method, decided under its calibration for forgetting."""
    promise = certified(method)["forgetting"]
    rows = [
        (item, row) for item, row in drawn(method, forget=300, keep=0, **known) if row.rubric == "forgetting"
    ]
    verdicts = decide_rows([row for _, row in rows], promise)
    return [JudgedItem(verdict, item, row) for verdict, (item, row) in zip(verdicts, rows, strict=True)]


def test_a_verdict_is_one_that_reached_its_threshold() -> None:
    rows = judged(unscored=0.05)
    found = standings(rows, certified("original")["forgetting"])
    assert {row.verdict.state for row in rows} == {"verdict", "abstained", "unscored"}
    for row, standing in zip(rows, found, strict=True):
        if row.verdict.state == "unscored":
            assert standing == NOWHERE
        elif row.verdict.state == "verdict":
            assert standing.score == pytest.approx(row.verdict.confidence)
            assert standing.threshold is not None and standing.score >= standing.threshold - 1e-12
        elif standing.threshold is not None:
            assert standing.score is not None and standing.score < standing.threshold


def test_the_margin_is_how_far_the_odds_would_have_to_move() -> None:
    for standing in standings(judged(), certified("original")["forgetting"]):
        if standing.threshold in (None, 0.0) or standing.score is None:
            continue
        odds = [math.log(share / (1 - share)) for share in (standing.score, standing.threshold)]
        assert standing.margin == pytest.approx(abs(odds[0] - odds[1]), abs=1e-6)
        assert standing.near == (standing.margin <= NEAR)


def test_without_a_calibration_the_second_label_is_what_is_near() -> None:
    def row(*shares: float) -> JudgedItem:
        probs = dict(zip(("leaked", "wrong", "withheld"), shares, strict=True))
        tiers = {"small": Evidence(probs={"leaked": 1.0}), "large": Evidence(probs=probs)}
        verdict = Verdict(id="1", state="verdict", label="leaked", tier="large", rubric="forgetting")
        return JudgedItem(verdict, None, EvidenceRow(id="1", tiers=tiers))

    near, level, far, sure = standings(
        [row(0.55, 0.4, 0.05), row(0.5, 0.5, 0.0), row(0.65, 0.35, 0.0), row(1.0, 0.0, 0.0)], None
    )
    assert near.near and level.near and not far.near and not sure.near
    assert level.margin == 0 and sure.margin == math.inf
    assert near.threshold is None and near.score is None


def test_nothing_is_known_of_an_item_without_evidence() -> None:
    verdict = Verdict(id="1", state="abstained", rubric="forgetting")
    for calibration in (None, certified("original")["forgetting"]):
        assert standings([JudgedItem(verdict)], calibration) == [NOWHERE]


def test_what_the_guard_refuses_stood_nowhere() -> None:
    calibration = certified("original")["forgetting"]
    rows = judged()
    assert calibration.ood is None
    features = tuple(tuple(map(float, np.random.default_rng(k).normal(size=3))) for k in range(120))
    guarded = calibration.model_copy(update={"ood": OodGuard(features=features)})
    assert set(standings(rows, guarded)) == {NOWHERE}


def test_other_items_do_not_matter() -> None:
    rows, calibration = judged(unscored=0.05), certified("original")["forgetting"]
    found = dict(zip(map(id, rows), standings(rows, calibration), strict=True))
    mixed = random.Random(0).sample(rows, 100)
    assert standings(mixed, calibration) == [found[id(row)] for row in mixed]
