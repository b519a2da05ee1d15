"""From verdicts and human labels to strata: which labeled items speak for which of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from judgekit.trust.prevalence_core import Floats, Ints, Units, power_tuning

ABSTAINED, UNSCORED, UNLABELED = -1, -2, -1
WITH_LABEL, OTHER_LABEL, NO_VERDICT, NO_SCORE = range(4)  # the classes of items, as a label sees them

TIER_LABELS = 10  # a tier is a stratum when every tier of its class has this many human labels
MERGED_LABELS = 10  # with known inclusion probabilities, strata with fewer human labels are merged
TUNING_LABELS = 30  # predictions are used in strata with this many human labels


@dataclass(frozen=True)
class Stratified:
    """One model's items by stratum.

    Attributes
    ----------
    units : Units
        Sums per question and stratum.
    kinds : tuple of (class, tier)
        What each stratum holds; tier -1 where tiers are pooled.
    """

    units: Units
    kinds: tuple[tuple[int, int], ...]

    @property
    def labeled(self) -> NDArray[np.bool_]:
        """Which strata have a human label. Shape (strata,)."""
        return np.asarray(self.units.weights.sum(axis=0) > 0)

    def silent(self, *classes: int) -> int:
        """How many items of these classes are in strata without a human label."""
        chosen = np.array([kind in classes for kind, _ in self.kinds])
        return int(self.units.items[:, chosen & ~self.labeled].sum())


def classes_of(verdicts: Ints, labels: Ints) -> Ints:
    """Each item's class: accepted with the label, accepted with another, abstained, unscored."""
    accepted = np.where(np.isin(verdicts, labels), WITH_LABEL, OTHER_LABEL)
    return np.where(verdicts >= 0, accepted, np.where(verdicts == UNSCORED, NO_SCORE, NO_VERDICT))


def stratify(
    verdicts: Ints,
    human: Ints,
    labels: Ints,
    *,
    units: Ints,
    n_units: int,
    tiers: Ints | None,
    inclusion: Floats | None,
    predicted: Floats | None,
    wrong_verdicts: float | None = None,
) -> Stratified:
    """Sum one model's items per unit and stratum.

    Parameters
    ----------
    verdicts, human, units : (items,) int
        Accepted label or < 0; people's label or -1; number of the question.
    labels : (labels,) int
        Outcome 1 is any of these.
    n_units : int
        Number of questions.
    tiers, inclusion, predicted : (items,), optional
        As in `Judged`.
    wrong_verdicts : float, optional
        At most so many accepted verdicts disagree with people; bounds accepted strata without labels.
    """
    labeled = human != UNLABELED
    kind_of = _tier_strata(classes_of(verdicts, labels), labeled, tiers)
    kinds, stratum = np.unique(kind_of, axis=0, return_inverse=True)
    if inclusion is not None:
        stratum = _merged(stratum, np.bincount(stratum[labeled], minlength=len(kinds)))
        kept, stratum = np.unique(stratum, return_inverse=True)
        kinds = kinds[kept]
    weight = np.ones(len(human)) if inclusion is None else 1.0 / inclusion
    outcome = np.isin(human, labels).astype(float)
    count = len(kinds)
    items = np.bincount(stratum, minlength=count).astype(float)
    n_labeled = np.bincount(stratum[labeled], minlength=count)
    sampled = n_labeled / items
    least, most, wobble = np.zeros(count), np.ones(count), np.zeros(count)
    floor, ceiling = np.zeros(count), np.ones(count)
    largest = np.ones(count)
    for h in range(count):
        here = stratum == h
        seen = here & labeled
        if inclusion is not None:
            largest[h] = weight[here].max()
            sampled[h] = min(sampled[h], inclusion[here].min())
        if predicted is not None and n_labeled[h] >= TUNING_LABELS:
            trust = power_tuning(outcome[seen], predicted[seen], predicted[here])
            shift = trust * (predicted[here] - predicted[here].mean())
            outcome[here] -= shift
            least[h], most[h] = -shift.max(), 1.0 - shift.min()
            wobble[h] = np.sqrt(np.sum(np.bincount(units[here], shift) ** 2)) / items[h]
        if wrong_verdicts is not None and n_labeled[h] == 0:
            if kinds[h, 0] == WITH_LABEL:
                floor[h] = max(0.0, 1.0 - wrong_verdicts / items[h])
            elif kinds[h, 0] == OTHER_LABEL:
                ceiling[h] = min(1.0, wrong_verdicts / items[h])

    def table(values: Floats, chosen: NDArray[np.bool_]) -> Floats:
        cells = units[chosen] * count + stratum[chosen]
        sums = np.bincount(cells, values[chosen], minlength=n_units * count)
        return np.asarray(sums, dtype=float).reshape(n_units, count)

    weights = table(weight, labeled)
    return Stratified(
        Units(
            positives=table(weight * outcome, labeled),
            weights=weights,
            items=table(np.ones(len(human)), np.ones(len(human), dtype=bool)),
            largest=np.maximum(largest, weights.max(axis=0)),
            worst_low=least,
            worst_high=most,
            floor=floor,
            ceiling=ceiling,
            sampled=sampled,
            wobble=wobble,
        ),
        tuple((int(c), int(t)) for c, t in kinds),
    )


