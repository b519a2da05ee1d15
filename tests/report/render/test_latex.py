"""The table for a paper: it compiles whatever a run is called, and prints in bold only what the data decide."""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from judgekit.display import printable
from judgekit.report import load, summarize
from judgekit.report.render.answer import best_first
from judgekit.report.render.citation import citation
from judgekit.report.render.latex import _SPECIAL, APART, BOLD, FAILURES, escape, to_latex
from tests.report.make_runs import METHODS, make_run

COMMANDS = re.compile(r"\\(?:[a-zA-Z]+|.)")
HOSTILE = (
    r"_%&#${}~^\ [red]*",
    "--''``",
    "Zoë Łódź ffi",
    "日本 😀 ½",
    "a\nb\x07\udc80",
    r"\input{x} \end{document}",
)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Any:
    folder = tmp_path_factory.mktemp("runs")
    return summarize(load([make_run(folder / name, name, human=0.3, forget=120) for name in METHODS]))


PIECE = re.compile(
    r"\\judgekitunicode\{(?P<shown>[^{}]*)\}\{[^{}]*\}"
    r"|(?P<accented>\\([`'^~\"=.]|[uvHrcd](?=\{))\{[a-zA-Z]\})"
    r"|(?P<known>\\[a-zA-Z]+\{\}|\\[{}$&%#_]|\{\\char34\}|\{[\[\]*]\})"
    r"|(?P<between>\{\})"
    r"|(?P<plain>[^\\{}$&%#_~^])"
)
SHOWN = {told: char for char, told in _SPECIAL.items()}


def set_by_latex(told: str) -> str:
    """What LaTeX would print; every character of the source belongs to a piece that is known."""
    text, at = "", 0
    while at < len(told):
        piece = PIECE.match(told, at)
        assert piece, told[at:]
        at = piece.end()
        kind = piece.lastgroup
        if kind == "accented":
            letter = next(c for c in map(chr, range(0xC0, 0x1F00)) if escape(c) == piece[0])
            text += letter
        elif kind == "known":
            text += SHOWN[piece[0]]
        elif kind != "between":
            text += piece[kind]
    return text


@given(st.text(), st.sampled_from(HOSTILE))
@example("", "\ud800")
def test_every_text_is_set_as_itself(text: str, more: str) -> None:
    plain = printable(" ".join((text + more).split())).encode("utf-8", "replace").decode()
    assert unicodedata.normalize("NFC", set_by_latex(escape(text + more))) == unicodedata.normalize(
        "NFC", plain
    )


def test_letters_stay_letters_and_what_no_font_has_is_spelled() -> None:
    assert escape("a_b 5%") == r"a\_b 5\%"
    assert escape("Zoë–Łódź") == r"Zo\"{e}\textendash{}\L{}\'{o}d\'{z}"
    assert escape("Zoe\u0308") == escape("Zoë"), "a letter and its accent may be two characters"
    assert escape("--") == "-{}-", "two hyphens are no dash"
    assert escape("日本") == r"\judgekitunicode{日本}{U+65E5 U+672C}"


def rows(text: str) -> dict[str, str]:
    body = text.partition(r"\midrule")[2].partition(r"\bottomrule")[0]
    found = [line for line in body.splitlines() if "&" in line]
    names = (COMMANDS.sub("", line.split(r"\textsuperscript")[0]) for line in found)
    return {name.replace("}{", "").strip("{"): line for name, line in zip(names, found, strict=True)}


def test_a_row_a_run_with_its_intervals_and_the_models_to_measure_by_last(summary: Any) -> None:
    told = rows(to_latex(summary))
    assert len(told) == len(summary.runs)
    assert list(told)[-2:] == ["retain90", "original"]
    leaked = summary.runs[0].side("forget").rates["leaked"]
    assert rf"\judgekitcell{{{100 * leaked.value:.1f}}}{{{{[}}{100 * leaked.low:.1f}" in told["original"]


def test_bold_is_what_the_data_decide_and_nothing_else(summary: Any) -> None:
    (found,) = summary.comparisons
    assert to_latex(summary).count(r"\textbf") == len(found.leaders) > 0
    undecided = replace(summary, comparisons=(replace(found, leaders={}),))
    assert r"\textbf" not in to_latex(undecided) and "none is bold" in to_latex(undecided)
    assert escape(BOLD) not in to_latex(replace(summary, comparisons=()))


