"""Rubric and cascade of a certificate, as files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from judgekit.calibration.record import Calibration
from judgekit.cascade.spec import CascadeSpec
from judgekit.handover.judges import cascade_part, code_part, rubric_part
from judgekit.resources import data
from judgekit.rubrics import load_rubric
from tests.handover.files import handed_over


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Calibration:
    return Calibration.load(handed_over(tmp_path_factory.mktemp("handed")))


def rubric(folder: Path, change: str = "") -> Path:
    for name in ("rubric.yaml", "template.j2"):
        text = (data("prompts") / "forgetting" / name).read_text("utf-8")
        (folder / name).write_text(text + (change if name == "template.j2" else ""), "utf-8")
    return folder


def cascade(folder: Path, tier: str) -> Path:
    (folder / "cascade.yaml").write_text(f"tiers:\n{tier}", "utf-8")
    return folder / "cascade.yaml"


def test_a_rubric_is_told_by_its_fingerprint(made: Calibration, tmp_path: Path) -> None:
    assert rubric_part(made, None)[0].outcome == "same"
    assert rubric_part(made, rubric(tmp_path))[0].outcome == "same"
    part, _ = rubric_part(made, rubric(tmp_path, "{# other words #}"))
    assert part.outcome == "differs" and "the fingerprint of 'forgetting'" in part.said


def test_a_rubric_of_another_name_is_refused_and_one_that_is_not_here_is_missing(made: Calibration) -> None:
    utility = made.model_copy(update={"rubric": "utility"})
    assert rubric_part(utility, None)[0].outcome == "differs"
    own = made.model_copy(update={"rubric": "of-my-own"})
    assert rubric_part(own, None)[0].outcome == "missing"


def test_judges_of_a_cascade_are_told_by_their_fingerprints(made: Calibration, tmp_path: Path) -> None:
    file = cascade(tmp_path, "- judge: lexical\n")
    loaded = load_rubric("forgetting")
    found = CascadeSpec.load(file).build("forgetting", asks=False).fingerprints
    same = made.model_copy(update={"fingerprints": found, "tiers": tuple(found)})
    assert cascade_part(same, file, loaded, None).outcome == "same"
    part = cascade_part(made, file, loaded, None)
    assert (
        part.outcome == "differs"
        and "'small' is small-judge in the certificate, absent by cascade.yaml" in part.said
    )
    older = made.model_copy(update={"version": "0.0.9"})
    part = cascade_part(older, file, loaded, None)
    assert part.outcome == "missing" and "judgekit 0.0.9" in part.said
    assert code_part(older).outcome == "missing" and code_part(made).outcome == "same"


@pytest.mark.parametrize("path", ["/etc/passwd", "../../other.jsonl", "a/../../b.jsonl"])
def test_a_cascade_of_somebody_else_reads_no_file_outside_its_folder(
    made: Calibration, tmp_path: Path, path: str
) -> None:
    file = cascade(tmp_path, f"- judge: recorded\n  path: {json.dumps(path)}\n")
    part = cascade_part(made, file, load_rubric("forgetting"), None)
    assert part.outcome == "missing" and "a path outside its folder" in part.said


def test_without_a_cascade_the_judges_are_those_of_the_evidence(made: Calibration) -> None:
    part = cascade_part(made, None, load_rubric("forgetting"), None)
    assert part.outcome == "missing" and "small small-judge" in part.said and "--cascade" in part.said
