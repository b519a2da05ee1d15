"""A stress test of a judge: does it follow the form of an argument, or what its words mean?

Pairs of arguments of one logical form. In the ordinary one the conclusion holds; in the rule breaker the form
would give it just as well, but what the premises say of the world contradicts it::

    ordinary      If Anna is in Sweden, then she is not in Lyon. Anna is in Lyon.        => not in Sweden
    rule breaker  If Anna is in Sweden, then she is not in Uppsala. Anna is in Uppsala.  => not in Sweden

A judge that says *entails* to both follows the form. Asked under the rubric `entailment`: the premises are
the output, the conclusion is the reference. After RULEBREAKERS (Chan, Gaizauskas & Zhao, ICML 2025);
templates, names and places here are this project's own.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from judgekit.metrics.attack import paired_accuracy
from judgekit.records import Item

RUBRIC, ENTAILS = "entailment", "entails"
BREAKER, ORDINARY = "rulebreaker", "non_rulebreaker"

CITIES = {
    "Sweden": "Uppsala",
    "France": "Lyon",
    "Italy": "Bologna",
    "Spain": "Seville",
    "Portugal": "Porto",
    "Germany": "Hamburg",
    "Austria": "Graz",
    "Switzerland": "Basel",
    "Poland": "Poznan",
    "Norway": "Bergen",
    "Finland": "Tampere",
    "Denmark": "Aarhus",
    "the Netherlands": "Utrecht",
    "Belgium": "Ghent",
    "Ireland": "Galway",
    "Greece": "Thessaloniki",
    "Hungary": "Debrecen",
    "the Czech Republic": "Brno",
    "Turkey": "Izmir",
    "Egypt": "Alexandria",
    "Morocco": "Marrakesh",
    "Kenya": "Mombasa",
    "Nigeria": "Kano",
    "Ghana": "Kumasi",
    "South Africa": "Durban",
    "India": "Pune",
    "Pakistan": "Lahore",
    "Vietnam": "Hanoi",
    "Thailand": "Chiang Mai",
    "Japan": "Osaka",
    "South Korea": "Busan",
    "China": "Nanjing",
    "Australia": "Brisbane",
    "New Zealand": "Auckland",
    "Canada": "Calgary",
    "Mexico": "Guadalajara",
    "Colombia": "Cali",
    "Peru": "Cusco",
    "Brazil": "Recife",
    "Argentina": "Rosario",
}
NAMES = {
    "Anna": "she",
    "Ben": "he",
    "Chiara": "she",
    "David": "he",
    "Esra": "she",
    "Farid": "he",
    "Grace": "she",
    "Hiroshi": "he",
    "Ines": "she",
    "Jakub": "he",
    "Kavita": "she",
    "Liam": "he",
}
FORMS = ("mt", "ds")
"""Modus tollens and disjunctive syllogism, as in the published items."""


@dataclass(frozen=True)
class Pair:
    """An ordinary item and its rule breaker, of one form and about one country."""

    ordinary: Item
    breaker: Item


def pairs(n: int, seed: int = 0) -> list[Pair]:
    """n pairs, both forms in turn; the same for the same seed.

    Raises
    ------
    ValueError
        N is below 1.
    """
    if n < 1:
        raise ValueError(f"{n} pairs asked for: give at least 1")
    rng = random.Random(seed)
    return [_pair(f"rulebreakers-{i:05d}", FORMS[i % len(FORMS)], rng) for i in range(n)]


def _pair(key: str, form: str, rng: random.Random) -> Pair:
    country, elsewhere = rng.sample(sorted(CITIES), 2)
    name = rng.choice(sorted(NAMES))

    def item(split: str, suffix: str, city: str) -> Item:
        premises, conclusion = _argument(form, name, country, city)
        return Item(
            id=f"{key}_{suffix}",
            question_id=key,
            question=f"Where is {name}?",
            references=(conclusion,),
            outputs=(premises,),
            split=split,
            recorded={"pair": key, "rulebreaker_type": form},
        )

    return Pair(item(ORDINARY, "nonrb", CITIES[elsewhere]), item(BREAKER, "rb", CITIES[country]))


def _argument(form: str, name: str, country: str, city: str) -> tuple[str, str]:
    if form == "mt":
        premises = f"If {name} is in {country}, then {NAMES[name]} is not in {city}. {name} is in {city}."
        return premises, f"{name} is not in {country}."
    premises = f"{name} is either in {city} or somewhere in {country}. {name} is not in {country}."
    return premises, f"{name} is in {city}."


@dataclass(frozen=True)
class Stress:
    """How a judge did.

    Attributes
    ----------
    pairs, open : int
        Pairs judged on both members; pairs with a member that got no evidence, which enter nothing.
    paired_accuracy : float or None
        Both members right; random 0.25, always *entails* 0. None if no pair was judged.
    low, high : float
        Exact binomial (Clopper-Pearson) interval of the paired accuracy at `level`.
    ordinary_accuracy, breaker_accuracy : float or None
        Each half alone.
    separation : float or None
        Mean of P(entails) on the ordinary item - P(entails) on its rule breaker; above 0 even for a judge
        with low paired accuracy says that its confidence knows better than its verdict.
    higher : float or None
        Share of pairs with the ordinary item's P(entails) above the rule breaker's, equal ones counted half.
    p_value : float or None
        Sign test that `higher` is one half.
    """

    pairs: int
    open: int
    paired_accuracy: float | None
    low: float
    high: float
    ordinary_accuracy: float | None
    breaker_accuracy: float | None
    separation: float | None
    higher: float | None
    p_value: float | None


def score(asked: Sequence[Pair], probs: Mapping[str, Mapping[str, float]], level: float = 0.95) -> Stress:
    """Score a judge by its label probabilities.

    Parameters
    ----------
    asked : sequence of Pair
    probs : item id to label to probability
        As in `Evidence.probs`; an item that is absent, or empty, was not judged.
    level : float
        Confidence of the interval.
    """
    from scipy.stats import binomtest

    judged = [pair for pair in asked if probs.get(pair.ordinary.id) and probs.get(pair.breaker.id)]
    n, left = len(judged), len(asked) - len(judged)
    if not judged:
        return Stress(0, left, None, 0.0, 1.0, None, None, None, None, None)
    yes = [(_entails(probs[pair.ordinary.id]), _entails(probs[pair.breaker.id])) for pair in judged]
    right = [(_verdict(probs[p.ordinary.id]), not _verdict(probs[p.breaker.id])) for p in judged]
    both = sum(a and b for a, b in right)
    limits = binomtest(both, n).proportion_ci(level, method="exact")
    above, below = sum(a > b for a, b in yes), sum(a < b for a, b in yes)
    return Stress(
        pairs=n,
        open=left,
        paired_accuracy=paired_accuracy([a for a, _ in right], [b for _, b in right]),
        low=float(limits.low),
        high=float(limits.high),
        ordinary_accuracy=sum(a for a, _ in right) / n,
        breaker_accuracy=sum(b for _, b in right) / n,
        separation=sum(a - b for a, b in yes) / n,
        higher=(above + (n - above - below) / 2) / n,
        p_value=float(binomtest(above, above + below).pvalue) if above + below else 1.0,
    )


def _entails(probs: Mapping[str, float]) -> float:
    return probs.get(ENTAILS, 0.0)


def _verdict(probs: Mapping[str, float]) -> bool:
    """Whether *entails* is the verdict; a tie is none, so that a judge without an opinion gets no credit for yes."""
    return all(_entails(probs) > p for label, p in probs.items() if label != ENTAILS)
