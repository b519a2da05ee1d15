"""``judgekit export``: a run's verdicts as a file of another tool."""

from __future__ import annotations

from pathlib import Path

import click

from judgekit import api
from judgekit.cli.common import PATH
from judgekit.cli.output import echo, result
from judgekit.export.verb import FORMATS


@click.command("export")
@click.argument("run", type=PATH)
@click.argument("out", type=PATH)
@click.option(
    "--format",
    type=click.Choice(list(FORMATS)),
    help="What to write; default: as the ending of OUT says (.jsonl, .parquet, .xlsx, none: dataset).",
)
def command(run: Path, out: Path, format: str | None) -> None:
    """Write the verdicts of RUN, a run folder, to OUT for other tools.

    A .parquet or .xlsx file is one table with the texts, the verdict and what every judge said. A .jsonl file
    holds scores for inspect-ai's precomputed_scores. A name without an ending is a folder that
    datasets.load_dataset opens, with a card.
    """
    written = api.export(run, out, format=format)
    echo(f"written to {written}")
    result(written=str(written))
