"""The head of a report: what was judged, by whom, when, under which promise."""

from __future__ import annotations

from judgekit import __version__
from judgekit.report import load, summarize
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
