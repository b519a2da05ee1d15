"""Which keys were met before: eight bytes each, so that millions fit in memory."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

RECENT = 1 << 16
"""Keys that are held as a set before they are sorted away."""


class Seen:
    """Keys that were met, by their hashes; two different keys share one once in 2 ** 64 pairs."""

    def __init__(self) -> None:
        self._sorted = np.zeros(0, dtype=np.int64)
        self._recent: set[int] = set()

    def __len__(self) -> int:
        return len(self._sorted) + len(self._recent)

    def add(self, key: Hashable) -> bool:
        """Whether a key is new; from now on it is not."""
        number = hash(key)
        if number in self._recent:
            return False
        at = self._sorted.searchsorted(number)
        if at < len(self._sorted) and self._sorted[at] == number:
            return False
        self._recent.add(number)
        if len(self._recent) == RECENT:
            recent = np.fromiter(self._recent, dtype=np.int64, count=RECENT)
            self._sorted = np.sort(np.concatenate([self._sorted, recent]))
            self._recent.clear()
        return True
