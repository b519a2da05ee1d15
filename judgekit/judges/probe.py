"""Tries a judge out before it is trusted with anything: does it answer, with what mass, and twice the same?

What an engine cannot repeat is measured here and shown, since no setting promises it: with other prompts in its
batch a server may round otherwise, and some return no log-probabilities at all.
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from judgekit.judges import rulebreakers
from judgekit.judges.base import Answer, Ask, Backend, Judge
from judgekit.judges.reading.verdicts import label_probs
from judgekit.records import Evidence, Item
from judgekit.rubrics import Rubric, load_rubric


@dataclass(frozen=True)
class Probe:
    """What asking a backend twice showed.

    Attributes
    ----------
    asks : int
        Prompts, each asked twice.
    answered : int
        Of them, with a verdict both times.
    exact : float
        Share of the answers in which every option letter's log-probability was reported.
    sampled : bool
        Verdicts are counts of samples. mass, least_mass : mean and least probability on the letters.
    order_inconsistency : float | None
        Share of items whose verdict changes with the order, None where asked in one order only.
    changed : int
        Verdicts that were others the second time.
    difference : float
        The largest change of a label's probability.
    seconds : float
        Median time of an ask.
    longest_prompt : int | None
        Tokens.
    context_length : int | None
        Tokens the model takes, if known.
    errors : dict[str, int]
        Reasons for missing verdicts and how often.
    """

    asks: int
    answered: int
    exact: float
    sampled: bool
    mass: float
    least_mass: float
    order_inconsistency: float | None
    changed: int
    difference: float
    seconds: float
    longest_prompt: int | None
    context_length: int | None
    model: str | None
    errors: dict[str, int]


async def probe(backend: Backend, rows: Sequence[Sequence[Ask]]) -> Probe:
    """Ask everything twice, past any store.

    Parameters
    ----------
    rows : Sequence[Sequence[Ask]]
        One row an item, one ask an order.
    """
    asks = [ask for row in rows for ask in row]
    first, second = [{ask.key: answer async for ask, answer in backend.answer(asks)} for _ in range(2)]
    read = {ask.key: (_read(ask, first), _read(ask, second)) for ask in asks}
    both = {key: (one, two) for key, (one, two) in read.items() if one is not None and two is not None}
    masses = [mass for pair in both.values() for _, mass in pair]
    answers = [answer for one in (first, second) for answer in one.values()]
    verdicts = [
        {_top(both[ask.key][0][0]) for ask in row}
        for row in rows
        if row and all(ask.key in both for ask in row)
    ]
    good = [answer for answer in answers if answer.error is None]
    return Probe(
        asks=len(asks),
        answered=len([ask for ask in asks if ask.key in both]),
        exact=statistics.mean(not answer.sampled and answer.floor is None for answer in good)
        if good
        else 0.0,
        sampled=any(answer.sampled for answer in answers),
        mass=statistics.mean(masses) if masses else 0.0,
        least_mass=min(masses, default=0.0),
        order_inconsistency=statistics.mean(len(tops) > 1 for tops in verdicts)
        if verdicts and len(rows[0]) > 1
        else None,
        changed=sum(_top(one[0]) != _top(two[0]) for one, two in both.values()),
        difference=max(
            (abs(one[0][label] - two[0][label]) for one, two in both.values() for label in one[0]),
            default=0.0,
        ),
        seconds=statistics.median(answer.seconds for answer in answers) if answers else 0.0,
        longest_prompt=max(
            (answer.prompt_tokens for answer in answers if answer.prompt_tokens), default=None
        ),
        context_length=getattr(backend, "context_length", None),
        model=next((answer.model for answer in good if answer.model), None),
        errors=dict(Counter(answer.error for answer in answers if answer.error)),
    )


async def check(judges: Iterable[Judge], rubric: str, items: int, stress: str | None = None) -> list[str]:
    """Try out judges on the rubric's own examples; lines to print.

    Parameters
    ----------
    judges : Iterable[Judge]
        Each is tried out once, however often it stands there.
    items : int
        Most items, or pairs of a stress test, to ask about.
    stress : str | None
        ``rulebreakers`` (see there) instead of the examples.
    """
    each = {id(judge): judge for judge in judges}
    lines = []
    for judge in each.values():
        try:
            lines += await (_stress(judge, items) if stress else _try(judge, load_rubric(rubric), items))
        finally:
            await judge.close()
    return lines


async def _try(judge: Judge, rubric: Rubric, most: int) -> list[str]:
    cases = [(item, label) for item, label in rubric.example_rows if rubric.check(item) is None][:most]
    items = [item.model_copy(update={"human": ()}) for item, _ in cases]
    lines = [f"{judge.name}: {len(items)} examples of rubric '{rubric.name}'"]
    panel, backend = getattr(judge, "panel", None), getattr(judge, "backend", None)
    if panel is not None and backend is not None:
        rows = [panel(rubric).asks(item, 1) for item in items]
        lines += describe(await probe(backend, rows))
    found = await judge.evidence(items, rubric, 1)
    return [*lines, _accuracy(found, [label for _, label in cases])]


def describe(seen: Probe) -> list[str]:
    """The probe as lines for a person."""
    lines = [
        f"  model            {seen.model or 'not said'}, context {seen.context_length or 'of unknown'} tokens"
    ]
    if seen.longest_prompt:
        lines[0] += f", longest prompt {seen.longest_prompt}"
    lines.append(f"  answered         {seen.answered} of {seen.asks} prompts, both times")
    for reason, count in seen.errors.items():
        lines.append(f"                   {count} x {reason}")
    if not seen.answered:
        return lines
    kind = (
        "none: verdicts are counts of samples"
        if seen.sampled
        else f"all letters reported in {seen.exact:.0%} of the answers"
    )
    lines.append(f"  log-probability  {kind}")
    lines.append(f"  label mass       mean {seen.mass:.3f}, least {seen.least_mass:.3f}")
    if seen.order_inconsistency is not None:
        lines.append(
            f"  order            {seen.order_inconsistency:.0%} of the items change their verdict with the order"
        )
    lines.append(
        f"  repeatability    {seen.changed} verdicts changed, largest difference {seen.difference:.2g}"
    )
    lines.append(f"  speed            {seen.seconds * 1000:.0f} ms a prompt (median)")
    return lines


async def _stress(judge: Judge, pairs: int) -> list[str]:
    rubric = load_rubric(rulebreakers.RUBRIC)
    asked = rulebreakers.pairs(pairs)
    items: list[Item] = [item for pair in asked for item in (pair.ordinary, pair.breaker)]
    found = await judge.evidence(items, rubric, judge.stages)
    result = rulebreakers.score(asked, {item.id: one.probs for item, one in zip(items, found, strict=True)})
    return [
        f"{judge.name}: rule breakers",
        *(f"  {name:<18} {value}" for name, value in vars(result).items()),
    ]


def _accuracy(found: Sequence[Evidence], labels: Sequence[str]) -> str:
    judged = [(one.label, label) for one, label in zip(found, labels, strict=True) if one.probs]
    if not judged:
        why = next((one.reason for one in found if one.reason), "no items")
        return f"  accuracy         nothing judged: {why}"
    right = sum(said == label for said, label in judged)
    return f"  accuracy         {right} of {len(judged)} examples right, {len(labels) - len(judged)} without evidence"


def _read(ask: Ask, answers: dict[str, Answer]) -> tuple[dict[str, float], float] | None:
    answer = answers.get(ask.key)
    return None if answer is None else label_probs(answer, ask.prompt.options)


def _top(probs: dict[str, float]) -> str:
    return min(probs, key=lambda label: (-probs[label], label))
