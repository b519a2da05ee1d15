"""``judgekit judges``: lists the kinds of judge; ``judgekit judges check`` tries the judges of a cascade out."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from judgekit import api
from judgekit.cli.common import KEY, PATH, options
from judgekit.cli.output import result


@click.group("judges", invoke_without_command=True)
@click.pass_context
def command(ctx: click.Context) -> None:
    """List the kinds of judge; 'check' tries the judges of a cascade out."""
    if ctx.invoked_subcommand is None:
        kinds = api.judges()
        result(judges=kinds)
        for kind, description in kinds.items():
            click.echo(f"{kind:12} {description}")


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
        click.echo(line)
