"""The statistics of the shift check: how far two parts of a set lie apart, for any choice of the parts.

Every statistic looks at the items of both parts together first, without knowing which is which, and then at many
choices of members at once. So it may be ranked among its values at shuffled members, whatever the items look like.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri
from scipy.stats import rankdata

Floats = NDArray[np.floating]
Members = NDArray[np.float32]  # (permutations, items): 1 for those that play the labeled part
Statistic = Callable[[Members], Floats]

RIDGE = 0.3
"""Variance added to every direction of :func:`discriminant`, in mean variances of a direction."""


def distance(pooled: NDArray[np.generic]) -> Statistic:
    """The energy distance between members and the others in one view: numbers, labels or (items, features)."""
    if pooled.ndim == 2:
        return _feature_distance(_standardized(pooled.astype(np.float64)))
    if np.issubdtype(pooled.dtype, np.floating):
        return _rank_distance(pooled.astype(float))
    return _category_distance(np.unique(pooled, return_inverse=True)[1])


def discriminant(views: Sequence[NDArray[np.generic]]) -> Statistic:
    """How well all views together tell members from the others: the regularized kernel discriminant.

    Columns become normal scores of their ranks, and items points with a Gaussian kernel whose width is the median
    distance. The difference of the two means is measured in standard deviations along every direction of that
    space, :data:`RIDGE` added, so that a small but steady difference counts as much as a large and noisy one.

    References: Harchaoui, Bach & Moulines (2007), "Testing for homogeneity with kernel Fisher discriminant analysis";
    Hagrass, Sriperumbudur & Li (2024), "Spectral regularized kernel two-sample tests".
    """
    columns = [column for view in views for column in _columns(view)]
    points = _standardized(np.column_stack(columns))
    apart = squared_distances(points, points)
    width = np.median(apart[apart > 0]) if np.any(apart > 0) else 1.0
    kernel = np.exp(-apart / width).astype(np.float64)
    kernel = kernel - kernel.mean(axis=0) - kernel.mean(axis=1)[:, None] + kernel.mean()
    kernel /= max(float(np.trace(kernel)), 1e-12)
    ridge = RIDGE / len(kernel) * np.eye(len(kernel))
    whitened = np.linalg.solve(kernel + ridge, kernel).astype(np.float32)

    def between(members: Members) -> Floats:
        weights = _weights(members)
        return np.asarray(np.sum((weights @ whitened) * weights, axis=1))

    return between


def squared_distances(left: NDArray[np.floating], right: NDArray[np.floating]) -> NDArray[np.floating]:
    """Squared Euclidean distances between all rows, (m, d) and (n, d) to (m, n); rounding never makes one negative."""
    squares = np.sum(left**2, axis=1)[:, None] + np.sum(right**2, axis=1) - 2.0 * left @ right.T
    return np.asarray(np.maximum(squares, 0.0))


def upper_share(values: Floats) -> Floats:
    """For each value the share of values at least as great; rounding differences count as ties.

    A view without any difference has statistics that are nothing but rounding, hence the least tolerance.
    """
    tolerance = max(1e-5 * float(np.abs(values).max()), 1e-9)
    return np.asarray(1.0 - np.searchsorted(np.sort(values), values - tolerance) / len(values))


def _weights(members: Members) -> Members:
    """Weights under which a sum over items is the difference of the two parts' means."""
    n, total = members[0].sum(), members.shape[1]
    return np.asarray(members / n - (1.0 - members) / (total - n), dtype=np.float32)


def _category_distance(codes: NDArray[np.int64]) -> Statistic:
    """Squared differences of the labels' shares."""
    one_hot = np.eye(int(codes.max()) + 1, dtype=np.float32)[codes]

    def between(members: Members) -> Floats:
        n, total = members[0].sum(), len(codes)
        inside = members @ one_hot  # counts, exact
        return np.asarray(np.sum((inside / n - (one_hot.sum(axis=0) - inside) / (total - n)) ** 2, axis=1))

    return between


def _rank_distance(values: Floats) -> Statistic:
    """Cramer-von Mises: squared differences of the distribution functions; missing values rank last."""
    ranks = np.unique(values, return_inverse=True)[1]
    order = np.argsort(ranks)
    ends = np.append(np.diff(ranks[order]) > 0, True)  # ties count together
    weight = np.diff(np.flatnonzero(ends), prepend=-1)

    def between(members: Members) -> Floats:
        n, total = members[0].sum(), len(values)
        inside = np.cumsum(members[:, order], axis=1)[:, ends]
        below = np.cumsum(weight)
        return np.asarray(np.sum(weight * (inside / n - (below - inside) / (total - n)) ** 2, axis=1))

    return between


def _feature_distance(features: Floats) -> Statistic:
    """Energy distance: mean distance across, less half the mean distances within."""
    apart = np.sqrt(squared_distances(features, features)).astype(np.float32)

    def between(members: Members) -> Floats:
        weights = _weights(members)
        return np.asarray(-np.sum((weights @ apart) * weights, axis=1))

    return between


def _columns(view: NDArray[np.generic]) -> list[Floats]:
    """A view as columns of numbers: labels one each, numbers as normal scores of their ranks and whether missing."""
    if view.ndim == 2:
        return [score for column in view.T for score in _columns(column.astype(float))]
    if not np.issubdtype(view.dtype, np.floating):
        names = np.unique(view)
        return [np.asarray(view == name, dtype=np.float64) for name in names]
    values = view.astype(np.float64)
    missing = np.isnan(values)
    scores = np.zeros(len(values))
    known = values[~missing]
    scores[~missing] = ndtri((rankdata(known) - 0.5) / max(len(known), 1))
    return [scores, missing.astype(np.float64)] if missing.any() else [scores]


def _standardized(features: Floats) -> Floats:
    spread = features.std(axis=0)
    return np.asarray((features - features.mean(axis=0)) / np.where(spread > 1e-12, spread, 1.0))
