"""Who is asked what: the prompts of simulated annotators, and one opinion from their answers."""

from __future__ import annotations

import hashlib
import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from judgekit.judges.annotators.examples import Annotators, Example, Shot, deal, same_question
from judgekit.judges.base import Answer, Ask, KeyMaker
from judgekit.judges.reading.verdicts import label_probs
from judgekit.records import Evidence, Item
from judgekit.rubrics import ORDERS, Prompt, Rubric
from judgekit.rubrics.fencing import FENCING


class Panel:
    """The annotators of one judge under one rubric: which examples each is shown, and the asks that result.

    Parameters
    ----------
    spec : Annotators
        How many of what.
    rubric : Rubric
        What is asked.
    examples : Sequence[Example]
        Where they are drawn from.
    identity : str
        What else the keys of asks depend on (see ``KeyMaker``).

    Raises
    ------
    ConfigError
        There are not enough examples.
    """

    def __init__(
        self, spec: Annotators, rubric: Rubric, examples: Sequence[Example], identity: str = ""
    ) -> None:
        self.spec, self.rubric, self.identity = spec, rubric, identity
        self.orders = ORDERS[: spec.orders]
        self.stages = spec.stages or (spec.n,)
        self.heard = tuple(round(stage * spec.orders) for stage in self.stages)
        """Asks that are answered at each stage."""
        self._decks = deal(spec, rubric, examples)
        shown = [[shot for shot, _ in deck[: spec.k]] for deck in self._decks]
        self._usual = [({shot.id for shot in shots}, {shot.question_id for shot in shots}) for shots in shown]
        self._shared: dict[tuple[int, tuple[Any, ...]], tuple[Prompt, KeyMaker]] = {}

    def shots(self, annotator: int, item: Item) -> list[Shot]:
        """An annotator's examples for an item: the same for every item, but never the item or its question.

        Where one of them is, the annotator's next spare example takes its place.
        """
        deck = self._decks[annotator]
        if self._meets(annotator, item):
            return [shot for shot in deck if not same_question(shot[0], item)][: self.spec.k]
        return deck[: self.spec.k]

    def _meets(self, annotator: int, item: Item) -> bool:
        """Whether an annotator's usual examples hold the item or its question."""
        ids, questions = self._usual[annotator]
        return item.id in ids or item.question_id in questions

    def asks_until(self, item: Item, stage: int) -> list[Ask]:
        """All asks about an item up to a stage (1-based)."""
        heard = self.heard[stage - 1]
        return self.asks(item, -(-heard // len(self.orders)))[:heard]

    def asks(self, item: Item, annotators: int) -> list[Ask]:
        """All asks about an item: by annotator (the first so many), and within one by order."""
        cases = self._cases(item)
        asks = []
        for annotator in range(annotators):
            instead = (
                (shot.id for shot, _ in self.shots(annotator, item)) if self._meets(annotator, item) else ()
            )
            who = (annotator, *instead)
            for order, case in zip(self.orders, cases, strict=True):
                key = (order, who)
                if key not in self._shared:
                    whole = self.rubric.render(item, self.shots(annotator, item), order)
                    self._shared[key] = whole, KeyMaker(self.identity, whole)
                first, make_key = self._shared[key]
                prompt = Prompt((*first.messages[:-1], case), first.options)
                asks.append(Ask(make_key(prompt), prompt))
        return asks

    def shown(self) -> frozenset[str]:
        """Question ids of the examples in the prompts; such questions must not serve for calibration."""
        return frozenset(shot.question_id for deck in self._decks for shot, _ in deck[: self.spec.k])

    def _cases(self, item: Item) -> list[Mapping[str, str]]:
        """The item's own message in every order: it is the same in all of them where no outputs are swapped."""
        first, *others = self.orders
        cases = [self.rubric.render(item, (), first).messages[-1]]
        for order in others:
            swapped = self.rubric.file.kind == "pairwise"
            cases.append(self.rubric.render(item, (), order).messages[-1] if swapped else cases[0])
        return cases

    def fingerprint(self) -> str:
        """Changes with anything that an annotator is shown (hex)."""
        shown = [
            [
                self.rubric.render(deck[0][0], deck[: self.spec.k], order).messages[:-1]
                for order in self.orders
            ]
            for deck in self._decks
            if deck
        ]
        text = json.dumps([self.rubric.fingerprint, FENCING, self.orders, self.stages, shown], default=dict)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def combine(heard: Sequence[tuple[Ask, Answer]], labels: Sequence[str], orders: int) -> Evidence:
    """One item's evidence: the mean label probabilities over annotators and orders.

    An annotator who could not be heard in every order is left out: half a pair would bring back the pull of the
    order. ``reason`` then says how many were; where nobody is left it says why.

    Parameters
    ----------
    heard : Sequence[tuple[Ask, Answer]]
        Asks and answers as ``Panel.asks`` orders them.
    orders : int
        Asks an annotator; of a single ask that is all.
    """
    orders = min(orders, len(heard))
    opinions, reasons, order_inconsistency = [], Counter[str](), 0
    for start in range(0, len(heard), orders):
        pair = heard[start : start + orders]
        read = [one for ask, answer in pair if (one := label_probs(answer, ask.prompt.options)) is not None]
        if len(read) < orders:
            reasons.update([next((answer.error for _, answer in pair if answer.error), "no probabilities")])
            continue
        opinions += read
        order_inconsistency += len({max(labels, key=probs.__getitem__) for probs, _ in read}) > 1
    answers = [answer for _, answer in heard]
    known: dict[str, Any] = {
        "asks": len(heard),
        "calls": tuple(ask.key for ask, _ in heard),
        "prompt_tokens": _total([answer.prompt_tokens for answer in answers]),
        "cached_tokens": _total([answer.cached_tokens for answer in answers]),
        "completion_tokens": _total([answer.completion_tokens for answer in answers]),
        "cost": _total([answer.cost for answer in answers]),
        "seconds": round(math.fsum(answer.seconds for answer in answers), 6),
        "model": next((answer.model for answer in answers if answer.model), None),
    }
    if not opinions:
        return Evidence.missing(reasons.most_common(1)[0][0], **known)
    n = len(opinions)
    if reasons:
        why, _ = reasons.most_common(1)[0]
        known["reason"] = f"{reasons.total()} of {len(heard) // orders} annotators not heard: {why}"
    return Evidence(
        probs={label: math.fsum(probs[label] for probs, _ in opinions) / n for label in labels},
        mass=math.fsum(mass for _, mass in opinions) / n,
        order_inconsistency=order_inconsistency / (n // orders) if orders > 1 else None,
        **known,
    )


def _total(values: Sequence[Any]) -> Any:
    """The sum, or None where a part is unknown."""
    return None if None in values else math.fsum(values) if isinstance(values[0], float) else sum(values)
