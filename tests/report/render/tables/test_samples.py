"""Several outputs a question on the page: tables, the curve, and every number in the CSV."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import asdict, replace

import pytest

from judgekit.report import summarize, to_csv
from judgekit.report.render.charts import any_of_k
from judgekit.report.render.tables.samples import by_probe, sample_tables
from judgekit.report.samples.count import samples
from tests.report.render.test_numbers import renumbered, walked
from tests.report.samples.making import made_run

ASKED = {
    f"q{n}": {"": "Lwwwwwww" if n % 3 else "wwwwwwwu", "paraphrase 1": "L" if n % 2 else "w"}
    for n in range(30)
}


@pytest.fixture(scope="module")
def summary():
    return summarize([made_run(ASKED), made_run({f"q{n}": {"": "w"} for n in range(30)}, "IDK")])


def test_tables(summary):
    curve, probes, measures = sample_tables(summary.runs)
    assert curve.columns == (
        "Run",
        "Asked",
        "Questions",
        "Outputs a question",
        "1 output",
        "Any of 2",
        "Any of 4",
        "Any of 8",
    )
    assert [row[:4] for row in curve.rows] == [("NPO", "plainly", "30", "8")]
    assert curve.rows[0][-1].bounds == pytest.approx((20 / 30, 1))
    assert [row[1] for row in probes.rows] == ["plainly", "paraphrase 1", "in any of 2 ways"]
    assert probes.rows[1][-1] == "0 of 0"
    assert curve.place == probes.place == "leaks" and measures.place == "measures"
    assert "Contains the answer" in [row[1] for row in measures.rows]


def test_a_table_has_room_for_five_k():
    found = samples(made_run({"q": {"": "w" * 200}}))
    table, *_ = sample_tables([replace(summarize([made_run(ASKED)]).runs[0], samples=found)])
    assert table.columns[4:] == ("1 output", "Any of 4", "Any of 16", "Any of 64", "Any of 200")
    assert not by_probe([]).rows


def test_runs_with_one_output_a_question_have_no_such_tables():
    runs = summarize([made_run({"q": {"": "w"}})]).runs
    assert not any(table.rows for table in sample_tables(runs))


def test_the_chart_says_in_words_what_it_shows(summary):
    drawing = any_of_k.CHART.draw(summary)
    assert drawing is not None
    assert drawing.text.startswith("NPO, plainly: ") or drawing.text.startswith("NPO: ")
    assert "in any of 8" in drawing.text and "opinion" in drawing.caption
    assert any_of_k.CHART.draw(summarize([made_run({"q": {"": "w"}})])) is None


def test_every_number_is_in_the_csv(summary):
    marked = renumbered(summary, itertools.count(1000))
    rows = list(csv.DictReader(io.StringIO(to_csv(marked))))
    cells = ("value", "low", "high", "bound_low", "bound_high", "items", "at", "level")
    told = {float(row[name]) for row in rows for name in cells if row[name]}
    met = [one for one in walked(asdict(marked)) if ".samples." in one[0]]
    lost = {path for path, value in met if value not in told}
    # labels that are left out, or were asked for in vain, belong to rates that rest on a sample of labels
    assert {path.rpartition(".")[2] for path in lost} <= {"left_out", "unanswered"} and len(met) > 50
    assert not any(path.endswith("curves.*.left_out") for path in lost)
