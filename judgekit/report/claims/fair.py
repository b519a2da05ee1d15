"""Which of people's labels are a fair sample of their class, by the pools that they were asked from.

Labels along a path are asked where they certify most: what the path came by is labeled, and nothing else. Where a few
of the rest are asked at random later (a pool of kind *rest*), as large a part of the labels along the path counts
beside them. Else the whole pool is the sample, and its members without an answer could be anything.
``docs/rates.md``, "Labels of a pool".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from judgekit.calibration.pool import Pool
from judgekit.report.run import JudgedItem
from judgekit.trust.arrays import Bools, Ints

FEW = 0.1
"""Share of a class without an answer up to which the whole pool stays the sample, whatever was asked later."""


@dataclass(frozen=True)
class FairLabels:
    """Which rows make up a fair sample of the class that each is in: the accepted verdicts, or what is open.

    Attributes
    ----------
    speaks : bool (rows,)
        Whether people's label of the row counts. True for rows without labels too.
    unanswered : bool (rows,)
        Whether the row belongs to the sample although people gave no label that counts.
    """

    speaks: Bools
    unanswered: Bools


def fair_labels(
    rows: Sequence[JudgedItem], accepted: Bools, labeled: Bools, pools: Sequence[Pool]
) -> FairLabels:
    """The fair sample that people's labels are.

    Parameters
    ----------
    rows : sequence of JudgedItem
        All items of the rate.
    accepted : (rows,) bool
        Whether a judge's verdict is accepted.
    labeled : (rows,) bool
        Whether people's labels come to one that counts.
    pools : sequence of Pool
        Those that labels were asked from. Labels of any other pool are no fair sample of anything known.
    """
    named = [{label.pool for label in row.human} for row in rows]
    kinds = {pool.fingerprint: pool.kind for pool in pools}

    def of(*wanted: str) -> Bools:
        return np.array([any(kinds.get(name) in wanted for name in names) for names in named], dtype=bool)

    unnamed = np.array([not names or "" in names for names in named], dtype=bool)
    along, opened = of("path"), of("open") & ~accepted
    fair = unnamed | of("items") | (of("verdicts") & accepted) | opened
    free = ~accepted & ~along
    among_open = opened[free].mean() if free.any() else 0.0
    unanswered = np.zeros(len(rows), dtype=bool)
    for pool in pools:
        if pool.kind == "path":
            found = _along(pool, rows, named, accepted, labeled, pools, float(among_open))
            fair |= found.speaks
            unanswered |= found.unanswered
    return FairLabels(fair, unanswered)


def _along(
    pool: Pool,
    rows: Sequence[JudgedItem],
    named: Sequence[set[str]],
    accepted: Bools,
    labeled: Bools,
    pools: Sequence[Pool],
    among_open: float,
) -> FairLabels:
    """What of a path's labels, and of those of its rest, is fair; ``among_open``: share of open items asked besides."""
    place = {row.verdict.key: i for i, row in enumerate(rows)}
    members = np.array([place[item.key] for item in pool.items if item.key in place], dtype=np.int64)
    asked = np.array([pool.fingerprint in named[i] for i in members], dtype=bool)
    keys = [rows[i].verdict.key for i in members]
    rests = {rest.fingerprint for rest in pools if rest.kind == "rest" and _whole(rest, keys, asked)}
    later = np.array([bool(rests & named[i]) for i in members], dtype=bool) & ~asked
    fair, unanswered = np.zeros((2, len(rows)), dtype=bool)
    fair[members[later]] = True
    chance = float(np.random.default_rng(int(pool.fingerprint, 16)).random())
    for verdict in (True, False):
        here = accepted[members] == verdict
        left = here & ~asked
        share = float(later[left].mean()) if left.any() else 1.0
        share = min(1.0, share + (0.0 if verdict else among_open))
        mine: Ints = members[here & asked]  # in the pool's order, which is random
        open_ = here & ~labeled[members]
        if labeled[mine].any() and (share == 0 or open_.sum() <= FEW * here.sum()):
            fair[mine] = True
            unanswered[members[open_]] = True
        else:
            fair[mine[: int(share * len(mine) + chance)]] = True
    return FairLabels(fair, unanswered)


def _whole(rest: Pool, keys: Sequence[tuple[str, str, str]], asked: Bools) -> bool:
    """Whether a sample of a pool's rest belongs to it, and all labels that were there when it was drawn are here.

    The rest is drawn in the pool's order: what stands before its last item was labeled, or is of the rest.
    """
    drawn = {item.key for item in rest.items}
    chosen = np.array([key in drawn for key in keys], dtype=bool)
    if not chosen.any():
        return False
    last = int(np.flatnonzero(chosen)[-1])
    return bool((asked | chosen)[:last].all())
