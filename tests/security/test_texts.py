"""What is printed, and written as Markdown, LaTeX or XML, is obeyed by no terminal, renderer, compiler or parser."""

from __future__ import annotations

import json
import re
import unicodedata
from pathlib import Path
from xml.etree import ElementTree

import pytest

from judgekit.report import load, summarize
from judgekit.report.render.latex import to_latex
from tests.cli.calling import judgekit
from tests.security.payloads import payloads
from tests.security.test_pages_browser import hostile_run

TERMINAL = (
    "\x1b[2J\x1b[H",
    "\x1b]0;title\x07",
    "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\",
    "\x1b]52;c;ZXZpbA==\x07",
    "\x1bP+q544e\x1b\\",
    "\x1b[6n\x1b[c",
    "\x9b31m",
    "\x07\x08\x08\x08\x7f",
    "a\rb",
    "\u202e\u2066gnp.exe\u2069",
    "\u200e\u200f\u061c",
    "\x1b[8mhidden\x1b[0m",
    "\x0e\x0f",
    "[bold red]mark-up of rich[/]",
)
LATEX = (
    r"\input{/etc/passwd}",
    r"\write18{touch /tmp/x}",
    r"\immediate\write18{id}",
    r"\include{x}\usepackage{x}\openin5=/etc/passwd",
    r"\catcode`\@=11 \csname write\endcsname18{id}",
    r"^^5cinput{/etc/passwd}",
    r"\directlua{os.execute('id')}",
    r"} \end{table} \input{x} {",
    r"$\href{javascript:alert(1)}{x}$",
    "% comment\n\\input{x}",
    r"\def\x{\x}\x",
)
MARKDOWN = (
    "![x](https://evil.example/i.png)",
    "[x](javascript:alert(1))",
    "<https://evil.example/auto>",
    "[a]: https://evil.example",
    "<img src='https://evil.example/i.png'>",
    "| a | b |\n|---|---|",
    "```\ncode\n```",
    "# heading",
    "<!-- comment -->",
    "&lt;img src=x&gt;",
    "$$\\href{javascript:alert(1)}{x}$$",
    "<details><summary>x",
    "- [x] task",
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with runs that hold these texts in every field."""
    folder = tmp_path_factory.mktemp("texts")
    texts = [*TERMINAL, *LATEX, *MARKDOWN, *payloads("https://evil.example")[:20]]
    for number in range(6):
        hostile_run(folder / "runs", number * 8, texts)
    return folder


def runs(place: Path) -> list[Path]:
    """The run folders there."""
    return sorted((place / "runs").iterdir())


@pytest.mark.slow
def test_no_terminal_is_steered(place: Path) -> None:
    first = runs(place)[0]
    for verb in (
        ("report", *runs(place)),
        ("report", first, "--json"),
        ("validate", first),
        ("gate", first, "--leaked-below", "0.1"),
        ("gate", first, "--leaked-below", "0.1", "--json"),
        ("queue", first, "--rubric", "forgetting", "-o", place / "q.jsonl"),
        ("people", first),
        (
            "calibrate",
            first,
            "--rubric",
            "forgetting",
            "--labels",
            first / "items.jsonl",
            "-o",
            place / "c.json",
        ),
        ("score", first / "items.jsonl", "-o", place / "again"),
        ("plan", first / "items.jsonl"),
        ("rubrics", TERMINAL[0]),
    ):
        done = judgekit(*verb, cwd=place)
        said = done.stdout + done.stderr
        steering = [
            one
            for one in said
            if unicodedata.category(one) in ("Cc", "Cf") and one not in "\n\t\u200b\u200c\u200d\ufeff"
        ]
        assert steering == [], (verb[0], said[:300])


@pytest.mark.slow
def test_no_markdown_calls_home(place: Path) -> None:
    """As a renderer of CommonMark with tables and HTML reads it, as README files and job summaries are."""
    markdown_it = pytest.importorskip("markdown_it")
    reader = markdown_it.MarkdownIt("commonmark", {"html": True}).enable("table")
    done = judgekit("report", *runs(place), "--markdown", "r.md", cwd=place)
    assert done.returncode == 0, done.stderr
    summary = {"GITHUB_STEP_SUMMARY": str(place / "summary.md")}
    judgekit("gate", *runs(place)[:3], "--leaked-below", "0.1", cwd=place, env=summary)
    assert judgekit("export", runs(place)[0], "card", cwd=place).returncode == 0
    for path in (place / "r.md", place / "summary.md", place / "card" / "README.md"):
        text = re.sub(r"\A---\n.*?\n---\n", "", path.read_text("utf-8"), flags=re.DOTALL)
        tokens = [token for block in reader.parse(text) for token in (block, *(block.children or ()))]
        kinds = {token.type for token in tokens}
        assert "table_open" in kinds and "inline" in kinds
        assert not kinds & {"image", "link_open", "html_inline", "html_block", "fence", "code_block"}, path


@pytest.mark.slow
def test_no_latex_command_of_a_name_is_one(place: Path) -> None:
    lines = to_latex(summarize(load(runs(place)))).splitlines()
    told = "\n".join(line for line in lines if not line.startswith("%"))
    for command in (
        "input",
        "write",
        "immediate",
        "include",
        "openin",
        "directlua",
        "csname",
        "href",
        "catcode",
    ):
        assert not re.search(rf"\\{command}(?![a-z])", told), command
    assert "^^" not in told


@pytest.mark.slow
def test_junit_is_xml_whatever_a_run_is_called(place: Path) -> None:
    judgekit("gate", *runs(place), "--leaked-below", "0.1", "--junit", "j.xml", cwd=place)
    suite = ElementTree.parse(place / "j.xml").getroot()[0]
    assert {child.tag for case in suite for child in case} <= {"failure", "error", "system-out"}
    assert json.dumps([case.get("name") for case in suite])
