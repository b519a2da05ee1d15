"""The report of run folders: loaded, summarized, written to files."""

from __future__ import annotations

from pathlib import Path

from judgekit.readers.join import Labels
from judgekit.report.load import load
from judgekit.report.render.write import write
from judgekit.report.summary import Summary
from judgekit.report.summary import summarize as of_runs
from judgekit.runs.folder import Paths, finished, paths


def summarize(runs: Paths, *, labels: Paths | None = None) -> Summary:
    """What can be said of scored runs: forgetting, utility, cost (a ``judgekit.report.Summary``).

    ``labels``: more human labels on the verdicts, such as spot checks.
    """
    return of_runs(load(finished(runs), Labels.read(paths(labels)) if labels else None))


def report(
    runs: Paths,
    *,
    out: str | Path | None = None,
    json: str | Path | None = None,
    markdown: str | Path | None = None,
    csv: str | Path | None = None,
    labels: Paths | None = None,
) -> Summary:
    """What can be said of scored runs (a ``judgekit.report.Summary``), written to the files that are named.

    Parameters
    ----------
    runs : run folders.
    out, json, markdown, csv : the page, and the same as JSON, Markdown and one CSV row a number.
    labels : more human labels on the verdicts, such as spot checks.
    """
    loaded = load(finished(runs), Labels.read(paths(labels)) if labels else None)
    summary = of_runs(loaded)
    for _ in write(summary, loaded, page=out, json=json, markdown=markdown, csv=csv):
        pass
    return summary
