"""The order of evidence rows hangs on their names, and where these are shared on what they say."""

from __future__ import annotations

import random

import numpy as np

from judgekit.calibration.row_order import in_order, shuffled
from tests.calibration.pools import world


def test_rows_stand_in_one_order_however_they_come() -> None:
    rows, _ = world(60)
    other = [row.model_copy(update={"tiers": dict(list(row.tiers.items())[:1])}) for row in rows[:20]]
    every = [*rows, *other]  # two rows of one name say different things
    mixed = random.Random(0).sample(every, len(every))
    assert in_order(mixed) == in_order(every)
    assert sorted(shuffled(every).tolist()) == list(range(len(every)))


def test_the_random_order_hangs_on_names_alone() -> None:
    rows, _ = world(60)
    silent = [row.model_copy(update={"tiers": {}}) for row in rows]
    np.testing.assert_array_equal(shuffled(silent), shuffled(rows))
    assert shuffled(rows).tolist() != list(range(60))
