"""``judgekit judges``: lists the kinds of judge; ``check`` tries a cascade's out, ``attack`` tries to fool them."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from judgekit import api
from judgekit.cli.common import KEY, PATH, options
from judgekit.cli.output import echo, result

if TYPE_CHECKING:
    from judgekit.attacks.verb import Attacked


@click.group("judges", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the kinds of judge; 'check' tries the judges of a cascade out, 'attack' tries to fool them."""
    if ctx.invoked_subcommand is None:
        kinds = api.judges()
        result(judges=kinds)
        for kind, description in kinds.items():
            echo(f"{kind:12} {description}")


@command.command("check")
@click.argument("cascade", type=PATH, required=False)
@options(KEY)
@click.option("--rubric", default="qa", show_default=True, help="The rubric to check them under.")
@click.option("--stress", type=click.Choice(["rulebreakers"]), help="A stress test of the judges.")
@click.option(
    "--items", type=click.IntRange(2), default=40, show_default=True, help="Items, or pairs, to ask about."
)
def check(cascade: Path | None, keys: tuple[str, ...], rubric: str, stress: str | None, items: int) -> None:
    """Try out the judges of CASCADE: label mass, order inconsistency, repeatability, log-probabilities, context."""
    from judgekit.judges.probe import check as try_out

    spec = api.load_cascade(cascade, rubric, keys=keys)
    judges = [tier.judge for tier in spec.build(rubric).tiers]
    lines = asyncio.run(try_out(judges, rubric, items, stress))
    result(found=lines)
    for line in lines:
        echo(line)


@command.command("attack")
@click.argument("cascade", type=PATH, required=False)
@click.option("--items", type=PATH, help="Labeled items to attack; default: the rubric's own examples.")
@click.option("--labels", type=PATH, multiple=True, help="Human labels of the items; may repeat.")
@click.option(
    "--rubric", default="forgetting", show_default=True, help="The rubric to attack the judges under."
)
@click.option("--calibration", "calibrations", type=PATH, multiple=True, help="Attack this policy too.")
@click.option("--family", multiple=True, help="Try this family of attacks alone; may repeat.")
@click.option(
    "--repeats",
    type=click.IntRange(1),
    default=3,
    show_default=True,
    help="Draws of each attack on each item.",
)
@click.option(
    "--store", type=PATH, help="A folder in which answers are kept, so that none is paid for twice."
)
@click.option("--budget", type=float, help="Stop before more US dollars are spent.")
@click.option("--max-calls", type=click.IntRange(0), help="Stop before more calls are made.")
@options(KEY)
def attack(cascade: Path | None, keys: tuple[str, ...], **given: Any) -> None:
    """Try to fool the judges of CASCADE: attack labeled items, and count what turns a right verdict wrong."""
    from judgekit.attacks.table import lines, to_row

    found = api.attack(cascade, keys=keys, **given)
    for line in lines(found):
        echo(line)
    result(**to_row(found), written=_kept(found))


def _kept(found: Attacked) -> str | None:
    """Leave what became of a policy beside its calibration, and on the calibration's page; where it stands."""
    from judgekit.calibration.attacked import attacks_file
    from judgekit.calibration.record import Calibration
    from judgekit.report.certificate.page import write

    if found.calibration is None or found.result is None:
        return None
    file = attacks_file(found.calibration)
    found.result.save(file)
    page = write(Calibration.load(found.calibration), found.calibration)
    echo("")
    echo(found.result.sentence)
    echo(f"written to {file} and {page}")
    return str(file)
