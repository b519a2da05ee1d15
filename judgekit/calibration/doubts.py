"""What speaks against labels being people's own, and a fair draw: heard beside the certificate, no part of its proof.

A certificate rests on labels that somebody drew fairly and gave without looking at a verdict. Nobody can see from a
file that they did. Some ways in which they did not leave a trace, and those are told here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from judgekit import trust
from judgekit.calibration.evidence_table import majority
from judgekit.calibration.grounds import Grounds
from judgekit.calibration.tries import Try
from judgekit.display import some
from judgekit.trust import shift_check
from judgekit.trust.arrays import Ints
from judgekit.trust.monitoring.views import policy_views
from judgekit.trust.risk import percent

FEWEST = 20
"""Questions on either side that a comparison takes."""

EXPECTED = 7.0
"""Errors that a judge claims for itself, and of which there is none: a chance of e^-7, below one in a thousand."""

FALSE_ALARM = 0.01
"""Probability that a fair draw is called unlike the rest."""


def doubts(grounds: Grounds, policy: trust.Policy) -> tuple[str, ...]:
    """What speaks against the labels that certify, a sentence each.

    Parameters
    ----------
    grounds : Grounds
    policy : trust.Policy
        What was made of them.
    """
    human = grounds.human if grounds.human.ndim == 1 else majority(grounds.human)
    return (*_too_good(grounds, human), *_trivial(grounds, human), *_unlike(grounds, policy))


def further_draws(this: Try, known: Iterable[Try], counted: Sequence[Try]) -> str:
    """Calibrations on other labels of the same runs: who labels anew until one certifies is wrong more often.

    Parameters
    ----------
    this : Try
    known : iterable of Try
        Those that the run folders remember.
    counted : sequence of Try
        Those that share its error level already, since they share labels.

    Returns
    -------
    str
        A sentence; empty where there are none.
    """
    mine = {one.digest for one in (this, *counted)}
    others = [one for one in known if one.rubric == this.rubric and one.digest not in mine]
    if not others:
        return ""
    spent = min(1.0, sum(one.spent for one in (*others, *counted, this)))
    return (
        f"{some(len(others), 'other calibration')} for this rubric stood in the record of these runs, on other labels. "
        f"Each may be wrong on its own: that one of them or this one is, has a probability of up to {percent(spent)}."
    )


def _too_good(grounds: Grounds, human: Ints) -> Iterator[str]:
    """A judge with whom people always agree, although it was often unsure."""
    for tier, said in zip(grounds.table.tiers, np.moveaxis(grounds.evidence, 1, 0), strict=True):
        known = (human != -1) & np.isfinite(said).all(axis=1)
        sure = said[known].max(axis=1, initial=0) / said[known].sum(axis=1)
        claimed = float((1 - sure).sum())
        if claimed >= EXPECTED and np.array_equal(said[known].argmax(axis=1), human[known]):
            yield (
                f"People agree with '{tier}' on all {known.sum():,} labeled items, though by its own probabilities it "
                f"errs on about {claimed:.0f} of them. Labels that were copied from a judge, given while looking at "
                "its verdicts, or taken out where they differ, certify nothing."
            )


def _trivial(grounds: Grounds, human: Ints) -> Iterator[str]:
    """A promise that one label for everything would keep."""
    promise, told = grounds.promise, human[human >= 0]
    if not isinstance(promise, trust.Agreement) or grounds.groups or promise.tolerance or not told.size:
        return
    counts = np.bincount(told)
    share = float(counts.max() / (human != -1).sum())
    if promise.agreement <= share:
        yield (
            f"Whoever says '{grounds.table.labels[counts.argmax()]}' of everything agrees with people on "
            f"{percent(share)} of the labeled items: a promise of {percent(promise.agreement)} says less."
        )


def _unlike(grounds: Grounds, policy: trust.Policy) -> Iterator[str]:
    """Labeled items that differ from the others: no fair draw of them. Along a path the pool was drawn before."""
    table = grounds.table
    rest = np.flatnonzero(~table.arrays.labeled)
    if (
        grounds.pool is not None
        or grounds.groups
        or not table.arrays.asked.all()
        or min(len(rest), len(grounds.certify)) < FEWEST
    ):
        return
    every = np.concatenate([grounds.certify, rest])
    rows, n = [table.rows[i] for i in every], len(grounds.certify)
    features = [row.text_features for row in rows]
    views = policy_views(
        policy,
        table.arrays.probs[every],
        table.tiers,
        texts=features if features[0] and len({len(one) for one in features}) == 1 else None,
    )
    questions = np.array([row.question_id or row.id for row in rows], dtype=str)
    if min(len(set(questions[:n])), len(set(questions[n:]))) < FEWEST or len(set(questions)) < 2 * FEWEST:
        return
    found = shift_check(
        {name: view[:n] for name, view in views.items()},
        {name: view[n:] for name, view in views.items()},
        level=FALSE_ALARM,
        questions=(questions[:n], questions[n:]),
    )
    if found.shifted:
        yield (
            f"The labeled items differ from the others of the same evidence in {found.place} (p = "
            f"{found.p_value:.2g}), which a fair draw ('judgekit queue', 'judgekit label') does not. The promise is "
            "about items like those labeled."
        )
