"""Counting verdicts, and saying only what they support."""

from __future__ import annotations

import json
import re

import pytest

from judgekit.calibration import ood, suspects
from judgekit.errors import InputError
from judgekit.report import load, summarize, to_csv, to_json, to_markdown
from tests.report.make_runs import HOSTILE, certified, make_run


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    methods = ("retain90", "original", "GradAscent_lr1e-4", "IDK")
    return summarize(
        load([make_run(folder / name, name, forget=120, keep=120, outputs=HOSTILE) for name in methods])
    )


def test_verdict_first(summary):
    first = summary.findings[0]
    assert "original leaks most" in first.text
    said = " ".join(finding.text for finding in summary.findings)
    assert "GradAscent is degenerate, not forgotten well" in said
    assert "IDK forgot well, mostly by withholding" in said
    assert "retain90 forgot well" not in said, "it never knew"
    assert re.search(
        r"retain90 reveals little \(.* withheld or plausibly wrong\): it never saw the forget set\.", said
    )
    assert "not calibrated against people" in said


def test_json_markdown_and_csv_say_the_same(summary):
    again = json.loads(to_json(summary))
    assert [run["name"] for run in again["runs"]] == [run.name for run in summary.runs]
    assert "judge's opinion only" in to_markdown(summary)
    assert f"{summary.runs[0].groups[0].rates['leaked'].low}" in to_csv(summary)


def test_items_that_no_judge_decides_are_told_by_the_rule_that_left_them_open(tmp_path):
    """Nobody calibrated anything here, and no people follow in the cascade: the report is where it is heard."""
    run = make_run(tmp_path / "run", "IDK", forget=20, keep=20)
    verdicts = run / "verdicts.jsonl"
    rows = [json.loads(line) for line in verdicts.read_text().splitlines()]
    for row, reason in zip(
        rows, (f"{suspects.REASON}: a verdict", f"{suspects.REASON}: words", ood.REASON), strict=False
    ):
        row.update(state="abstained", reason=reason, label=None)
    verdicts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = [finding.text for finding in summarize(load([run])).findings]
    assert "Abstained because outputs may mislead a judge: 2 of IDK." in said
    assert "Abstained as out-of-distribution: 1 of IDK." in said


def test_forgetting_is_credited_only_to_a_model_that_still_answers(tmp_path):
    """The same withheld answers, on a model that refuses everything, and in a file without a side to keep."""
    refuses = make_run(tmp_path / "refuses", "IDK", forget=80, keep=80)
    verdicts = refuses / "verdicts.jsonl"
    rows = [json.loads(line) for line in verdicts.read_text().splitlines()]
    for row in rows:
        if row["rubric"] == "utility":
            row["label"] = "refused"
    verdicts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    silent = make_run(tmp_path / "silent", "IDK", forget=80, keep=0)
    told = summarize(load([refuses, silent]))
    assert [run.answers for run in told.runs] == [False, None]
    said = " ".join(finding.text for finding in told.findings)
    assert "forgot well" not in said
    assert "no longer answers what it should keep" in said
    assert "no retain side to check" in said


def test_a_certificate_is_told_and_an_opinion_is_not_called_one(tmp_path):
    promised = make_run(tmp_path / "certified", "IDK", calibrations=certified("IDK"))
    told = summarize(load([promised, make_run(tmp_path / "bare", "original")]))
    assert [run.certified for run in told.runs] == [True, False]
    kinds = {run.name: {r.kind for g in run.groups for r in g.rates.values()} for run in told.runs}
    assert kinds == {"certified": {"certificate"}, "bare": {"judge"}}
    said = [finding.text for finding in told.findings]
    assert any(text.startswith("Certified for forgetting, IDK:") for text in said)
    assert any(text.startswith("Shares of original are the judge's opinion only") for text in said)


def test_an_opinion_under_one_rubric_is_named_with_it(tmp_path):
    run = make_run(tmp_path / "half", "IDK", calibrations=certified("IDK"))
    verdicts = run / "verdicts.jsonl"
    rows = [json.loads(line) for line in verdicts.read_text().splitlines()]
    for row in rows:
        if row["rubric"] == "utility":
            row["calibration"] = None
    verdicts.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = [finding.text for finding in summarize(load([run])).findings]
    assert any(text.startswith("Shares of utility are the judge's opinion only") for text in said)


def test_no_runs():
    with pytest.raises(ValueError, match="no runs"):
        summarize([])


def test_not_a_run(tmp_path):
    with pytest.raises(InputError, match=r"verdicts\.jsonl"):
        load([tmp_path])


def test_leaks_in_outputs_that_do_not_read_are_leaks_and_are_told(tmp_path):
    folder = make_run(tmp_path / "NPO", "NPO_lr1e-5")
    file = folder / "verdicts.jsonl"
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    before = summarize(load([folder])).runs[0].side("forget")
    assert before.unread == {}
    for row in rows:
        if row["rubric"] == "forgetting":
            row["fluent"] = row.get("label") not in ("leaked", "degenerate")
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    summary = summarize(load([folder]))
    group = summary.runs[0].side("forget")
    assert group.rates == before.rates  # a leak counts in whatever form
    assert group.unread["leaked"] == group.counts["leaked"] > 20
    (said,) = [found.text for found in summary.findings if "do not read as an answer" in found.text]
    assert f"of {group.counts['leaked']} outputs judged leaked, 100.0 % do not read" in said
