"""Every part of a report stands in a section that there is."""

from __future__ import annotations

from judgekit.report import load, summarize
from judgekit.report.render.charts import SHIPPED
from judgekit.report.render.tables.runs import tables
from judgekit.report.sections import SECTIONS
from tests.report.make_runs import make_run


def test_sentences_tables_and_charts_have_a_section(tmp_path):
    runs = [
        make_run(tmp_path / name, name, unscored=0.1) for name in ("original", "IDK", "GradAscent_lr1e-4")
    ]
    summary = summarize(load(runs))
    places = [found.about for found in summary.findings]
    places += [table.place for table in tables(summary)]
    places += [chart.place for chart in SHIPPED]
    assert set(places) <= set(SECTIONS)
    assert {"answer", "leaks", "kept", "compare", "trust", "cost", "measures"} <= set(places)
