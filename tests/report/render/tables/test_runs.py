"""The tables of runs: what is promised and what figures rest on, and measures of few runs and of many."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judgekit.report import load, summarize
from judgekit.report.render.cells import in_words
from judgekit.report.render.tables.runs import BESIDE, judged, measures, recorded, trust
from tests.report.make_runs import certified, make_run
from tests.report.render.charts.drawings import made_up, of_many


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    return made_up(tmp_path_factory.mktemp("runs"))


def figures(table, turned):
    """Measure and run -> what the table says of them."""
    told = {}
    for name, *cells in table.rows:
        for column, cell in zip(table.columns[1:], cells, strict=True):
            told[(column, name) if turned else (name, column)] = in_words(cell)
    return told


@pytest.mark.parametrize("count", [2, BESIDE])
def test_few_runs_stand_beside_each_other(summary, count):
    few = of_many(summary, count)
    for table in measures(few):
        assert table.columns[0] == "Measure" and len(table.columns) == 1 + count


@pytest.mark.parametrize("count", [BESIDE + 1, 50])
def test_of_many_runs_each_has_a_row_with_the_same_figures(summary, count, monkeypatch):
    many = of_many(summary, count)
    turned = list(measures(many))
    assert turned
    for table in turned:
        assert table.columns[0] == "Run" and len(table.rows) == count
        assert {len(row) for row in table.rows} == {len(table.columns)}
    monkeypatch.setattr("judgekit.report.render.tables.runs.BESIDE", count)
    for table, plain in zip(turned, measures(many), strict=True):
        assert figures(table, turned=True) == figures(plain, turned=False)
        assert (table.name, table.title, table.note) == (plain.name, plain.title, plain.note)


def test_what_the_files_recorded_of_many_runs_is_turned_too(summary):
    runs = tuple(replace(run, recorded={"f": 0.25}) for run in of_many(summary, 9).runs)
    table = recorded(replace(of_many(summary, 9), runs=runs))
    assert table.columns == ("Run", "f") and len(table.rows) == 9
    nothing = replace(of_many(summary, 9), runs=tuple(replace(run, recorded={}) for run in runs))
    assert not recorded(nothing).rows


def test_what_is_promised_is_a_share_and_a_confidence(tmp_path):
    summary = summarize(load([make_run(tmp_path / "IDK", "IDK", calibrations=certified("IDK"), human=0.4)]))
    table = trust(summary)
    assert {row[table.columns.index("Promised")] for row in table.rows} == {"80 % agreement, 90 % confidence"}


def test_what_figures_rest_on_is_not_said_twice(tmp_path):
    summary = summarize(load([make_run(tmp_path / "IDK", "IDK", human=0.6)]))
    table = next(iter(judged(summary)))
    said = table.rows[0][table.columns.index("Rests on")]
    assert "human labels" in said and not said.startswith("Rests on")
