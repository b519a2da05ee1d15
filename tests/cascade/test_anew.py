"""Deciding a run anew: what scoring it under the calibration would have said, and no judge is asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit import api
from judgekit.cascade.anew import decided_anew
from judgekit.errors import FingerprintMismatch, InputError
from judgekit.records import PEOPLE, Verdict
from judgekit.runs.folder import RunFolder
from tests.report.make_runs import certified, make_run


def test_verdicts_are_those_of_the_calibration_and_others_stay(tmp_path: Path) -> None:
    run = RunFolder(make_run(tmp_path / "run", "IDK", forget=40, keep=4))
    promise = certified("IDK")["forgetting"]
    wanted = {verdict.key: verdict for verdict in api.decide(run.path, promise)}
    before = {(verdict.key, verdict.rubric): verdict for verdict in run.verdicts()}
    for item, verdict in decided_anew(run, {"forgetting": promise}):
        assert item is not None and item.key == verdict.key
        other = wanted[verdict.key] if verdict.rubric == "forgetting" else before[verdict.key, verdict.rubric]
        assert verdict == other
    assert [verdict for _, verdict in decided_anew(run, {})] == list(run.verdicts())


def test_what_people_settled_stays_where_the_policy_leaves_it_open(tmp_path: Path) -> None:
    run = RunFolder(make_run(tmp_path / "run", "original", forget=80, keep=4))
    promise = certified("original")["forgetting"]
    settled = [
        Verdict(state="verdict", label="wrong", tier=PEOPLE, **verdict.named) for verdict in run.verdicts()
    ]
    (run.path / "verdicts.jsonl").write_text("".join(json.dumps(one.to_row()) + "\n" for one in settled))
    states = {verdict.key: verdict.state for verdict in api.decide(run.path, promise)}
    assert {"verdict", "abstained"} == set(states.values())
    for _, verdict in decided_anew(run, {"forgetting": promise}):
        if verdict.rubric == "forgetting":
            assert (verdict.tier == PEOPLE) == (states[verdict.key] == "abstained")


def test_evidence_that_does_not_fit_is_refused(tmp_path: Path) -> None:
    run = RunFolder(make_run(tmp_path / "run", "IDK", forget=40, keep=4))
    promise = certified("IDK")["forgetting"]
    other = promise.model_copy(update={"tiers": ("nobody",)})
    with pytest.raises(FingerprintMismatch, match="run: the calibration says nothing of this evidence"):
        list(decided_anew(run, {"forgetting": other}))
    (run.path / "evidence.jsonl").unlink()
    with pytest.raises(InputError, match="no evidence on .*no calibration can decide it anew"):
        list(decided_anew(run, {"forgetting": promise}))
