"""``judgekit calibrate``: evidence and human labels in, a policy with its certificate out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from judgekit import api
from judgekit.cli.common import PATH
from judgekit.errors import EXIT_DONE, EXIT_NOT_CERTIFIED, ConfigError


@click.command("calibrate")
@click.argument("evidence", type=PATH, nargs=-1, required=True)
@click.option(
    "--agreement", type=click.FloatRange(0, 1, True, True), required=True, help="Target agreement, say 0.9."
)
@click.option(
    "--delta",
    type=click.FloatRange(0, 1, True, True),
    default=0.1,
    show_default=True,
    help="Probability that the certificate may be wrong.",
)
@click.option("--labels", type=PATH, help="Human labels (JSONL or CSV: id, annotator, label), joined by id.")
@click.option("--rubric", help="Whose rows to use where the evidence has several rubrics.")
@click.option("--tier", "tiers", multiple=True, help="Tiers in cascade order; default: as in the evidence.")
@click.option(
    "--cost", "costs", multiple=True, help="TIER=COST of asking a tier; default: as in the evidence."
)
@click.option("--by-split", is_flag=True, help="Promise the agreement for every split on its own.")
@click.option(
    "--people",
    type=click.Choice(["majority", "random"]),
    default="majority",
    show_default=True,
    help="Agree with the majority of an item's annotators, or with a random one.",
)
@click.option("--budget", type=click.FloatRange(0), help="Highest mean cost an item may have.")
@click.option("--seed", type=int, default=0, show_default=True)
@click.option("--out", "-o", type=PATH, default=Path("calibration.json"), show_default=True)
def command(evidence: tuple[Path, ...], out: Path, costs: tuple[str, ...], **given: Any) -> int:
    """Certify a policy from EVIDENCE (files or run folders) with human labels."""
    calibration = api.calibrate(evidence, costs=_costs(costs) or None, **given)
    calibration.save(out)
    click.echo(calibration.certificate["claim"])
    click.echo(json.dumps(_short(calibration.certificate), indent=1, ensure_ascii=False))
    click.echo(f"written to {out}")
    return EXIT_DONE if calibration.certified else EXIT_NOT_CERTIFIED


def _short(certificate: dict[str, Any]) -> dict[str, Any]:
    return {
        key: value
        for key, value in certificate.items()
        if key != "claim" and not isinstance(value, list | dict)
    }


def _costs(given: tuple[str, ...]) -> dict[str, float]:
    costs = {}
    for text in given:
        tier, _, cost = text.rpartition("=")
        try:
            costs[tier] = float(cost)
        except ValueError:
            raise ConfigError(f"--cost {text}: expected TIER=COST, say gpt-4=0.01") from None
    return costs
