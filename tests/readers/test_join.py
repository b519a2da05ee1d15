"""Labels find the outputs they were given for, and no others."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit.errors import InputError
from judgekit.readers.join import Labels, merged
from judgekit.records import EvidenceRow, HumanLabel, Item, LabelRow, Verdict


def verdict(id_: str, method: str = "", rubric: str = "qa") -> Verdict:
    return Verdict(id=id_, method=method, rubric=rubric, state="abstained")


def test_by_id_rubric_model_and_method() -> None:
    labels = Labels(
        [
            LabelRow(id="1", annotator="a", label="right"),
            LabelRow(id="1", annotator="b", label="wrong", rubric="qa"),
            LabelRow(id="1", annotator="c", label="leaked", rubric="forgetting"),
            LabelRow(id="2", annotator="a", label="right", method="npo"),
            LabelRow(id="2", annotator="a", label="wrong", method="gradascent"),
            LabelRow(id="9", annotator="a", label="right"),
        ]
    )
    assert [given.label for given in labels.of(verdict("1"))] == ["right", "wrong"]
    assert [given.label for given in labels.of(Item(id="1", question="q", outputs=("o",)))] == [
        "right",
        "wrong",
        "leaked",
    ]
    assert [given.label for given in labels.of(verdict("2", "npo"))] == ["right"]
    assert labels.of(verdict("3")) == ()
    assert labels.unmatched() == 1
    labels.check_used("verdicts")


def test_a_label_never_goes_to_another_models_output_of_the_same_id() -> None:
    labels = Labels([LabelRow(id="forget/0", label="right")], "labels.csv")
    assert labels.of(verdict("forget/0", "original")) != ()
    with pytest.raises(InputError, match=r"labels.csv: label of 'forget/0': original and npo both have"):
        labels.of(verdict("forget/0", "npo"))


def test_labels_of_other_files_are_an_error_and_the_same_label_counts_once() -> None:
    labels = Labels([LabelRow(id="x", label="yes")])
    labels.of(EvidenceRow(id="1", tiers={}))
    with pytest.raises(InputError, match="no label belongs to an item of the evidence"):
        labels.check_used("evidence")
    one, two = HumanLabel(annotator="a", label="yes"), HumanLabel(annotator="b", label="yes")
    assert merged((one,), (one, two)) == (one, two)
    timed = HumanLabel(annotator="a", label="yes", seconds=3.0)
    assert merged((one,), (timed, timed)) == (one,)
    assert merged((), (one, one)) == (one,)


def test_people_without_a_name_who_say_the_same_are_several() -> None:
    yes, no = HumanLabel(label="yes"), HumanLabel(label="no")
    assert merged((), (yes, yes, no)) == (yes, yes, no)
    assert merged((yes, yes, no), (yes, yes, no)) == (yes, yes, no)
    assert merged((yes,), (no, yes, yes)) == (yes, no, yes)


def test_a_label_without_a_rubric_is_its_items_and_an_error_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "l.csv"
    path.write_text("id,annotator,label\n1,a,RIGHT \n1,b,\n2,a,rihgt\n3,a,Odd One\n,,\n")
    labels = Labels.read([path])
    assert [given.label for given in labels.of(verdict("1"))] == ["right"]
    with pytest.raises(
        InputError, match=r"l\.csv:4: label 'rihgt' is not one of right, wrong \(rubric 'qa'\)"
    ):
        labels.of(verdict("2"))
    assert [given.label for given in labels.of(verdict("3", rubric="mine"))] == ["Odd One"]
    item = Item(id="1", question="q", outputs=("o",))
    (joined,) = labels.joined([item], lambda item: "qa")
    assert [given.label for given in joined.human] == ["right"]
    other = Labels.read([path])
    other.of(verdict("1", "original"))
    with pytest.raises(InputError, match=r"l\.csv:2: label of '1': original and npo both have"):
        other.of(verdict("1", "npo"))


def test_rows_without_a_label_are_counted(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "l.csv"
    path.write_text("id,label\n1,right\n2,\n3, \n,\n")
    Labels.read([path])
    assert caplog.messages == [f"{path}: 2 of 3 rows have no label yet"]


def test_the_pool_is_carried_and_a_second_answer_is_no_label() -> None:
    labels = Labels(
        [
            LabelRow(id="1", annotator="a", label="right", pool="0123456789ab", seconds=3.0, note="sure"),
            LabelRow(id="1", annotator="a", label="wrong", pool="0123456789ab", again=True),
        ]
    )
    assert labels.of(verdict("1")) == (HumanLabel(annotator="a", label="right", pool="0123456789ab"),)
