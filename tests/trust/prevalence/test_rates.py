"""Rates of people's labels over all items: limits, identification, weights, pairs, certificates."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.trust.bounds import clopper_pearson
from judgekit.trust.prevalence.certified import Certified
from judgekit.trust.prevalence.core import prediction_powered
from judgekit.trust.prevalence.rates import Judged, rate, rate_difference, rate_ratio
from judgekit.trust.risk import Agreement
from tests.shared_data import shared

OPEN, UNSCORED, UNLABELED = -1, -2, -1


def labeled_at(truth: np.ndarray, index: np.ndarray) -> np.ndarray:
    human = np.full(len(truth), UNLABELED)
    human[index] = truth[index]
    return human


def simulated(seed: int, n: int = 600, prevalence: float = 0.3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < prevalence).astype(int)
    verdicts = np.where(rng.random(n) < 0.9, truth, 1 - truth)
    verdicts[rng.random(n) < 0.1] = OPEN
    return truth, verdicts


@pytest.mark.parametrize(("k", "n"), [(0, 30), (1, 30), (7, 40), (40, 40), (150, 300)])
def test_one_class_of_many_items_gives_no_more_than_clopper_pearson(k: int, n: int) -> None:
    human = np.full(100_000, UNLABELED)
    human[:n] = np.arange(n) < k
    got = rate(Judged(np.zeros(100_000, int), human), 1)
    low, high = clopper_pearson(k, n)
    assert low - 0.004 <= got.low <= low + 0.015 and high - 0.015 <= got.high <= high + 0.004
    assert got.estimate == pytest.approx(k / n)


def test_every_item_labeled_leaves_no_uncertainty() -> None:
    truth, verdicts = simulated(0)
    got = rate(Judged(verdicts, truth), 1)
    assert got.low == pytest.approx(got.high) == pytest.approx(truth.mean())


def test_finite_set_is_exact_as_the_hypergeometric() -> None:
    # 30 of 60 labeled, none with the label: that is so in 5.2 of 100 samples if 4 of 60 have it, in 2.4 if 5 have
    human = np.full(60, UNLABELED)
    human[:30] = 0
    got = rate(Judged(np.zeros(60, int), human), 1)
    assert got.high == pytest.approx(4 / 60)


def test_verdicts_of_a_good_judge_narrow_the_interval() -> None:
    truth, _ = simulated(1, 2000, 0.5)
    human = labeled_at(truth, np.arange(100))
    informed = rate(Judged(truth, human, inclusion=0.05), 1)
    alone = clopper_pearson(int(truth[:100].sum()), 100)
    assert informed.high - informed.low < 0.6 * (alone[1] - alone[0])
    assert informed.low <= truth.mean() <= informed.high


def test_unlabeled_open_items_leave_bounds_and_no_estimate() -> None:
    truth, verdicts = simulated(2)
    accepted = np.flatnonzero(verdicts >= 0)
    got = rate(Judged(verdicts, labeled_at(truth, accepted)), 1)
    share_open = np.mean(verdicts < 0)
    assert not got.identified and got.estimate is None
    assert got.high - got.low == pytest.approx(share_open)
    assert "may be anything" in got.basis
    labeled_too = rate(Judged(verdicts, labeled_at(truth, np.arange(300))), 1)
    assert labeled_too.identified and labeled_too.estimate is not None


def test_unscored_items_are_not_spoken_for_by_abstained_ones() -> None:
    truth, verdicts = simulated(3)
    verdicts[:60] = UNSCORED
    got = rate(Judged(verdicts, labeled_at(truth, np.arange(60, 600))), 1)
    assert not got.identified
    assert got.high - got.low == pytest.approx(0.1)


def test_judge_alone_states_nothing() -> None:
    _, verdicts = simulated(4)
    got = rate(Judged(verdicts, np.full(600, UNLABELED)), 1)
    assert (got.estimate, got.identified) == (None, False)
    assert (got.low, got.high) == pytest.approx((0.0, 1.0))
    assert "judge alone" in got.basis


def test_certificate_bounds_the_rate_and_costs_its_delta() -> None:
    verdicts = np.repeat([1, 0], [300, 700])
    human = np.full(1000, UNLABELED)
    got = rate(Judged(verdicts, human), 1, certificate=Certified(Agreement(0.9, 0.1)))
    assert not got.identified
    assert got.level == pytest.approx(0.85)
    assert 0.17 < got.low < 0.2 and 0.4 < got.high < 0.43  # 0.3 less and more 0.1, and the binomial's spread
    assert "certificate" in got.basis


def test_certificate_is_not_confused_by_a_sampling_plan_without_labels() -> None:
    verdicts, human = np.repeat([1, 0, -1], [300, 600, 100]), np.full(1000, UNLABELED)
    certificate = Certified(Agreement(0.9, 0.1))
    plain = rate(Judged(verdicts, human), 1, certificate=certificate)
    assert rate(Judged(verdicts, human, inclusion=0.1), 1, certificate=certificate) == plain


def test_certificate_speaks_for_both_models_of_a_difference() -> None:
    human = np.full(1000, UNLABELED)
    first, second = (Judged(np.repeat([1, 0], [k, 1000 - k]), human) for k in (700, 200))
    got = rate_difference(first, second, 1, certificate=Certified(Agreement(0.95, 0.05)))
    assert got.level == pytest.approx(0.9) and got.estimate is None
    assert 0.35 < got.low < 0.4 and 0.6 < got.high < 0.65  # 0.5 less and more twice 0.05, and the spread


def test_labels_make_the_certificate_needless() -> None:
    truth, verdicts = simulated(5)
    judged = Judged(verdicts, labeled_at(truth, np.arange(200)))
    assert rate(judged, 1, certificate=Certified(Agreement(0.9, 0.1))) == rate(judged, 1)


def test_several_labels_count_as_one() -> None:
    rng = np.random.default_rng(6)
    truth = rng.integers(0, 3, 500)
    human = labeled_at(truth, np.arange(150))
    either = rate(Judged(truth, human, inclusion=0.3), {0, np.int64(2)})
    other = rate(Judged(truth, human, inclusion=0.3), np.int64(1))
    assert either.estimate == pytest.approx(1 - (other.estimate or 0))
    assert either.low == pytest.approx(1 - other.high, abs=0.01)


def test_inclusion_probabilities_undo_a_lopsided_sample() -> None:
    rng = np.random.default_rng(7)
    truth = (rng.random(4000) < 0.3).astype(int)
    inclusion = np.where(truth == 1, 0.5, 0.1)  # people saw five times as many of the label
    human = np.where(rng.random(4000) < inclusion, truth, UNLABELED)
    verdicts = np.full(4000, OPEN)
    corrected = rate(Judged(verdicts, human, inclusion=inclusion), 1)
    assert corrected.low <= truth.mean() <= corrected.high
    assert rate(Judged(verdicts, human), 1).low > truth.mean()


def test_items_of_one_question_count_as_one_draw() -> None:
    rng = np.random.default_rng(8)
    truth = np.repeat((rng.random(200) < 0.3).astype(int), 5)  # five answers alike to each question
    question = np.repeat(np.arange(200), 5)
    human = np.where(question < 60, truth, UNLABELED)
    verdicts = np.zeros(1000, int)
    together = rate(Judged(verdicts, human, questions=question), 1, population="source")
    apart = rate(Judged(verdicts, human), 1, population="source")
    ratio = (together.high - together.low) / (apart.high - apart.low)
    assert 1.8 < ratio < 2.8  # about the square root of five


def test_predictions_narrow_the_interval_of_open_items() -> None:
    rng = np.random.default_rng(9)
    truth = (rng.random(3000) < 0.4).astype(int)
    soft = np.clip(0.4 + 0.4 * (truth - 0.4) + 0.1 * rng.standard_normal(3000), 0, 1)
    verdicts = np.full(3000, OPEN)
    human = labeled_at(truth, np.arange(200))
    plain = rate(Judged(verdicts, human), 1)
    powered = rate(Judged(verdicts, human, predicted=soft), 1)
    assert powered.high - powered.low < 0.8 * (plain.high - plain.low)
    assert powered.low <= truth.mean() <= powered.high


def test_tiers_are_strata_when_each_has_labels_enough() -> None:
    rng = np.random.default_rng(10)
    tier = rng.integers(0, 2, 4000)
    truth = (rng.random(4000) < np.where(tier == 0, 0.02, 0.6)).astype(int)
    verdicts = np.zeros(4000, int)
    human = labeled_at(truth, np.arange(200))
    pooled, split = rate(Judged(verdicts, human), 1), rate(Judged(verdicts, human, tiers=tier), 1)
    assert split.high - split.low < 0.9 * (pooled.high - pooled.low)


def test_difference_of_a_model_with_itself_is_nothing_when_all_is_labeled() -> None:
    truth, verdicts = simulated(11)
    model = Judged(verdicts, truth, questions=np.arange(600))
    got = rate_difference(model, model, 1)
    assert (got.estimate, got.low, got.high) == pytest.approx((0, 0, 0), abs=1e-9)


def test_pairing_narrows_the_difference() -> None:
    rng = np.random.default_rng(12)
    first = (rng.random(2000) < 0.5).astype(int)
    second = np.where(rng.random(2000) < 0.05, 1 - first, first)
    question, chosen = np.arange(2000), np.arange(300)
    verdicts = np.zeros(2000, int)

    def models(names: bool) -> list[Judged]:
        return [
            Judged(verdicts, labeled_at(t, chosen), questions=question if names else None)
            for t in (first, second)
        ]

    paired, apart = rate_difference(*models(True), 1), rate_difference(*models(False), 1)
    assert paired.estimate == pytest.approx(apart.estimate or 0)
    assert paired.high - paired.low < 0.6 * (apart.high - apart.low)
    assert paired.low <= first.mean() - second.mean() <= paired.high


def test_identical_outputs_do_not_prove_equality() -> None:
    # no discordant pair among 30 questions leaves differences up to the Clopper-Pearson limit open
    truth = np.arange(10_000) % 2
    model = Judged(np.zeros(10_000, int), labeled_at(truth, np.arange(30)), questions=np.arange(10_000))
    got = rate_difference(model, model, 1)
    assert (
        got.high == pytest.approx(clopper_pearson(0, 30)[1], abs=0.005) == pytest.approx(-got.low, abs=0.005)
    )


def test_ratio_is_unbounded_when_the_second_may_be_zero() -> None:
    truth, verdicts = simulated(13)
    human = labeled_at(truth, np.arange(100))
    never = Judged(np.zeros(600, int), labeled_at(np.zeros(600, int), np.arange(100)))
    got = rate_ratio(Judged(verdicts, human), never, 1)
    assert got.high == math.inf and got.low > 1
    swapped = rate_ratio(never, Judged(verdicts, human), 1)
    assert swapped.low == 0 and swapped.high < 1


@pytest.mark.parametrize(
    ("make", "word"),
    [
        (lambda: Judged([], []), "no items"),
        (lambda: Judged([0, 1], [0]), "human has shape"),
        (lambda: Judged([0, 1], [0, 1], inclusion=0.0), "inclusion"),
        (lambda: Judged([0, 1], [0, 1], predicted=[0.5, math.nan]), "predicted"),
        (lambda: Certified(Agreement(90, 0.1)), "agreement"),
        (lambda: rate(Judged([0, 1], [0, 1]), -1), "label"),
        (lambda: rate(Judged([0, 1], [0, 1]), []), "label"),
        (lambda: rate(Judged([0, 1], [0, 1]), 1, level=95), "level"),
        (lambda: rate(Judged([0, 1], [0, 1]), 1, population="world"), "population"),
        (lambda: rate_difference(Judged([0], [0], questions=["q"]), Judged([0], [0]), 1), "questions"),
    ],
)
def test_bad_input_is_one_clear_line(make, word: str) -> None:
    with pytest.raises(ValueError, match=word) as error:
        make()
    assert "\n" not in str(error.value)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_interval_holds_the_estimate_and_stays_within_0_and_1(data: st.DataObject) -> None:
    n = data.draw(st.integers(1, 40))
    verdicts = data.draw(st.lists(st.integers(-2, 2), min_size=n, max_size=n))
    human = data.draw(st.lists(st.integers(-1, 2), min_size=n, max_size=n))
    questions = data.draw(st.none() | st.lists(st.integers(0, 9), min_size=n, max_size=n))
    inclusion = data.draw(st.none() | st.lists(st.floats(0.05, 1), min_size=n, max_size=n))
    tiers = data.draw(st.none() | st.lists(st.integers(0, 1), min_size=n, max_size=n))
    population = data.draw(st.sampled_from(["items", "source"]))
    judged = Judged(verdicts, human, questions=questions, inclusion=inclusion, tiers=tiers)
    got = rate(judged, 1, population=population)
    assert -1e-9 <= got.low <= got.high <= 1 + 1e-9
    assert (got.estimate is None) == (not got.identified)
    if got.estimate is not None:
        assert got.low - 1e-6 <= got.estimate <= got.high + 1e-6
    assert got.n_accepted + got.n_open == got.n_items == n
    difference = rate_difference(judged, judged, 1, population=population)
    assert -1 - 1e-9 <= difference.low <= 1e-9 and -1e-9 <= difference.high <= 1 + 1e-9


def test_prediction_powered_mean_agrees_with_ppi_py() -> None:
    ppi_py = pytest.importorskip("ppi_py", reason="ppi-python is not installed")
    rng = np.random.default_rng(14)
    truth = (rng.random(5000) < 0.3).astype(float)
    soft = np.clip(0.3 + 0.5 * (truth - 0.3) + 0.15 * rng.standard_normal(5000), 0, 1)
    y, f, rest = truth[:400], soft[:400], soft[400:]
    estimate, low, high = prediction_powered(y, f, rest)
    theirs = ppi_py.ppi_mean_ci(y, f, rest, alpha=0.05)
    assert estimate == pytest.approx(float(np.ravel(ppi_py.ppi_mean_pointestimate(y, f, rest))[0]), abs=2e-4)
    assert (low, high) == pytest.approx([float(np.ravel(end)[0]) for end in theirs], abs=5e-4)
    # with labels enough the exact interval is little wider than the large-sample one
    human = np.where(np.arange(5000) < 400, truth, -1).astype(int)
    exact = rate(Judged(np.full(5000, OPEN), human, predicted=soft), 1, population="source")
    assert exact.estimate == pytest.approx(estimate, abs=0.003)
    assert high - low < exact.high - exact.low < 1.25 * (high - low)


def test_recorded_answers_of_one_system() -> None:
    """GPT-4's verdicts on answers to recorded questions, people's labels on 100 of them."""
    rows = [json.loads(line) for line in shared("data/judges/openqa_nq301.jsonl").open()]
    code = {"Yes": 1, "No": 0}
    rows = [r for r in rows if r["human"] in code and r["judges"].get("gpt-4")]
    truth = np.array([code[r["human"]] for r in rows])
    verdicts = np.array([code.get(r["judges"]["gpt-4"]["verdict"], OPEN) for r in rows])
    question = np.array([r["qid"] for r in rows])
    rng = np.random.default_rng(0)
    inside, narrower = 0, 0
    for _ in range(100):
        chosen = rng.choice(len(rows), 100, replace=False)
        judged = Judged(verdicts, labeled_at(truth, chosen), inclusion=100 / len(rows))
        got = rate(judged, 1)
        inside += got.low <= truth.mean() <= got.high
        alone = clopper_pearson(int(truth[chosen].sum()), 100)
        narrower += got.high - got.low < alone[1] - alone[0]
    assert inside >= 90 and narrower >= 90
    labeled = labeled_at(truth, np.flatnonzero(np.isin(question, np.unique(question)[:60])))
    clustered = rate(Judged(verdicts, labeled, questions=question), 1, population="source")
    assert clustered.low <= truth.mean() <= clustered.high


def test_recorded_systems_on_the_same_questions() -> None:
    """Two recorded systems; the verdict is whether the reference occurs in the answer, people's labels on 150."""
    rows = json.loads(shared("data/humans/evouna_triviaqa.json").read_text())
    systems = ("fid", "chatgpt")
    rows = [
        r
        for r in rows
        if not r.get("improper") and all(isinstance(r.get(f"judge_{s}"), bool) for s in systems)
    ]
    question = np.arange(len(rows))
    truth = {s: np.array([int(r[f"judge_{s}"]) for r in rows]) for s in systems}
    found = {
        s: np.array(
            [
                int(any(a.lower() in r[f"answer_{s}"].lower() for a in r["golden_answer"].split("/")))
                for r in rows
            ]
        )
        for s in systems
    }
    true = truth["chatgpt"].mean() - truth["fid"].mean()
    rng = np.random.default_rng(0)
    inside, widths = 0, []
    for _ in range(60):
        chosen = rng.choice(len(rows), 150, replace=False)
        models = [
            Judged(found[s], labeled_at(truth[s], chosen), questions=question, inclusion=150 / len(rows))
            for s in ("chatgpt", "fid")
        ]
        got = rate_difference(*models, 1)
        inside += got.low <= true <= got.high
        widths.append(got.high - got.low)
    assert inside >= 54
    # narrower than two separate samples of labels alone
    assert np.mean(widths) < 2 * 1.96 * np.sqrt(sum(t.var() for t in truth.values()) / 150)
