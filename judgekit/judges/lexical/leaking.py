"""Which outputs leak their reference, as the lexical judge says, without working out what cannot change that.

A report holds every output against references of other questions, and nearly none of them is there. Of those a bound on
the probability of *leaked* settles that it is not the most probable label.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from judgekit.judges.lexical.judge import LexicalJudge
from judgekit.judges.lexical.model import cases_of, most_leaked
from judgekit.records import Item
from judgekit.rubrics import Rubric

LABEL = "leaked"


def leaks(items: Sequence[Item], rubric: Rubric) -> NDArray[np.bool_]:
    """Whether the lexical judge's most probable label is *leaked*. Shape (items,).

    Parameters
    ----------
    items : sequence of Item
    rubric : Rubric
        One with the labels of ``forgetting``.
    """
    if not items:
        return np.zeros(0, dtype=bool)
    cases = [cases_of(item) for item in items]
    bounds = most_leaked([case[-1] for case in cases])
    # the most probable of n labels has at least 1/n; a chain leaks by any of its steps
    unsettled = [
        number
        for number, (case, bound) in enumerate(zip(cases, bounds, strict=True))
        if len(case) > 1 or bound > 1 / len(rubric.labels)
    ]
    evidence = LexicalJudge().judge([items[number] for number in unsettled], rubric)
    found = np.zeros(len(items), dtype=bool)
    found[unsettled] = [given.label == LABEL for given in evidence]
    return found
