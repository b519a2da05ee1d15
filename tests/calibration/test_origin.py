"""What a calibration says that it was made from."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

import judgekit as jk
from judgekit.calibration.options import CalibrationOptions
from judgekit.calibration.origin import code_digest, evidence_digest, labels_digest
from judgekit.calibration.people_table import said_in
from judgekit.calibration.pool import Pool
from judgekit.calibration.record import Calibration
from tests.calibration.pools import answered, world
from tests.handover.files import handed_over


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return handed_over(tmp_path_factory.mktemp("handed"))


def test_it_names_its_files_by_what_sha256sum_prints_and_by_no_path(made: Path) -> None:
    origin = Calibration.load(made).origin
    assert origin is not None and made.parent.name not in json.dumps(origin.to_row())
    (evidence,), (labels,) = origin.evidence, origin.labels
    assert (evidence.name, labels.name) == ("evidence.jsonl", "labels.jsonl")
    assert labels.sha256 == hashlib.sha256((made.parent / "labels.jsonl").read_bytes()).hexdigest()
    assert (origin.options.agreement, origin.undrawn, origin.draws) == (0.9, 29, ())
    assert origin.code == code_digest() and len(origin.rubrics) == 1


def test_it_is_no_part_of_the_fingerprint(made: Path) -> None:
    """Verdicts carry that, and the same calibration made by other code is the same one."""
    one = Calibration.load(made)
    assert one.model_copy(update={"origin": None}).fingerprint == one.fingerprint


def test_rows_in_memory_have_an_origin_without_files() -> None:
    rows, truth = world(60)
    one = jk.calibrate(answered(rows, truth), agreement=0.6, tiers=("large", "small"), exclude="3").origin
    assert one is not None and one.evidence == one.labels == ()
    assert one.options.tiers == ("large", "small") and one.exclude == ("3",)


def test_what_counts_is_the_same_in_any_order_and_under_pseudonyms_in_the_same_order() -> None:
    rows, truth = world(40)
    rows = answered(rows, {key: [label, label] for key, label in truth.items()})
    assert evidence_digest(rows) == evidence_digest(rows[::-1])
    assert labels_digest(said_in(rows)) == labels_digest(said_in(rows[::-1]))

    def named(*names: str) -> str:
        return labels_digest(
            said_in(
                row.model_copy(
                    update={
                        "human": tuple(
                            one.model_copy(update={"annotator": names[int(one.annotator)]})
                            for one in row.human
                        )
                    }
                )
                for row in rows
            )
        )

    assert named("ann", "zoe") == named("p1", "p2") != named("zoe", "zoe")


def test_a_pool_has_the_options_of_a_calibration() -> None:
    """One set of names: what a pool was drawn for is what a calibration is made with."""
    assert issubclass(Pool, CalibrationOptions)
    assert set(CalibrationOptions().options) == set(CalibrationOptions.model_fields)
