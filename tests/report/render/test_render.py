"""Pages, tables and lines that hold any text and need nothing they should not."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.errors import MissingExtra
from judgekit.report import load, summarize, to_csv, to_html, to_json, to_markdown
from judgekit.report.order import best_first
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.cells import in_words
from judgekit.report.render.charts import breakdown, plane
from judgekit.report.render.markdown import escape
from judgekit.report.words import percent
from tests.report.make_runs import HOSTILE, METHODS, make_run


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    texts = (*HOSTILE, "long " * 2000)
    return load(
        [make_run(folder / m, m, outputs=texts, abstain=0.05, unscored=0.02, human=0.1) for m in METHODS]
    )


@pytest.fixture(scope="module")
def summary(runs):
    return summarize(runs)


@given(st.text())
def test_markdown_cells_stay_cells(text):
    assert not re.search(r"(?<!\\)(?:\\\\)*\||\n|<", escape(text))


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def test_page_holds_no_element_from_a_text_and_no_address(runs, summary):
    page = to_html(summary, runs)
    parser = Elements()
    parser.feed(page)
    tags = [tag for tag, _ in parser.found]
    running = [held for tag, held in parser.found if tag == "script" and not held.get("type")]
    assert running == [{}]
    assert "img" not in tags and "iframe" not in tags
    assert not [name for _, attributes in parser.found for name in attributes if name.startswith("on")]
    asked = [v for _, attributes in parser.found for k, v in attributes.items() if k in ("src", "href")]
    assert all(address.startswith(("#", "data:image/svg+xml,")) for address in asked if address)


def test_run_names_are_text_too(tmp_path):
    names = ("<i>a|b [red]", "plain")  # of one method and setting: called by their names
    runs = load([make_run(tmp_path / name, "IDK", forget=6, keep=6) for name in names])
    summary = summarize(runs)
    page = to_html(summary, runs)
    assert "<i>" not in page
    assert "&lt;i&gt;a|b [red]" in page
    assert r"a\|b" in to_markdown(summary)


def test_every_judged_number_is_in_the_csv(summary):
    rows = list(csv.DictReader(io.StringIO(to_csv(summary))))
    wanted = {
        (run.name, group.split or "all", group.rubric, label, f"{rate.low}", f"{rate.high}")
        for run in summary.runs
        for group in run.groups
        for label, rate in group.rates.items()
    }
    found = {
        (r["run"], r["split"], r["rubric"], r["name"], r["low"], r["high"])
        for r in rows
        if r["section"] == "judged"
    }
    assert found == wanted
    measures = {
        (r["run"], r["split"], r["name"]) for r in rows if r["section"] == "measure" and not r["value"]
    }
    assert measures, "absent measures are listed"
    assert all(r["note"] for r in rows if r["section"] == "measure" and not r["value"]), "with their reason"


def test_json_is_json(summary):
    def refuse(name: str) -> None:
        raise AssertionError(name)

    told = json.loads(to_json(summary), parse_constant=refuse)
    assert next(iter(told)) == "schema"
    assert len(told["runs"]) == len(METHODS)


@pytest.mark.slow
def test_only_the_page_needs_matplotlib(tmp_path):
    make_run(tmp_path / "run", "IDK", forget=6, keep=6)
    code = f"""
import io, sys
from rich.console import Console
from judgekit.report import load, print_summary, summarize, to_csv, to_json, to_markdown
summary = summarize(load([{str(tmp_path / "run")!r}]))
to_csv(summary), to_json(summary), to_markdown(summary), print_summary(summary, Console(file=io.StringIO()))
assert "matplotlib" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_without_matplotlib_the_extra_is_named(runs, summary, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(MissingExtra, match=r"judgekit-certified\[report\]"):
        to_html(summary, runs)


@pytest.mark.slow
def test_the_page_is_the_same_every_time(runs, summary):
    assert to_html(summary, runs) == to_html(summarize(runs), runs)


def test_charts_show_the_rates_of_the_tables(tmp_path):
    runs = load(
        [
            make_run(tmp_path / name, name, forget=300, keep=40, human=0.5, people=1)
            for name in ("IDK", "original")
        ]
    )
    summary = summarize(runs)
    drawn = breakdown.FORGET.draw(summary)
    assert drawn is not None and "undecided" not in drawn.text
    for run in summary.runs:
        rates = run.side("forget").rates
        assert rates["leaked"].kind == "people"
        assert f"leaked {percent(rates['leaked'].value)}" in drawn.text
        assert (
            f"{run.title}: forgotten well {in_words(rates['forgotten well'])}"
            in plane.CHART.draw(summary).text
        )


def test_charts_of_many_runs_show_some_and_say_so(summary):
    many = [replace(summary.runs[k % len(summary.runs)], name=f"r{k}") for k in range(60)]
    drawn = plane.CHART.draw(replace(summary, runs=tuple(many), order=best_first(many)))
    assert drawn.text.count(": forgotten well") == 50
    assert "The best 50 of 60 runs." in drawn.caption


def test_an_interval_never_looks_like_a_point():
    rate = JudgedRate("leaked", 0.0, 0.0, 0.004, (0.0, 0.0), "judge", "")
    assert in_words(rate, digits=0) == "0 % [0.0–0.4]"
    assert in_words(replace(rate, high=0.04), digits=0) == "0 % [0–4]"
