"""The head of a report: what was judged, by whom, when, under which promise."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judgekit import __version__
from judgekit.records import Evidence
from judgekit.report import load, summarize
from judgekit.report.render.citation import citation
from judgekit.runs.about import CascadeAbout, RunAbout
from tests.report.make_runs import certified, make_run


def test_it_counts_what_was_judged_and_names_what_stands(tmp_path):
    bare = make_run(tmp_path / "original", "original", forget=30, keep=20)
    sure = make_run(tmp_path / "IDK", "IDK", forget=30, keep=20, calibrations=certified("IDK"))
    about = summarize(load([bare, sure])).about
    assert (about.runs, about.items, about.questions) == (2, 100, 50)
    assert about.version == __version__
    assert [judge.split(" ")[0] for judge in about.judges] == ["lexical", "gpt"]
    assert set(about.certificates) == {made.fingerprint for made in certified("IDK").values()}
    assert len(about.promises) == len(about.certificates)


def test_a_withdrawn_promise_is_not_named(tmp_path):
    bare = make_run(tmp_path / "original", "original", forget=30, keep=20)
    about = summarize(load([bare])).about
    assert about.certificates == about.promises == ()


@pytest.mark.parametrize(
    ("how", "said"), [("failed", "gave no answer"), ("skipped", "not asked"), ("unknown", "")]
)
def test_a_judge_that_answered_nothing_is_not_named_as_one_that_did(tmp_path, how, said):
    (run,) = load([make_run(tmp_path / "IDK", "IDK", forget=30, keep=20)])
    rows = []
    for row in run.rows:
        tiers = {"gpt": row.evidence.tiers["gpt"], "big": Evidence.missing("HTTP 401")}
        if how == "skipped":
            del tiers["big"]
        evidence = None if how == "unknown" else row.evidence.model_copy(update={"tiers": tiers})
        rows.append(row._replace(evidence=evidence))
    cascades = {"forgetting": CascadeAbout(tiers=("gpt", "big"))}
    found = summarize([replace(run, rows=rows, about=RunAbout(cascades=cascades))]).about
    assert found.judges == ("gpt", f"big ({said})" if said else "big")
    assert not said or f"big ({said})" in citation(found)