def test_nothing_is_bold_in_a_table_of_runs_that_were_asked_different_questions(summary: Any) -> None:
    (found,) = summary.comparisons
    apart = replace(found, runs=tuple(run for run in found.runs if run != "IDK"))
    assert found.leaders and APART not in to_latex(summary)
    told = to_latex(replace(summary, comparisons=(apart,)))
    assert r"\textbf" not in told and escape(APART) in told and escape(BOLD) not in told
    collapsed = replace(found, runs=tuple(run for run in found.runs if run != "GradAscent_lr1e-4"))
    assert r"\textbf" in to_latex(replace(summary, comparisons=(collapsed,))), "it is no candidate"


def test_every_row_says_what_it_rests_on_and_the_note_explains_it(summary: Any) -> None:
    told = to_latex(summary)
    assert all(r"\textsuperscript{a}" in row for row in rows(told).values())
    assert r"\textsuperscript{a} Corrected by people's labels" in told
    assert told.count(r"$^\dagger$") == 2, "one collapsed run, and the note"
    assert f"% {citation(summary.about)}" in told.splitlines()


def test_a_certificate_or_judge_cannot_leave_the_comment(summary: Any) -> None:
    about = replace(summary.about, judges=("a\n\\evil",))
    assert not [
        line for line in to_latex(replace(summary, about=about)).splitlines() if line.startswith(r"\evil")
    ]


def test_judges_that_failed_are_told_below_the_table(summary: Any) -> None:
    """The first by a sentence each, the others counted: what figures cannot show."""
    assert "failed" not in to_latex(summary)
    said = "judge 'b_1' failed on 3 of 120 items under forgetting (time-out)"
    first, *others = best_first(summary)
    one = (replace(first, failed=(said,)), *others)
    assert rf"{escape(f'{first.title}: {said}.')}" in to_latex(replace(summary, runs=one))
    every = tuple(replace(run, failed=(said,)) for run in summary.runs)
    told = to_latex(replace(summary, runs=every))
    assert told.count(escape(said)) == FAILURES
    assert f"{len(every) - FAILURES} more judges failed on some items." in told


def compiled(folder: Path, told: str, paper: str = r"\documentclass{article}") -> str:
    """What pdfLaTeX says of a paper with the table in it."""
    if shutil.which("pdflatex") is None or shutil.which("kpsewhich") is None:
        pytest.skip("no LaTeX on this machine")
    if not subprocess.run(["kpsewhich", "booktabs.sty"], capture_output=True, check=False).stdout:
        pytest.skip("LaTeX without booktabs on this machine")
    (folder / "table.tex").write_text(told, "utf-8", "replace")
    (folder / "paper.tex").write_text(
        paper + r"\usepackage{booktabs}\begin{document}\listoftables\input{table}"
        r"Text\footnote{\judgekitcitation} and Table~\ref{tab:judgekit}.\end{document}"
    )
    for _ in range(2):  # the list of tables is read back
        done = subprocess.run(
            ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "paper"],
            cwd=folder,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
        )
        assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


@pytest.mark.slow
def test_it_compiles(summary: Any, tmp_path: Path) -> None:
    runs = [replace(run, name=f"{name} {run.name}") for run, name in zip(summary.runs, HOSTILE, strict=True)]
    order = tuple(run.name for run in runs)
    compiled(tmp_path, to_latex(replace(summary, runs=tuple(runs), order=order)))


@pytest.mark.slow
@pytest.mark.parametrize("paper", [r"\documentclass{article}", r"\documentclass[twocolumn]{article}"])
def test_it_fits_the_page_and_the_column(summary: Any, paper: str, tmp_path: Path) -> None:
    """Twice in one paper, too; names as sweeps have them, cut at their blanks where there is little room."""
    runs = tuple(replace(run, title=f"GradAscent lr {k}e-5") for k, run in enumerate(summary.runs))
    told = to_latex(replace(summary, runs=runs))
    again = told.replace("tab:judgekit", "tab:again")
    said = compiled(tmp_path, told + again, paper)
    assert "Overfull" not in said, said[said.index("Overfull") :][:300]
