"""``judgekit report``: what can be said of runs, on the terminal, as a page, and as files for papers and programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from judgekit.cli.common import OUT, PATH, READER, options, reader_options
from judgekit.cli.inputs import run_folders
from judgekit.cli.output import STDOUT, result


@click.command("report")
@click.argument("runs", nargs=-1, required=True, type=PATH)
@click.option("--out", "-o", type=OUT, help="The page, one self-contained HTML file.")
@click.option(
    "--json",
    "json_out",
    type=OUT,
    is_flag=False,
    flag_value=str(STDOUT),
    help="Everything the report says, as JSON: to this file, or without one to standard output.",
)
@click.option("--markdown", type=OUT, help="The report as Markdown, its first part fit for a README.")
@click.option(
    "--latex", type=OUT, help="The table of runs for a paper (booktabs; bold where the data decide)."
)
@click.option("--csv", "csv_out", type=OUT, help="Every number, one row each.")
@click.option(
    "--labels",
    type=PATH,
    multiple=True,
    help="More human labels on the verdicts, such as spot checks, joined by id; may repeat.",
)
@click.option(
    "--calibration",
    "calibrations",
    type=PATH,
    multiple=True,
    help="Decide by this calibration anew, from the evidence of the runs; no judge is asked. May repeat.",
)
@options(READER)
@click.option(
    "--scored", type=PATH, default=Path("runs"), show_default=True, help="Where files are scored first."
)
def command(
    runs: tuple[Path, ...],
    out: Path | None,
    json_out: Path | None,
    markdown: Path | None,
    latex: Path | None,
    csv_out: Path | None,
    labels: tuple[Path, ...],
    calibrations: tuple[Path, ...],
    scored: Path,
    **given: Any,
) -> None:
    """Report on RUNS: run folders, or files of outputs, which the lexical judge scores first."""
    from judgekit.report.render.terminal import print_summary
    from judgekit.report.render.write import write
    from judgekit.report.summary import summarize
    from judgekit.report.verb import loaded

    found = loaded(run_folders(runs, scored, reader_options(given)), labels, calibrations)
    summary = summarize(found)
    print_summary(summary)
    result(report=summary.to_dict())
    files = {"page": out, "markdown": markdown, "latex": latex, "csv": csv_out}
    for path in write(summary, found, json=None if json_out == STDOUT else json_out, **files):
        click.echo(f"written to {path}")
    if out is None:
        click.echo(
            f"{len(summary.findings):,} findings, the charts and every output: the same with -o report.html"
        )
