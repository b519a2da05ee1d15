"""``judgekit bundle``: runs, labels and certificates in, one zip file for a reviewer out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from judgekit import api
from judgekit.calibration.origin import sha256
from judgekit.cli.common import OUT, PATH, Spread
from judgekit.cli.output import echo, result
from judgekit.display import printable
from judgekit.errors import EXIT_DONE


@click.command("bundle", cls=Spread, spread=("--labels", "--calibration", "--rubric"))
@click.argument("runs", nargs=-1, type=PATH, required=True)
@click.option(
    "--calibration",
    "calibrations",
    type=PATH,
    multiple=True,
    required=True,
    help="The certificate; may repeat.",
)
@click.option(
    "--labels",
    type=PATH,
    multiple=True,
    help="The label files that it was made from; pools beside them go too.",
)
@click.option("--report", type=PATH, help="A report, as HTML, for reading.")
@click.option("--cascade", type=PATH, help="The cascade file; default: what the runs tell of it.")
@click.option(
    "--rubric",
    "rubrics",
    type=PATH,
    multiple=True,
    help="Folder of a rubric that does not come with judgekit; may repeat.",
)
@click.option(
    "--without-texts", is_flag=True, help="Leave out questions, references, outputs, comments and reasons."
)
@click.option("--pseudonyms", is_flag=True, help="Replace annotators' names, and leave their comments out.")
@click.option("--out", "-o", type=OUT, default=Path("bundle.zip"), show_default=True)
def command(runs: tuple[Path, ...], out: Path, **given: Any) -> int:
    """Pack certificates with RUNS (those they were made from, and those they decided) and labels into one zip file.

    What is packed is verified first. No key and no path or address of this machine goes in.
    """
    made = api.bundle(runs, out, **given)
    digest = sha256(made.path)
    result(
        written=str(out),
        files=made.files,
        sha256=digest,
        verifications=[one.to_dict() for one in made.verifications],
    )
    for one in made.verifications:
        echo(printable(f"{one.certificate}: {one.sentence}"))
    echo(f"written to {out}: {made.files:,} files, SHA-256 {digest}")
    echo(f"sign it:   ssh-keygen -Y sign -f KEY -n judgekit {out}")
    echo(f"verify it: judgekit verify {out}")
    return EXIT_DONE
