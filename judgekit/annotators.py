"""Simulated annotators: one judge asked N times, each time with other labelled examples in front.

Each annotator is K examples put before the question; its opinion is taken in one order of the options, or in both,
and the label probabilities of all are averaged (Jung, Brahman and Choi, "Trust or Escalate", arXiv 2407.18370,
section 2.2; asking in both orders is what their released code does, and cancels the pull of a letter's place).
"""

from __future__ import annotations

import hashlib
import json
import math
import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from pydantic import Field, model_validator

from judgekit.errors import ConfigError, InputError
from judgekit.judges.base import Answer, Ask, Backend, KeyMaker
from judgekit.judges.verdicts import label_probs
from judgekit.records import Evidence, Item, Record, parse
from judgekit.rubrics import ORDERS, Prompt, Rubric
from judgekit.store import Store

if TYPE_CHECKING:
    from judgekit.judges import Context

Shot = tuple[Item, str]


class Annotators(Record):
    """The ``annotators`` part of a judge in a cascade file.

    Attributes
    ----------
    n : annotators. k : labelled examples before the question of each.
    orders : 1 asks in the order written; 2 also with options reversed (outputs of a pair swapped).
    stages : annotators asked so far at each stage, increasing, the last being ``n``; by default one stage.
    labels : ``majority`` takes one label an example; ``individual`` lets every annotator stand for one person
        who labelled the examples.
    seed : of the draw of examples.
    examples : a JSONL file of items with human labels; by default the rubric's own examples.
    """

    n: int = Field(1, ge=1)
    k: int = Field(0, ge=0)
    orders: Literal[1, 2] = 2
    stages: tuple[int, ...] = ()
    labels: Literal["majority", "individual"] = "majority"
    seed: int = 0
    examples: Path | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Annotators:
        if self.n > 1 and self.k == 0:
            raise ValueError("several annotators differ only by their examples: set k")
        if self.stages and (list(self.stages) != sorted({*self.stages, self.n}) or self.stages[0] < 1):
            raise ValueError(f"stages must increase from at least 1 to n = {self.n}")
        return self


@dataclass(frozen=True)
class Example:
    """A labelled item that may be shown; ``labels`` maps annotators to labels."""

    item: Item
    labels: Mapping[str, str]

    def majority(self) -> str | None:
        """The label that most gave, None where there is no such."""
        ranked = Counter(self.labels.values()).most_common(2)
        return None if len(ranked) == 2 and ranked[0][1] == ranked[1][1] else ranked[0][0]


def load_examples(rubric: Rubric, path: Path | None = None) -> list[Example]:
    """The examples of a file, or else the rubric's own.

    Raises
    ------
    InputError : a line is no item, has no label, or one that the rubric does not know.
    """
    if path is None:
        return [Example(item, {"": label}) for item, label in rubric.example_rows]
    examples = []
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"cannot read the examples: {error}", path=path) from None
    for line, text in enumerate(lines, 1):
        if not text.strip():
            continue
        try:
            item = parse(Item, json.loads(text), path=path, line=line)
        except json.JSONDecodeError as error:
            raise InputError(f"not JSON: {error}", path=path, row=line) from None
        labels = {given.annotator: given.label for given in item.human if given.rubric in ("", rubric.name)}
        if not labels or set(labels.values()) - set(rubric.labels):
            raise InputError(f"an example needs labels among {', '.join(rubric.labels)}", path=path, row=line)
        if reason := rubric.check(item):
            raise InputError(reason, path=path, row=line)
        examples.append(Example(item, labels))
    return examples


