"""``judgekit plan``: what a job would ask and cost, and how many labels a promise needs; nothing is spent."""

from __future__ import annotations

from itertools import chain, islice
from pathlib import Path
from typing import Any

import click

from judgekit import api, watching
from judgekit.cli.common import CASCADE, PATH, READER, money, options, reader_options
from judgekit.errors import ConfigError


@click.command("plan")
@click.argument("files", nargs=-1)
@options(CASCADE)
@options(READER)
@click.option("--limit", type=click.IntRange(1), help="Only the first items of each file.")
@click.option("--prompt/--no-prompt", default=True, show_default=True, help="Show one rendered prompt.")
@click.option(
    "--agreement", type=click.FloatRange(0, 1, True, True), help="Plan labels for this target agreement."
)
@click.option("--delta", type=click.FloatRange(0, 1, True, True), default=0.1, show_default=True)
@click.option(
    "--coverage", type=click.FloatRange(0, 1, True), default=0.5, show_default=True, help="Wanted coverage."
)
@click.option("--accuracy", type=click.FloatRange(0, 1), help="Expected agreement of accepted verdicts.")
@click.option(
    "--pilot", type=PATH, help="A run with some labels, judged without calibration, in place of a guess."
)
@click.option("--labels", type=PATH, help="Labels of the pilot, where the run does not carry them.")
def command(
    files: tuple[str, ...],
    cascade: Path | None,
    rubric: str | None,
    calibrations: tuple[Path, ...],
    limit: int | None,
    prompt: bool,
    agreement: float | None,
    delta: float,
    coverage: float,
    accuracy: float | None,
    pilot: Path | None,
    labels: Path | None,
    **given: Any,
) -> None:
    """Plan the scoring of FILES, and with --agreement the labels that a certificate needs."""
    if not files and agreement is None:
        raise ConfigError("nothing to plan: give FILES, or --agreement for the number of labels")
    if files:
        from judgekit.plan import plan

        reader = reader_options(given)
        spec = api.load_cascade(cascade, rubric, calibrations)
        items = chain.from_iterable(islice(api.read(file, **reader), limit) for file in files)
        planned = plan(items, spec)
        click.echo(f"{planned.items:,} items; at most (every tier asked about every item):")
        click.echo(f"{'rubric':14}{'tier':24}{'items':>10}{'calls':>12}{'tokens':>14}{'cost':>14}")
        for tier in planned.tiers:
            click.echo(
                f"{tier.rubric:14}{tier.tier:24}{tier.items:>10,}{tier.calls:>12,}{tier.tokens:>14,}{money(tier.cost):>14}"
            )
        click.echo(f"together {money(planned.cost)}; tokens are estimated from the text (4 characters each)")
        if prompt and planned.example is not None:
            click.echo("\none prompt:")
            for message in planned.example.messages:
                click.echo(f"--- {message['role']}\n{message['content']}")
    if agreement is not None:
        needed = watching.plan_labels(
            agreement, delta, coverage=coverage, accuracy=accuracy, pilot=pilot, labels=labels
        )
        click.echo(needed.sentence)
        if needed.cautious != needed.labels:
            click.echo(f"If the pilot was lucky: {needed.cautious or 'no number of'} labels.")