def _tier_strata(classes: Ints, labeled: NDArray[np.bool_], tiers: Ints | None) -> Ints:
    """(class, tier) per item; tier -1 where a class is not split by tier."""
    split = np.full(len(classes), -1)
    if tiers is not None:
        for kind in (WITH_LABEL, OTHER_LABEL):
            here = classes == kind
            present = np.unique(tiers[here])
            if all(np.sum(here & labeled & (tiers == t)) >= TIER_LABELS for t in present):
                split[here] = tiers[here]
    return np.column_stack([classes, split])


def _merged(stratum: Ints, n_labeled: Ints) -> Ints:
    """Strata with few labels become one, and that one joins the largest if it has few labels still."""
    small = n_labeled < MERGED_LABELS
    largest = int(np.argmax(n_labeled))
    if small.any():
        joint = int(np.flatnonzero(small)[0])
        target = joint if n_labeled[small].sum() >= MERGED_LABELS else largest
        return np.where(small[stratum], target, stratum)
    return stratum


def number_questions(items: Sequence[Ints], questions: Sequence[NDArray[np.generic] | None]) -> list[Ints]:
    """Number the questions 0, 1, ... over all models; without names every item is its own question."""
    ends = np.cumsum([len(i) for i in items])
    named = [q for q in questions if q is not None]
    if named and len(named) < len(items):
        raise ValueError("questions given for one model only: give them for both, or for neither")
    flat = np.unique(np.concatenate(named), return_inverse=True)[1] if named else np.arange(ends[-1])
    return np.split(flat, ends[:-1])


def pair_units(numbers: Sequence[Ints], labeled: Sequence[NDArray[np.bool_]], seed: int = 0) -> list[Ints]:
    """Let two models share only as many labeled questions as their samples were drawn together.

    Two samples of n and n' of the same N questions with m in common have covariance proportional to
    m / (n n') - 1 / N: everything for one joint sample, nothing for two independent ones, whose common questions
    are chance. Of the common questions a random part is shared so that the covariance comes out; the others
    become separate units of the second model.
    """
    first, second = numbers
    total = len(np.intersect1d(first, second))
    ours, theirs = (np.unique(n[chosen]) for n, chosen in zip(numbers, labeled, strict=True))
    common = np.intersect1d(ours, theirs)
    if not len(common):
        return list(numbers)
    drawn = len(common) / (len(ours) * len(theirs))
    shrunk = drawn * np.sqrt(max(0.0, (1 - len(ours) / total) * (1 - len(theirs) / total)))
    share = 1.0 if shrunk == 0 else np.clip((drawn - 1 / total) / shrunk, 0.0, 1.0)
    apart = np.random.default_rng(seed).permutation(common)[round(share * len(common)) :]
    moved = np.where(np.isin(second, apart), second + 1 + max(first.max(), second.max()), second)
    return [first, np.asarray(moved)]


def side_by_side(parts: Sequence[Stratified]) -> tuple[Units, Ints, Ints]:
    """All models' strata as columns of one table, with each column's kind and model."""
    names = sorted({kind for p in parts for kind in p.kinds})
    kinds = np.array([names.index(kind) for p in parts for kind in p.kinds])
    owner = np.repeat(np.arange(len(parts)), [len(p.kinds) for p in parts])
    joined = {f.name: np.concatenate([getattr(p.units, f.name) for p in parts], -1) for f in fields(Units)}
    return Units(**joined), kinds, owner
