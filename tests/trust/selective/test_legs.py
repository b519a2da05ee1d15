"""How far labels have come on the way down."""

from __future__ import annotations

import numpy as np

from judgekit.trust.selective.layout import lay_out
from judgekit.trust.selective.legs import Course, courses


def of(labels: int) -> Course:
    """The way down of 100 items of falling certainty, of which the first so many are labeled, all rightly."""
    sure = np.linspace(0.99, 0.6, 100)
    probs = np.stack([sure, 1 - sure], axis=1)[:, None]
    human = np.where(np.arange(100) < labels, 0, -1)
    layout = lay_out(probs, human, agreement=0.8, pool=np.ones(100, np.bool_))
    (way,) = layout.ways
    (course,) = courses(layout.sample, way.pool, way.stopping, layout.promise, way.delta)
    return course


def test_steps_pass_as_labels_come_in() -> None:
    none, some, every = of(0), of(60), of(100)
    assert (none.won, none.hoped, none.farthest.at) == (0, 100, 0)
    assert 0 < some.won <= some.next_won <= some.hoped == 100
    assert some.waiting > 0
    assert (every.won, every.open, every.waiting) == (100, False, 0)


def test_blocks_hold_every_item_that_waits_once() -> None:
    course = of(50)
    blocks = np.concatenate(list(course.blocks()))
    assert len(np.unique(blocks)) == len(blocks) == 50
    assert len(next(course.blocks())) == course.waiting
