"""Agreement between people: published examples, other implementations, recorded annotators."""

from __future__ import annotations

import csv
import json
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judgekit.trust.agreement.ceiling import ceiling
from judgekit.trust.agreement.coefficients import (
    cohen_kappa,
    fleiss_kappa,
    gwet_ac1,
    krippendorff_alpha,
    percent_agreement,
)
from judgekit.trust.agreement.interval import Estimate
from judgekit.trust.agreement.reliability import Reliability, by_label, reliability
from judgekit.trust.agreement.table import majority
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


@settings(max_examples=50, deadline=None)
@given(hnp.arrays(np.int64, st.tuples(st.integers(2, 12), st.integers(2, 4)), elements=st.integers(0, 3)))
def test_kappas_agree_with_statsmodels_and_scikit_learn(labels: np.ndarray) -> None:
    rated = pytest.importorskip("statsmodels.stats.inter_rater", reason="statsmodels is not installed")
    metrics = pytest.importorskip("sklearn.metrics", reason="scikit-learn is not installed")
    counts = np.stack([(labels == label).sum(axis=1) for label in range(4)], axis=1)
    if len(np.unique(labels)) > 1:
        assert fleiss_kappa(labels) == pytest.approx(rated.fleiss_kappa(counts))
    if len(np.unique(labels[:, :2])) > 1:
        theirs = metrics.cohen_kappa_score(labels[:, 0], labels[:, 1])
        assert cohen_kappa(labels[:, 0], labels[:, 1]) == pytest.approx(theirs)


def test_majority_makes_ties_explicit() -> None:
    labels = [[1, 1, 0], [0, 1, NO], [2, NO, NO], [NO, NO, NO], [0, 1, 2]]
    assert majority(labels).tolist() == [1, -2, 2, -1, -2]


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


def test_gwet_published_example() -> None:
    # the same four observers in Gwet (2014) and the package irrCAC: every coefficient, items with fewer labels included
    found = reliability(KRIPPENDORFF)
    assert found.ac1 is not None and found.fleiss is not None and found.alpha is not None
    got = [found.raw.value, found.alpha.value, found.fleiss.value, found.ac1.value]
    assert got == pytest.approx([0.81818, 0.74342, 0.76117, 0.77544], abs=1e-5)
    assert found.items == 11 and found.cohen is None
    assert gwet_ac1(KRIPPENDORFF) == found.ac1.value


def test_fleiss_diagnoses() -> None:
    # Fleiss (1971), table 1: thirty patients, six psychiatrists, five diagnoses; agreement .556, kappa .430
    counts = (
        "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
        "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
    )
    found = reliability(np.array([np.repeat(np.arange(5), [*map(int, row)]) for row in counts.split()]))
    assert found.fleiss is not None
    assert (found.raw.value, found.fleiss.value) == pytest.approx((0.556, 0.430), abs=5e-4)


def test_gwet_abstractors() -> None:
    # two abstractors, 100 patients (package irrCAC, cont3x3abstractors): Cohen .79641, AC1 .84933, alpha .79726
    joint = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])
    first, second = (np.repeat(axis.ravel(), joint.ravel()) for axis in np.indices((3, 3)))
    found = reliability(np.column_stack([first, second]))
    assert found.cohen is not None and found.ac1 is not None and found.alpha is not None
    got = [found.cohen.value, found.ac1.value, found.alpha.value]
    assert got == pytest.approx([0.79641, 0.84933, 0.79726], abs=1e-5)
    # the analytic intervals published there are (.680, .913) and (.764, .934); ours are no narrower and not much wider
    assert 0.60 < found.cohen.low < 0.680 and 0.88 < found.cohen.high < 0.93


tables = hnp.arrays(np.int64, st.tuples(st.integers(3, 12), st.integers(2, 4)), elements=st.integers(-1, 3))


