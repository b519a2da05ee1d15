"""``judgekit queue``: run folders or files of outputs in, a file for people to label out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from judgekit import api
from judgekit.cli.common import OUT, PATH, READER, options, reader_options
from judgekit.cli.output import echo, result
from judgekit.errors import InputError
from judgekit.labeling.collapsed import Collapsed, collapsed
from judgekit.labeling.sheet import Task, write_sheet
from judgekit.readers.label_tools import TAKES_ITEMS, tool_for
from judgekit.readers.naming import NamesFile


@click.command("queue")
@click.argument("files", type=PATH, nargs=-1, required=True)
@click.option("--items", "count", type=click.IntRange(1), help="How many; default: all.")
@click.option(
    "--of",
    type=click.Choice(["items", "verdicts", "open"]),
    default="items",
    show_default=True,
    help="Of all items (to calibrate, and for rates), of verdicts under a promise (to audit it), or of what is open.",
)
@click.option("--rubric", help="Only items of this rubric.")
@click.option("--labels", type=PATH, multiple=True, help="Labels that people gave already; may repeat.")
@click.option(
    "--calibration",
    "calibrations",
    type=PATH,
    multiple=True,
    help="Re-decide all verdicts under this calibration before drawing; no judge is called. May repeat.",
)
@click.option("--seed", type=int, default=0, show_default=True)
@click.option(
    "--without-collapsed",
    is_flag=True,
    help="Leave out runs most of whose forget outputs are not fluent, and say which.",
)
@options(READER)
@click.option(
    "--to",
    metavar="TOOL",
    help=f"For which tool: {', '.join(TAKES_ITEMS)}; default: as the ending of --out says, else csv.",
)
@click.option("--out", "-o", type=OUT, help="Default: queue.csv, or with the ending of what --to takes.")
def command(
    files: tuple[Path, ...], count: int | None, to: str | None, out: Path | None, **given: Any
) -> None:
    """Draw the items that people label next from FILES (run folders, or outputs), for a spreadsheet or a label tool.

    A fair sample in random order, one output a question, without the verdicts. Label from the top. The filled sheet, or
    what the tool exports, is then a label file for every verb; items without a label are passed over.
    """
    tool = tool_for(to, out.suffix if out else "")
    out = out or Path(f"queue{tool.suffix}")
    reader = reader_options(given)
    if reader["names"] is not None:
        NamesFile(reader["names"]).check_used(files)
    tasks = api.queue(files, count, **given, **reader)
    broken = _say_collapsed(files, tasks, given["without_collapsed"])
    if not tasks:
        raise InputError("nothing is left to label", path=files[0])
    written = write_sheet(out, tasks, tool.name)
    short = f" ({count:,} were asked for; no more are left)" if count and len(tasks) < count else ""
    echo(f"{len(tasks):,} items to label{short}; written to {' and '.join(map(str, written))}")
    result(written=str(out), items=len(tasks), asked_for=count, collapsed=broken)


def _say_collapsed(files: tuple[Path, ...], tasks: Sequence[Task], left_out: bool) -> list[Collapsed]:
    """Name the runs that have collapsed: those left out, or those that cost labels."""
    broken = collapsed(files)
    keys = [(task.source, task.item.model, task.item.method) for task in tasks]
    for run in broken:
        if left_out:
            echo(f"left out as collapsed: {run.sentence}", err=True)
        elif asked := keys.count(run.key):
            echo(
                f"{asked:,} of {len(tasks):,} items are of a run that has collapsed: {run.sentence}; "
                "--without-collapsed leaves it out",
                err=True,
            )
    return broken
