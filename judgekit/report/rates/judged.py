"""How often each label holds, as an estimate of what people would have said of all items of such questions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import betaincinv

from judgekit.calibration.pool import Pool
from judgekit.display import some
from judgekit.report.claims.vouched import Vouched, sampled
from judgekit.report.run import JudgedItem
from judgekit.trust.arrays import Bools, Floats
from judgekit.trust.prevalence import judged
from judgekit.trust.prevalence import rates as prevalence
from judgekit.trust.prevalence.certified import Certified
from judgekit.trust.prevalence.core import bounded_mean_interval

CONFIDENCE = 0.95

Kind = Literal["people", "certificate", "judge"]


@dataclass(frozen=True)
class JudgedRate:
    """The share of items under one label.

    Attributes
    ----------
    label : str
    value : float or None
        The estimate; None where it is left open, then see ``bounds``.
    low, high : float
        Confidence limits: over which questions were asked and what the open items could be, and, unless ``kind``
        is *judge*, over the judge's errors.
    bounds : (float, float)
        The least and greatest the share can be at these items.
    kind : what it rests on
        Human labels of these items; a certificate; or nothing but the judge, so that it is the judge's opinion.
    basis : str
        The same in words.
    left_out : int
        Labeled items whose labels are no fair sample, so that they speak for nothing.
    unanswered : int
        Items of the sample that people were asked about without a label: they count as anything.
    level : float
        Confidence of the limits: a certificate's own probability of being wrong is taken off.
    """

    label: str
    value: float | None
    low: float
    high: float
    bounds: tuple[float, float]
    kind: Kind
    basis: str
    left_out: int = 0
    unanswered: int = 0
    level: float = CONFIDENCE

    @property
    def middle(self) -> float:
        """The estimate, or the middle of the bounds: for placing a mark, never for printing."""
        return sum(self.bounds) / 2 if self.value is None else self.value

    @property
    def only_bounds(self) -> bool:
        """Whether the limits are all that is known: a certificate speaks, or people do of some items only."""
        return self.value is None and self.kind != "judge"


def judged_rates(
    rows: Sequence[JudgedItem],
    labels: Sequence[str],
    together: Mapping[str, frozenset[str]],
    vouched: Vouched | None = None,
    level: float = CONFIDENCE,
    only: str = "",
    pools: Sequence[Pool] = (),
) -> dict[str, JudgedRate]:
    """A rate for every label and every named union of labels.

    Parameters
    ----------
    rows : Sequence[JudgedItem]
        One per item, not empty.
    labels : Sequence[str]
        The rubric's labels.
    together : Mapping[str, frozenset[str]]
        name -> labels counted as one, e.g. *forgotten well*.
    vouched : Vouched | None
        What was promised of the verdicts, where the promise stands.
    level : float
        Confidence of the limits.
    only : str
        The one rate that is wanted; empty: all.
    pools : Sequence[Pool]
        Those that labels were asked from.
    """
    wanted = {**{label: frozenset({label}) for label in labels}, **together}
    if only:
        wanted = {only: wanted[only]}
    known = vouched.calibration.labels if vouched else ()
    order = [*known, *(label for label in labels if label not in known)]
    people, unanswered = sampled(rows, order, vouched, pools)
    left_out = int(np.sum([row.majority in order for row in rows] & ~people.labeled))
    found = _rates(rows, wanted, people, unanswered, order, vouched, level)
    return {name: _less(rate, left_out) for name, rate in found.items()} if left_out else found


def _less(rate: JudgedRate, left_out: int) -> JudgedRate:
    """The rate, and in words that labels were left out."""
    basis = (
        f"{rate.basis}; {some(left_out, 'label')} left out: asked along a path, which makes no fair sample"
    )
    return replace(rate, basis=basis, left_out=left_out)


def _rates(
    rows: Sequence[JudgedItem],
    wanted: Mapping[str, frozenset[str]],
    people: judged.Judged,
    unanswered: Bools,
    order: Sequence[str],
    vouched: Vouched | None,
    level: float,
) -> dict[str, JudgedRate]:
    if vouched is None and not people.labeled.any():
        basis = what_it_rests_on(rows)
        return {name: _by_judge(name, which, rows, basis, level) for name, which in wanted.items()}
    index = {label: number for number, label in enumerate(order)}
    certificate = vouched.certificate if vouched else None
    return {
        name: _by_people(
            name,
            people,
            unanswered,
            [index[label] for label in which if label in index],
            certificate,
            level,
        )
        for name, which in wanted.items()
    }


def _by_people(
    name: str,
    people: judged.Judged,
    unanswered: Bools,
    which: Sequence[int],
    certificate: Certified | None,
    level: float,
) -> JudgedRate:
    """The rate by people's labels; an item of their sample without one counts as whatever makes the limit wider."""
    human = np.asarray(people.human)
    others = [label for label in range(int(max(human.max(), *which, -1)) + 2) if label not in which]
    fills = [others[0], which[0]] if unanswered.any() and which else [judged.UNLABELED]
    ends = [
        prevalence.rate(
            replace(people, human=np.where(unanswered, fill, human)),
            which,
            level=level,
            population="source",
            certificate=certificate,
        )
        for fill in fills
    ]
    low, high = ends[0], ends[-1]
    least = low.low if low.estimate is None else low.estimate
    most = high.high if high.estimate is None else high.estimate
    estimate = low.estimate if low.estimate == high.estimate else None
    kind: Kind = "people" if low.n_human else "certificate"
    basis = low.basis.rstrip(".")
    if unanswered.any():
        basis += f"; {some(int(unanswered.sum()), 'item')} of the pool without a label could be anything"
    if low.level < level:
        basis += f"; with {low.level:.3g} confidence, since the certificate may be wrong"
    missing = int(unanswered.sum())
    sure = min(level, low.level)
    return JudgedRate(
        name, estimate, low.low, high.high, (least, most), kind, basis, unanswered=missing, level=sure
    )


