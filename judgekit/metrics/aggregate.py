"""Model Utility and Forget Efficacy, exactly as published."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from judgekit.metrics.likelihood import FloatArray
from judgekit.metrics.measure import Measure

KEEP_SPLITS = ("retain", "real_authors", "world_facts")
OFFERED = ("real_authors", "world_facts")
"""Splits whose questions come with wrong answers to choose from: their probability is normalized."""

Part = tuple[str, str]
"""A split and a measure on it."""


def harmonic_mean(values: ArrayLike) -> FloatArray:
    """Harmonic mean over the first axis of non-negative values; 0 where one is 0 (as scipy's, which the papers use).

    Raises
    ------
    ValueError
        No values, or one below 0.
    """
    column = np.asarray(values, dtype=float)
    if len(column) == 0:
        raise ValueError("harmonic mean of nothing")
    if np.any(column < 0):
        raise ValueError(f"harmonic mean needs values of at least 0, got {column.min()}")
    with np.errstate(divide="ignore"):
        return np.asarray(len(column) / np.sum(1.0 / column, axis=0))


def one_minus_mean(values: ArrayLike) -> FloatArray:
    """1 - arithmetic mean over the first axis."""
    return np.asarray(1.0 - np.mean(np.asarray(values, dtype=float), axis=0))


@dataclass(frozen=True)
class Aggregate:
    """A figure made of several means.

    Attributes
    ----------
    name : str
    parts : callable
        The splits that a run has to the parts wanted of them.
    combine : callable
        Array of shape (parts, ...) to array of shape (...).
    """

    name: str
    parts: Callable[[Collection[str]], Sequence[Part]]
    combine: Callable[[ArrayLike], FloatArray]

    def __call__(self, splits: Mapping[str, Mapping[str, Measure]]) -> Measure:
        """The aggregate of the measures of a run; absent, naming them, as soon as one part is.

        Parameters
        ----------
        splits : mapping of split name to mapping of measure name to Measure
            As `judgekit.metrics.recorded.measure_split` gives them.
        """
        values, lacking, n = [], [], 0
        for split, name in self.parts(splits):
            measure = _pick(splits, split, name)
            if measure.value is None:
                lacking.append(f"{split} {name} ({measure.reason})")
            else:
                values.append(measure.value)
                n += measure.n
        if lacking:
            return Measure.absent(self.name, "needs " + "; ".join(lacking))
        return Measure(self.name, float(self.combine(values)), n)


def _pick(splits: Mapping[str, Mapping[str, Measure]], split: str, name: str) -> Measure:
    if split not in splits:
        return Measure.absent(name, f"no {split} split")
    return splits[split].get(name) or Measure.absent(name, f"not measured on {split}")


def _probability(split: str) -> str:
    return "normalized_probability" if split in OFFERED else "probability"


def _six(split: str) -> list[Part]:
    """Closer Look's ROUGE, Probability, Truth Ratio, Token Entropy, Cosine Similarity, Entailment Score."""
    text = ("token_entropy", "cosine_similarity", "entailment")
    return [(split, name) for name in ("rougeL_recall", _probability(split), "truth_ratio_clipped", *text)]


def _nine(_: Collection[str]) -> list[Part]:
    names = ("rougeL_recall", "truth_ratio_clipped")
    return [(split, name) for split in KEEP_SPLITS for name in (_probability(split), *names)]


def _eighteen_or_six(splits: Collection[str]) -> list[Part]:
    return [part for split in (["neighbor"] if "neighbor" in splits else KEEP_SPLITS) for part in _six(split)]


def _six_of_retain(splits: Collection[str]) -> list[Part]:
    return _six("neighbor" if "neighbor" in splits else "retain")


def _five(_: Collection[str]) -> list[Part]:
    names = ("rougeL_recall", "probability", "truth_ratio_known", "cosine_similarity", "entailment")
    return [("forget", name) for name in names]


model_utility_tofu = Aggregate("model_utility_tofu", _nine, harmonic_mean)
"""Harmonic mean of nine: probability, ROUGE-L recall and clipped truth ratio on retain, authors and facts.

Probability is normalized over the offered answers on authors and facts. Range [0, 1]; higher = more kept; 0
as soon as one of the nine is 0. Source: TOFU section 2.2.2; open-unlearning `model_utility`.
"""

model_utility_closer_look = Aggregate("model_utility_closer_look", _eighteen_or_six, harmonic_mean)
"""Harmonic mean of all six Closer Look measures over the non-forget splits: 18 values, or 6.

Six on each of retain, authors and facts (TOFU), or six on the neighbor split alone (real-world data). Range
[0, 1]; higher = more kept. Source: Closer Look (Yuan et al. 2025).
"""

model_utility_retain_closer_look = Aggregate(
    "model_utility_retain_closer_look", _six_of_retain, harmonic_mean
)
"""Harmonic mean of the six measures on the retain (or neighbor) split alone. Source: Closer Look."""

forget_efficacy = Aggregate("forget_efficacy", _five, one_minus_mean)
"""1 - arithmetic mean of five on the forget split: ROUGE-L, probability, truth ratio, cosine, entailment.

The truth ratio is `truth_ratio_known`; token entropy is left out. Range [0, 1]; higher = more forgotten.
Gibberish and refusals score as well as honest forgetting: read it beside the degenerate rate. Source: Closer
Look.
"""

AGGREGATES = (
    model_utility_tofu,
    model_utility_closer_look,
    model_utility_retain_closer_look,
    forget_efficacy,
)
