"""Tiers that are stages of one judge: ``small@1``, ``small@2`` and ``small@5`` are ``small``, asked again and again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from judgekit.records import Evidence, EvidenceRow

STAGE = "@"
"""Separates a judge's name from the stage, in the tier names of judges that are asked in stages."""


def judge_index(tiers: Sequence[str]) -> list[int]:
    """For each tier the number of the judge it is a stage of (``small@1``, ``small@2`` and ``small@5`` are one)."""
    names = judge_names(tiers)
    return [names.index(tier.partition(STAGE)[0]) for tier in tiers]


def judge_names(tiers: Sequence[str]) -> tuple[str, ...]:
    """The judges that tiers belong to, in the order of the tiers."""
    return tuple(dict.fromkeys(tier.partition(STAGE)[0] for tier in tiers))


def last_stages(row: EvidenceRow) -> dict[str, Evidence]:
    """The last evidence of every judge of a row (later stages include what earlier ones spent)."""
    return {tier.partition(STAGE)[0]: evidence for tier, evidence in row.tiers.items()}


def incremental(tiers: Sequence[str], costs: Mapping[str, float]) -> list[float]:
    """What each tier adds: a later stage of a judge costs what its earlier stages have not spent yet."""
    spent: dict[str, float] = {}
    added = []
    for tier in tiers:
        judge = tier.partition(STAGE)[0]
        added.append(max(costs[tier] - spent.get(judge, 0.0), 0.0))
        spent[judge] = max(costs[tier], spent.get(judge, 0.0))
    return added
