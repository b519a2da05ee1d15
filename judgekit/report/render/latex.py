"""The report's first table for a paper: LaTeX with booktabs, bold only where the data decide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from judgekit.display import printable
from judgekit.report.comparison.records import Comparison
from judgekit.report.groups import RunSummary
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.answer import (
    CHANCE,
    MARKS,
    READING,
    READING_CHANCE,
    Column,
    best_first,
    columns,
    marks,
    rate,
)
from judgekit.report.render.cells import ABSENT
from judgekit.report.render.citation import citation
from judgekit.report.render.head import title
from judgekit.report.summary import Summary
from judgekit.report.words import estimate, limits

BOLD = (
    "Bold: better than every other unlearned model that still answers, told apart at 5 % for all pairs together "
    "(Holm); where the best are not told apart, none is bold."
)
APART = "No figure is bold: not all of these unlearned models were asked the same questions."
GONE = "No longer answers what it should keep."
ARROWS = {"↓": r"$\downarrow$", "↑": r"$\uparrow$", "": ""}

_SPECIAL = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    "`": r"\textasciigrave{}",
    '"': r"{\char34}",
    **{char: f"\\{char}" for char in "{}$&%#_"},
    **{char: f"{{{char}}}" for char in "[]*"},  # not an option of the line break before them
    "–": r"\textendash{}",
    "—": r"\textemdash{}",
    "‘": r"\textquoteleft{}",
    "’": r"\textquoteright{}",
    "“": r"\textquotedblleft{}",
    "”": r"\textquotedblright{}",
    "…": r"\dots{}",
    "·": r"\textperiodcentered{}",
    "×": r"\texttimes{}",
    "−": "$-$",
    "±": r"\textpm{}",
    "ß": r"\ss{}",
    "æ": r"\ae{}",
    "Æ": r"\AE{}",
    "œ": r"\oe{}",
    "Œ": r"\OE{}",
    "ø": r"\o{}",
    "Ø": r"\O{}",
    "ł": r"\l{}",
    "Ł": r"\L{}",
}
_ACCENTS = dict(
    zip(
        "\u0300\u0301\u0302\u0303\u0308\u0304\u0307\u0306\u030c\u030b\u030a\u0327\u0323",
        "`'^~\"=.uvHrcd",
        strict=True,
    )
)
_LIGATURES = re.compile(r"([-',])(?=\1)")
"""Letters that LaTeX would draw as one: two hyphens are no dash."""
_UNICODE = r"\providecommand{\judgekitunicode}[2]{\ifdefined\Umathchar#1\else#2\fi}"
"""Text that pdfLaTeX has no letters for is set by XeLaTeX and LuaLaTeX alone; pdfLaTeX prints the code points."""


def to_latex(summary: Summary) -> str:
    """A complete ``table`` environment, to be put into a paper by ``\\input``."""
    body = "\n".join(_table(summary))
    head = [
        r"% Needs \usepackage{booktabs}. It fits itself to a column or a page; for both columns: table*.",
        f"% {' '.join(printable(citation(summary.about)).split())}",
        rf"\def\judgekitcitation{{{escape(citation(summary.about))}}} % say \footnote{{\judgekitcitation}}",
    ]
    if r"\judgekitunicode" in body:
        head.append(_UNICODE)
    return "\n".join([*head, body, ""])


def escape(text: str) -> str:
    """Text that LaTeX sets as itself, on one line, with whichever engine."""
    plain = unicodedata.normalize("NFC", printable(" ".join(text.split())))  # an accent joins its letter
    parts = groupby(plain, key=lambda char: _letter(char) is not None)
    told = (_known(chars) if known else _unknown("".join(chars)) for known, chars in parts)
    return "".join(told)


def _letter(char: str) -> str | None:
    """A character in the letters that every LaTeX has; None where there are none for it."""
    if char in _SPECIAL:
        return _SPECIAL[char]
    if char.isascii():
        return char
    base, accent = (plain := unicodedata.normalize("NFD", char))[:1], plain[1:]
    if accent in _ACCENTS and base.isascii() and base.isalpha():
        return f"\\{_ACCENTS[accent]}{{{base}}}"
    return None


def _known(chars: Iterable[str]) -> str:
    return _LIGATURES.sub(r"\1{}", "".join(_letter(char) or "" for char in chars))


def _unknown(chars: str) -> str:
    codes = " ".join(f"U+{ord(char):04X}" for char in chars)
    shown = chars.encode("utf-8", "replace").decode("utf-8")
    return rf"\judgekitunicode{{{shown}}}{{{codes}}}"


_FIT = r"""
\ifdefined\judgekitbox\else\newsavebox{\judgekitbox}\fi
\def\judgekitfit{\sbox{\judgekitbox}{\judgekittable}}
\def\judgekitcell#1#2{#1\,\rlap{\scriptsize #2}\hphantom{\scriptsize\judgekitwidest}}
\def\judgekitpair#1#2{#1 #2}
\small\judgekitfit
\ifdim\wd\judgekitbox>\linewidth \footnotesize\setlength{\tabcolsep}{3pt}\judgekitfit\fi
\ifdim\wd\judgekitbox>\linewidth % a column of a paper: intervals below their figures
\def\judgekitcell#1#2{\shortstack{\strut#1\\[-2.5pt]\rule[-1.4ex]{0pt}{2.9ex}{\tiny #2}}}
\def\judgekitpair#1#2{\shortstack[l]{\strut#1\\[-2.5pt]\rule[-1.4ex]{0pt}{2.9ex}#2}}
\judgekitfit\fi
\ifdim\wd\judgekitbox>\linewidth \scriptsize\setlength{\tabcolsep}{1.5pt}\judgekitfit\fi
\ifdim\wd\judgekitbox>\linewidth \fontsize{6}{7}\selectfont\judgekitfit\fi
\usebox{\judgekitbox}
""".strip()
"""The table set in the largest form that fits where it stands, which only TeX can tell."""

FAILURES = 3
"""Sentences on judges that failed, below the table."""


def _table(summary: Summary) -> Iterator[str]:
    yield r"\begin{table}[t]"
    yield r"\centering"
    yield rf"\caption{{{escape(_caption(summary))}}}"
    yield r"\label{tab:judgekit}"
    yield r"\def\judgekittable{%"
    yield from _grid(summary)
    yield "}"
    yield rf"\def\judgekitwidest{{{max(map(_inside, _rates(summary)), key=len, default='')}}}"
    yield _FIT
    notes = [
        rf"\textsuperscript{{{_sign(number)}}} {escape(mark.note)}"
        for number, mark in enumerate(marks(summary))
    ]
    if any(run.answers is False for run in summary.runs):
        notes.append(rf"$^\dagger$ {GONE}")
    notes += map(escape, _failures(summary))
    yield rf"\par\smallskip\begin{{minipage}}{{\linewidth}}\footnotesize {' '.join(notes)}\end{{minipage}}"
    yield r"\end{table}"


def _grid(summary: Summary) -> Iterator[str]:
    told = columns(summary)
    yield rf"\begin{{tabular}}{{@{{}}l{'r' * len(told)}@{{}}}}"
    yield r"\toprule"
    yield rf"Run & {' & '.join(map(_head, told))} \\"
    found = _of_all(summary)
    bold = {(run, name) for name, run in found.leaders.items()} if found else set()
    before: RunSummary | None = None
    for run in _by_method(best_first(summary)):
        if before is None or bool(before.baseline) != bool(run.baseline):
            yield r"\midrule"
        elif before.method != run.method:
            yield r"\addlinespace"
        cells = [_figure(run, column, (run.name, column.rate) in bold) for column in told]
        yield rf"{_name(summary, run)} & {' & '.join(cells)} \\"
        before = run
    yield r"\bottomrule"
    yield r"\end{tabular}"


def _head(column: Column) -> str:
    first, rest = _halves(column.heading)
    head = _pair(first, " ".join(filter(None, (rest, ARROWS[column.better]))))
    return rf"\multicolumn{{1}}{{c}}{{{head}}}"


def _name(summary: Summary, run: RunSummary) -> str:
    first, rest = _halves(run.title)
    mark = _mark(summary, run)
    return _pair(first, rest + mark) if rest else first + mark


def _halves(text: str) -> tuple[str, str]:
    """A text cut at the blank next to its middle; where it has none, the second half is empty."""
    text = " ".join(text.split())
    blanks = [at for at, char in enumerate(text) if char == " "]
    cut = min(blanks, key=lambda at: abs(2 * at - len(text)), default=len(text))
    return escape(text[:cut]), escape(text[cut:])


def _pair(first: str, second: str) -> str:
    """Two parts of a cell, which stand below each other where there is little room."""
    return rf"\judgekitpair{{{first}}}{{{second}}}" if second else first


def _failures(summary: Summary) -> Iterator[str]:
    """What judges failed at, which figures cannot show: a sentence each of the first, and how many more."""
    failed = [f"{run.title}: {told}." for run in best_first(summary) for told in run.failed]
    yield from failed[:FAILURES]
    if len(failed) > FAILURES:
        yield f"{len(failed) - FAILURES:,} more judges failed on some items."


def _by_method(runs: Sequence[RunSummary]) -> list[RunSummary]:
    """Best first, but runs of one method follow its best; the models before and without unlearning last."""
    methods = list(dict.fromkeys(run.method for run in runs if not run.baseline))
    return sorted(runs, key=lambda run: len(methods) if run.baseline else methods.index(run.method))


def _candidates(summary: Summary) -> set[str]:
    """The runs that bold figures are chosen from."""
    return {run.name for run in summary.runs if run.competes}


def _of_all(summary: Summary) -> Comparison | None:
    """The comparison that all of these runs are in; None where some were asked other questions."""
    return next((found for found in summary.comparisons if _candidates(summary) <= set(found.runs)), None)


def _on_bold(summary: Summary) -> list[str]:
    if _of_all(summary):
        return [BOLD]
    return [APART] if len(_candidates(summary)) > 1 else []


def _caption(summary: Summary) -> str:
    said = [
        f"{title(summary)}, in percent with 95 % intervals.",
        READING,
        *([READING_CHANCE] if CHANCE in columns(summary) else []),
        *_on_bold(summary),
    ]
    return " ".join(said)


def _rates(summary: Summary) -> list[JudgedRate]:
    """Every rate of the table."""
    found = (rate(run, column) for run in summary.runs for column in columns(summary))
    return [one for one in found if one is not None]


def _figure(run: RunSummary, column: Column, bold: bool) -> str:
    found = rate(run, column)
    if found is None:
        return rf"\judgekitcell{{{escape(ABSENT)}}}{{}}"
    value = escape(estimate(found).removesuffix(" %"))
    shown = rf"\textbf{{{value}}}" if bold else value
    return rf"\judgekitcell{{{shown}}}{{{_inside(found)}}}"


def _inside(found: JudgedRate) -> str:
    """Its interval in brackets; empty where there is none."""
    return f"{{[}}{inside}{{]}}" if (inside := escape(limits(found))) else ""


def _mark(summary: Summary, run: RunSummary) -> str:
    sign = _sign(marks(summary).index(MARKS[run.rests_on]))
    return rf"\textsuperscript{{{sign}}}" + (r"$^\dagger$" if run.answers is False else "")


def _sign(number: int) -> str:
    return "abcd"[number]
