"""From files of evidence to a pool, and from labels on it to a calibration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit.calibration import files
from judgekit.calibration.pool import Pool, pool_file, pools_beside
from judgekit.calibration.progress import Key
from judgekit.errors import InputError
from tests.calibration.pools import ask, world, write


def test_from_a_draw_to_a_certificate_by_files(tmp_path: Path) -> None:
    rows, truth = world()
    evidence = tmp_path / "run" / "evidence.jsonl"
    evidence.parent.mkdir()
    evidence.write_text("".join(json.dumps(row.to_row()) + "\n" for row in rows), "utf-8")
    file = tmp_path / "people" / "labels.jsonl"
    file.parent.mkdir()
    drawn = files.draw(evidence, 250, to=file, agreement=0.85)
    assert pools_beside([file]) == [drawn]
    with pytest.raises(InputError, match="labels or a pool already"):
        files.draw(evidence, 250, to=file, agreement=0.85)
    asking = files.asking(evidence, drawn)
    said = ask(asking, truth)
    write(file, said, drawn.items, drawn.fingerprint)
    made = files.calibrate(evidence, labels=file, agreement=0.85)
    assert made.certified
    assert (made.certificate.labels, made.certificate.pool) == (len(said), 250)
    assert made.tries == (asking.this,)
    later = files.draw(evidence, 1000, to=tmp_path / "more.jsonl", labels=file, agreement=0.85)
    assert later.questions.isdisjoint(drawn.questions)


def labeled_pool(folder: Path) -> tuple[Path, Pool, dict[Key, str]]:
    """A file of evidence, a pool of it, and what people said of all of it, which stands in ``labels.jsonl``."""
    rows, truth = world()
    evidence, labels = folder / "evidence.jsonl", folder / "labels.jsonl"
    evidence.write_text("".join(json.dumps(row.to_row()) + "\n" for row in rows), "utf-8")
    drawn = files.draw(evidence, 250, to=labels, agreement=0.85)
    said = {item.key: truth[item.key] for item in drawn.items}
    write(labels, said, drawn.items, drawn.fingerprint)
    return evidence, drawn, said


def test_to_draw_is_to_try(tmp_path: Path) -> None:
    """Labels are looked at as they come in: a calibration on other evidence is a second look."""
    evidence, drawn, _ = labeled_pool(tmp_path)
    labels = tmp_path / "labels.jsonl"
    rows = evidence.read_text("utf-8").splitlines(keepends=True)
    del rows[next(i for i, row in enumerate(rows) if json.loads(row)["question_id"] not in drawn.questions)]
    evidence.write_text("".join(rows), "utf-8")
    with pytest.raises(InputError, match="was drawn from other evidence than this"):
        files.calibrate(evidence, labels=labels, agreement=0.85)
    pool_file(labels).unlink()
    with pytest.raises(InputError, match="would pass for a fair sample"):
        files.calibrate(evidence, labels=labels, agreement=0.85)


def test_labels_of_a_pool_are_good_for_nothing_else(tmp_path: Path) -> None:
    """Not for another target, and not as a random sample once the pool's name is taken out."""
    evidence, drawn, said = labeled_pool(tmp_path)
    labels = tmp_path / "labels.jsonl"
    with pytest.raises(InputError, match=r"drawn for agreement 0\.85, and here it is 0\.9"):
        files.calibrate(evidence, labels=labels, agreement=0.9)
    stripped = write(tmp_path / "stripped.jsonl", said, drawn.items, "")
    with pytest.raises(InputError, match="250 of these 250 labeled items have been calibrated on before"):
        files.calibrate(evidence, labels=stripped, agreement=0.85)
