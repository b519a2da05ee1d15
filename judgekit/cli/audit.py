"""``judgekit audit``: verdicts and fresh human labels in, whether the promise still holds out."""

from __future__ import annotations

import json
from pathlib import Path

import click

from judgekit import api
from judgekit.cli.common import OUT, PATH
from judgekit.cli.output import echo, result
from judgekit.errors import EXIT_DONE, EXIT_NOT_CERTIFIED
from judgekit.runs.atomic import replacing

SCHEMA = "judgekit.audit/1"


@click.command("audit")
@click.argument("verdicts", type=PATH, nargs=-1, required=True)
@click.option(
    "--labels",
    type=PATH,
    required=True,
    multiple=True,
    help="Spot checks (JSONL, CSV, Excel or a label tool's export), joined by id; may repeat.",
)
@click.option(
    "--calibration",
    "calibrations",
    type=PATH,
    multiple=True,
    help="The calibration of a verdict file. Run folders hold theirs, or are decided anew by this one. May repeat.",
)
@click.option("--out", "-o", type=OUT, default=Path("audit.json"), show_default=True)
def command(
    verdicts: tuple[Path, ...], labels: tuple[Path, ...], calibrations: tuple[Path, ...], out: Path
) -> int:
    """Say whether the promise of VERDICTS (run folders or verdict files) holds, is broken, or is undecided.

    The labels must be of a fair sample of the verdicts, such as 'judgekit queue --of verdicts' draws, given without
    seeing the verdict. Look as often as you like, and stop when you like.
    """
    found = api.audit(verdicts, labels, calibrations=calibrations)
    for audit in found:
        echo((f"{audit.rubric}: " if audit.rubric else "") + audit.sentence)
        for why, count in audit.left_out.items():
            echo(f"  left out {count:,}: {why}")
    row = {"schema": SCHEMA, "audits": [audit.to_row() for audit in found]}
    with replacing(out) as file:
        file.write(json.dumps(row, indent=1, ensure_ascii=False) + "\n")
    echo(f"written to {out}")
    result(written=str(out), **row)
    return EXIT_NOT_CERTIFIED if any(audit.status == "broken" for audit in found) else EXIT_DONE
