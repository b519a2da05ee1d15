"""Making a calibration: from evidence rows and human labels to a policy with its certificate.

Joins files to the mathematics: rows become arrays for :mod:`judgekit.trust`, its policy and certificate become
a calibration file bound to the judges (fingerprints), labels and tiers that it was made for. Its use is
:mod:`judgekit.cascade.decide`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Literal

from judgekit import trust
from judgekit.calibration.doubts import doubts
from judgekit.calibration.further import further
from judgekit.calibration.grounds import Grounds
from judgekit.calibration.pool import FAIR, Pool, asked_from
from judgekit.calibration.record import Calibration
from judgekit.calibration.reference import Reference
from judgekit.calibration.stages import judge_names
from judgekit.calibration.tries import Try
from judgekit.errors import InputError, mendable
from judgekit.records import EDITED, EvidenceRow, several


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
    pools: Sequence[Pool] = (),
    outlook: bool = False,
    doubt: bool = False,
) -> Calibration:
    """Certify a policy from evidence rows with human labels.

    A further calibration on labels that have certified before would promise more than both can keep: it is refused
    unless their number was declared (:mod:`judgekit.calibration.tries`). All random draws depend on the data alone.

    Parameters
    ----------
    rows : Iterable[EvidenceRow]
        Evidence of one rubric; rows without human labels serve as unlabeled evidence.
    agreement, delta
        Target agreement 1 - alpha, and the probability that the certificate may be wrong.
    tiers, labels : Sequence[str]
        Their order; by default as the rows give them (labels sorted).
    costs : tier -> cost of asking it; by default what rows tell that do not certify
        (:meth:`judgekit.calibration.evidence_table.EvidenceTable.of`); without, no tier is spared for its price.
    group_by : {'split', 'model', 'method'} | None
        Promise the agreement for every split, model or method on its own.
    per_label : Mapping[str, float] | None
        Verdict label -> the agreement promised when that label is given; every other label:
        ``agreement``.
    at_most : Mapping[str, float] | None
        ``VERDICT:LABEL`` (or ``VERDICT:LABEL,LABEL``) -> the most of the verdicts ``VERDICT`` that
        people may label so. Such verdicts are held to that in place of ``agreement``; verdicts with
        other labels to ``agreement``, each label on its own, and they are never given where there is
        none.
    tolerance : int
        For ordered labels, how many steps a verdict may be off and still agree.
    people : {'majority', 'random'}
        Agree with the majority label (rows without one are left out), or with a random annotator.
    exclude : Collection[str]
        Question ids (or item ids) that stood as examples in prompts.
    max_mean_cost : float | None
        Highest mean cost per item that the policy may have.
    per : {'question', 'item'}
        Where a question has several outputs, promise for a question drawn at random and one of its
        outputs, or for an item drawn at random, so that a question counts as often as it has outputs
        (this takes more labels).
    tries : int
        How many calibrations on these labels share ``delta``, all settled before the first is made.
    earlier : Sequence[Try | Calibration]
        Calibrations that were made before, on these labels or others.
    pools : Sequence[Pool]
        Those that labels were asked from. Of a pool that people are asked about along the path all
        items certify, and those without a label count as errors; an item's first answer counts, other
        labels then certify nothing. Labels from pools that are no fair draw of all items never do.
    outlook : bool
        Whether to say what further labels are likely to buy, which takes longer than all the rest.
    doubt : bool
        Whether to say what speaks against the labels (:mod:`judgekit.calibration.doubts`).

    Raises
    ------
    InputError
        No rows, an unknown tier or label, two rubrics or two judges under one name; a labeled row of
        which a tier was not asked; a max_mean_cost without prices; labels that earlier calibrations
        have used up; labels whose pool is not there, or was drawn for another promise or from other
        evidence.
    """
    rows = list(rows)
    pool = _pool_of(rows, pools)
    grounds = Grounds.of(
        [_of_use(row, pools) for row in rows],
        agreement=agreement,
        delta=delta,
        tiers=tiers,
        labels=labels,
        costs=costs,
        group_by=group_by,
        per_label=per_label,
        at_most=at_most,
        tolerance=tolerance,
        people=people,
        exclude=exclude,
        max_mean_cost=max_mean_cost,
        per=per,
        tries=tries,
        pool=pool,
    )
    table, evidence, human, promised = grounds.table, grounds.evidence, grounds.human, grounds.promised
    others = grounds.this.among(
        one for made in earlier for one in (made.tries if isinstance(made, Calibration) else [made])
    )
    fingerprints = {tier: _one_fingerprint(table.rows, tier) for tier in table.tiers}
    policy = mendable(trust.calibrate)(evidence, human, **promised)
    assert policy.certificate is not None
    names = judge_names(table.tiers)
    diagnosis = mendable(trust.diagnose)(policy, evidence, human, judge_names=names, **promised)
    return Calibration(
        rubric=table.rubric,
        labels=table.labels,
        tiers=table.tiers,
        fingerprints=fingerprints,
        policy=policy.to_dict(),
        certificate=policy.certificate,
        reference=Reference.of([table.rows[i] for i in grounds.certify], table.rows, table.tiers, group_by),
        examples=tuple(sorted(several(exclude))),
        group_by=group_by,
        people=people,
        ood=grounds.guard,
        detector=grounds.detector,
        prices=dict(zip(table.tiers, table.prices, strict=True)) if table.prices else {},
        split=grounds.split,
        per=per,
        tries=(*others, grounds.this),
        diagnosis=diagnosis,
        outlook=further(grounds) if outlook else None,
        doubts=doubts(grounds, policy) if doubt else (),
    )


def _pool_of(rows: Sequence[EvidenceRow], pools: Sequence[Pool]) -> Pool | None:
    """The pool whose items certify: that along whose path people were asked, if they were."""
    named = asked_from((label for row in rows for label in row.human), pools)
    along = [pool for pool in named if pool.kind == "path"]
    if len(along) > 1:
        raise InputError(
            f"the labels were asked from {len(along)} pools along the path, each of which certifies on its own: "
            "give the labels of one"
        )
    return along[0] if along else None


def _of_use(row: EvidenceRow, pools: Sequence[Pool]) -> EvidenceRow:
    """A row without labels from a pool that is no fair draw of all items, or made by editing a verdict."""
    if not any(label.pool for label in row.human):
        return row
    unfair = {EDITED, *(pool.fingerprint for pool in pools if pool.kind not in FAIR)}
    return row.model_copy(update={"human": tuple(one for one in row.human if one.pool not in unfair)})


def _one_fingerprint(rows: Sequence[EvidenceRow], tier: str) -> str | None:
    counts = Counter(
        row.tiers[tier].fingerprint for row in rows if tier in row.tiers and row.tiers[tier].probs
    )
    if len(counts) > 1:
        raise InputError(
            f"evidence of tier '{tier}' comes from {len(counts)} different judges; score again with one"
        )
    return next(iter(counts), None)
