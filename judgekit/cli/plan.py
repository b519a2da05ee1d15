"""``judgekit plan``: what a job would ask and cost, and how many labels a promise needs; nothing is spent."""

from __future__ import annotations

from decimal import ROUND_UP, Context
from pathlib import Path
from typing import Any

import click

from judgekit import api
from judgekit.calibration.frontier import Frontier
from judgekit.cascade.cost import Plan
from judgekit.cli.common import CASCADE, COST, PATH, READER, options, pairs, reader_options
from judgekit.cli.inputs import inputs
from judgekit.cli.output import echo, result
from judgekit.engine.progress import money
from judgekit.errors import ConfigError
from judgekit.labeling.outlook import LabelOutlook
from judgekit.trust import Buys


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
@click.option(
    "--labels", type=PATH, multiple=True, help="Labels of the pilot, where the run does not carry them."
)
@click.option(
    "--evidence",
    type=PATH,
    multiple=True,
    help="A run judged without calibration: show what labels are likely to buy, if its judges are as often right as "
    "they claim; may repeat.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(0, min_open=True),
    help="What a label takes; default: as the pilot's labels say, else 7.",
)
@click.option(
    "--frontier",
    "priced",
    type=PATH,
    multiple=True,
    help="A run judged without calibration: show what budgets buy there, no label needed; may repeat.",
)
@options(COST)
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
    labels: tuple[Path, ...],
    evidence: tuple[Path, ...],
    seconds: float | None,
    priced: tuple[Path, ...],
    costs: tuple[str, ...],
    **given: Any,
) -> None:
    """Plan the scoring of FILES, and with --agreement the labels that a certificate needs."""
    if priced and agreement is None:
        raise ConfigError("--frontier needs the agreement that will be promised: give --agreement too")
    if costs and not (priced or evidence or pilot):
        raise ConfigError("--cost belongs to --frontier, --evidence or --pilot: give both")
    if evidence and pilot:
        raise ConfigError("give the evidence of a run alone (--evidence) or a pilot with labels, not both")
    if seconds is not None and not (evidence or pilot):
        raise ConfigError("--seconds is for what labels take: give --evidence or --pilot too")
    said = {
        "accuracy": accuracy is not None,
        "pilot": pilot is not None,
        "labels": bool(labels),
        "evidence": bool(evidence),
    }
    if agreement is None and (idle := [name for name, is_said in said.items() if is_said]):
        raise ConfigError(f"--{idle[0]} is for planning labels: give --agreement too")
    if not files and agreement is None:
        raise ConfigError("nothing to plan: give FILES, or --agreement for the number of labels")
    if files:
        reader = reader_options(given)
        planned = api.plan(
            inputs(files, reader),
            cascade=cascade,
            rubric=rubric,
            calibrations=calibrations,
            limit=limit,
            **reader,
        )
        result(plan=planned)
        show(planned)
        if prompt and planned.example is not None:
            echo("\none prompt:")
            for message in planned.example.messages:
                echo(f"--- {message['role']}\n{message['content']}")
    if agreement is not None:
        stated = pairs("cost", costs)
        shown = api.frontier(priced, agreement=agreement, rubric=rubric, costs=stated) if priced else None
        needed = api.plan_labels(
            agreement, delta, coverage=coverage, accuracy=accuracy, pilot=pilot, labels=labels
        )
        ahead = None
        if runs := evidence or ((pilot,) if pilot and pilot.is_dir() else ()):
            ahead = api.outlook(
                runs,
                agreement=agreement,
                delta=delta,
                labels=labels,
                pilot=not evidence,
                rubric=rubric,
                costs=stated,
                seconds=seconds,
            )
        result(labels=needed, frontier=shown, outlook=ahead)
        echo(needed.sentence)
        if needed.cautious != needed.labels:
            echo(
                "Conservative estimate (pilot accuracy at its 20th percentile): "
                f"{needed.cautious or 'no number of'} labels."
            )
        if ahead is not None:
            _show_outlook(ahead)
        if shown is not None:
            _show(shown)


