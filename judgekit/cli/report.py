"""``judgekit report``: what can be said of runs, as a page, a table, JSON, Markdown and CSV."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from judgekit import api
from judgekit.calibration.pool import pools_beside
from judgekit.calibration.record import Calibration
from judgekit.cli.common import OUT, PATH, READER, options, progress_bar, reader_options, states_line
from judgekit.cli.inputs import inputs
from judgekit.cli.output import STDOUT, result
from judgekit.errors import ConfigError, InputError
from judgekit.readers.join import Labels
from judgekit.runs.folder import finished, paths


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
@click.option("--markdown", type=OUT, help="The report as Markdown.")
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
    csv_out: Path | None,
    labels: tuple[Path, ...],
    calibrations: tuple[Path, ...],
    scored: Path,
    **given: Any,
) -> None:
    """Report on RUNS: run folders, or files of outputs, which the lexical judge scores first."""
    from judgekit.report.load import load
    from judgekit.report.render.terminal import print_summary
    from judgekit.report.render.write import write
    from judgekit.report.summary import summarize

    files = tuple(str(run) for run in runs if not run.is_dir())
    folders = {run: run for run in runs if run.is_dir()}
    reader = reader_options(given)
    if not files and (said := [name for name, value in reader.items() if value is not None]):
        raise ConfigError(f"--{said[0]} says how a file of outputs is read; run folders have it in them")
    for source, name in inputs(files, reader).items():
        with progress_bar(name, None) as tell:
            try:
                done = api.score(source, scored / name, report=tell, **reader)
            except InputError as error:
                if error.path != scored / name:
                    raise
                raise InputError(
                    f"a finished run of something else is there: report that run ({scored / name}), or score "
                    f"{source} elsewhere (--scored)",
                    path=scored / name,
                ) from None
        click.echo(f"{done.folder}  {states_line(done.progress)}", err=True)
        folders[Path(source)] = done.folder
    people = Labels.read(paths(labels)) if labels else None
    promises = [Calibration.load(path) for path in calibrations]
    pools = pools_beside(paths(labels)) if labels else []
    loaded = load(finished(folders[run] for run in runs if run in folders), people, promises, pools)
    summary = summarize(loaded)
    print_summary(summary)
    result(report=summary.to_dict())
    as_json = None if json_out == STDOUT else json_out
    for path in write(summary, loaded, page=out, json=as_json, markdown=markdown, csv=csv_out):
        click.echo(f"written to {path}")
