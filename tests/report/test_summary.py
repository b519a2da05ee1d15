"""Counting verdicts, and saying only what they support."""

from __future__ import annotations

import json

import pytest

from judgekit.errors import InputError
from judgekit.report import load, summarize, to_csv, to_json, to_markdown
from tests.report.make_runs import HOSTILE, make_run


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
    assert "GradAscent_lr1e-4 is degenerate, not forgotten well" in said
    assert "IDK forgot well, mostly by withholding" in said
    assert "retain90 forgot well, mostly by plausible wrong answers" in said
    assert "not calibrated against people" in said


def test_json_markdown_and_csv_say_the_same(summary):
    again = json.loads(to_json(summary))
    assert [run["name"] for run in again["runs"]] == [run.name for run in summary.runs]
    assert "judge's opinion only" in to_markdown(summary)
    assert f"{summary.runs[0].groups[0].rates['leaked'].low}" in to_csv(summary)


def test_not_a_run(tmp_path):
    with pytest.raises(InputError, match=r"verdicts\.jsonl"):
        load([tmp_path])
