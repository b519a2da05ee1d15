"""``judgekit report``: what can be said of runs, on the terminal, as a page, and as files for papers and programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from judgekit.cli.common import ANEW, OUT, PATH, READER, Spread, options, reader_options
from judgekit.cli.inputs import run_folders
from judgekit.cli.output import STDOUT, echo, result
from judgekit.errors import ConfigError, mendable


@click.command("report", cls=Spread, spread=("--known", "--ignorant"))
@click.argument("runs", nargs=-1, type=PATH)
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
@click.option(
    "--figures",
    type=click.Path(file_okay=False, path_type=Path),
    help="A folder for the charts as SVG, PDF and PNG, with their captions, at the widths of a paper's columns.",
)
@click.option("--csv", "csv_out", type=OUT, help="Every number, one row each.")
@options(ANEW)
@click.option(
    "--known",
    type=PATH,
    multiple=True,
    help="One or more runs of models that still know the forget set (takes all paths up to the next option): with "
    "--ignorant, to test the measures.",
)
@click.option(
    "--ignorant",
    type=PATH,
    multiple=True,
    help="One or more runs of models that never saw the forget set (takes all paths up to the next option).",
)
@options(READER)
@click.option(
    "--scored",
    type=PATH,
    default=Path("runs"),
    show_default=True,
    help="Folder for runs scored from output files.",
)
def command(
    runs: tuple[Path, ...],
    out: Path | None,
    json_out: Path | None,
    markdown: Path | None,
    latex: Path | None,
    figures: Path | None,
    csv_out: Path | None,
    labels: tuple[Path, ...],
    calibrations: tuple[Path, ...],
    known: tuple[Path, ...],
    ignorant: tuple[Path, ...],
    scored: Path,
    **given: Any,
) -> None:
    """Report on RUNS: run folders, or files of outputs and folders of such, which the lexical judge scores first.

    With --known and --ignorant, which stand after RUNS, each measure is put to the test: how well does it tell these
    models apart? Without RUNS the report is on the models of the test.
    """
    from judgekit.report.faithfulness import check_pools
    from judgekit.report.render.terminal import print_summary
    from judgekit.report.render.write import write
    from judgekit.report.summary import summarize
    from judgekit.report.verb import loaded

    if bool(known) != bool(ignorant):
        raise ConfigError("the test of the measures needs models of both kinds: give --known and --ignorant")
    if not runs and not known:
        raise ConfigError("no runs; give run folders or files of outputs")
    reader = reader_options(given)
    folders = run_folders([runs or (*known, *ignorant), known, ignorant], scored, reader)
    if known:
        told = (
            f"runs of --known: {len(folders[1]):,}, of --ignorant: {len(folders[2]):,} "
            "(each takes all paths up to the next option)"
        )
        echo(
            told if runs else f"{told}; there are no RUNS before them, so that the report is on these",
            err=True,
        )
    found = loaded(folders[0], labels, calibrations)
    pools = [loaded(pool) if pool else [] for pool in folders[1:]]
    mendable(check_pools)(*pools)
    summary = summarize(found, known=pools[0], ignorant=pools[1])
    print_summary(summary)
    result(report=summary.to_dict())
    files = {"page": out, "markdown": markdown, "latex": latex, "figures": figures, "csv": csv_out}
    for path in write(summary, found, json=None if json_out == STDOUT else json_out, **files):
        echo(f"written to {path}")
    if out is None:
        echo(f"{len(summary.findings):,} findings, the charts and every output: the same with -o report.html")