class Panel:
    """The annotators of one judge under one rubric: which examples each is shown, and the asks that result.

    Parameters
    ----------
    spec : how many of what. rubric : what is asked. examples : where they are drawn from.
    identity : what else the keys of asks depend on (see ``KeyMaker``).

    Raises
    ------
    ConfigError : there are not enough examples.
    """

    def __init__(
        self, spec: Annotators, rubric: Rubric, examples: Sequence[Example], identity: str = ""
    ) -> None:
        self.spec, self.rubric, self.identity = spec, rubric, identity
        self.orders = ORDERS[: spec.orders]
        self.stages = spec.stages or (spec.n,)
        self._decks = _decks(spec, rubric, examples)
        self._shared: dict[tuple[Any, ...], tuple[Prompt, KeyMaker]] = {}

    def shots(self, annotator: int, item: Item) -> list[Shot]:
        """An annotator's examples for an item: the same for every item, but never the item or its question.

        Where one of them is, the annotator's next spare example takes its place.
        """
        deck = self._decks[annotator]
        shown = deck[: self.spec.k]
        if any(_same(shot, item) for shot, _ in shown):
            return [shot for shot in deck if not _same(shot[0], item)][: self.spec.k]
        return shown

    def asks(self, item: Item, annotators: int) -> list[Ask]:
        """All asks about an item: by annotator (the first so many), and within one by order."""
        cases = [self.rubric.render(item, (), order).messages[-1] for order in self.orders]
        asks = []
        for annotator in range(annotators):
            shots = self.shots(annotator, item)
            for order, case in zip(self.orders, cases, strict=True):
                key = (order, annotator, *(shot.id for shot, _ in shots))
                if key not in self._shared:
                    whole = self.rubric.render(item, shots, order)
                    self._shared[key] = whole, KeyMaker(self.identity, whole)
                first, make_key = self._shared[key]
                prompt = Prompt((*first.messages[:-1], case), first.options)
                asks.append(Ask(make_key(prompt), prompt))
        return asks

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
        text = json.dumps([self.rubric.fingerprint, self.orders, self.stages, shown], default=dict)
        return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _same(shot: Item, item: Item) -> bool:
    return shot.id == item.id or shot.question_id == item.question_id


def _decks(spec: Annotators, rubric: Rubric, examples: Sequence[Example]) -> list[list[Shot]]:
    """For every annotator all examples it may be shown, in its own order: the first k are shown, the rest spare.

    Annotators draw on in turn from one shuffled deck with the labels interleaved, so that each sees several labels
    and different annotators see different examples as long as they last.
    """
    if not spec.k:
        return [[] for _ in range(spec.n)]
    people = sorted({name for example in examples for name in example.labels})
    decks = []
    for annotator in range(spec.n):
        if spec.labels == "individual":
            person = people[annotator % len(people)] if people else ""
            turn = annotator // max(1, len(people))
            pool = [
                (example.item, example.labels[person]) for example in examples if person in example.labels
            ]
        else:
            turn = annotator
            pool = [
                (example.item, label) for example in examples if (label := example.majority()) is not None
            ]
        pool = _one_per_question(pool)
        if len(pool) <= spec.k:
            raise ConfigError(
                f"rubric '{rubric.name}': annotators with k = {spec.k} need more than {spec.k} labelled questions "
                f"as examples; there are {len(pool)}: lower k, or name a file under annotators: examples"
            )
        decks.append(_draw(pool, turn * spec.k, spec.seed))
    return decks


def _draw(pool: Sequence[Shot], start: int, seed: int) -> list[Shot]:
    """The pool in the order dealt from position ``start`` of an endless deck that is shuffled anew each round."""
    round_, offset = divmod(start, len(pool))
    dealt = _interleaved(pool, f"{seed}:{round_}")[offset:]
    return [*dealt, *(shot for shot in _interleaved(pool, f"{seed}:{round_ + 1}") if shot not in dealt)]


def _interleaved(pool: Sequence[Shot], seed: str) -> list[Shot]:
    draw = random.Random(seed)
    by_label: dict[str, list[Shot]] = {}
    for shot in pool:
        by_label.setdefault(shot[1], []).append(shot)
    piles = [by_label[label] for label in sorted(by_label)]
    for pile in piles:
        draw.shuffle(pile)
    dealt: list[Shot] = []
    while any(piles):
        full = [pile for pile in piles if pile]
        draw.shuffle(full)
        dealt += [pile.pop() for pile in full]
    return dealt


def _one_per_question(pool: Sequence[Shot]) -> list[Shot]:
    first: dict[str, Shot] = {}
    for shot in pool:
        first.setdefault(shot[0].question_id, shot)
    return list(first.values())


def combine(heard: Sequence[tuple[Ask, Answer]], labels: Sequence[str], orders: int) -> Evidence:
    """One item's evidence: the mean label probabilities over annotators and orders.

    An annotator who could not be heard in every order is left out: half a pair would bring back the pull of the
    order. ``reason`` then says how many were; where nobody is left it says why.

    Parameters
    ----------
    heard : asks and answers as ``Panel.asks`` orders them. orders : asks an annotator.
    """
    opinions, reasons, flips = [], Counter[str](), 0
    for start in range(0, len(heard), orders):
        pair = heard[start : start + orders]
        read = [one for ask, answer in pair if (one := label_probs(answer, ask.prompt.options)) is not None]
        if len(read) < orders:
            reasons.update([next((answer.error for _, answer in pair if answer.error), "no probabilities")])
            continue
        opinions += read
        flips += len({max(labels, key=probs.__getitem__) for probs, _ in read}) > 1
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
        flips=flips / (n // orders) if orders > 1 else None,
        **known,
    )


