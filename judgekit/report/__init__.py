"""Run folders in; forgetting and utility out: on the terminal, as a page, Markdown, LaTeX, JSON and CSV.

`load` reads what `judgekit score` left, `summarize` counts it, the others print the summary. Comparisons of runs
stand in `judgekit.report.paired`, the papers' own analyses in `judgekit.report.recipes`.

Here: what can be said of finished runs. Not here: the mathematics of it (:mod:`judgekit.trust`).
"""

from judgekit.report.load import load
from judgekit.report.render.html import to_html
from judgekit.report.render.latex import to_latex
from judgekit.report.render.markdown import to_markdown
from judgekit.report.render.numbers import to_csv
from judgekit.report.render.terminal import print_summary
from judgekit.report.render.write import write
from judgekit.report.run import Run
from judgekit.report.summary import Summary, summarize, to_json

__all__ = [
    "Run",
    "Summary",
    "load",
    "print_summary",
    "summarize",
    "to_csv",
    "to_html",
    "to_json",
    "to_latex",
    "to_markdown",
    "write",
]