def _by_judge(
    name: str, which: frozenset[str], rows: Sequence[JudgedItem], basis: str, level: float
) -> JudgedRate:
    """What the judge says, with :func:`limits` over the questions and all that open items can be."""
    said = np.array([row.verdict.label in which for row in rows], dtype=float)
    possible = said + [row.verdict.state != "verdict" for row in rows]
    least, most = float(said.mean()), float(possible.mean())
    low, high = limits(said, possible, [row.verdict.question_id or row.verdict.id for row in rows], level)
    value = least if most == least else None
    return JudgedRate(name, value, low, high, (least, most), "judge", basis, level=level)


def limits(
    least: Floats, most: Floats, questions: Sequence[str], level: float = CONFIDENCE
) -> tuple[float, float]:
    """Exact limits of a share over the questions that could have been asked, and over all that open items can be.

    Clopper and Pearson's; Gaffke's where a question has several outputs, which are drawn together.

    Parameters
    ----------
    least, most : (items,) float in [0, 1]
        What each item counts at least and at most; they differ where it is open.
    questions : sequence of str
        The question of each item.
    level : float
        Confidence of the limits.
    """
    asked = np.unique(questions, return_inverse=True)[1]
    sizes = np.bincount(asked).astype(np.float64)
    if sizes.max() > 1:
        low, _ = bounded_mean_interval(np.bincount(asked, least).astype(np.float64), sizes, level)
        _, high = bounded_mean_interval(np.bincount(asked, most).astype(np.float64), sizes, level)
    else:
        n, hits, tops = len(least), least.sum(), most.sum()
        low = float(betaincinv(hits, n - hits + 1, (1 - level) / 2)) if hits else 0.0
        high = float(betaincinv(tops + 1, n - tops, (1 + level) / 2)) if tops < n else 1.0
    return min(low, float(least.mean())), max(high, float(most.mean()))


def what_it_rests_on(rows: Sequence[JudgedItem]) -> str:
    """One line: who gave the verdicts, how many, and that nobody vouches for them."""
    states = Counter(row.verdict.state for row in rows)
    tiers = Counter(row.verdict.tier or "?" for row in rows if row.verdict.state == "verdict")
    given = ", ".join(f"{count:,} by {tier}" for tier, count in tiers.most_common())
    parts = [some(states["verdict"], "verdict") + (f" ({given})" if given else "")]
    parts += [f"{states[state]:,} {state}" for state in ("abstained", "unscored") if states[state]]
    return f"Judge's opinion only, not calibrated against people: {', '.join(parts)}"
