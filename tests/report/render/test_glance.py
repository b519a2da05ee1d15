"""The first table: every figure leads to exactly the items that it counts."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs

import pytest

from judgekit.report import load, summarize
from judgekit.report.render.glance import glance
from judgekit.report.words import estimate
from tests.report.make_runs import certified, make_run

NAMES = ("IDK", "NPO_lr1e-5", "GradAscent_lr1e-4", "retain90", "original")


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("glance")
    known = {"abstain": 0.1, "unscored": 0.05}
    made = [make_run(folder / name, name, **(known if name == "IDK" else {})) for name in NAMES]
    return load([*made, make_run(folder / "sure", "IDK", calibrations=certified("IDK"))])


@pytest.fixture(scope="module")
def found(runs):
    return glance(summarize(runs))


def asked(link: str) -> dict[str, list[str]]:
    assert link.startswith("#items?")
    return parse_qs(link.removeprefix("#items?"))


def test_baselines_stand_apart_from_candidates_in_the_order_of_the_report(runs, found):
    order = list(summarize(runs).order)
    assert [row.run.name for row in (*found.ranked, *found.baselines)] == order
    assert {row.run.name for row in found.baselines} == {"retain90", "original"}


def test_every_link_names_the_labels_it_counts_and_how_many_items_they_are(runs, found):
    by_name = {run.name: run for run in runs}
    followed = 0
    for row in (*found.ranked, *found.baselines):
        for shown in row.shown:
            verdicts = [judged.verdict for judged in by_name[row.run.name].rows]
            assert shown.linked.text == estimate(shown.rate)
            if not shown.linked.link:
                assert shown.linked.items == 0
                continue
            wanted = asked(shown.linked.link)
            hit = [
                v
                for v in verdicts
                if v.label in wanted["label"]
                and v.rubric in wanted["rubric"]
                and wanted["run"] == [row.run.name]
            ]
            assert len(hit) == shown.linked.items > 0
            followed += 1
    assert followed > 12


def test_open_items_lead_to_those_without_a_label(runs, found):
    row = next(row for row in found.ranked if row.open_items.items)
    verdicts = [judged.verdict for run in runs if run.name == row.run.name for judged in run.rows]
    states = asked(row.open_items.link)["state"]
    assert sum(verdict.state in states for verdict in verdicts) == row.open_items.items


def test_a_link_asks_only_for_labels_and_states_that_occur(runs, found):
    """The page says of a link that asks for more that the report does not have it."""
    verdicts = [judged.verdict for run in runs for judged in run.rows]
    kept = [judged for run in runs for judged in run.rows if judged.verdict.state != "unscored"]
    assert {"abstained", "unscored"} <= {verdict.state for verdict in verdicts}
    abstained = [replace(run, rows=[row for row in run.rows if row in kept]) for run in runs]
    (row,) = (
        row
        for row in glance(summarize(abstained)).ranked
        if row.run.name.endswith("IDK") and row.open_items.link
    )
    assert asked(row.open_items.link)["state"] == ["abstained"]
    for row in (*found.ranked, *found.baselines):
        labels = {judged.verdict.label for run in runs if run.name == row.run.name for judged in run.rows}
        for shown in row.shown:
            assert not shown.linked.link or set(asked(shown.linked.link)["label"]) <= labels


def test_a_rate_that_labels_correct_is_not_said_as_a_count(tmp_path):
    plain, labeled = (
        glance(summarize(load([make_run(tmp_path / str(human), "IDK", human=human)]))).ranked[0].shown[0]
        for human in (0.0, 0.5)
    )
    assert f"({plain.linked.items} of 60 verdicts)" in plain.note
    assert "an estimate that people's labels correct" in labeled.note
    assert f"the link shows the verdicts, {labeled.linked.items} of 60" in labeled.note


def test_the_legend_explains_what_occurs_and_nothing_else(runs, found):
    assert found.silent, "gradient ascent at this rate no longer answers"
    assert {mark.word for mark in found.marks} == {"certified", "judge only"}
    assert found.left_open
    plain = glance(summarize([run for run in runs if run.name == "original"]))
    assert not plain.silent and not plain.left_open
    assert "best" not in plain.caption, "one run has no order"


def test_a_side_that_the_file_lacks_has_no_figure(tmp_path):
    (row,) = glance(summarize(load([make_run(tmp_path / "run", "IDK", keep=0)]))).ranked
    assert row.shown[-1] is None and row.shown[0] is not None
