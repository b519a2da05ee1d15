"""What a job would ask and cost, before anything is spent: counts from all items, tokens from a sample of prompts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import fmean

from judgekit.annotators import ModelJudge
from judgekit.cascade import Cascade
from judgekit.config import CascadeSpec
from judgekit.judges.price import Price
from judgekit.records import Item
from judgekit.rubrics import Prompt

SAMPLE = 200
CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English under common tokenizers; the server's own count replaces it once it answers."""


@dataclass(frozen=True)
class TierPlan:
    """A tier if it were asked about every item of its rubric.

    ``calls`` are those it adds to its judge's earlier stages; ``tokens`` are estimated, prompt side; ``cost`` is in
    US dollars, None where no price is configured (a judge without calls costs nothing).
    """

    rubric: str
    tier: str
    items: int
    calls: int
    tokens: int
    cost: float | None


@dataclass(frozen=True)
class Plan:
    """An upper bound: every tier asked about every item; a calibrated policy asks the later tiers less often."""

    items: int
    tiers: tuple[TierPlan, ...]
    example: Prompt | None

    @property
    def cost(self) -> float | None:
        """The sum over tiers in US dollars; None where a price is unknown."""
        known = [tier.cost for tier in self.tiers if tier.cost is not None]
        return sum(known) if len(known) == len(self.tiers) else None


def plan(items: Iterable[Item], spec: CascadeSpec) -> Plan:
    """Count what ``score`` would ask of these items."""
    counts: Counter[str] = Counter()
    samples: dict[str, list[Item]] = {}
    for item in items:
        name = spec.rubric_for(item)
        counts[name] += 1
        if len(samples.setdefault(name, [])) < SAMPLE:
            samples[name].append(item)
    cascades = {name: spec.build(name, unbound=True, asks=False) for name in sorted(counts)}
    tiers = [
        tier for name, cascade in cascades.items() for tier in _tiers(cascade, counts[name], samples[name])
    ]
    prompts = (prompt for name, cascade in cascades.items() for prompt in _prompts(cascade, samples[name]))
    return Plan(counts.total(), tuple(tiers), next(prompts, None))


def _tiers(cascade: Cascade, items: int, sample: list[Item]) -> Iterator[TierPlan]:
    asked: dict[str, int] = {}
    askable = [item for item in sample if cascade.rubric.check(item) is None]
    for tier in cascade.tiers:
        judge = tier.judge
        if not isinstance(judge, ModelJudge) or not askable:
            yield TierPlan(cascade.rubric.name, tier.name, items, 0, 0, 0.0)
            continue
        panel = judge.panel(cascade.rubric)
        before = asked.get(judge.name, 0)
        prompts = [ask.prompt for item in askable for ask in panel.asks_until(item, tier.stage)[before:]]
        each = len(prompts) // len(askable)
        asked[judge.name] = before + each
        calls = each * round(items * len(askable) / len(sample))
        per_call = fmean(map(_tokens, prompts))
        price: Price | None = judge.backend.price
        cost = None if price is None else calls * price.of(round(per_call), 0, 1)
        yield TierPlan(cascade.rubric.name, tier.name, items, calls, round(calls * per_call), cost)


def _prompts(cascade: Cascade, sample: list[Item]) -> Iterator[Prompt]:
    for tier in cascade.tiers:
        if isinstance(tier.judge, ModelJudge):
            for item in sample:
                if cascade.rubric.check(item) is None:
                    yield tier.judge.panel(cascade.rubric).asks(item, 1)[0].prompt
    for item in sample:
        if cascade.rubric.check(item) is None:
            yield cascade.rubric.render(item)


def _tokens(prompt: Prompt) -> float:
    return sum(len(message["content"]) for message in prompt.messages) / CHARACTERS_PER_TOKEN
