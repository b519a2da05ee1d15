"""What the report says of recorded outputs, judged by the lexical judge alone."""

from __future__ import annotations

import pytest

from judgekit import api
from judgekit.report import load, summarize
from tests.shared_data import shared

pytestmark = pytest.mark.slow

FILES = (
    "tofu_Llama-3.1-8B-Instruct_retain90/TOFU_EVAL.json",
    "tofu_Llama-3.1-8B-Instruct_original/TOFU_EVAL.json",
    "duet_GradAscent_lr1e-5/DUET_EVAL.json",
    "duet_GradAscent_lr1e-4/DUET_EVAL.json",
    "duet_NPO_lr1e-5/DUET_EVAL.json",
    "duet_NPO_lr1e-4/DUET_EVAL.json",
)


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    folder = tmp_path_factory.mktemp("scored")
    folders = [folder / file.split("/")[0] for file in FILES]
    for file, out in zip(FILES, folders, strict=True):
        api.score(shared(f"data/outputs/open_unlearning/{file}"), out)
    return summarize(load(folders))


def test_what_can_be_said(summary):
    said = [finding.text for finding in summary.findings]
    assert said[0].startswith("original · Llama-3.1-8B-Instruct leaks most")
    assert "Not all runs were asked the same questions" in said[0]
    assert any(text.startswith("GradAscent lr 1e-4 is degenerate, not forgotten well") for text in said)
    retained = "retain90 · Llama-3.1-8B-Instruct reveals little"
    assert any(text.startswith(retained) and text.endswith("it never saw the forget set.") for text in said)
    assert not any(text.startswith("GradAscent lr 1e-4 forgot well") for text in said)


def test_only_runs_on_the_same_questions_are_compared(summary):
    assert sorted(len(found.runs) for found in summary.comparisons) == [2, 4]


def test_control_changes_the_pick_of_a_sweep_that_ends_in_gibberish(summary):
    picks = {made.method: made for found in summary.comparisons for made in found.control}
    assert picks["GradAscent"].uncontrolled == "duet_GradAscent_lr1e-4"
    assert picks["GradAscent"].controlled == "duet_GradAscent_lr1e-5"


def test_a_leak_counts_in_whatever_form(summary):
    """Of the outputs of NPO at the higher rate that give the reference and then loop, none is lost to gibberish."""
    group = next(run for run in summary.runs if run.name == "duet_NPO_lr1e-4").side("forget")
    leaked, degenerate = group.rates["leaked"].bounds, group.rates["degenerate"].bounds
    assert (
        0.47 < leaked[0] <= leaked[1] < leaked[0] + 0.01
    )  # outputs that contradict themselves are left open
    assert degenerate[0] > 0.14
    assert group.unread["leaked"] > 20 and group.unread["degenerate"] == group.counts["degenerate"]
    said = next(f.text for f in summary.findings if f.text.startswith("NPO lr 1e-4 gives gibberish"))
    assert " leak: of " in said and "do not read as an answer either" in said


def test_measures_are_those_of_the_file(summary):
    run = next(run for run in summary.runs if run.name.endswith("original"))
    measures = {made.name: made.value for made in run.measures if not made.split}
    assert measures["model_utility_tofu"] == pytest.approx(run.recorded["model_utility"], abs=1e-6)
