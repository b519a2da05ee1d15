"""``judgekit verify``: a certificate or a bundle in, whether it is what its files give out."""

from __future__ import annotations

from pathlib import Path

import click

from judgekit import api
from judgekit.cli.common import PATH, Decides, Spread
from judgekit.cli.output import echo, result

EXITS = {"same": 0, "differs": 1, "missing": 3}
"""Outcome -> exit code; nothing else ends with one of these. What is no certificate is raised, and ends with 2."""

_WORST = ("differs", "missing", "same")


class _Verify(Spread, Decides):
    """Files of a wildcard behind one option, and exit codes of its own."""


@click.command(
    "verify",
    cls=_Verify,
    spread=("--evidence", "--labels"),
    epilog="Exit codes: 0 the same, 1 it differs, 3 not verified (its evidence or labels are missing), 2 no "
    "certificate of judgekit, or a bundle that is not safe to open, 70 a fault of judgekit itself, 130 stopped.",
)
@click.argument("certificate", type=PATH)
@click.option(
    "--evidence",
    type=PATH,
    multiple=True,
    help="Run folders or evidence files that it was made from; takes all paths up to the next option. Default: looked "
    "for near it, by SHA-256 and name.",
)
@click.option(
    "--labels",
    type=PATH,
    multiple=True,
    help="Label files that it was made from; the same. Pools stand beside them.",
)
@click.option("--rubric", type=PATH, help="The rubric's folder, where it does not come with judgekit.")
@click.option(
    "--cascade", type=PATH, help="A cascade file: are its judges those of the certificate? Nobody is asked."
)
def command(
    certificate: Path,
    evidence: tuple[Path, ...],
    labels: tuple[Path, ...],
    rubric: Path | None,
    cascade: Path | None,
) -> int:
    """Make CERTIFICATE (a calibration file, or a bundle) again from its files, and say where it differs.

    Nothing that it says is trusted where it can be computed. What no file can show is listed as taken at the sender's
    word.
    """
    found = api.verify(certificate, evidence=evidence, labels=labels, rubric=rubric, cascade=cascade)
    result(verifications=[one.to_dict() for one in found])
    for one in found:
        echo(f"{one.certificate}, '{one.rubric}': {one.claim}")
        for part in one.parts:
            echo(f"  {part.outcome:8} {part.name:16} {part.said}")
        for taken in one.taken:
            echo(f"  {'at word':8} {taken}")
        echo(one.sentence)
    worst = min((one.outcome for one in found), key=_WORST.index)
    return EXITS[worst]
