"""Is one scored item like anything labeled? A guard that abstains on those that are not.

The measure of strangeness is the distance to the nearest labeled items; how strange is too strange is read off
other labeled items (a conformal p-value), so that at most a stated share of ordinary items is refused.

Reference: Vovk, Gammerman & Shafer (2005), "Algorithmic learning in a random world".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from judgekit.elementary import added
from judgekit.trust.arrays import Floats

PLACES = 1_000
"""Labeled items that distances are taken to, at most."""

CHUNK = 100
"""Items whose distances are worked out together: few enough to stay near the processor."""

DIGITS = 9
"""Digits after the point of what items are measured by, so that items that look the same lie equally far."""


@dataclass(frozen=True)
class OodCheck:
    """Which scored items are like the labeled ones.

    Attributes
    ----------
    in_distribution : (items,) bool
        False: abstain on it. An item like the labeled ones is refused with probability at most `level`.
    p_values : (items,) float
        Share of labeled items that lie at least as far from the other labeled ones.
    level : float
        Probability of refusing an item like the labeled ones.
    """

    in_distribution: NDArray[np.bool_]
    p_values: Floats
    level: float


def ood_check(
    labeled: ArrayLike, scored: ArrayLike, *, level: float = 0.02, neighbors: int = 5, seed: int = 0
) -> OodCheck:
    """Abstain on items that lie far from everything labeled.

    A random half of the labeled items are the places; the other half say how far items of the same source lie
    from their nearest places, and each scored item's distance is ranked among theirs.

    Parameters
    ----------
    labeled, scored : (items, features) float
        Embeddings or other numbers, such as the judges' log-odds. One labeled item a question.
    level : float
        At most this share of items like the labeled ones is refused, on average over labeled sets.
    neighbors : int
        The distance is the mean over so many nearest places.
    seed : int
        For the halves.

    Raises
    ------
    ValueError
        Too few labeled items for any item to be refused at `level`; numbers that are not finite.
    """
    known, new = np.asarray(labeled, dtype=np.float64), np.asarray(scored, dtype=np.float64)
    if known.ndim != 2 or new.ndim != 2 or known.shape[1] != new.shape[1]:
        raise ValueError(
            f"features have shapes {known.shape} and {new.shape}: give (items, features) for both"
        )
    if not (np.isfinite(known).all() and np.isfinite(new).all()):
        raise ValueError("features have missing or infinite numbers: leave those items out")
    least = int(np.ceil(1.0 / level)) - 1 + neighbors
    if len(known) < least:
        raise ValueError(
            f"{len(known)} labeled items cannot tell strange ones at level {level}: "
            f"give at least {least}, or a greater level"
        )
    order = np.random.default_rng(seed).permutation(len(known))
    n_places = int(np.clip(len(known) // 2, neighbors, min(len(known) - least + neighbors, PLACES)))
    places, others = known[order[:n_places]], known[order[n_places:]]
    spread = places.std(axis=0).round(DIGITS)
    # what never varied counts as varying as little as anything did: there any difference is strange
    spread = np.where(spread > 0, spread, spread[spread > 0].min(initial=np.inf))
    spread = np.where(np.isfinite(spread), spread, 1.0)

    def distance(items: Floats) -> Floats:
        parts = []
        for chunk in np.array_split(items, len(items) // CHUNK + 1):
            squares = np.zeros((len(chunk), n_places))
            for k, width in enumerate(spread):  # a matrix product would differ from machine to machine
                squares += ((chunk[:, k, None] - places[:, k]) / width) ** 2
            nearest = np.sort(np.partition(squares, neighbors - 1, axis=1)[:, :neighbors], axis=1)
            parts.append(added(np.sqrt(nearest)) / neighbors)
        return np.concatenate(parts).round(DIGITS)

    usual = np.sort(distance(others))
    further = len(usual) - np.searchsorted(usual, distance(new), side="left")
    p_values = np.asarray((1.0 + further) / (1.0 + len(usual)), dtype=float)
    return OodCheck(p_values > level, p_values, level)
