"""``judgekit calibrate``: evidence and human labels in, a policy with its certificate out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from judgekit import api
from judgekit.calibration.ood import FEWEST
from judgekit.calibration.record import Calibration
from judgekit.cli import diagnosis
from judgekit.cli.common import COST, LABELS, OUT, PATH, PROMISE, Verb, options, promised
from judgekit.cli.output import echo, result
from judgekit.display import printable
from judgekit.errors import EXIT_DONE, EXIT_NOT_CERTIFIED, InputError
from judgekit.trust import NO_SEED


@click.command("calibrate", cls=Verb, renamed={"--by": "--group-by", "--budget": "--max-mean-cost"})
@click.argument("evidence", type=PATH, nargs=-1, required=True)
@options(LABELS)
@click.option("--rubric", help="Whose rows to use where the evidence has several rubrics.")
@options(PROMISE)
@options(COST)
@click.option(
    "--per",
    type=click.Choice(["question", "item"]),
    default="question",
    show_default=True,
    help="Promise for questions, one output of each, or for items, every output of a question.",
)
@click.option("--seed", type=int, hidden=True, help="Not used any more.")
@click.option("--out", "-o", type=OUT, default=Path("calibration.json"), show_default=True)
def command(
    evidence: tuple[Path, ...],
    out: Path,
    seed: int | None,
    **given: Any,
) -> int:
    """Certify a policy from EVIDENCE (files or run folders) with human labels.

    Writes the calibration, and a page that shows it beside it (calibration.html), to read, print and hand on.
    """
    if seed is not None:
        echo(NO_SEED.replace("'seed'", "--seed"), err=True)
    promise = promised(given)
    calibration = api.calibrate(evidence, earlier=_replaced(out), **promise, **given)
    calibration.save(out)
    tell(calibration, out)
    return EXIT_DONE if calibration.certified else EXIT_NOT_CERTIFIED


def tell(calibration: Calibration, out: Path) -> None:
    """Say what a calibration certifies, and write the page that shows it beside its file."""
    from judgekit.report.certificate.page import write

    page = write(calibration, out)
    result(
        written=str(out),
        page=str(page),
        rubric=calibration.rubric,
        fingerprint=calibration.fingerprint,
        certificate=calibration.certificate.to_dict(),
        diagnosis=calibration.diagnosis,
        doubts=calibration.against,
    )
    echo(calibration.certificate.claim)
    for name, value in _shown(calibration):
        echo(printable(f"  {name:10} {value}"))
    for doubt in calibration.against:
        echo(printable(f"  doubt      {doubt}"))
    if calibration.diagnosis is not None and not calibration.certified:
        for line in diagnosis.lines(calibration.diagnosis):
            echo(printable(line))
    echo(f"written to {out} and {page}")


def _replaced(out: Path) -> list[Calibration]:
    """The calibration that stands where the new one goes, if one does."""
    try:
        return [Calibration.load(out)]
    except InputError:
        return []


def _shown(calibration: Calibration) -> Iterator[tuple[str, str]]:
    """The certificate's numbers that a person looks at first."""
    certificate = calibration.certificate
    yield "status", certificate.status
    of = f" of a pool of {certificate.pool:,}, along the path" if certificate.pool else ""
    yield "labels", f"{certificate.labels:,} items labeled by people{of}"
    if certificate.status == "certified":
        of = "of the pool" if certificate.pool else "of them"
        counted = certificate.promise.counted + (" or without a label" if certificate.pool else "")
        yield "accepted", f"{certificate.accepted:,} {of}, {certificate.errors:g} {counted}"
        yield "coverage", f"{certificate.coverage:.1%} of items get a verdict"
        if len(calibration.tiers) > 1:
            reach = zip(calibration.tiers, certificate.reach, strict=True)
            yield "asked", ", ".join(f"{tier} {share:.0%}" for tier, share in reach) + " of the items"
    if calibration.diagnosis is not None:
        yield from diagnosis.summary(calibration.diagnosis, certificate.pool > 0)
    if len(calibration.tiers) > 1 and not calibration.prices:
        yield (
            "prices",
            "unknown, so no tier is spared: no unlabeled item tells them (--cost TIER=COST states them)",
        )
    if calibration.ood is None:
        yield "guard", f"off (needs at least {FEWEST} unlabeled questions)"
    else:
        yield (
            "guard",
            f"items unlike the unlabeled ones are abstained (false alarms at most {calibration.ood.level:.0%})",
        )