def _total(values: Sequence[Any]) -> Any:
    """The sum, or None where a part is unknown."""
    return (
        None
        if any(value is None for value in values)
        else math.fsum(values)
        if isinstance(values[0], float)
        else sum(values)
    )


class ModelJudge:
    """A panel of simulated annotators over a backend, with every answer in the store.

    Parameters
    ----------
    name : the tier's name. backend : answers prompts. store : None keeps nothing.
    annotators, folder : as in the cascade file, and where its relative paths start.
    """

    kind: ClassVar[str] = "openai"

    def __init__(
        self,
        name: str,
        backend: Backend,
        annotators: Annotators | None = None,
        *,
        store: Store | None = None,
        folder: Path = Path(),
    ) -> None:
        self.name, self.backend, self.store = name, backend, store
        self.annotators = annotators or Annotators()
        self.folder = folder
        self.stages = len(self.annotators.stages or (1,))
        self._identity = json.dumps(backend.identity(), sort_keys=True, default=str)
        self._panels: dict[str, Panel] = {}
        self._faults: dict[str, Answer] = {}

    @classmethod
    def from_spec(cls, options: Mapping[str, Any], context: Context) -> ModelJudge:
        """Make the judge from its entry in a cascade file; what is not the panel's is the backend's."""
        spec = dict(options)
        name = str(spec.pop("name", cls.kind))
        annotators = Annotators.model_validate(spec.pop("annotators", {}))
        make = import_module(f"judgekit.judges.{cls.kind}").backend
        judge = cls(name, make(spec, context.budget), annotators, store=context.store, folder=context.folder)
        judge.panel(context.rubric)
        return judge

    def panel(self, rubric: Rubric) -> Panel:
        """The judge's annotators under a rubric."""
        if rubric.fingerprint not in self._panels:
            path = self.annotators.examples
            examples = load_examples(rubric, None if path is None else self.folder / path)
            self._panels[rubric.fingerprint] = Panel(self.annotators, rubric, examples, self._identity)
        return self._panels[rubric.fingerprint]

    def fingerprint(self, rubric: Rubric) -> str:
        """See ``Judge.fingerprint``."""
        text = f"{self._identity}\n{self.panel(rubric).fingerprint()}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        """See ``Judge.evidence``. Asks go out by annotator and order, so that neighbors share their beginning."""
        panel = self.panel(rubric)
        reasons = [rubric.check(item) for item in items]
        asks = [
            [] if reason else panel.asks(item, panel.stages[stage - 1])
            for item, reason in zip(items, reasons, strict=True)
        ]
        answers = await self._answers(chain.from_iterable(zip(*filter(None, asks), strict=True)))
        return [
            Evidence.missing(reason)
            if reason
            else combine([(ask, answers[ask.key]) for ask in row], rubric.labels, len(panel.orders))
            for reason, row in zip(reasons, asks, strict=True)
        ]

    async def close(self) -> None:
        """See ``Judge.close``."""
        await self.backend.close()

    async def _answers(self, asks: Iterable[Ask]) -> dict[str, Answer]:
        """Answers by key: from the store, and from the backend what is not there. No fault is met twice in a run."""
        wanted = {ask.key: ask for ask in asks}
        stored = {} if self.store is None else self.store.get(list(wanted))
        answers = {key: Answer.from_row(row) for key, row in stored.items()}
        answers |= {key: self._faults[key] for key in wanted if key in self._faults}
        async for ask, answer in self.backend.answer(
            ask for key, ask in wanted.items() if key not in answers
        ):
            if answer.fault:
                self._faults[ask.key] = answer
            if self.store is not None:
                self.store.put([(ask.key, answer.to_row())], self.name)
            answers[ask.key] = answer
        return answers


class OpenAIJudge(ModelJudge):
    """A model behind an OpenAI-compatible endpoint (``judge: openai``)."""

    kind = "openai"


class VLLMJudge(ModelJudge):
    """A model in a vLLM engine of this process (``judge: vllm``)."""

    kind = "vllm"
