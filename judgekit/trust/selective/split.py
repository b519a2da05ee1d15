"""What a calibration rests on: the items whose labels certify, and other items whose evidence alone is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Floats, Ints, check_probs
from judgekit.trust.draws import shuffled
from judgekit.trust.risk import Promise

ENOUGH = 100
"""Other items from which their evidence, instead of that of the labeled ones, marks out the path."""

ASIDE = 5
"""One in so many items is set aside where other items are needed and there are too few."""


@dataclass(frozen=True)
class Sample:
    """Labeled items in random order, and other items.

    Attributes
    ----------
    evidence : float (items, tiers, classes) of the items that certify.
    loss : float (items, classes), how wrong each possible verdict is.
    group : int (items,), the item's group as an index into ``names``.
    names : the groups; empty where there is one promise for all.
    others : float (other items, tiers, classes), evidence on items whose labels are not used.
    set_aside : how many of the others have labels that were given up for it.
    shares : whether a loss may lie between 0 and 1.
    """

    evidence: Floats
    loss: Floats
    group: Ints
    names: tuple[str, ...]
    others: Floats
    set_aside: int
    shares: bool

    @classmethod
    def of(
        cls,
        probs: ArrayLike,
        human: ArrayLike,
        promise: Promise,
        *,
        groups: Sequence[Any] | None,
        unlabeled: ArrayLike | None,
        needs_others: bool,
    ) -> Sample:
        """Check the arrays that :func:`judgekit.trust.calibrate` was given, and part them by a draw.

        Raises
        ------
        ValueError : arrays that do not fit each other or hold impossible numbers.
        """
        evidence = check_probs(probs)
        count, tiers, classes = evidence.shape
        for name, given in {"human": human, "groups": groups}.items():
            if given is not None and np.shape(given)[:1] != (count,):
                raise ValueError(
                    f"{name} must hold one entry for each of the {count} items, got shape {np.shape(given)}"
                )
        labeled, loss = promise.losses(human, classes)
        names, group = np.unique(
            np.full(count, "") if groups is None else np.asarray(groups).astype(str), return_inverse=True
        )
        order = shuffled(
            b"".join(part.tobytes() for part in one) for one in zip(evidence, loss, names[group], strict=True)
        )
        more = evidence[~labeled] if unlabeled is None else check_probs(unlabeled, "unlabeled")
        if more.shape[1:] != (tiers, classes):
            raise ValueError(f"unlabeled must have shape (items, {tiers}, {classes}), got {more.shape}")
        used = order[labeled[order]]
        aside = used[: -(-len(used) // ASIDE) if needs_others and len(more) < ENOUGH else 0]
        used = used[len(aside) :]
        kept = np.unique(group[used])
        return cls(
            evidence[used],
            loss[used],
            np.searchsorted(kept, group[used]),
            tuple(names[kept].tolist()) if groups is not None else (),
            np.concatenate([more[shuffled(one.tobytes() for one in more)], evidence[aside]]),
            len(aside),
            np.ndim(human) == 2,
        )

    def __len__(self) -> int:
        return len(self.evidence)

    @property
    def fixed(self) -> bool:
        """Whether the other items mark out the path."""
        return not self.names and len(self.others) >= ENOUGH

    @property
    def seen(self) -> Floats:
        """The evidence that stopping rules and costs are judged by."""
        return self.others if len(self.others) >= ENOUGH or self.set_aside else self.evidence
