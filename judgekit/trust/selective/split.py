"""What a calibration rests on: the items that certify, and other items whose evidence alone is used."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Bools, Floats, Ints, check_probs
from judgekit.trust.draws import shuffled
from judgekit.trust.risk import Promise

ENOUGH = 100
"""Other items from which their evidence, instead of that of the labeled ones, marks out the path."""

ASIDE = 5
"""One in so many items is set aside where other items are needed and there are too few."""


@dataclass(frozen=True)
class Sample:
    """The items that certify, in random order, and other items.

    Attributes
    ----------
    item : int (items,), where each of the items that certify stands among those given.
    evidence : float (items, tiers, classes) of the items that certify.
    loss : float (items, classes), how wrong each possible verdict is.
    answered : bool (items,), whether people labeled the item; all did but in a pool. Where not, every verdict is wrong.
    group : int (items,), the item's group as an index into ``names``.
    names : tuple[str, ...]
        The groups; empty where there is one promise for all.
    others : float (other items, tiers, classes), evidence on items whose labels are not used.
    set_aside : int
        How many of the others have labels that were given up for it.
    shares : bool
        Whether a loss may lie between 0 and 1.
    pooled : bool
        Whether the items are a pool, drawn before any of them was labeled.
    hopeful : bool
        Whether it is supposed that people will agree with every verdict on the items not labeled yet.
    """

    item: Ints
    evidence: Floats
    loss: Floats
    answered: Bools
    group: Ints
    names: tuple[str, ...]
    others: Floats
    set_aside: int
    shares: bool
    pooled: bool = False
    hopeful: bool = False

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
        pool: ArrayLike | None = None,
    ) -> Sample:
        """Check the arrays that :func:`judgekit.trust.calibrate` was given, and part them by a draw.

        The draw of a pool hangs on its evidence alone, not on its labels: it is the same while these come in. Items
        of equal evidence alone are told apart by their losses, so that nobody can pick their order.

        Raises
        ------
        ValueError
            Arrays that do not fit each other or hold impossible numbers.
        """
        evidence = check_probs(probs)
        count, tiers, classes = evidence.shape
        for name, given in {"human": human, "groups": groups, "pool": pool}.items():
            if given is not None and np.shape(given)[:1] != (count,):
                raise ValueError(
                    f"{name} must hold one entry for each of the {count} items, got shape {np.shape(given)}"
                )
        labeled, loss = promise.losses(human, classes)
        names, group = np.unique(
            np.full(count, "") if groups is None else np.asarray(groups).astype(str), return_inverse=True
        )
        content = [evidence, names[group]] if pool is not None else [evidence, loss, names[group]]
        order = shuffled(
            (b"".join(part.tobytes() for part in one) for one in zip(*content, strict=True)),
            (one.tobytes() for one in loss),
        )
        certify = labeled if pool is None else np.asarray(pool, dtype=np.bool_)
        more = evidence[~certify] if unlabeled is None else check_probs(unlabeled, "unlabeled")
        if more.shape[1:] != (tiers, classes):
            raise ValueError(f"unlabeled must have shape (items, {tiers}, {classes}), got {more.shape}")
        if pool is not None and needs_others and len(more) < ENOUGH:
            raise ValueError(
                f"max_mean_cost with a pool needs evidence on {ENOUGH} items outside it, got {len(more)}"
            )
        used = order[certify[order]]
        aside = used[: -(-len(used) // ASIDE) if needs_others and len(more) < ENOUGH else 0]
        used = used[len(aside) :]
        kept = np.unique(group[used])
        return cls(
            used,
            evidence[used],
            loss[used],
            labeled[used],
            np.searchsorted(kept, group[used]),
            tuple(names[kept].tolist()) if groups is not None else (),
            np.concatenate([more[shuffled(one.tobytes() for one in more)], evidence[aside]]),
            len(aside),
            np.ndim(human) == 2,
            pool is not None,
        )

    def __len__(self) -> int:
        return len(self.evidence)

    @property
    def hoping(self) -> Sample:
        """The same items if people agreed with every verdict on those they have not labeled yet."""
        return replace(self, loss=np.where(self.answered[:, None], self.loss, 0.0), hopeful=True)

    @property
    def ceiling(self) -> float | None:
        """Best agreement that any verdicts could have with people, where an item's people may differ."""
        told = self.loss[self.answered]
        return float((1 - told.min(axis=1)).mean()) if self.shares and len(told) else None

    @property
    def fixed(self) -> bool:
        """Whether the other items mark out the path."""
        return not self.names and len(self.others) >= ENOUGH

    @property
    def seen(self) -> Floats:
        """The evidence that stopping rules and costs are judged by."""
        return self.others if len(self.others) >= ENOUGH or self.set_aside else self.evidence
