"""What calibration labels say of the judges, and what would have to be otherwise for more to be certified.

Of the labeled items alone: how often each judge, and all of them together, agree with people; which labels they
confuse; and, where nothing is certified, how far each target is. None of it is promised. What another target
would have given is computed by the very procedure that certifies, but on labels that were already used:
whoever then picks a target has several promises to pick from (``docs/guarantee.md``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from judgekit.trust.arrays import Floats, Ints, check_probs
from judgekit.trust.bounds import clopper_pearson, fewest_labels, no_less, no_more
from judgekit.trust.prevalence.core import bounded_mean_interval
from judgekit.trust.risk import losses
from judgekit.trust.sample_size import accuracy_needed
from judgekit.trust.selective.calibrate import calibrate
from judgekit.trust.selective.certificate import Certificate, Part
from judgekit.trust.selective.opinion_pool import OpinionPool
from judgekit.trust.selective.policy import Policy
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.trail import Trail, trails

TARGETS = (0.8, 0.85, 0.9, 0.95)
"""Targets looked at beside the one that was asked for."""

CONFIDENCE = 0.95
"""Confidence of the intervals."""


PROMISED = ("promise", "agreement", "delta", "per_label", "tolerance", "label_names", "drawn", "tries")
"""Options of a calibration that say what is promised: the certificate has them."""


@dataclass(frozen=True)
class Agreed:
    """How often verdicts agree with people on some of the labeled items.

    Attributes
    ----------
    n : int
        Items with such a verdict.
    share : float | None
        How often it agrees; None where there are none.
    low, high : float
        Its interval at :data:`CONFIDENCE`: Clopper-Pearson, or Gaffke's where an item's people differ.
    """

    n: int
    share: float | None
    low: float
    high: float

    @classmethod
    def of(cls, loss: Floats) -> Agreed:
        """From how wrong each verdict is, float (items,) in [0, 1]."""
        if not len(loss):
            return cls(0, None, 0.0, 1.0)
        if np.isin(loss, (0, 1)).all():
            low, high = clopper_pearson(int((loss == 0).sum()), len(loss), CONFIDENCE)
        else:
            low, high = bounded_mean_interval(1 - loss, np.ones(len(loss)), CONFIDENCE)
        return cls(len(loss), float(1 - loss.mean()), no_more(low), no_less(high))


@dataclass(frozen=True)
class Confusion:
    """On ``count`` of the ``of`` items that people label ``people``, all judges together say ``judges``."""

    people: str
    judges: str
    count: int
    of: int


@dataclass(frozen=True)
class Target:
    """What the same labels would have given at one target: hindsight, no promise.

    Attributes
    ----------
    agreement : float
        The target.
    asked : bool
        Whether it is the one that was asked for.
    promises : int
        How many are made, one for each group and verdict label where that was asked for.
    parts : tuple[str, ...]
        Which of them would have been certified, by name; a single one has none ("").
    coverage : float
        Share of the items that would get a verdict.
    labels : int | None
        About how many labels it takes (of each part), of items not calibrated on so far; None where no
        number would do (``hopeless``), or where these are too few to tell.
    corrected : int | None
        The same if the judges were right on the label that they get wrong most (``Diagnosis.weakest``);
        None where that would not be enough, or these are too few to tell.
    hopeless : bool
        Whether no part of the verdicts was right as often as it should.
    nearest : int | None
        How many of the labeled items, the surest ones, come nearest to being certified.
    accuracy, accuracy_needed : float | None
        How often the verdicts on these were right, and how often they would have to be for the present
        number of labels to do (with probability 0.8); None where there are too few labels for any.
    least : int | None
        Fewest labels that could do: all such verdicts right.

    The last four are None where something is certified, where no item has a verdict, or where there are several
    promises.
    """

    agreement: float
    asked: bool
    promises: int
    parts: tuple[str, ...]
    coverage: float
    labels: int | None
    corrected: int | None
    hopeless: bool
    nearest: int | None = None
    accuracy: float | None = None
    accuracy_needed: float | None = None
    least: int | None = None

    @property
    def certified(self) -> bool:
        """Whether anything would have been certified."""
        return bool(self.parts)


@dataclass(frozen=True)
class Diagnosis:
    """What the labeled items say of the judges.

    Attributes
    ----------
    labels, judges : tuple[str, ...]
        Names, in the order of the other fields.
    n : int
        Labeled items.
    by_judge : tuple[Agreed, ...]
        Each judge's agreement with people, where it gave evidence.
    together : Agreed
        That of all evidence together, every judge asked.
    by_people, by_verdict : tuple[Agreed, ...]
        Of all together, on the items that people label so, and where the judges say so.
    confusion : tuple[tuple[int, ...], ...]
        Items by people's label (rows) and by what all judges together say (columns; the last: nothing).
    confused : tuple[Confusion, ...]
        The pairs of labels that disagree, most often first.
    weakest : str | None
        The label of people that judges get wrong most often, weighted by how often it occurs.
    targets : tuple[Target, ...]
        How far each target is; empty where something was certified, so that nobody picks another.
    verdicts : tuple[tuple[int, ...], ...]
        Items by people's label (rows) and by the verdict that the policy gives (columns; the last:
        none, so that the item is left open). In a pool the last row are its items without a label.
    trails : tuple[Trail, ...]
        The path of every part of the promise.

    The last two are empty in files made before they were kept.
    """

    labels: tuple[str, ...]
    judges: tuple[str, ...]
    n: int
    by_judge: tuple[Agreed, ...]
    together: Agreed
    by_people: tuple[Agreed, ...]
    by_verdict: tuple[Agreed, ...]
    confusion: tuple[tuple[int, ...], ...]
    confused: tuple[Confusion, ...]
    weakest: str | None
    targets: tuple[Target, ...] = ()
    verdicts: tuple[tuple[int, ...], ...] = ()
    trails: tuple[Trail, ...] = ()


def diagnose(
    policy: Policy,
    probs: ArrayLike,
    human: ArrayLike,
    *,
    judge_names: Sequence[str] = (),
    **options: Any,
) -> Diagnosis:
    """What labeled items say of the judges, and how far each target is where nothing was certified.

    Parameters
    ----------
    policy : Policy
        What :func:`judgekit.trust.calibrate` made of the other parameters.
    probs, human, options
        What it was given.
    judge_names : Sequence[str]
        What the judges are called, in the order of their tiers; by default their numbers.

    Raises
    ------
    ValueError
        Arrays that do not fit each other or hold impossible numbers.
    """
    certificate = policy.certificate
    if certificate is None:
        raise ValueError("the policy has no certificate: nothing was calibrated")
    everything, promise = check_probs(probs), certificate.promise
    classes = everything.shape[2]
    names = tuple(promise.names) or tuple(map(str, range(classes)))
    labeled, wrongs = losses(human, promise.agreeing(classes))
    groups, pool = options.get("groups"), options.get("pool")
    certify = labeled if pool is None else np.asarray(pool, dtype=np.bool_)
    labeled = labeled & certify
    people, evidence, loss = _people(human)[labeled], everything[labeled], wrongs[labeled]
    verdict, single = _together(policy.pool, evidence), _each(policy.pool, evidence)
    given = verdict >= 0
    wrong = np.where(given, loss[np.arange(len(loss)), verdict], 0.0)
    table = _cross(people, verdict, classes, classes)
    sample = Sample.of(
        probs,
        human,
        promise,
        groups=groups,
        unlabeled=options.get("unlabeled"),
        needs_others=options.get("max_mean_cost") is not None,
        pool=pool,
    )
    within = None if groups is None else np.asarray(groups)[certify].tolist()
    decided = policy.decide(everything[certify], within).label
    rows = np.where(labeled, _people(human), classes if pool is not None else -1)[certify]
    confused = [
        Confusion(names[p], names[v], int(table[p, v]), int(table[p].sum()))
        for p, v in np.argwhere(table[:, :-1])
        if not promise.agree(int(v), int(p))
    ]
    errors = np.array([wrong[people == k].sum() for k in range(classes)])
    corrected = np.array(human)
    right = np.flatnonzero(labeled)[given & (people == errors.argmax())]
    said = verdict[given & (people == errors.argmax())]
    corrected[right] = said if corrected.ndim == 1 else np.eye(classes)[said]
    return Diagnosis(
        labels=names,
        judges=tuple(judge_names) or tuple(map(str, range(len(single)))),
        n=len(loss),
        by_judge=tuple(Agreed.of(loss[own >= 0, own[own >= 0]]) for own in single),
        together=Agreed.of(wrong[given]),
        by_people=tuple(Agreed.of(wrong[given & (people == k)]) for k in range(classes)),
        by_verdict=tuple(Agreed.of(wrong[verdict == k]) for k in range(classes)),
        confusion=tuple(tuple(row) for row in table.tolist()),
        confused=tuple(sorted(confused, key=lambda pair: -pair.count)),
        weakest=names[errors.argmax()] if errors.any() else None,
        targets=()
        if policy.certified or sample.pooled  # labels along one path say little of another
        else tuple(_targets(certificate, probs, human, corrected, options, names)),
        verdicts=tuple(map(tuple, _cross(rows, decided, classes + (pool is not None), classes).tolist())),
        trails=trails(policy, sample),
    )


def _cross(people: Ints, verdict: Ints, rows: int, classes: int) -> Ints:
    """How many items people label so and are given that verdict, (rows, classes + 1); the last column: none."""
    table = np.zeros((rows, classes + 1), dtype=np.intp)
    np.add.at(table, (people[people >= 0], verdict[people >= 0]), 1)
    return table


def _people(human: ArrayLike) -> Ints:
    """The label that most of an item's people give; -1 where two are given as often, or none. Shape (items,)."""
    given = np.asarray(human)
    if given.ndim == 1:
        return given.astype(np.intp)
    most = np.nan_to_num(given, nan=0.0)
    unsure = 1 - most.sum(axis=1, keepdims=True)  # of people who cannot tell
    only = np.isclose(np.hstack([most, unsure]), most.max(axis=1, keepdims=True)).sum(axis=1) == 1
    only &= most.max(axis=1) > unsure[:, 0]
    return np.where(only, most.argmax(axis=1), -1)


