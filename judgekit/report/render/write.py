"""The report in files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from judgekit.report.render.drawing.figures import write_figures
from judgekit.report.render.html import to_html
from judgekit.report.render.latex import to_latex
from judgekit.report.render.markdown import to_markdown
from judgekit.report.render.numbers import to_csv
from judgekit.report.run import Run
from judgekit.report.summary import Summary, to_json
from judgekit.runs.atomic import replacing_bytes


def write(
    summary: Summary,
    runs: Sequence[Run],
    *,
    page: str | Path | None = None,
    json: str | Path | None = None,
    markdown: str | Path | None = None,
    latex: str | Path | None = None,
    csv: str | Path | None = None,
    figures: str | Path | None = None,
) -> Iterator[Path]:
    """Write the files that are named, each told once it is there; the page and figures, which need an extra, last.

    Of figures the folder is told, once all are in it.

    Raises
    ------
    MissingExtra
        A page or figures are wanted, and matplotlib, which draws its charts, is not installed.
    OSError
        A file cannot be written; the error names it, and what was there before stays.
    """
    forms: tuple[tuple[str | Path | None, Callable[[], str]], ...] = (
        (json, lambda: to_json(summary)),
        (markdown, lambda: to_markdown(summary)),
        (latex, lambda: to_latex(summary)),
        (csv, lambda: to_csv(summary)),
        (page, lambda: to_html(summary, runs)),
    )
    for path, text in forms:
        if path is not None:
            content = text().encode("utf-8", "replace")  # a lone surrogate has no bytes
            with replacing_bytes(Path(path)) as file:
                file.write(content)
            yield Path(path)
    if figures is not None:
        for _ in write_figures(summary, figures):
            pass
        yield Path(figures)
