"""What a job would ask and cost, before anything is spent: counts from all items, tokens from a sample of prompts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import Unpack

from judgekit.cascade.run import Cascade
from judgekit.cascade.spec import AnyCascade, CascadeSpec, checked_cascade
from judgekit.display import html_table
from judgekit.errors import at_least
from judgekit.judges.base import NOTHING, Need, need
from judgekit.readers import read
from judgekit.readers.log import ReaderOptions
from judgekit.records import Item
from judgekit.rubrics import Prompt
from judgekit.runs.folder import Paths

SAMPLE = 200


@dataclass(frozen=True)
class TierPlan:
    """A tier if it were asked about every item of its rubric.

    ``calls`` are those it adds to its judge's earlier stages; ``tokens`` are estimated, prompt side; ``cost`` is in
    US dollars, None where no price is configured (a judge without calls costs nothing). All three are None for a
    judge of another package that does not say them.
    """

    rubric: str
    tier: str
    items: int
    calls: int | None
    tokens: int | None
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

    def _repr_html_(self) -> str:
        told = "unknown, where no price is given" if self.cost is None else f"${self.cost:,.2f}"
        return html_table(map(vars, self.tiers), f"{self.items:,} items; cost at most: {told}")


def plan(
    files: Paths | Iterable[Item],
    *,
    cascade: AnyCascade = None,
    rubric: str | None = None,
    calibrations: Paths = (),
    limit: int | None = None,
    **reader: Unpack[ReaderOptions],
) -> Plan:
    """What scoring would ask and cost at most, before anything is spent (how many labels: :func:`plan_labels`).

    Parameters
    ----------
    files : path or paths, or iterable of Item
        Files of outputs, or items.
    cascade, rubric, calibrations
        As for :func:`score`.
    limit : int | None
        Only the first items of each file.
    reader : ReaderOptions
        How files are read, see :func:`read`.
    """
    at_least(1, limit=limit)
    spec = checked_cascade(cascade, rubric, calibrations)
    if isinstance(files, str | Path):
        files = [files]
    given = list(files)
    items = [one for one in given if isinstance(one, Item)]
    read_from = [one for one in given if not isinstance(one, Item)]
    return estimate(
        chain(islice(items, limit), *(islice(read(file, **reader), limit) for file in read_from)), spec
    )


def estimate(items: Iterable[Item], spec: CascadeSpec) -> Plan:
    """Count what ``score`` would ask of these items."""
    counts: Counter[str] = Counter()
    samples: dict[str, list[Item]] = {}
    for item in items:
        name = spec.rubric_for(item)
        counts[name] += 1
        if len(samples.setdefault(name, [])) < SAMPLE:
            samples[name].append(item)
    tiers: list[TierPlan] = []
    prompts: list[Prompt] = []
    unsent: list[Prompt] = []
    for name in sorted(counts):
        cascade = spec.build(name, allow_uncertified=True, asks=False)
        askable = [item for item in samples[name] if cascade.rubric.check(item) is None]
        share = counts[name] / len(samples[name])
        for tier, needed in _needs(cascade, askable):
            numbers = (_times(needed.calls, share), _times(needed.tokens, share))
            cost = None if needed.cost is None else needed.cost * share
            tiers.append(TierPlan(name, tier, counts[name], *numbers, cost))
            prompts += [needed.prompt] if needed.prompt else []
        unsent += [cascade.rubric.render(item) for item in askable[:1]]
    return Plan(counts.total(), tuple(tiers), next(iter([*prompts, *unsent]), None))


def _needs(cascade: Cascade, items: list[Item]) -> Iterator[tuple[str, Need]]:
    """What each tier needs for items of the rubric; nothing where there are none."""
    for tier in cascade.tiers:
        yield tier.name, need(tier.judge, items, cascade.rubric, tier.stage) if items else NOTHING


def _times(number: int | None, share: float) -> int | None:
    return None if number is None else round(number * share)