def _together(pool: OpinionPool, evidence: Floats) -> Ints:
    """What all evidence together says, -1 where there is none. Shape (items,)."""
    heard = ~np.isnan(evidence[:, np.array(pool.weights) > 0, 0]).all(axis=1)
    return np.where(heard, pool.opinions(evidence)[0][:, -1], -1)


def _each(pool: OpinionPool, evidence: Floats) -> list[Ints]:
    """What each judge says in its latest stage that gave evidence, -1 where none did; (items,) each."""
    said = {judge: np.full(len(evidence), -1, dtype=np.intp) for judge in pool.judges}
    for tier, judge in enumerate(pool.judges):
        present = ~np.isnan(evidence[:, tier, 0])
        said[judge][present] = evidence[present, tier].argmax(axis=1)
    return list(said.values())


def _targets(
    certificate: Certificate,
    probs: ArrayLike,
    human: ArrayLike,
    corrected: ArrayLike,
    options: Mapping[str, Any],
    names: Sequence[str],
) -> Iterator[Target]:
    """Calibrate again at every target, on people's labels and on ``corrected`` ones."""
    others = {name: value for name, value in options.items() if name not in PROMISED}
    for promise in certificate.promise.aims(TARGETS):
        same = promise == certificate.promise
        try:
            again = certificate if same else calibrate(probs, human, promise=promise, **others).certificate
            better = calibrate(probs, corrected, promise=promise, **others).certificate
        except ValueError:  # a max_mean_cost that pays for the target asked for need not pay for this one
            continue
        assert again is not None and better is not None
        yield _target(again, better, same, names)


