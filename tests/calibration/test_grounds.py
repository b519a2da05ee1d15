"""What certifies, what gives its evidence alone, and what prices hang on."""

from __future__ import annotations

import numpy as np

from judgekit.calibration.draw import draw
from judgekit.calibration.grounds import Grounds
from tests.calibration.pools import answered, world


def test_items_of_a_pool_without_labels_are_no_evidence_from_outside_and_tell_no_price() -> None:
    rows, truth = world(300)
    dear = [
        row.model_copy(
            update={
                "tiers": {name: one.model_copy(update={"cost": float(i)}) for name, one in row.tiers.items()}
            }
        )
        for i, row in enumerate(rows)
    ]
    pool = draw(dear, 120, agreement=0.9)
    some = {item.key: truth[item.key] for item in pool.items[:40]}
    none, part = (Grounds.of(answered(dear, said, pool), agreement=0.9, pool=pool) for said in ({}, some))
    assert np.array_equal(none.others, part.others)
    assert none.others.sum() == 180
    assert not none.others[none.certify].any()
    outside = [float(row.id) for row in rows if row.question_id not in pool.questions]
    assert none.prices == part.prices == [float(f"{np.mean(outside):.1g}")] * 2
    assert none.this == part.this


def test_without_a_pool_labeled_items_certify() -> None:
    rows, truth = world(300)
    grounds = Grounds.of(answered(rows, {row.key: truth[row.key] for row in rows[:200]}), agreement=0.9)
    assert {grounds.table.rows[i].id for i in grounds.certify} == {row.id for row in rows[:200]}
    assert grounds.others.sum() == 100
    assert "pool" not in grounds.promised
