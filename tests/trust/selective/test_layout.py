"""The paths are laid out before a label is looked at."""

from __future__ import annotations

import numpy as np

from judgekit.trust.selective.layout import lay_out


def test_the_draw_of_a_pool_and_its_paths_do_not_hang_on_labels() -> None:
    rng = np.random.default_rng(0)
    probs = rng.dirichlet([1, 1], (300, 2))
    pool = np.arange(300) < 150
    first, second = (
        lay_out(probs, rng.integers(-1, 2, 300), agreement=0.8, costs=[0.1, 1], pool=pool) for _ in range(2)
    )
    assert first.ways == second.ways
    assert np.array_equal(first.sample.item, second.sample.item)
    assert np.array_equal(first.sample.others, second.sample.others)
    assert not np.array_equal(first.sample.answered, second.sample.answered)
    assert len(first.sample.others) == 150
