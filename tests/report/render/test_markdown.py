"""GitHub Markdown: what a README holds comes first, and whatever stands in a text stays text."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from judgekit.report import load, summarize, to_markdown
from judgekit.report.render.answer import COLUMNS, rate
from judgekit.report.render.cells import in_words
from judgekit.report.render.citation import citation
from judgekit.report.render.markdown import escape
from judgekit.report.sections import SECTIONS
from tests.report.make_runs import HOSTILE, METHODS, make_run

GITHUB = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("runs")
    return summarize(load([make_run(folder / name, name, human=0.2, outputs=HOSTILE) for name in METHODS]))


def plain(inline: Any) -> str:
    """The text of an inline element that holds nothing but text."""
    assert {child.type for child in inline.children} <= {"text", "text_special"}, inline.children
    return "".join(child.content for child in inline.children)


@given(
    st.text(alphabet=st.one_of(st.sampled_from("\\`*_{}[]<>|#~$&-+=1.)!:@ \n"), st.characters(codec="utf-8")))
)
@example("1. item")
@example("- item")
@example("&lt;script&gt; &#42;")
@example("$x$ ~~gone~~ [a](b) <b>")
def test_whatever_a_text_holds_a_cell_and_a_list_item_show_it(text: str) -> None:
    wanted = " ".join(text.replace("\0", "\N{REPLACEMENT CHARACTER}").split())
    listed = GITHUB.parse(f"- {escape(text)}\n")
    inline = [token for token in listed if token.type == "inline"]
    assert [token.type for token in listed].count("list_item_open") == 1
    assert "".join(map(plain, inline)) == wanted
    table = GITHUB.parse(f"| A | B |\n|---|---|\n| {escape(text)} | x |\n")
    cells = [token for token in table if token.type == "inline"]
    assert [plain(cell) for cell in cells] == ["A", "B", wanted, "x"]


def test_a_readme_can_hold_the_first_part(summary: Any) -> None:
    first, _, rest = to_markdown(summary).partition("\n## ")
    tokens = GITHUB.parse(first)
    kinds = [token.type for token in tokens]
    assert kinds.count("heading_open") == 1 and kinds.count("table_open") == 1
    items = [plain(tokens[at + 2]) for at, kind in enumerate(kinds) if kind == "list_item_open"]
    assert items == [" ".join(found.text.split()) for found in summary.headlines]
    rows = [plain(tokens[at + 2]) for at, kind in enumerate(kinds) if kind == "tr_open"][1:]
    by_name = {run.name: run for run in summary.runs}
    assert rows == [by_name[name].title for name in summary.order]
    for run in summary.runs:
        for column in COLUMNS:
            assert escape(in_words(rate(run, column))) in first
    assert escape(citation(summary.about)) in first
    assert rest, "the sections follow"


def test_every_finding_is_there_once_under_its_question(summary: Any) -> None:
    told = to_markdown(summary)
    sections = {part.partition("\n")[0]: part for part in told.split("\n## ")[1:]}
    for found in summary.findings:
        if found not in summary.headlines:
            assert f"- {escape(found.text)}" in sections[escape(SECTIONS[found.about])].splitlines()
            assert told.count(f"- {escape(found.text)}\n") == 1


def test_every_table_is_one_to_a_parser(summary: Any) -> None:
    hostile = replace(summary.runs[0], title=HOSTILE[1])
    runs = (hostile, *summary.runs[1:])
    told = to_markdown(replace(summary, runs=runs))
    tokens = GITHUB.parse(told)
    assert [t.type for t in tokens].count("table_open") == sum(
        line.startswith("|---") for line in told.splitlines()
    )
    assert not [t for t in tokens if t.type in ("html_block", "fence", "code_block")]
    assert unescape("&lt;img") in "".join(plain(t) for t in tokens if t.type == "inline")
