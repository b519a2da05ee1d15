"""Scores that people edited in logs of inspect-ai, read as labels; what inspect writes is checked with the package."""

from __future__ import annotations

import json
import logging
import math
from pathlib import Path
from typing import Any

import pytest

from judgekit import readers
from judgekit.errors import InputError
from judgekit.readers.join import Labels
from judgekit.readers.label_tools.base import NoLabel
from judgekit.readers.logs import logs
from judgekit.records import EDITED, LabelRow
from judgekit.validation import examined

JUDGED = {"value": "withheld", "metadata": {"rubric": "forgetting", "state": "verdict"}}


def edit(value: object = "leaked", author: str = "ann", **said: Any) -> dict[str, Any]:
    who = {"timestamp": "2026-11-26T10:00:00+00:00", "author": author, "reason": None, "metadata": {}}
    return {"value": value, "explanation": "UNCHANGED", "provenance": who, **said}


def score(*edits: dict[str, Any]) -> dict[str, Any]:
    """A verdict, and what it was made into."""
    return {**JUDGED, "history": [{**JUDGED, "provenance": None}, *edits]} if edits else JUDGED


def log(path: Path, *scores: dict[str, Any], epochs: int = 1) -> Path:
    """A log of samples with these scores."""
    samples = [
        {
            "id": number // epochs + 1,
            "epoch": number % epochs + 1,
            "input": f"Where was {number // epochs} born?",
            "target": "Ghent",
            "output": {"completion": "In Ghent."},
            "scores": given,
            "metadata": {"method": "npo"},
        }
        for number, given in enumerate(scores)
    ]
    run = {"model": "mockllm/model", "config": {"epochs": epochs}}
    path.write_text(json.dumps({"version": 2, "status": "success", "eval": run, "samples": samples}))
    return path


def labels(path: Path) -> list[LabelRow | NoLabel]:
    return [row for _, row in readers.numbered_labels(path)]


def test_an_edit_with_a_provenance_is_a_persons_label(tmp_path: Path) -> None:
    why = edit("withheld", "bob", explanation="it is not said")
    why["provenance"]["reason"] = "spot check"
    path = log(
        tmp_path / "log.json",
        {"trusted_judge": score(edit("Leaked"), why), "includes": {"value": "I"}},
        {"trusted_judge": score()},
        {"trusted_judge": score(edit(math.nan))},
    )
    first, second, *others = labels(path)
    assert first == LabelRow(
        id="1",
        label="leaked",
        annotator="ann",
        rubric="forgetting",
        model="mockllm/model",
        method="npo",
        pool=EDITED,
        at="2026-11-26T10:00:00+00:00",
    )
    assert isinstance(second, LabelRow) and (second.annotator, second.label) == ("bob", "withheld")
    assert second.note == "spot check\nit is not said"
    assert others == [NoLabel.OPEN, NoLabel.SKIPPED]


def test_the_last_value_of_a_person_counts_and_other_edits_are_none(tmp_path: Path) -> None:
    history = [edit("wrong"), edit("leaked"), edit("UNCHANGED"), edit(None)]
    path = log(
        tmp_path / "log.json", {"trusted_judge": score(*history)}, {"trusted_judge": score(edit("UNCHANGED"))}
    )
    given, other = labels(path)
    assert isinstance(given, LabelRow) and given.label == "leaked" and other is NoLabel.OPEN


def test_an_edit_that_replaced_the_metadata_is_still_of_the_rubric(tmp_path: Path) -> None:
    edited = score(edit(metadata={"mine": 1})) | {"metadata": {"mine": 1}}
    (given,) = labels(log(tmp_path / "log.json", {"trusted_judge": edited}))
    assert isinstance(given, LabelRow) and given.rubric == "forgetting"


def test_scores_of_no_rubric_are_no_labels_and_one_added_under_a_rubrics_name_is(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    added = {"value": "leaked", "history": [edit("leaked")]}
    path = log(
        tmp_path / "log.json", {"includes": {"value": "C", "history": [edit("C")]}}, {"forgetting": added}
    )
    other, given = labels(path)
    assert other is NoLabel.OPEN and isinstance(given, LabelRow)
    assert (given.rubric, given.pool) == ("forgetting", "")
    assert not caplog.messages


def test_epochs_are_told_apart_as_the_items_are(tmp_path: Path) -> None:
    path = log(
        tmp_path / "log.json", *[{"trusted_judge": score(edit(author=f"p{k}"))} for k in range(4)], epochs=2
    )
    given = [row for row in labels(path) if isinstance(row, LabelRow)]
    items = list(readers.read(path))
    assert [row.id for row in given] == [item.id for item in items] == ["1#1", "1#2", "2#1", "2#2"]
    joined = list(Labels(given).joined(items, lambda item: "forgetting"))
    assert [one.human[0].annotator for one in joined] == ["p0", "p1", "p2", "p3"]


def test_labels_of_people_who_saw_the_verdict_are_said_to_be_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = log(tmp_path / "log.json", {"trusted_judge": score(edit())}, {"trusted_judge": score()})
    with caplog.at_level(logging.WARNING):
        Labels.read([path])
    assert "1 verdict edited by people who saw them" in caplog.text
    assert "1 of 2 rows have no label yet" in caplog.text


def test_a_log_with_labels_is_a_log_all_the_same(tmp_path: Path) -> None:
    path = log(tmp_path / "log.json", {"trusted_judge": score(edit())})
    assert logs(tmp_path).files == [path]
    assert examined(path, {}).sound and "items" in "".join(examined(path, {}).holds)
    assert len(list(readers.read(path))) == 1


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("rihgt", "log.json:samples.0.scores.trusted_judge: label 'rihgt' is not one of leaked"),
        (["leaked", "wrong"], "one label an answer is read, found 2"),
        (0.5, "label"),
    ],
)
def test_a_value_that_is_no_label_is_one_line(value: object, said: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=said) as error:
        labels(log(tmp_path / "log.json", {"trusted_judge": score(edit(value))}))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    "scores", [None, [], {"a": None}, {"a": {"history": {}}}, {"a": {"history": [3]}}, {}]
)
def test_odd_scores_are_no_labels(scores: Any, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="holds no labels"):
        labels(log(tmp_path / "log.json", scores))
