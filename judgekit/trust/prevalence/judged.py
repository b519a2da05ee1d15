"""What judges and people said of items, and which items of two models belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from judgekit.trust.arrays import Ints

ABSTAINED, UNSCORED, UNLABELED = -1, -2, -1


@dataclass(frozen=True)
class Judged:
    """What judges and people said of one model's items.

    Parameters
    ----------
    verdicts : (items,) int
        Accepted label, or -1 abstained, -2 unscored.
    human : (items,) int
        People's label, or -1 where nobody labeled. The labeled items are a random sample of their class
        (accepted with the label, accepted with another, abstained, unscored; each at its own rate), unless
        `inclusion` says with what probability each item could be sampled.
    questions : (items,), optional
        Which question an item answers; items of one question are drawn together. Default: one item each.
    tiers : (items,), optional
        The tier that gave the verdict.
    inclusion : float or (items,) float, optional
        Probability with which an item was to be labeled, in (0, 1].
    predicted : (items,) float, optional
        A judge's probability of the label for every item, abstained ones too.
    groups : (items,) int, optional
        The group of the promise that an item belongs to, -1 where no promise covers its verdict. Default: one group.

    Raises
    ------
    ValueError
        Arrays of unequal length, an inclusion probability outside (0, 1], a prediction that is not finite.
    """

    verdicts: ArrayLike
    human: ArrayLike
    questions: ArrayLike | None = None
    tiers: ArrayLike | None = None
    inclusion: ArrayLike | None = None
    predicted: ArrayLike | None = None
    groups: ArrayLike | None = None

    def __post_init__(self) -> None:
        n = len(self)
        if n == 0:
            raise ValueError("no items: a rate needs at least one item")
        for name in ("human", "questions", "tiers", "predicted", "groups"):
            values = getattr(self, name)
            if values is not None and np.shape(values) != (n,):
                raise ValueError(
                    f"{name} has shape {np.shape(values)}, verdicts has ({n},): give one per item"
                )
        if self.inclusion is not None:
            shape, chance = np.shape(self.inclusion), np.asarray(self.inclusion, dtype=float)
            if shape not in ((), (n,)) or not np.all((chance > 0) & (chance <= 1)):
                raise ValueError("inclusion must be one probability in (0, 1], or one per item")
        if self.predicted is not None and not np.all(np.isfinite(np.asarray(self.predicted, dtype=float))):
            raise ValueError("predicted must be finite for every item: leave it out if some are missing")

    def __len__(self) -> int:
        return len(np.asarray(self.verdicts))

    @property
    def labeled(self) -> NDArray[np.bool_]:
        """Which items have a human label. Shape (items,)."""
        return np.asarray(np.asarray(self.human) != UNLABELED)

    @property
    def accepted(self) -> NDArray[np.bool_]:
        """Which items have a verdict. Shape (items,)."""
        return np.asarray(np.asarray(self.verdicts) >= 0)

    @property
    def group(self) -> Ints:
        """The promise's group of each item. Shape (items,)."""
        return np.zeros(len(self), dtype=np.int64) if self.groups is None else np.asarray(self.groups)

    @property
    def asked(self) -> NDArray[Any]:
        """The question of each item; without names every item is its own. Shape (items,)."""
        return np.arange(len(self)) if self.questions is None else np.asarray(self.questions)


def number_questions(models: Sequence[Judged]) -> list[Ints]:
    """Number the questions 0, 1, ... over all models; without names every item is its own question."""
    ends = np.cumsum([len(m) for m in models])
    named = [np.asarray(m.questions) for m in models if m.questions is not None]
    if named and len(named) < len(models):
        raise ValueError("questions given for one model only: give them for both, or for neither")
    flat = np.unique(np.concatenate(named), return_inverse=True)[1] if named else np.arange(ends[-1])
    return np.split(flat, ends[:-1])


def pair_units(models: Sequence[Judged], numbers: Sequence[Ints], seed: int = 0) -> list[Ints]:
    """Let two models share only as many labeled questions as their samples were drawn together.

    Two samples of n and n' of the same N questions with m in common have covariance proportional to
    m / (n n') - 1 / N: everything for one joint sample, nothing for two independent ones, whose common questions
    are chance. Of the common questions a random part is shared so that the covariance comes out; the others
    become separate units of the second model.
    """
    first, second = numbers
    total = len(np.intersect1d(first, second))
    ours, theirs = (np.unique(n[m.labeled]) for m, n in zip(models, numbers, strict=True))
    common = np.intersect1d(ours, theirs)
    if not len(common):
        return list(numbers)
    drawn = len(common) / (len(ours) * len(theirs))
    shrunk = drawn * np.sqrt(max(0.0, (1 - len(ours) / total) * (1 - len(theirs) / total)))
    share = 1.0 if shrunk == 0 else np.clip((drawn - 1 / total) / shrunk, 0.0, 1.0)
    apart = np.random.default_rng(seed).permutation(common)[round(share * len(common)) :]
    moved = np.where(np.isin(second, apart), second + 1 + max(first.max(), second.max()), second)
    return [first, np.asarray(moved)]
