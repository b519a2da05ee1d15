"""The most lenient policy on a path that the labels allow to promise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from judgekit.trust.arrays import Floats
from judgekit.trust.bounds import clopper_pearson_upper, no_less, no_more
from judgekit.trust.selective.certificate import Part
from judgekit.trust.selective.legs import Course
from judgekit.trust.selective.split import Sample
from judgekit.trust.selective.summary import nearest


def certify(sample: Sample, courses: Iterable[Course]) -> tuple[Floats, tuple[Part, ...]]:
    """Certify every part of a promise (group, verdict label), each by its ways down.

    Returns
    -------
    threshold : float (groups, classes), +inf where nothing is certified.
    parts : what was seen, one a part.
    """
    names = sample.names or ("",)
    threshold, parts = np.full((len(names), sample.loss.shape[1]), np.inf), list[Part]()
    for course in courses:
        descent = course.farthest.descent
        found, seen = _end(course, sample)
        where = slice(None) if descent.verdict is None else descent.verdict
        threshold[names.index(descent.group or ""), where] = found
        parts.append(Part(descent.group, descent.verdict, descent.target, **seen))
    return threshold, tuple(parts)


def _end(course: Course, sample: Sample) -> tuple[float, dict[str, Any]]:
    """The threshold that could be promised, and what a part says of it."""
    descent, won = course.farthest.descent, course.farthest.certified
    count, charged, delta = len(descent), descent.charged, descent.delta
    known = {"labels": int(descent.answered.sum()), "waiting": course.waiting}
    if not won:
        asked = np.flatnonzero(descent.answered[descent.line.order])
        told = asked[-1] + 1 if len(asked) else 0  # what nobody was asked about says nothing of the judges
        entered = descent.line.entered[descent.line.order[:told]]
        needed, close = nearest(entered, charged[: told + 1], count, descent.risk, delta)
        if needed and sample.set_aside:  # as large a share of more labels will be set aside
            needed += -(-needed * sample.set_aside // max(len(sample), 1))
        return np.inf, {**known, "status": "nothing certified", "labels_needed": needed, "nearest": close}
    n, errors = won.whole, descent.erred[won.threshold]
    tested = errors if descent.fixed else float(charged[n])
    upper = float(clopper_pearson_upper(round(tested), n, delta))
    return won.threshold, {
        **known,
        "status": "certified",
        "accepted": n,
        "errors": round(errors, 9),
        "observed": 1 - errors / n,
        "worst_case_errors": round(tested, 9),
        "p_value": no_less(descent.p_value(won)),
        "bound": None if sample.shares else no_more(1 - upper),
    }
