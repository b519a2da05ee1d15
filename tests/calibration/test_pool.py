"""Pools: written and read back, found beside labels, and joined to evidence."""

from pathlib import Path

import pytest

from judgekit.calibration.pool import Pool, PoolItem, asked_from, members, pool_file, pools_beside
from judgekit.errors import InputError
from judgekit.records import EvidenceRow, HumanLabel


def pool(*ids: str, **options: object) -> Pool:
    items = tuple(PoolItem(id=one, model="m", question_id=f"q{one}") for one in ids)
    return Pool(rubric="forgetting", kind="path", agreement=0.9, items=items, **options)


def test_a_pool_is_read_back_as_it_was_written_and_found_beside_its_labels(tmp_path: Path) -> None:
    drawn = pool("1", "2", per_label={"leaked": 0.95})
    labels = tmp_path / "labels.jsonl"
    drawn.save(pool_file(labels))
    assert pool_file(labels).name == "labels.pool.json"
    assert pools_beside([labels]) == [drawn]
    assert pools_beside([labels])[0].fingerprint == drawn.fingerprint
    assert asked_from([HumanLabel(label="leaked", pool=drawn.fingerprint)], [drawn]) == [drawn]


def test_the_fingerprint_tells_items_and_promise_apart() -> None:
    assert len({pool("1").fingerprint, pool("2").fingerprint, pool("1", delta=0.05).fingerprint}) == 3


def test_labels_whose_pool_is_not_there_are_refused() -> None:
    with pytest.raises(InputError, match="would pass for a fair sample"):
        asked_from([HumanLabel(label="leaked", pool="0123456789ab")], [pool("1")])
    assert asked_from([HumanLabel(label="leaked")], []) == []


def test_members_without_evidence_are_refused() -> None:
    rows = [EvidenceRow(id=one, model="m", tiers={}) for one in ("3", "2", "1")]
    assert members(pool("1", "2"), rows) == [2, 1]
    with pytest.raises(InputError, match="1 of the 2 items of the pool"):
        members(pool("1", "4"), rows)


def test_a_file_that_is_no_pool_is_named(tmp_path: Path) -> None:
    (tmp_path / "labels.pool.json").write_text("{}", "utf-8")
    with pytest.raises(InputError, match="labels.pool.json"):
        pools_beside([tmp_path / "labels.jsonl"])
