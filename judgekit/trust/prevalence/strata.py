"""From verdicts and human labels to strata: which labeled items speak for which of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import ArrayLike, NDArray

from judgekit.trust.arrays import Floats, Ints
from judgekit.trust.prevalence.certified import Allowed
from judgekit.trust.prevalence.core import Units, power_tuning
from judgekit.trust.prevalence.exact import Counts
from judgekit.trust.prevalence.judged import UNSCORED, Judged

WITH_LABEL, OTHER_LABEL, NO_VERDICT, NO_SCORE = range(4)  # the classes of items, as a label sees them

TIER_LABELS = 10  # a tier is a stratum when every tier of its class has this many human labels
MERGED_LABELS = 10  # with known inclusion probabilities, strata with fewer human labels are merged
EXACT_STRATA = 4  # tiers are strata of an exact interval where it has no more strata than this
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
    judged: Judged, labels: Ints, units: Ints, n_units: int, promised: Allowed | None = None
) -> Stratified:
    """Sum one model's items per unit and stratum.

    Parameters
    ----------
    judged : Judged
        The items.
    labels : (labels,) int
        Outcome 1 is any of these.
    units : (items,) int
        Number of each item's question, below `n_units`.
    promised : Allowed, optional
        What a certificate says; bounds strata of verdicts without labels.
    """
    verdicts, human, labeled = np.asarray(judged.verdicts), np.asarray(judged.human), judged.labeled
    chance, predicted = (
        None if values is None else np.broadcast_to(np.asarray(values, dtype=float), human.shape)
        for values in (judged.inclusion, judged.predicted)
    )
    kind_of = _tier_strata(classes_of(verdicts, labels), labeled, judged.tiers)
    kinds, stratum = np.unique(kind_of, axis=0, return_inverse=True)
    if chance is not None and labeled.any():
        stratum = _merged(stratum, np.bincount(stratum[labeled], minlength=len(kinds)))
        kept, stratum = np.unique(stratum, return_inverse=True)
        kinds = kinds[kept]
    weight = np.ones(len(human)) if chance is None else 1.0 / chance
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
        if chance is not None:
            largest[h] = weight[here].max()
            sampled[h] = min(sampled[h], chance[here].min())
        if predicted is not None and n_labeled[h] >= TUNING_LABELS:
            trust = power_tuning(outcome[seen], predicted[seen], predicted[here])
            shift = trust * (predicted[here] - predicted[here].mean())
            outcome[here] -= shift
            least[h], most[h] = -shift.max(), 1.0 - shift.min()
            wobble[h] = np.sqrt(np.sum(np.bincount(units[here], shift) ** 2)) / items[h]
        if promised is not None and n_labeled[h] == 0:
            floor[h], ceiling[h] = promised.bounds(here)

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


def counted(judged: Judged, labels: Ints, units: Ints, promised: Allowed | None = None) -> Counts | None:
    """One model's items by stratum, where every outcome of its labels can be counted; parameters of `stratify`.

    That takes one item a question, labels drawn with one probability within each stratum, no predictions, and not so
    many labels that counting takes long: a matter of the design, never of what people said. A stratum without labels
    joins the one with most where all items had the same chance of a label, and is open else.
    """
    verdicts, labeled = np.asarray(judged.verdicts), judged.labeled
    chance = (
        None if judged.inclusion is None else np.broadcast_to(np.asarray(judged.inclusion), labeled.shape)
    )
    if judged.predicted is not None or not labeled.any() or len(np.unique(units)) < len(units):
        return None
    classes = classes_of(verdicts, labels)
    split = np.unique(_tier_strata(classes, labeled, judged.tiers), axis=0, return_inverse=True)[1]
    strata = split if split.max() < EXACT_STRATA else classes
    present = np.unique(strata)
    n_labeled = np.array([int(labeled[strata == h].sum()) for h in present])
    if chance is not None:
        if np.ptp(chance) == 0:
            strata = np.where(np.isin(strata, present[n_labeled > 0]), strata, present[n_labeled.argmax()])
        elif not n_labeled.all() or any(np.ptp(chance[strata == h]) for h in present):
            return None
    outcome, rows = np.isin(np.asarray(judged.human), labels), []
    for h in np.unique(strata):
        here = strata == h
        seen = here & labeled
        bounds = (0.0, 1.0) if promised is None or seen.any() else promised.bounds(here)
        rows.append((int(outcome[seen].sum()), int(seen.sum()), int(here.sum()), *bounds))
    counts = Counts(*zip(*rows, strict=True))
    return counts if counts.countable else None


def _tier_strata(classes: Ints, labeled: NDArray[np.bool_], named: ArrayLike | None) -> Ints:
    """(class, tier) per item; tier -1 where a class is not split by tier."""
    split = np.full(len(classes), -1)
    if named is not None:
        tiers = np.unique(named, return_inverse=True)[1]
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


def side_by_side(parts: Sequence[Stratified]) -> tuple[Units, Ints, Ints]:
    """All models' strata as columns of one table, with each column's kind and model."""
    names = sorted({kind for p in parts for kind in p.kinds})
    kinds = np.array([names.index(kind) for p in parts for kind in p.kinds])
    owner = np.repeat(np.arange(len(parts)), [len(p.kinds) for p in parts])
    joined = {f.name: np.concatenate([getattr(p.units, f.name) for p in parts], -1) for f in fields(Units)}
    return Units(**joined), kinds, owner
