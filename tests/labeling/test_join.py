"""Labels find the outputs they were given for, and no others."""

from __future__ import annotations

import pytest

from judgekit.errors import InputError
from judgekit.labeling import Labels, merged
from judgekit.records import EvidenceRow, HumanLabel, Item, LabelRow, Verdict


def verdict(id_: str, method: str = "", rubric: str = "qa") -> Verdict:
    return Verdict(id=id_, method=method, rubric=rubric, state="abstained")


def test_by_id_rubric_model_and_method() -> None:
    labels = Labels(
        [
            LabelRow(id="1", annotator="a", label="yes"),
            LabelRow(id="1", annotator="b", label="no", rubric="qa"),
            LabelRow(id="1", annotator="c", label="leaked", rubric="forgetting"),
            LabelRow(id="2", annotator="a", label="yes", method="npo"),
            LabelRow(id="2", annotator="a", label="no", method="gradascent"),
            LabelRow(id="9", annotator="a", label="yes"),
        ]
    )
    assert [given.label for given in labels.of(verdict("1"))] == ["yes", "no"]
    assert [given.label for given in labels.of(Item(id="1", question="q", outputs=("o",)))] == [
        "yes",
        "no",
        "leaked",
    ]
    assert [given.label for given in labels.of(verdict("2", "npo"))] == ["yes"]
    assert labels.of(verdict("3")) == ()
    assert labels.strangers() == 1
    labels.check_used("verdicts")


def test_a_label_never_goes_to_another_models_output_of_the_same_id() -> None:
    labels = Labels([LabelRow(id="forget/0", label="leaked")], "labels.csv")
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