def show(planned: Plan) -> None:
    """Calls, tokens and cost by rubric and tier."""
    echo(f"{planned.items:,} items; at most (every tier asked about every item):")
    echo(f"{'rubric':14}{'tier':24}{'items':>10}{'calls':>12}{'tokens':>14}{'cost':>14}")
    for tier in planned.tiers:
        echo(
            f"{tier.rubric:14}{tier.tier:24}{tier.items:>10,}{_number(tier.calls):>12}{_number(tier.tokens):>14}"
            f"{money(tier.cost):>14}"
        )
    echo(f"together {money(planned.cost)}; tokens are estimated from the text (4 characters each)")


def _number(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"


SHOWN = (0.5, 0.7, 0.9)
"""Shares of the items with a verdict at which a frontier is shown."""


def _show(frontier: Frontier) -> None:
    """A line for each candidate that a budget chooses."""
    unit = "US dollars" if frontier.dollars else "calls, or as stated"
    echo(
        f"\nWhat 'calibrate --max-mean-cost' buys, by the evidence on {frontier.items:,} items and no label:\n"
        f"mean cost of an item ({unit}), and share of the items that '{frontier.tiers[-1]}' is asked about,\n"
        "where so many items get a verdict."
    )
    shares = "".join(f"{f'{share:.0%}':>8}" for share in SHOWN)
    echo(f"{'budget':>10}  cost at{shares}  asked at{shares}")
    last = ""
    for one in frontier.candidates:
        if last == (last := _enough(one.budget)):
            continue  # a budget of three digits cannot tell it from the one before
        at = [min(range(len(one.cost)), key=lambda k: abs(one.coverage[k] - share)) for share in SHOWN]
        cost = "".join(f"{one.cost[k]:>8.3g}" for k in at)
        asked = "".join(f"{one.reach[k][-1]:>8.0%}" for k in at)
        echo(f"{last:>10}{'':9}{cost}{'':10}{asked}")


def _show_outlook(ahead: LabelOutlook) -> None:
    """A block for each target, a line for each number of labels."""
    known = (
        f"the pilot's {ahead.pilot:,} labels"
        if ahead.pilot
        else f"the evidence on {ahead.items:,} items alone"
    )
    echo(
        f"\nWhat labels are likely to buy with {1 - ahead.delta:.0%} confidence, by {known}: share of the items with "
        "a verdict\n(what it lies between 8 times in 10), and how often anything is certified. "
        f"{ahead.seconds:.3g} seconds a label, {ahead.pace}."
    )
    if not ahead.pilot:
        echo(
            "This believes that judges are as often right as they claim. Most claim too much: it is the best that can "
            "come.\nLabel about 100 items and give them as --pilot to know more."
        )
    for one in ahead.outlooks:
        echo(f"\nagreement {one.agreement:.4g}")
        echo(
            f"{'labels':>8}{'minutes':>9}  {'in random order':24}{'along the path':24}of a pool of (judge calls)"
        )
        for path, random in zip(one.path, one.random, strict=True):
            minutes = path.labels * ahead.seconds / 60
            pool = f"{path.pool:,} ({path.pool * len(ahead.tiers):,})"
            echo(f"{path.labels:>8,}{minutes:>9.0f}  {_bought(random):24}{_bought(path):24}{pool}")


def _bought(one: Buys) -> str:
    return f"{one.coverage:.0%} ({one.low:.0%}-{one.high:.0%}), {one.certified:.0%}"


def _enough(budget: float) -> str:
    """Three digits, rounded up where need be, so that what is shown buys what stands beside it."""
    if float(f"{budget:.3g}") >= budget:
        return f"{budget:.3g}"
    return f"{float(Context(prec=3, rounding=ROUND_UP).create_decimal_from_float(budget)):.3g}"
