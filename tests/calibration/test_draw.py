"""Pools are drawn fairly, one output a question, and never touch what was labeled before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest

from judgekit.calibration.draw import draw
from judgekit.errors import ConfigError, InputError
from judgekit.records import Evidence, EvidenceRow
from tests.calibration.pools import answered, world


def test_a_pool_holds_one_output_a_question_in_an_order_that_tells_nothing() -> None:
    rows, _ = world(200)
    outputs = [row.model_copy(update={"model": model}) for row in rows for model in ("a", "b", "c")]
    pool = draw(outputs, 120, agreement=0.9)
    assert len(pool.items) == len(pool.questions) == 120
    assert (pool.kind, pool.labels, pool.tiers) == ("path", ("no", "yes"), ("small", "large"))
    assert min(Counter(item.model for item in pool.items).values()) > 20
    places = [int(item.id) for item in pool.items]
    assert abs(np.corrcoef(places, np.arange(120))[0, 1]) < 0.3
    assert draw(outputs[::-1], 120, agreement=0.9).items == pool.items
    assert draw(outputs, 120, agreement=0.9, seed=1).items != pool.items


def test_questions_with_labels_those_of_other_pools_and_examples_are_left_out() -> None:
    rows, truth = world(100)
    labeled = answered(rows, {row.key: truth[row.key] for row in rows[:30]})
    pool = draw(labeled, 1000, agreement=0.9, without=["q30", "q31"], exclude=["q32"])
    assert len(pool.items) == 67
    assert pool.questions.isdisjoint(f"q{i}" for i in range(33))
    with pytest.raises(InputError, match="no item is left to draw"):
        draw(answered(rows, truth), 10, agreement=0.9)


def test_by_group_every_group_has_its_share() -> None:
    rows, _ = world(200)
    pool = draw(rows, 100, agreement=0.9, group_by="split")
    assert 35 < sum(int(item.id) % 2 for item in pool.items) < 65


def test_the_size_may_hang_on_items_that_the_pool_leaves_out() -> None:
    rows, _ = world(400)
    seen: list[set[str]] = []

    def size(others: Sequence[EvidenceRow]) -> int:
        seen.append({row.question_id for row in others})
        return 150

    pool = draw(rows, 100, agreement=0.9, size=size)
    assert len(pool.items) == 150
    assert pool.items[:100] == draw(rows, 100, agreement=0.9).items
    assert len(seen[0]) == 100
    assert pool.questions.isdisjoint(seen[0])
    assert len(draw(rows, 100, agreement=0.9, size=lambda others: 1000).items) == 300
    assert len(draw(rows, 360, agreement=0.9, size=size).items) == 400


def test_evidence_that_a_policy_left_out_is_refused_and_so_is_no_item() -> None:
    rows, _ = world(50)
    rows[7] = rows[7].model_copy(
        update={"tiers": {**rows[7].tiers, "large": Evidence.unasked("settled before")}}
    )
    with pytest.raises(InputError, match="'large' was not asked about 1 of 50 items"):
        draw(rows, 10, agreement=0.9)
    with pytest.raises(ConfigError, match="a pool needs 1 item or more, got 0"):
        draw(rows, 0, agreement=0.9)
