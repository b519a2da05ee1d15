"""The judge: items in, evidence out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from judgekit.judges.base import NOTHING, Need
from judgekit.judges.lexical.model import RUBRICS, RULES, Reading, cases_of
from judgekit.judges.lexical.weights import Floats, load_weights
from judgekit.records import Evidence, Item, Record
from judgekit.rubrics import Rubric

if TYPE_CHECKING:
    from judgekit.judges import Context


class LexicalSpec(Record):
    """The judge's entry in a cascade file; ``semantic`` adds nearness in meaning (extra ``semantic``)."""

    name: str = "lexical"
    semantic: bool = False


class LexicalJudge:
    """Judges by words: what of the reference the output tells, refusal wording, repetition, gibberish.

    Free, deterministic and without a model to load. It answers the rubrics whose labels it has weights for
    (``forgetting``, ``multihop``, ``utility``, ``refusal``, ``qa``, and any other rubric with the same labels); for
    the rest its evidence is missing, so that they escalate.
    """

    description = "rules and text features, free, in this process"
    stages = 1

    def __init__(self, name: str = "lexical", semantic: bool = False) -> None:
        self.name = name
        self._semantic = semantic

    @classmethod
    def from_spec(cls, spec: Mapping[str, Any], context: Context) -> LexicalJudge:
        """Make the judge from its entry in a cascade file."""
        return cls(**LexicalSpec.model_validate(spec).model_dump())

    def fingerprint(self, rubric: Rubric) -> str:
        """Changes with the weights (and, through them, the features), the rules, and the rubric's labels."""
        parts = [
            "lexical",
            load_weights(self._semantic).fingerprint,
            RULES,
            *sorted(rubric.labels),
            rubric.file.kind,
        ]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:12]

    def need(self, items: Sequence[Item], rubric: Rubric, stage: int) -> Need:
        """Nothing: nobody is asked."""
        return NOTHING

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        """Evidence for each item, in order; missing where the rubric or the item gives no hold."""
        return self.judge(items, rubric)

    async def close(self) -> None:
        """Nothing to release."""

    def judge(self, items: Sequence[Item], rubric: Rubric) -> list[Evidence]:
        """The same without ``await``, for use on its own."""
        found = RUBRICS.get(frozenset(rubric.labels)) if rubric.file.kind != "pairwise" else None
        if found is None:
            reason = f"the lexical judge has no weights for the labels of rubric '{rubric.name}'"
            return [Evidence.missing(reason)] * len(items)
        combine, needs_reference = found
        began = perf_counter()
        cases, owner = [], []
        for index, item in enumerate(items):
            for case in cases_of(item):
                if not needs_reference or _tells(*case[:2]):
                    cases.append(case)
                    owner.append(index)
        if not cases:
            return [_without_reference(item) for item in items]
        table = combine(Reading(cases, self._semantic))
        rows = np.stack([table[label] for label in rubric.labels], axis=1)
        where: dict[int, list[int]] = {}
        for row, index in enumerate(owner):
            where.setdefault(index, []).append(row)
        seconds = (perf_counter() - began) / len(cases)
        return [
            self._evidence(_chain(rows[where[i]], rubric.labels), rubric.labels, seconds * len(where[i]))
            if i in where
            else _without_reference(items[i])
            for i in range(len(items))
        ]

    def _evidence(self, probs: Floats, labels: Sequence[str], seconds: float) -> Evidence:
        # built without validation: a million items pass here, and the sums are right by construction
        return Evidence.model_construct(
            probs=dict(zip(labels, (float(p) for p in probs), strict=True)),
            cost=0.0,
            seconds=seconds,
            model=f"lexical-{load_weights(self._semantic).fingerprint}",
        )


def _tells(question: str, references: Iterable[str]) -> bool:
    """Whether a reference says anything: a wrongly mapped column repeats the question, which no answer would match."""
    asked = question.casefold().split()
    return any(reference.strip() and reference.casefold().split() != asked for reference in references)


def _without_reference(item: Item) -> Evidence:
    is_given = any(reference.strip() for reference in item.references)
    said = "the reference is the question itself, so there is nothing" if is_given else "no reference"
    return Evidence.missing(f"{said} to compare the output with")


def _chain(rows: Floats, labels: Sequence[str]) -> Floats:
    """One distribution from those of a chain's hops and its final output.

    The chain is leaked if any of its parts is, else partly if any is: the probability that the best label of
    any part is at most each label in that order. What is then left goes by the final output.
    """
    last: Floats = rows[-1]
    if len(rows) == 1 or "leaked" not in labels:
        return last
    leaked, partial = labels.index("leaked"), labels.index("partial")
    out = last.copy()
    none_leaked = np.prod(1 - rows[:, leaked])
    neither = np.prod(1 - rows[:, leaked] - rows[:, partial])
    others = [i for i in range(len(labels)) if i not in (leaked, partial)]
    rest = out[others].sum()
    out[others] = out[others] / rest * neither if rest > 0 else neither / len(others)
    out[leaked], out[partial] = 1 - none_leaked, none_leaked - neither
    return out