def _target(certificate: Certificate, corrected: Certificate, asked: bool, names: Sequence[str]) -> Target:
    parts, certify = certificate.parts, certificate.items
    labels = certify + certificate.method.labels_set_aside
    won = tuple(_name(part, names) for part in parts if part.certified)
    target = Target(
        agreement=certificate.promise.target(None),
        asked=asked,
        promises=len(parts),
        parts=won,
        coverage=certificate.coverage,
        labels=labels if won else certificate.labels_needed,
        corrected=labels if corrected.certified else corrected.labels_needed,
        hopeless=not won and all(part.hopeless for part in parts),
    )
    if won or len(parts) > 1 or (nearest := parts[0].nearest) is None:
        return target
    accepted, delta = nearest.accepted, certificate.method.delta
    return replace(
        target,
        nearest=accepted,
        accuracy=1 - nearest.errors / accepted,
        accuracy_needed=accuracy_needed(certify, target.agreement, delta, coverage=accepted / certify),
        least=int(np.ceil(fewest_labels(1 - target.agreement, delta) * labels / accepted)),
    )


def _name(part: Part, names: Sequence[str]) -> str:
    """What one of several promises is called; nothing where there is one."""
    verdict = None if part.label is None else names[part.label]
    return ": ".join(name for name in (part.group, verdict) if name)
