"""``judgekit validate``: reads files to the end and says what they hold, and everything that is wrong with them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from judgekit.cli.common import PATH, READER, options, reader_options
from judgekit.cli.inputs import inputs
from judgekit.cli.output import echo, result
from judgekit.errors import EXIT_BAD_INPUT, EXIT_DONE
from judgekit.readers.log import ReaderOptions
from judgekit.validation import examined

MOST = 20
"""Faults of one file that are told; the rest are counted."""


@click.command("validate")
@click.argument("files", nargs=-1, required=True, type=PATH)
@options(READER)
def command(files: tuple[Path, ...], **given: Any) -> int:
    """Check FILES: model outputs, labels, evidence, verdicts, calibrations, cascade files, rubric and run folders."""
    reader = reader_options(given)
    faults = {source: _faults(Path(source), reader) for source in inputs(files, reader)}
    result(faults=faults)
    return EXIT_BAD_INPUT if any(faults.values()) else EXIT_DONE


def _faults(path: Path, reader: ReaderOptions) -> int:
    """Tell what is to be told of a file; how many faults it has."""
    found = examined(path, reader)
    for fault in found.faults[:MOST]:
        echo(f"judgekit: {fault}", err=True)
    for held in found.holds:
        echo(f"{path}: {held}")
    if len(found.faults) > MOST:
        echo(f"judgekit: {path}: {len(found.faults) - MOST:,} more faults", err=True)
    return len(found.faults)
