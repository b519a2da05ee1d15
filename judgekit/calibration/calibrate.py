"""Making a calibration: from evidence rows and human labels to a policy with its certificate.

Joins files to the mathematics: rows become arrays for :mod:`judgekit.trust`, its policy and certificate become
a calibration file bound to the judges (fingerprints), labels and tiers that it was made for. Its use is
:mod:`judgekit.cascade.decide`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from judgekit import trust
from judgekit.calibration.evidence_table import EvidenceTable, judge_index, judge_names, one_per_question
from judgekit.calibration.ood import OodGuard
from judgekit.calibration.promise import promise_of
from judgekit.calibration.record import Calibration, Reference
from judgekit.calibration.tries import Try
from judgekit.errors import InputError, known, mendable
from judgekit.records import EvidenceRow, several


def calibrate(
    rows: Iterable[EvidenceRow],
    *,
    agreement: float | None = None,
    delta: float = 0.1,
    tiers: Sequence[str] = (),
    labels: Sequence[str] = (),
    costs: Mapping[str, float] | None = None,
    group_by: Literal["split", "model", "method"] | None = None,
    per_label: Mapping[str, float] | None = None,
    at_most: Mapping[str, float] | None = None,
    tolerance: int = 0,
    people: Literal["majority", "random"] = "majority",
    exclude: Collection[str] = (),
    max_mean_cost: float | None = None,
    per: Literal["question", "item"] = "question",
    tries: int = 1,
    earlier: Sequence[Try | Calibration] = (),
) -> Calibration:
    """Certify a policy from evidence rows with human labels.

    A further calibration on labels that have certified before would promise more than both can keep: it is refused
    unless their number was declared (:mod:`judgekit.calibration.tries`). All random draws depend on the data alone.

    Parameters
    ----------
    rows : evidence of one rubric; rows without human labels serve as unlabeled evidence.
    agreement, delta : target agreement 1 - alpha, and the probability that the certificate may be wrong.
    tiers, labels : their order; by default as the rows give them (labels sorted).
    costs : tier -> cost of asking it; by default what unlabeled rows tell (:meth:`EvidenceTable.of`); without, no tier
        is spared for its price.
    group_by : promise the agreement for every split, model or method on its own.
    per_label : verdict label -> the agreement promised when that label is given; every other label: ``agreement``.
    at_most : ``VERDICT:LABEL`` (or ``VERDICT:LABEL,LABEL``) -> the most of the verdicts ``VERDICT`` that people may
        label so. Such verdicts are held to that in place of ``agreement``; verdicts with other labels to ``agreement``,
        each label on its own, and they are never given where there is none.
    tolerance : for ordered labels, how many steps a verdict may be off and still agree.
    people : agree with the majority label (rows without one are left out), or with a random annotator.
    exclude : question ids (or item ids) that stood as examples in prompts.
    max_mean_cost : highest mean cost per item that the policy may have.
    per : where a question has several outputs, promise for a question drawn at random and one of its outputs, or for
        an item drawn at random, so that a question counts as often as it has outputs (this takes more labels).
    tries : how many calibrations on these labels share ``delta``, all settled before the first is made.
    earlier : calibrations that were made before, on these labels or others.

    Raises
    ------
    InputError : no rows, an unknown tier or label, two rubrics or two judges under one name; a labeled row of which
        a tier was not asked; a max_mean_cost without prices; labels that earlier calibrations have used up.
    """
    known("way to count people's labels", people, ("majority", "random"))
    if group_by is not None:
        known("grouping", group_by, ("split", "model", "method"))
    table = EvidenceTable.of(rows, tiers, labels, costs, several(exclude))
    rows, arrays = table.rows, table.arrays
    if people == "majority":
        human: NDArray[Any] = arrays.majority
        given = np.asarray(arrays.majority != -1)
    else:
        human = arrays.shares
        given = arrays.labeled
    within = [str(getattr(row, group_by)) for row in rows] if group_by else None
    seen = arrays.labeled
    labeled, unlabeled = one_per_question(
        table.questions, given, table.order, groups=within, seen=seen, per=per
    )
    groups = None if within is None else [within[i] for i in np.flatnonzero(labeled)]
    _check_asked(table, given)
    split = int(seen.sum() - given.sum())
    prices = (table.prices or None) if max_mean_cost is None else table.priced()
    fingerprints = {tier: _one_fingerprint(rows, tier) for tier in table.tiers}
    guard = OodGuard.of((row.text_features for row, rests in zip(rows, unlabeled, strict=True) if rests))
    if guard is not None:
        arrays.probs[guard.refuses([row.text_features for row in rows])] = (
            np.nan
        )  # such items never get a verdict
    if not given.any():
        raise InputError(
            f"none of the {len(rows):,} items"
            + (f" of rubric '{table.rubric}'" if table.rubric else "")
            + " has a label of people to calibrate on; give them (--labels FILE)"
        )
    promise = promise_of(
        table.labels,
        agreement=agreement,
        per_label=per_label,
        at_most=at_most,
        tolerance=tolerance,
        delta=delta,
        drawn=_drawn(table, within, split, per),
        tries=tries,
    )
    options: tuple[Any, ...] = (
        agreement,
        group_by,
        sorted((per_label or {}).items()),
        tolerance,
        people,
        max_mean_cost,
        per,
        prices,
        *([sorted(at_most.items())] if at_most else []),
    )
    this = Try.of(table, given, delta, tries, (*options, sorted(several(exclude))))
    others = this.among(
        one for made in earlier for one in (made.tries if isinstance(made, Calibration) else [made])
    )
    promised: dict[str, Any] = {
        "promise": promise,
        "costs": prices,
        "groups": groups,
        "judges": judge_index(table.tiers),
        # which of the others a policy sent to every tier depends on the labels it was made from: all of them or none
        "unlabeled": arrays.probs[unlabeled & arrays.asked[unlabeled].all()],
        "max_mean_cost": max_mean_cost,
    }
    probs, people_say = arrays.probs[labeled], human[labeled]
    policy = mendable(trust.calibrate)(probs, people_say, **promised)
    assert policy.certificate is not None
    names = judge_names(table.tiers)
    diagnosis = mendable(trust.diagnose)(policy, probs, people_say, judge_names=names, **promised)
    return Calibration(
        rubric=table.rubric,
        labels=table.labels,
        tiers=table.tiers,
        fingerprints=fingerprints,
        policy=policy.to_dict(),
        certificate=policy.certificate,
        reference=Reference.of(
            [row for row, used in zip(rows, labeled, strict=True) if used], rows, table.tiers, group_by
        ),
        examples=tuple(sorted(several(exclude))),
        group_by=group_by,
        people=people,
        ood=guard,
        prices=dict(zip(table.tiers, table.prices, strict=True)) if table.prices else {},
        split=split,
        per=per,
        tries=(*others, this),
        diagnosis=diagnosis,
    )


def _drawn(table: EvidenceTable, within: Sequence[str] | None, split: int, per: str) -> str:
    """What a promise is about, in words: which output of a question, and that people have a majority on it."""
    outputs = Counter(zip(within or [""] * len(table.rows), table.questions, strict=True))
    of = f" on which people have a majority ({split:,} of those labeled have none)" if split else ""
    if max(outputs.values()) == 1:
        return f"items{of}"
    return (
        f"questions, one output of each{of},"
        if per == "question"
        else f"items{of}, every output of a question,"
    )


def _check_asked(table: EvidenceTable, labeled: NDArray[np.bool_]) -> None:
    """Refuse labeled rows of which a tier was not asked: in use it is, and nobody knows what it would have said.

    Raises
    ------
    InputError : naming the tier, and the way to complete the evidence.
    """
    unasked = (~table.arrays.asked[labeled]).sum(axis=0)
    if unasked.any():
        tier = int(unasked.argmax())
        raise InputError(
            f"tier '{table.tiers[tier]}' was not asked about {unasked[tier]:,} of {labeled.sum():,} labeled items, so "
            "nothing can be certified on them; run the same 'judgekit score' again with --complete (and --labels), "
            "which asks what was left out (a tier that was asked in vain stands in the evidence with its 'reason')"
        )


def _one_fingerprint(rows: Sequence[EvidenceRow], tier: str) -> str | None:
    counts = Counter(
        row.tiers[tier].fingerprint for row in rows if tier in row.tiers and row.tiers[tier].probs
    )
    if len(counts) > 1:
        raise InputError(
            f"evidence of tier '{tier}' comes from {len(counts)} different judges; score again with one"
        )
    return next(iter(counts), None)
