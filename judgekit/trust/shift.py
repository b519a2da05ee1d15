"""Are the scored items, as a whole, like the labeled ones?

A certificate speaks of items like those that were labeled. The check compares every view of the two sets
(confidences, verdicts, embeddings) by an energy distance and shuffles which items count as labeled. Its error
level is exact at any sample size: without a shift all items are exchangeable, and nothing else is used.

References: Szekely & Rizzo (2013), "Energy statistics"; Westfall & Young (1993), "Resampling-based multiple
testing"; Phipson & Smyth (2010), "Permutation p-values should never be zero".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.floating]
Members = NDArray[np.float32]  # (permutations, items): 1 for those that play the labeled part
Statistic = Callable[[Members], Floats]

PERMUTATIONS = 999
DIGITS = 6
"""Digits of confidences that are compared."""

ROWS = 5_000  # per side
FEATURE_ROWS = 1_000  # per side when a view has many numbers an item: all distances are taken


@dataclass(frozen=True)
class Shift:
    """What the shift check found.

    Attributes
    ----------
    shifted : bool
        Whether scored items differ from labeled ones; false alarms have probability at most `level`.
    p_value : float
        Exact permutation p-value over all views together.
    where : tuple of str
        Views that differ, each at `level` whatever the others do.
    p_values : dict
        Every view's p-value, corrected for the number of views.
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
    def sentence(self) -> str:
        """The finding in one plain sentence."""
        sizes = f"{self.n_scored} scored against {self.n_labeled} labeled items"
        if self.shifted:
            return (
                f"The scored items are not like the labeled ones in {', '.join(self.where)} "
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
    most = FEATURE_ROWS if any(view.ndim == 2 for view in sides[0]) else ROWS
    keep = [rows[:most] for rows in keep]
    n, m = len(keep[0]), len(keep[1])
    if not n or not m:
        raise ValueError("no items to compare: give at least one labeled and one scored item")
    members = np.zeros((PERMUTATIONS + 1, n + m), dtype=np.float32)
    members[:, :n] = 1.0
    members[1:] = rng.permuted(members[1:], axis=1)
    values = np.stack(
        [
            _statistic(name, np.concatenate([side[v][rows] for side, rows in zip(sides, keep, strict=True)]))(
                members
            )
            for v, name in enumerate(names)
        ]
    )
    # each view's p-value in every permutation, then the least over views: exact whatever their dependence
    single = np.stack([_upper_share(row) for row in values])
    least = single.min(axis=0)
    corrected = {
        name: float(np.mean(least <= p + 1e-12)) for name, p in zip(names, single[:, 0], strict=True)
    }
    p_value = min(corrected.values())
    return Shift(
        shifted=p_value <= level,
        p_value=p_value,
        where=tuple(name for name in names if corrected[name] <= level),
        p_values=corrected,
        level=level,
        n_labeled=n,
        n_scored=m,
    )


def _side(views: Mapping[str, ArrayLike], names: list[str]) -> list[NDArray[np.generic]]:
    arrays = [_to_digits(np.asarray(views[name])) for name in names]
    lengths = {name: len(a) for name, a in zip(names, arrays, strict=True)}
    if len(set(lengths.values())) > 1:
        raise ValueError(f"views have unequal lengths {lengths}: give every view for every item")
    return arrays


def _one_per_question(
    keep: list[NDArray[np.int64]], questions: list[NDArray[np.generic]], rng: np.random.Generator
) -> list[NDArray[np.int64]]:
    """One random item of each question, over both sides together: a shared question may end on either."""
    rows, side = np.concatenate(keep), np.repeat([0, 1], [len(k) for k in keep])
    names = np.concatenate([q[k] for q, k in zip(questions, keep, strict=True)])
    order = rng.permutation(len(rows))
    kept = order[np.unique(names[order], return_index=True)[1]]
    rng.shuffle(kept)
    return [rows[kept[side[kept] == s]] for s in (0, 1)]


def _upper_share(values: Floats) -> Floats:
    """For each value the share of values at least as great; rounding differences count as ties."""
    tolerance = 1e-5 * np.abs(values).max()
    return np.asarray(1.0 - np.searchsorted(np.sort(values), values - tolerance) / len(values))


def _statistic(name: str, pooled: NDArray[np.generic]) -> Statistic:
    """The energy distance between members and the others, for any choice of members."""
    if pooled.ndim == 2:
        return _feature_distance(_standardized(name, pooled.astype(np.float32)))
    if np.issubdtype(pooled.dtype, np.floating):
        return _rank_distance(pooled.astype(float))
    return _category_distance(np.unique(pooled, return_inverse=True)[1])


def _category_distance(codes: NDArray[np.int64]) -> Statistic:
    """Squared differences of the labels' shares."""
    one_hot = np.eye(int(codes.max()) + 1, dtype=np.float32)[codes]

    def distance(members: Members) -> Floats:
        return np.asarray(np.sum(_difference_of_means(members, one_hot) ** 2, axis=1))

    return distance


def _rank_distance(values: Floats) -> Statistic:
    """Cramer-von Mises: squared differences of the distribution functions; missing values rank last."""
    ranks = np.unique(values, return_inverse=True)[1]
    order = np.argsort(ranks)
    ends = np.append(np.diff(ranks[order]) > 0, True)  # ties count together
    weight = np.diff(np.flatnonzero(ends), prepend=-1)

    def distance(members: Members) -> Floats:
        n, total = members[0].sum(), len(values)
        inside = np.cumsum(members[:, order], axis=1)[:, ends]
        below = np.cumsum(weight)
        return np.asarray(np.sum(weight * (inside / n - (below - inside) / (total - n)) ** 2, axis=1))

    return distance


def _feature_distance(features: NDArray[np.float32]) -> Statistic:
    """Energy distance: mean distance across, less half the mean distances within."""
    between = np.sqrt(squared_distances(features, features))

    def distance(members: Members) -> Floats:
        n, total = members[0].sum(), len(features)
        weights = members / n - (1.0 - members) / (total - n)
        return np.asarray(-np.sum((weights @ between) * weights, axis=1))

    return distance


def _difference_of_means(members: Members, values: NDArray[np.float32]) -> Floats:
    n, total = members[0].sum(), len(values)
    inside = members @ values
    return np.asarray(inside / n - (values.sum(axis=0) - inside) / (total - n))


def _standardized(name: str, features: NDArray[np.float32]) -> NDArray[np.float32]:
    if not np.isfinite(features).all():
        raise ValueError(f"view {name!r} has missing or infinite numbers: leave those items out")
    spread = features.std(axis=0)
    return np.asarray((features - features.mean(axis=0)) / np.where(spread > 0, spread, 1.0))


def squared_distances(left: NDArray[np.float32], right: NDArray[np.float32]) -> NDArray[np.float32]:
    """Squared Euclidean distances between all rows, (m, d) and (n, d) to (m, n); rounding never makes one negative."""
    squares = np.sum(left**2, axis=1)[:, None] + np.sum(right**2, axis=1) - 2.0 * left @ right.T
    return np.asarray(np.maximum(squares, 0.0))


def _to_digits(view: NDArray[np.generic]) -> NDArray[np.generic]:
    """Confidences to six digits: what was written to a file with fewer digits must still tie with what was not."""
    return view.round(DIGITS) if view.ndim == 1 and np.issubdtype(view.dtype, np.floating) else view
