"""What came of the attacks, as lines for a terminal and as a JSON object."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from judgekit.attacks.experiment import LEVEL, Agreement, Share
from judgekit.attacks.family import Goal
from judgekit.attacks.verb import Attacked


def to_row(attacked: Attacked) -> dict[str, Any]:
    """As a JSON object; numbers that there are none of are null."""
    return {
        key: _without_nan(value)
        for key, value in asdict(attacked).items()
        if key not in ("calibration", "result")
    }


def lines(attacked: Attacked) -> Iterator[str]:
    """As a table: what fooled a judge, how often, and how often a harmless text did."""
    yield (
        f"{attacked.items} labeled items under '{attacked.rubric}'. Flips: attacked texts that turn a right verdict "
        f"into a wrong one, with {LEVEL:.0%} intervals; controls: harmless texts that do."
    )
    for judge in dict.fromkeys(row.judge for row in attacked.rows):
        yield f"\n{judge:30} {'flips':28} {'controls':28} left to people: attacks, controls"
        mine = [row for row in attacked.rows if row.judge == judge]
        for row in sorted(mine, key=lambda row: -_known(row.flips.value)):
            unscored = f"; {row.unscored} unscored" if row.unscored else ""
            yield (
                f"{_named(row.family, row.goal):30} {_share(row.flips):28} {_share(row.controls):28} "
                f"{_percent(row.noticed.value)}, {_percent(row.alarms.value)}{unscored}"
            )
    for judge, why in attacked.silent.items():
        yield f"\n{judge}: {why}"
    if attacked.policy:
        yield f"\n{'the certified policy':30} {'agreement when accepted':28} accepted"
        for one in attacked.policy:
            yield (
                f"{_named(one.family, one.goal):30} {_share(one.agreement):28} {one.agreement.of:,} of {one.texts:,}"
                + _below(one)
            )
    if attacked.untried:
        yield f"\nNot tried: {', '.join(attacked.untried)}"


def _named(family: str, goal: Goal | None) -> str:
    return family if goal is None else f"{family}, to look {goal}"


def _share(share: Share) -> str:
    if not share.of:
        return "none to count"
    return f"{share.value:4.0%} ({share.low:.0%}-{share.high:.0%}) of {share.of:,}"


def _percent(value: float) -> str:
    return "-" if math.isnan(value) else f"{value:.0%}"


def _known(value: float) -> float:
    return -1.0 if math.isnan(value) else value


def _below(one: Agreement) -> str:
    if not one.fails:
        return ""
    assert one.promised is not None
    surely = "below" if one.agreement.high < one.promised else "seen below"
    return f"  {surely} the {one.promised:.0%} promised"


def _without_nan(value: Any) -> Any:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(inner) for key, inner in value.items()}
    return [_without_nan(inner) for inner in value] if isinstance(value, list | tuple) else value
