"""What of a leak rate is chance: the same outputs against other questions' references, by the lexical judge.

References are exchanged within a split and a kind of question ("country"): any answer of another kind would be wrong
too easily. The lexical judge reads both the own and the exchanged references, whoever judged the run: it is free, and
only figures of one judge can be set against each other.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.judges.lexical import LexicalJudge
from judgekit.judges.lexical.asked import asked
from judgekit.judges.lexical.leaking import LABEL, leaks
from judgekit.records import Item
from judgekit.report.rates.judged import JudgedRate
from judgekit.report.run import JudgedItem
from judgekit.rubrics import Rubric
from judgekit.trust.arrays import Bools
from judgekit.trust.prevalence.chance import Pairs, Share, beyond_chance, permuted_pairs, within

NOTABLE = 0.01
BASIS = "By the lexical judge, whoever judged the run; the interval covers which questions were asked"
KIND_AT_LEAST = 20
"""Questions of a split that must ask for the same noun to be a kind of their own."""


@dataclass(frozen=True)
class ByChance:
    """How much of the leaks of some items is chance.

    Attributes
    ----------
    kind : str
        The kind of question; empty: all kinds.
    items : int
        Items that could be held against another question's reference.
    leaked, chance, excess : JudgedRate
        Of these: the share that leaks its own reference, the share that leaks another's, and the difference, all by
        the lexical judge.
    """

    kind: str
    items: int
    leaked: JudgedRate
    chance: JudgedRate
    excess: JudgedRate

    @property
    def notable(self) -> bool:
        """Whether chance is significantly more than next to nothing."""
        return self.chance.low > NOTABLE


def leaks_by_chance(rows: Sequence[JudgedItem], rubric: Rubric) -> dict[str, tuple[ByChance, ...]]:
    """Split (empty: all) -> all its items together, then each kind of question; only what can be compared.

    Parameters
    ----------
    rows : Sequence[JudgedItem]
        Of one run and rubric; those without a reference, or alone in their kind, take no part.
    rubric : Rubric
        One with the label *leaked*.
    """
    known_of = [
        (row, row.item) for row in rows if row.item is not None and any(map(str.strip, row.item.references))
    ]
    items = [item for _, item in known_of]
    kinds = kinds_of(items)
    strata = [(item.split, kind, len(item.hops)) for item, kind in zip(items, kinds, strict=True)]
    questions = [item.question_id for item in items]
    pairs = permuted_pairs(questions, strata, _dice(questions))
    if not len(pairs.items):
        return {}
    own, permuted = _leaked([known_of[item] for item in pairs.items], pairs, rubric)
    known = {number: strata[item] for number, item in zip(pairs.strata, pairs.items, strict=True)}

    def told(kind: str, which: Sequence[int]) -> ByChance:
        part = within(pairs, own, permuted, which)
        found = beyond_chance(*part)
        return ByChance(
            kind,
            round(float(part[0].weights.sum())),
            _rate(LABEL, found.rate),
            _rate("chance", found.chance),
            _rate("excess", found.excess),
        )

    by_split = {}
    for split in ("", *dict.fromkeys(split for split, _, _ in known.values())):
        mine = {number: kind for number, (where, kind, _) in known.items() if split in ("", where)}
        parts = [told(kind, [n for n in mine if mine[n] == kind]) for kind in dict.fromkeys(mine.values())]
        parts.sort(key=lambda part: -part.items)
        by_split[split] = (told("", list(mine)), *parts)
    return by_split


def _rate(name: str, share: Share) -> JudgedRate:
    return JudgedRate(name, share.value, share.low, share.high, (share.value, share.value), "judge", BASIS)


def kinds_of(items: Sequence[Item]) -> list[str]:
    """What each item's question asks for: the noun it names if many of its split name it, else the kind."""
    wanted = {item.question: asked(item.question) for item in items}
    often = Counter(
        (split, wanted[question].noun) for split, question in {(item.split, item.question) for item in items}
    )
    return [
        found.noun if found.noun and often[item.split, found.noun] >= KIND_AT_LEAST else found.kind.value
        for item in items
        for found in [wanted[item.question]]
    ]


def _dice(questions: Sequence[str]) -> np.random.Generator:
    """Random numbers that hang on the questions alone: runs on the same questions meet the same references."""
    text = "\n".join(sorted(set(questions)))
    return np.random.default_rng(int(hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16], 16))


def _leaked(known: Sequence[tuple[JudgedItem, Item]], pairs: Pairs, rubric: Rubric) -> tuple[Bools, Bools]:
    """Whether each output leaks its own reference, and whether each pair's output leaks the pair's reference.

    What the lexical judge said when the run was judged is not asked again.
    """
    mine = [item for _, item in known]
    judge = LexicalJudge().fingerprint(rubric)
    leaked = {
        (number, item.references): said.label == LABEL
        for number, (row, item) in enumerate(known)
        for said in (row.evidence.tiers.values() if row.evidence else ())
        if said.fingerprint == judge and said.probs
    }
    asked_once: dict[tuple[int, tuple[str, ...]], Item] = {}
    wanted = []
    for output, reference in [
        *((i, i) for i in range(len(mine))),
        *zip(pairs.outputs, pairs.references, strict=True),
    ]:
        key = (int(output), mine[reference].references)
        wanted.append(key)
        if key not in leaked and key not in asked_once:
            asked_once[key] = exchanged(mine[output], mine[reference])
    leaked |= dict(zip(asked_once, leaks(list(asked_once.values()), rubric).tolist(), strict=True))
    every = np.array([leaked[key] for key in wanted])
    return every[: len(mine)], every[len(mine) :]


def exchanged(item: Item, other: Item) -> Item:
    """The item with the references of another one, and of its hops."""
    hops = tuple(
        hop.model_copy(update={"reference": its.reference})
        for hop, its in zip(item.hops, other.hops, strict=True)
    )
    return item.model_copy(update={"references": other.references, "hops": hops})
