"""A chart from another package, and charts that cannot vanish."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from judgekit.report import load, summarize
from judgekit.report.render import html
from judgekit.report.render.charts import SHIPPED
from judgekit.report.render.charts.base import Chart, Drawing
from judgekit.report.sections import SECTIONS
from tests.extensions.packages import ROOT, Site, example
from tests.report.make_runs import make_run

CHARTS = ROOT / "judgekit" / "report" / "render" / "charts"


def scored(site: Site, folder: Path) -> Path:
    rows = [
        {"id": "1", "question": "Where?", "reference": "Ghent", "output": "Ghent", "split": "forget"},
        {"id": "2", "question": "Who?", "output": "Ada", "split": "forget"},  # no reference: left open
    ]
    path = folder / "o.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    site.judgekit("score", path, "--out", folder / "runs", code=4)
    return folder / "runs" / "o"


def test_the_chart_of_the_manual_stands_in_its_section(site: Site, tmp_path: Path) -> None:
    site.install("judgekit-open-items", example("A chart"))
    site.judgekit("report", scored(site, tmp_path), "--out", tmp_path / "r.html")
    page = (tmp_path / "r.html").read_text("utf-8")
    trust = page[page.index('<section id="trust">') : page.index('<section id="measures">')]
    assert '<figure id="chart-open-items">' in trust and "<h3>Items left open</h3>" in trust
    assert "o: 1 open" in trust and "Abstained and unscored items." in trust


def test_a_chart_without_a_place_stops_the_page_with_one_line_and_nothing_else(
    site: Site, tmp_path: Path
) -> None:
    code = (
        "from judgekit.report.render.charts.base import Chart\n"
        "CHART = Chart('lost', 'nowhere', 'Lost', lambda summary: None)\n"
    )
    site.install("judgekit-broken", {"broken.py": code}, {"judgekit.charts": {"lost": "broken:CHART"}})
    run = scored(site, tmp_path)
    said = site.judgekit("report", run, "--out", tmp_path / "r.html", code=2)
    assert (
        "entry point 'lost' (judgekit.charts) of package judgekit-broken: broken:CHART cannot be loaded"
        in said
    )
    assert (
        "chart 'lost' has no place: 'nowhere' is none of answer, leaks, kept, compare, sweep, trust, cost, measures, items"
        in said
    )
    site.judgekit("report", run, "--markdown", tmp_path / "r.md")


@pytest.mark.parametrize("place", SECTIONS)
def test_every_place_shows_its_charts(place: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    runs = load([make_run(tmp_path / "run", "IDK", forget=4, keep=4)])  # one run: nothing is compared
    drawing = Drawing((2, 1), lambda figure, axes: None, "A caption.", "some words")
    chart = Chart("here", place, "Here", lambda summary: drawing)
    monkeypatch.setattr("judgekit.report.render.charts.SHIPPED", (chart,))
    page = html.to_html(summarize(runs), runs)
    sections = re.split(r'<section id="(\w+)"', page)
    inside = dict(zip(sections[1::2], sections[2::2], strict=True))
    assert '<figure id="chart-here">' in inside[place] and page.count('<figure id="chart-here">') == 1


def test_a_chart_is_whole() -> None:
    """The drill: a module whose charts are in SHIPPED, a name of its own, a word in docs/report.md, a test."""
    manual = (ROOT / "docs" / "report.md").read_text("utf-8").lower()
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "report").rglob("*.py"))
    init = (CHARTS / "__init__.py").read_text("utf-8")
    listed = init[init.index("SHIPPED =") :]
    for path in CHARTS.glob("*.py"):
        made = re.findall(r"^(\w+) = Chart\(", path.read_text("utf-8"), re.M)
        for name in made:
            assert f"{path.stem}.{name}" in listed, f"charts/__init__.py: SHIPPED lacks {path.stem}.{name}"
        assert made or path.stem in ("__init__", "base"), f"charts/{path.name} makes no Chart"
        assert not made or path.stem in tests, f"charts/{path.name}: no test in tests/report names it"
    names = [chart.name for chart in SHIPPED]
    assert len(names) == len(set(names)), f"two charts are named alike: {names}"
    for chart in SHIPPED:
        assert chart.title.lower() in manual, (
            f"chart '{chart.name}': docs/report.md does not say '{chart.title}'"
        )
    with pytest.raises(ValueError, match="has no title"):
        replace(SHIPPED[0], title="")