def coefficients(found: Reliability) -> list[Estimate]:
    every = (found.raw, found.alpha, found.fleiss, found.ac1, found.cohen)
    return [one for one in every if one is not None]


def twice(labels: np.ndarray) -> bool:
    return bool(np.any(np.sum(labels >= 0, axis=1) > 1))


@settings(max_examples=15, deadline=None)
@given(tables.filter(twice), st.permutations(range(4)), st.randoms(use_true_random=False))
def test_names_and_order_do_not_matter(labels: np.ndarray, names: list[int], shuffle: Random) -> None:
    columns, rows = list(range(labels.shape[1])), list(range(len(labels)))
    shuffle.shuffle(columns)
    shuffle.shuffle(rows)
    renamed = np.where(labels < 0, -1, np.array(names)[labels])[rows][:, columns]
    first, second = (reliability(table, n_labels=4) for table in (labels, renamed))
    for one, other in zip(coefficients(first), coefficients(second), strict=True):
        assert one.value == pytest.approx(other.value) and one.items == other.items


def test_names_and_order_move_an_interval_by_the_draws_alone() -> None:
    rng = np.random.default_rng(0)
    labels = np.where(rng.random((80, 3)) < 0.8, rng.integers(0, 3, (80, 1)), rng.integers(0, 3, (80, 3)))
    renamed = np.array([2, 0, 1])[labels][rng.permutation(80)][:, [2, 0, 1]]
    for one, other in zip(*(coefficients(reliability(table)) for table in (labels, renamed)), strict=True):
        assert (one.low, one.high) == pytest.approx((other.low, other.high), abs=0.01)


@settings(max_examples=15, deadline=None)
@given(tables.filter(twice))
def test_an_interval_holds_its_estimate_and_nothing_is_above_one(labels: np.ndarray) -> None:
    for scale in ("nominal", "ordinal"):
        for one in coefficients(reliability(labels, scale=scale, n_labels=4)):
            assert one.low <= one.value <= one.high <= 1 + 1e-9


def test_full_agreement_is_one_but_not_proven() -> None:
    labels = np.repeat(np.random.default_rng(0).integers(0, 3, (30, 1)), 2, axis=1)
    for scale in ("nominal", "ordinal"):
        for one in coefficients(reliability(labels, scale=scale)):
            assert one.value == one.high == 1.0 and 0.6 < one.low < 0.95
    assert all(one.specific is not None and one.specific.value == 1 for one in by_label(labels, 3))


def test_where_one_label_occurs_chance_is_all() -> None:
    found = reliability(np.zeros((40, 3), dtype=int), n_labels=3)
    assert found.alpha is None and found.fleiss is None
    assert found.raw.value == 1.0 and found.ac1 is not None and found.ac1.value == 1.0
    first, second, _ = by_label(np.zeros((40, 3), dtype=int), 3)
    assert first.share == 1.0 and first.alpha is None and second.specific is None


def test_a_rare_label_on_which_nobody_agrees_is_seen_by_label() -> None:
    labels = np.zeros((200, 2), dtype=int)
    labels[:6, 0], labels[6:12, 1] = 1, 1
    found = reliability(labels)
    assert found.raw.value == 0.94 and found.ac1 is not None and found.ac1.value > 0.9
    frequent, rare = by_label(labels, 2)
    assert frequent.specific is not None and frequent.specific.value > 0.96
    assert rare.specific is not None and rare.specific.value == 0.0 and rare.specific.high < 0.5
    assert rare.alpha is not None and rare.alpha.value < 0.0


def test_outputs_of_one_question_are_drawn_together() -> None:
    labels = np.repeat(np.random.default_rng(1).integers(0, 2, (50, 3)), 4, axis=0)
    apart, together = (reliability(labels, questions=q) for q in (None, np.repeat(np.arange(50), 4)))
    for one, other in zip(coefficients(apart), coefficients(together), strict=True):
        assert one.value == other.value and other.high - other.low > 1.5 * (one.high - one.low)
