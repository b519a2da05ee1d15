"""Agreement between people: published examples, other implementations, recorded annotators."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judgekit.trust.agreement import (
    ceiling,
    cohen_kappa,
    fleiss_kappa,
    krippendorff_alpha,
    majority,
    percent_agreement,
)
from tests.shared_data import shared

NO = -1
# Krippendorff (2011), four observers, twelve units, missing data; values 1..5 as labels 0..4
KRIPPENDORFF = np.array(
    [
        [0, 1, 2, 2, 1, 0, 3, 0, 1, NO, NO, NO],
        [0, 1, 2, 2, 1, 1, 3, 0, 1, 4, NO, 2],
        [NO, 2, 2, 2, 1, 2, 3, 1, 1, 4, 0, NO],
        [0, 1, 2, 2, 1, 3, 3, 0, 1, 4, 0, NO],
    ]
).T
# Fleiss (1971) layout, Wikipedia's worked example: ten subjects, fourteen raters, five categories; kappa .210
FLEISS_COUNTS = [
    [0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7],
]  # fmt: skip


def test_krippendorff_published_example() -> None:
    assert krippendorff_alpha(KRIPPENDORFF) == pytest.approx(0.743, abs=5e-4)
    assert krippendorff_alpha(KRIPPENDORFF, "ordinal") == pytest.approx(0.815, abs=5e-4)


def test_fleiss_published_example() -> None:
    labels = np.array([np.repeat(np.arange(5), row) for row in FLEISS_COUNTS])
    assert fleiss_kappa(labels) == pytest.approx(0.210, abs=5e-4)


def test_cohen_published_example() -> None:
    # 50 proposals: both yes 20, both no 15, first only 5, second only 10: kappa 0.4
    first = np.repeat([1, 1, 0, 0], [20, 5, 10, 15])
    second = np.repeat([1, 0, 1, 0], [20, 5, 10, 15])
    assert cohen_kappa(first, second) == pytest.approx(0.4)


@settings(max_examples=100, deadline=None)
@given(hnp.arrays(np.int64, st.tuples(st.integers(2, 12), st.integers(2, 4)), elements=st.integers(-1, 3)))
def test_alpha_agrees_with_the_krippendorff_package(labels: np.ndarray) -> None:
    package = pytest.importorskip("krippendorff", reason="krippendorff is not installed")
    present = np.unique(labels[labels >= 0])
    if len(present) < 2 or not np.any(np.sum(labels >= 0, axis=1) > 1):
        return
    table = np.where(labels < 0, np.nan, labels).T
    for scale in ("nominal", "ordinal"):
        ours = krippendorff_alpha(labels, scale)
        if not np.isnan(ours):
            theirs = package.alpha(reliability_data=table, level_of_measurement=scale)
            assert ours == pytest.approx(theirs, abs=1e-9)


def test_majority_makes_ties_explicit() -> None:
    labels = [[1, 1, 0], [0, 1, NO], [2, NO, NO], [NO, NO, NO], [0, 1, 2]]
    assert majority(labels).tolist() == [1, -2, 2, -1, -2]


def test_ceiling_of_three_is_the_pairwise_agreement() -> None:
    # two others who are tied, broken at random, are one random other
    labels = np.random.default_rng(0).integers(0, 3, (200, 3))
    assert ceiling(labels).estimate == pytest.approx(percent_agreement(labels))


def test_ceiling_of_unanimous_people_is_one_but_not_proven() -> None:
    got = ceiling(np.ones((40, 3), dtype=int))
    assert got.estimate == got.high == 1.0
    assert 0.85 < got.low < 1.0


def test_ceiling_counts_questions_not_items() -> None:
    labels = np.repeat(np.random.default_rng(1).integers(0, 2, (60, 2)), 4, axis=0)
    question = np.repeat(np.arange(60), 4)
    apart, together = ceiling(labels), ceiling(labels, questions=question)
    assert together.high - together.low > 1.5 * (apart.high - apart.low)


@settings(max_examples=60, deadline=None)
@given(hnp.arrays(np.int64, st.tuples(st.integers(1, 15), st.integers(2, 4)), elements=st.integers(-1, 2)))
def test_ceiling_interval_holds_the_estimate(labels: np.ndarray) -> None:
    if not np.any(np.sum(labels >= 0, axis=1) > 1):
        with pytest.raises(ValueError, match="two labels"):
            ceiling(labels)
        return
    got = ceiling(labels)
    assert 0 <= got.low <= got.estimate + 1e-9 and got.estimate - 1e-9 <= got.high <= 1


def test_kappa_of_one_constant_label_is_not_a_number() -> None:
    assert np.isnan(cohen_kappa([0, 0], [0, 0]))
    assert np.isnan(krippendorff_alpha(np.zeros((5, 2), dtype=int)))


@pytest.mark.parametrize("labels", [[0, 1], [[0.5, 1.0]], [[-3, 0]], np.zeros((0, 2), dtype=int)])
def test_bad_tables_are_refused(labels: object) -> None:
    with pytest.raises(ValueError, match="label"):
        percent_agreement(labels)


def test_recorded_pairs_of_annotators() -> None:
    rows = [json.loads(line) for line in shared("data/judges/openqa_nq301.jsonl").open()]
    code = {"Yes": 1, "No": 0}
    labels = np.array([[code[a] for a in row["annotators"][:2]] for row in rows])
    assert percent_agreement(labels) == pytest.approx(0.869, abs=5e-4)
    got = ceiling(labels, questions=[row["qid"] for row in rows])
    assert got.low < 0.869 < got.high and got.high - got.low < 0.08


def test_recorded_triples_of_annotators() -> None:
    rows = json.loads(shared("data/humans/pandalm_testset.json").read_text())
    labels = np.array([[row[f"annotator{i}"] for i in (1, 2, 3)] for row in rows])
    assert percent_agreement(labels) > 0.85
    assert fleiss_kappa(labels) == pytest.approx(krippendorff_alpha(labels), abs=1e-3)


@pytest.mark.parametrize("model", ["gpt4", "llama2orig", "mistralinstruct"])
def test_recorded_final_labels_are_the_agreed_ones(model: str) -> None:
    with shared(f"data/humans/xstest_{model}.csv").open() as file:
        rows = list(csv.DictReader(file))
    names = sorted({row[key] for row in rows for key in ("annotation_1", "annotation_2")})
    labels = np.array([[names.index(row["annotation_1"]), names.index(row["annotation_2"])] for row in rows])
    vote = majority(labels)
    assert np.mean(vote == -2) == pytest.approx(1 - percent_agreement(labels))
    agreed = vote >= 0
    final = np.array([row["final_label"] for row in rows])
    assert (final[agreed] == np.array(names)[vote[agreed]]).all()
