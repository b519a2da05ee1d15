"""The page as one file: sections in the order of a reader's questions, its own scripts and styles alone."""

from __future__ import annotations

import re

from judgekit.report import load, summarize
from judgekit.report.render.html import SCRIPTS, STYLES, fragment, to_html
from judgekit.report.render.templates import part
from judgekit.report.sections import SECTIONS
from tests.report.make_runs import make_run


def test_sections_stand_in_their_order_and_ask_nothing_of_the_network(tmp_path):
    runs = load([make_run(tmp_path / name, name) for name in ("original", "IDK")])
    page = to_html(summarize(runs), runs)
    met = [key for key in re.findall(r'<section id="(\w+)"', page) if key in SECTIONS]
    assert met == [key for key in SECTIONS if key in met] and {"answer", "items"} <= set(met)
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
    assert "unsafe-inline" not in page and " style=" not in page


def test_every_script_and_style_of_the_folder_is_in_the_page():
    assert all(part(name).strip() for name in (*STYLES, *SCRIPTS))
    assert SCRIPTS.index("data.js") < SCRIPTS.index("items.js")


def test_a_notebook_gets_the_headlines_and_the_table_without_scripts(tmp_path):
    summary = summarize(load([make_run(tmp_path / "IDK", "IDK")]))
    made = fragment(summary)
    assert "<script" not in made and "<table" in made
    assert "forget outputs" in made
