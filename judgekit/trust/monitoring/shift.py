"""Are the scored items, as a whole, like the labeled ones?

A certificate speaks of items like those that were labeled. The check compares the two sets in every view (confidences,
verdicts, texts) and in all views together, and shuffles which items count as labeled. Its error level is exact at any
sample size: without a shift all items are exchangeable, and nothing else is used.

References: Szekely & Rizzo (2013), "Energy statistics"; Westfall & Young (1993), "Resampling-based multiple
testing"; Phipson & Smyth (2010), "Permutation p-values should never be zero"; those of
:mod:`.shift_statistics`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from judgekit.trust.monitoring.shift_statistics import discriminant, distance, upper_share

PERMUTATIONS = 999
DIGITS = 6
"""Digits of numbers that are compared."""

ROWS = 1_000
"""Items compared, per side."""

TOGETHER = 5.0
"""What all views together may spend of the error level, for each unit that the single views spend."""


@dataclass(frozen=True)
class Shift:
    """What the shift check found.

    Attributes
    ----------
    shifted : bool
        Whether scored items differ from labeled ones; false alarms have probability at most `level`.
    p_value : float
        Exact permutation p-value over all views, each alone and all together.
    where : tuple of str
        Where there is a shift, the views that show it on their own, each at `level` whatever the others do; empty where
        only all views together show it.
    p_values : dict
        Every view's p-value on its own, corrected for the number of views.
    level : float
        Error level.
    n_labeled, n_scored : int
        Items compared.
    """

    shifted: bool
    p_value: float
    where: tuple[str, ...]
    p_values: dict[str, float]
    level: float
    n_labeled: int
    n_scored: int

    @property
    def place(self) -> str:
        """Where the shift shows, in words."""
        return ", ".join(self.where) or f"{', '.join(self.p_values)} taken together"

    @property
    def sentence(self) -> str:
        """The finding in one plain sentence."""
        sizes = f"{self.n_scored} scored against {self.n_labeled} labeled items"
        if self.shifted:
            return (
                f"The scored items are not like the labeled ones in {self.place} "
                f"(p = {self.p_value:.3g}, {sizes}): the claim does not hold for them."
            )
        return (
            f"No sign that the scored items differ from the labeled ones (p = {self.p_value:.3g}, {sizes}); "
            "small differences may go unseen."
        )


def shift_check(
    labeled: Mapping[str, ArrayLike],
    scored: Mapping[str, ArrayLike],
    *,
    level: float = 0.05,
    questions: tuple[ArrayLike, ArrayLike] | None = None,
    seed: int = 0,
) -> Shift:
    """Test whether scored items come from the source of the labeled ones.

    Parameters
    ----------
    labeled, scored : mapping of str to array
        The same views of both sets: (items,) float confidences (NaN: missing), (items,) int or str labels, or
        (items, features) float embeddings. Items in the same order in every view.
    level : float
        Probability of a false alarm, over all views together.
    questions : pair of (items,) arrays, optional
        The question of each labeled and each scored item. One random item a question is kept, since items of
        one question are not exchangeable.
    seed : int
        For subsampling and permutations.

    Returns
    -------
    Shift

    Raises
    ------
    ValueError
        Views that differ between the sets, have unequal lengths, or hold no items.
    """
    if not labeled or set(labeled) != set(scored):
        raise ValueError(f"views differ: labeled has {sorted(labeled)}, scored has {sorted(scored)}")
    names = list(labeled)
    sides = [_side(labeled, names), _side(scored, names)]
    rng = np.random.default_rng(seed)
    keep = [rng.permutation(len(side[0])) for side in sides]
    if questions is not None:
        keep = _one_per_question(keep, [np.asarray(q) for q in questions], rng)
    keep = [rows[:ROWS] for rows in keep]
    n, m = len(keep[0]), len(keep[1])
    if not n or not m:
        raise ValueError("no items to compare: give at least one labeled and one scored item")
    members = np.zeros((PERMUTATIONS + 1, n + m), dtype=np.float32)
    members[:, :n] = 1.0
    members[1:] = rng.permuted(members[1:], axis=1)
    pooled = [
        _to_digits(name, np.concatenate([side[v][rows] for side, rows in zip(sides, keep, strict=True)]))
        for v, name in enumerate(names)
    ]
    # every statistic's p-value in every permutation, then the least of them: exact whatever their dependence
    single = np.stack([upper_share(distance(view)(members)) for view in pooled])
    least = single.min(axis=0)
    together = upper_share(discriminant(pooled)(members))
    p_value = float(upper_share(-np.minimum(together, TOGETHER * upper_share(-least)))[0])
    corrected = {
        name: float(np.mean(least <= p + 1e-12)) for name, p in zip(names, single[:, 0], strict=True)
    }
    return Shift(
        shifted=p_value <= level,
        p_value=p_value,
        where=tuple(name for name in names if p_value <= level and corrected[name] <= level),
        p_values=corrected,
        level=level,
        n_labeled=n,
        n_scored=m,
    )


def _side(views: Mapping[str, ArrayLike], names: list[str]) -> list[NDArray[np.generic]]:
    arrays = [np.asarray(views[name]) for name in names]
    lengths = {name: len(a) for name, a in zip(names, arrays, strict=True)}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"views have unequal lengths {lengths}: give every view for every item")
    return arrays


def _one_per_question(
    keep: list[NDArray[np.int64]], questions: list[NDArray[np.generic]], rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """One random item of each question, over both sides together.

    A question that both sides have ends on either by a coin whose bias evens out the two sides. The coin looks at
    nothing but how many questions each side has, so kept items stay exchangeable.
    """
    firsts = []
    for rows, names in zip(keep, questions, strict=True):
        order = rng.permutation(rows)
        firsts.append(order[np.unique(names[order], return_index=True)[1]])
    labeled, scored = (names[rows] for names, rows in zip(questions, firsts, strict=True))
    shared = np.isin(labeled, scored)
    both = int(shared.sum())
    alone = len(scored) - len(labeled)
    chance = min(max((both + alone) / (2 * both), 0.0), 1.0) if both else 0.0
    stays = labeled[shared][rng.random(both) < chance]
    mine = ~shared | np.isin(labeled, stays)
    theirs = ~np.isin(scored, labeled[mine])
    return [rng.permutation(firsts[0][mine]), rng.permutation(firsts[1][theirs])]


def _to_digits(name: str, view: NDArray[np.generic]) -> NDArray[np.generic]:
    """Numbers to six digits: what was written to a file with fewer digits must still tie with what was not."""
    if view.ndim == 2 and not np.isfinite(view.astype(float)).all():
        raise ValueError(f"view {name!r} has missing or infinite numbers: leave those items out")
    return view.round(DIGITS) if view.ndim == 2 or np.issubdtype(view.dtype, np.floating) else view
