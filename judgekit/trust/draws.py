"""Random draws that nobody can pick: they depend on what is drawn from, not on its order and on no seed.

Who may choose a seed, or shuffle a file, may try twenty and keep the best; then no error level holds. A hash of the
contents is as good as random and always the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b

import numpy as np

from judgekit.trust.arrays import Floats, Ints


def chance(names: Iterable[str]) -> Floats:
    """A number in [0, 1) for each name, as good as random; the same name always has the same. Shape (names,)."""
    return np.array([int.from_bytes(_digest(name.encode()), "big") / 2**64 for name in names])


def shuffled(contents: Iterable[bytes], apart: Iterable[bytes] = ()) -> Ints:
    """A random order of things told by their contents. Shape (contents,).

    First they are sorted, so that the order in which they came is forgotten, and then shuffled with a seed made of
    them all. ``apart`` tells things of equal contents apart where they are sorted, and plays no part in the seed; what
    is equal in both may change places.
    """
    digests = [_digest(content) for content in contents]
    ties = [_digest(tie) for tie in apart] or digests
    known = sorted(range(len(digests)), key=lambda i: (digests[i], ties[i]))
    seed = int.from_bytes(_digest(b"".join(digests[i] for i in known)), "big")
    return np.array(known, dtype=np.intp)[np.random.default_rng(seed).permutation(len(known))]


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=8).digest()
