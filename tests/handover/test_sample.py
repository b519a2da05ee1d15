"""How labeled items were chosen: pools drawn again, and calibrations that a certificate does not tell of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from judgekit.calibration import files
from judgekit.calibration.tries import FILE
from judgekit.handover.certificate import Given, verified
from tests.calibration.pools import ask, world, write
from tests.handover.files import edit


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """A certificate of labels along a path, its pool beside them."""
    rows, truth = world(160, sharp=4)
    evidence = tmp_path / "evidence.jsonl"
    evidence.write_text("".join(json.dumps(row.to_row()) + "\n" for row in rows), "utf-8")
    pool = files.draw(evidence, 120, to=tmp_path / "labels.jsonl", agreement=0.7, delta=0.3)
    said = ask(files.asking(evidence, pool), truth, most=29)
    write(tmp_path / "labels.jsonl", said, pool.items, pool.fingerprint)
    made = files.calibrate(evidence, labels=tmp_path / "labels.jsonl", agreement=0.7, delta=0.3)
    made.save(tmp_path / "certificate.json")
    return tmp_path / "certificate.json"


def part(path: Path, name: str) -> tuple[str, str]:
    found = verified(path, Given())
    return next((one.outcome, one.said) for one in found.parts if one.name == name)


def test_a_pool_is_what_its_seed_draws(drawn: Path) -> None:
    said, told = part(drawn, "sample")
    assert said == "same" and "is what seed 0 draws from this evidence" in told
    assert verified(drawn, Given()).outcome == "same"


def test_without_its_pool_nothing_is_verified(drawn: Path) -> None:
    drawn.with_name("labels.pool.json").unlink()
    found = verified(drawn, Given())
    assert found.outcome == "missing" and "would pass for a fair sample" in found.sentence


def chosen(drawn: Path, change: Any) -> tuple[str, str]:
    """A pool whose items somebody chose, and a certificate that was honestly made of it."""
    pool = drawn.with_name("labels.pool.json")
    edit(pool, change)
    name = files.Pool.load(pool).fingerprint
    edit(drawn.with_name("labels.jsonl"), lambda rows: [row.update(pool=name) for row in rows])
    drawn.with_name(FILE).unlink()
    evidence, labels = drawn.with_name("evidence.jsonl"), drawn.with_name("labels.jsonl")
    files.calibrate(evidence, labels=labels, agreement=0.7, delta=0.3).save(drawn)
    return part(drawn, "sample")


def test_a_pool_that_was_chosen_and_not_drawn_is_refused(drawn: Path) -> None:
    said, told = chosen(drawn, lambda pool: pool["items"].reverse())
    assert said == "differs" and "items were chosen, not drawn" in told


def test_a_pool_that_passes_over_questions_is_told_of(drawn: Path) -> None:
    """Those may have been labeled before: nobody can tell from these files."""
    labeled = {
        json.loads(line)["id"] for line in drawn.with_name("labels.jsonl").read_text("utf-8").splitlines()
    }

    def without_one(pool: Any) -> None:
        items = pool["items"]
        del items[next(at for at, item in enumerate(items) if item["id"] not in labeled and at > 5)]

    said, told = chosen(drawn, without_one)
    assert said == "missing" and "passes over 1 questions" in told


def test_a_label_of_a_pool_that_does_not_hold_its_item_is_refused(drawn: Path) -> None:
    labeled = json.loads(drawn.with_name("labels.jsonl").read_text("utf-8").splitlines()[0])["id"]
    said, told = chosen(
        drawn, lambda pool: pool.update(items=[one for one in pool["items"] if one["id"] != labeled])
    )
    assert said == "differs" and f"does not hold '{labeled}'" in told


def test_a_calibration_that_is_not_told_of_is_found_in_the_record(drawn: Path) -> None:
    record = drawn.with_name(FILE)
    (line,) = record.read_text("utf-8").splitlines()
    other = json.loads(line) | {"digest": "0123456789ab"}
    record.write_text(f"{json.dumps(other)}\n{line}\n", "utf-8")
    said, told = part(drawn, "history")
    assert said == "differs" and "knows 1 earlier calibrations" in told and "0123456789ab" in told
