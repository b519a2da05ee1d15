"""The terminal says the same as the page's first screen, on one screen; no name and no figure is ever broken."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from judgekit.report import load, print_summary, summarize
from judgekit.report.render.answer import COLUMNS, rate
from judgekit.report.render.cells import in_words
from judgekit.report.render.terminal import LINES, RUNS, SHORTEST, shortened, shown
from tests.report.make_runs import METHODS, certified, make_run


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("runs")
    runs = [make_run(folder / name, name, abstain=0.05, calibrations=certified(name)) for name in METHODS]
    return summarize(load(runs))


def printed(summary: Any, width: int = 80) -> list[str]:
    console = Console(file=io.StringIO(), width=width)
    print_summary(summary, console)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def many(summary: Any, count: int, name: str = "method lr 1e-{}") -> Any:
    """As many runs, named by number, the models before and without unlearning among them."""
    baselines = [run for run in summary.runs if run.baseline]
    others = [run for run in summary.runs if not run.baseline]
    made = [
        replace(others[k % len(others)], name=name.format(k), title=name.format(k))
        for k in range(count - len(baselines))
    ]
    runs = (*made, *baselines)
    return replace(summary, runs=runs, order=tuple(run.name for run in runs))


@pytest.mark.parametrize("width", [60, 80, 160])
def test_every_figure_stands_whole_on_a_line_with_or_under_its_name(summary: Any, width: int) -> None:
    lines = printed(summary, width)
    assert all(cell_len(line) <= width for line in lines)
    text = "\n".join(lines)
    for run in summary.runs:
        assert run.title in text
        own = text[text.index(run.title) :]
        for column in COLUMNS:
            assert in_words(rate(run, column), digits=0) in own


@pytest.mark.parametrize("count", [6, 10, 14, 50])
def test_one_screen(summary: Any, count: int) -> None:
    made = many(summary, count)
    lines = printed(made)
    assert len(lines) <= LINES
    rows = [line for line in lines if line.startswith(("●", "×")) and "%" in line]
    assert len(rows) == min(count, RUNS)
    assert any(line.startswith("● original") for line in rows), "what the others are measured by is never cut"
    text = " ".join(" ".join(lines).split())
    told = [found for found in made.headlines if " ".join(found.text.split()) in text]
    assert told[0] == made.headlines[0]
    assert set(told) >= {found for found in made.headlines if found.about == "trust"}
    assert any(f"and {count - RUNS:,} more runs" in line for line in lines) == (count > RUNS)


def test_of_few_runs_all_headlines_are_there_and_no_number_is_parted_from_its_percent_sign(
    summary: Any,
) -> None:
    few = replace(summary, runs=summary.runs[:2], order=tuple(run.name for run in summary.runs[:2]))
    for width in (50, 60, 80, 120):
        lines = printed(few, width)
        text = " ".join(" ".join(lines).split())
        assert all(" ".join(found.text.split()) in text for found in few.headlines)
        assert any(found.about == "trust" for found in few.headlines)
        assert not [line for line in lines if line.lstrip().startswith("%")]


def test_what_the_rows_rest_on_is_marked_and_explained(summary: Any) -> None:
    for run in summary.runs:
        (row,) = [line for line in printed(summary) if line[2:].startswith(f"{run.title}  ")]
        assert row.startswith({"certified": "●", "withdrawn": "×"}[run.rests_on])
    assert "● certified  × withdrawn" in printed(summary)
    promised = tuple(run for run in summary.runs if run.rests_on == "certified")
    order = tuple(run.name for run in promised)
    assert "● certified" in printed(replace(summary, runs=promised, order=order))


def test_long_names_are_cut_in_the_middle_and_stay_apart(summary: Any) -> None:
    lines = printed(many(summary, 6, "tofu_Llama-3.2-1B-Instruct_a_very_long_name_{}_of_a_run"))
    rows = [line.split("  ")[0] for line in lines if "%" in line and line.startswith(("●", "×"))]
    assert len(rows) == len(set(rows)) == 6
    assert sum("…" in row for row in rows) == 4


def test_names_that_no_cut_tells_apart_stand_whole_on_lines_of_their_own(summary: Any) -> None:
    name = f"{'a' * 30}{{}}{'b' * 30}"
    lines = printed(many(summary, 6, name))
    assert all(any(line[2:] == name.format(k) for line in lines) for k in range(4))


def test_control_characters_and_markup_of_a_name_are_text(summary: Any) -> None:
    text = "\n".join(printed(many(summary, 4, "[red]\x1b[31m{}")))
    assert "[red]\\x1b[31m0" in text


@given(st.lists(st.text("ab日é\u0301 _", min_size=1, max_size=40), min_size=1), st.integers(0, 60))
def test_shortened_names_fit_and_differ_or_there_are_none(names: list[str], room: int) -> None:
    short = shortened(names, room)
    if short is not None:
        assert all(cell_len(name) <= room for name in short)
        assert len(set(short)) == len(set(names))
    else:
        longest = max(map(cell_len, names))
        assert room < min(SHORTEST, longest) or longest > room


def test_the_models_to_measure_by_are_shown_of_however_many_runs(summary: Any) -> None:
    told = shown(many(summary, 40).runs)
    assert len(told) == RUNS
    assert [run.baseline for run in told if run.baseline] == [
        run.baseline for run in summary.runs if run.baseline
    ]
    assert not re.search("39", " ".join(run.name for run in told))
