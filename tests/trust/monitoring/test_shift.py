"""Shift check between labeled and scored items, and the guard for single ones."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from judgekit.trust.monitoring.ood import ood_check
from judgekit.trust.monitoring.shift import shift_check
from tests.shared_data import shared


def views(rng: np.random.Generator, n: int, move: float = 0.0) -> dict[str, np.ndarray]:
    return {
        "confidence": rng.beta(5, 2, n) * (1 - move),
        "label": np.where(rng.random(n) < 0.2 + move, "leaked", "withheld"),
        "embedding": rng.standard_normal((n, 8)) + move,
    }


def test_like_items_pass_and_moved_ones_do_not() -> None:
    rng = np.random.default_rng(0)
    same = shift_check(views(rng, 300), views(rng, 500))
    moved = shift_check(views(rng, 300), views(rng, 500, 0.4))
    assert not same.shifted and same.where == ()
    assert moved.shifted and set(moved.where) == {"confidence", "label", "embedding"}
    assert "does not hold" in moved.sentence and "No sign" in same.sentence


def test_where_names_only_the_view_that_moved() -> None:
    rng = np.random.default_rng(1)
    scored = views(rng, 500)
    scored["confidence"] = scored["confidence"] ** 3
    got = shift_check(views(rng, 300), scored)
    assert got.where == ("confidence",)
    assert max(got.p_value, got.p_values["confidence"]) <= 0.05 < got.p_values["label"]
    assert got.place == "confidence"


def test_missing_confidences_are_seen() -> None:
    rng = np.random.default_rng(2)
    labeled, scored = rng.random(300), rng.random(300)
    scored[:90] = np.nan
    assert shift_check({"tier 2": labeled}, {"tier 2": scored}).shifted


def test_ties_alone_are_no_shift() -> None:
    assert not shift_check({"vote": np.ones(50)}, {"vote": np.ones(80)}).shifted
    assert shift_check({"vote": np.ones(50)}, {"vote": np.ones(80)}).p_value == 1.0


def test_what_was_written_with_fewer_digits_still_ties() -> None:
    rng = np.random.default_rng(0)
    confidence = rng.choice([0.99985760042, 0.8123456789], 600)
    labeled, scored = {"c": confidence[:100].round(6)}, {"c": confidence[100:]}
    assert shift_check(labeled, scored).p_value > 0.05


def test_same_seed_same_answer() -> None:
    rng = np.random.default_rng(3)
    labeled, scored = views(rng, 100), views(rng, 100)
    assert shift_check(labeled, scored, seed=5) == shift_check(labeled, scored, seed=5)


def test_items_of_one_question_count_once() -> None:
    # twenty copies of each of a few questions: by item this looks like a shift, by question it cannot
    rng = np.random.default_rng(4)
    few, many = np.repeat(rng.random(6), 20), np.repeat(rng.random(10), 20)
    names = (np.repeat(np.arange(6), 20), np.repeat(np.arange(6, 16), 20))
    assert shift_check({"c": few}, {"c": many}).shifted
    got = shift_check({"c": few}, {"c": many}, questions=names)
    assert not got.shifted and (got.n_labeled, got.n_scored) == (6, 10)


def test_big_inputs_are_subsampled() -> None:
    rng = np.random.default_rng(5)
    got = shift_check({"c": rng.random(400)}, {"c": rng.random(100_000)})
    assert got.n_labeled == 400 and got.n_scored < 100_000


@pytest.mark.parametrize(
    ("labeled", "scored", "word"),
    [
        ({"a": [1.0]}, {"b": [1.0]}, "views differ"),
        ({}, {}, "views differ"),
        ({"a": [1.0], "b": [1.0, 2.0]}, {"a": [1.0], "b": [1.0]}, "unequal lengths"),
        ({"a": []}, {"a": [1.0]}, "no items"),
        ({"a": [[np.nan]]}, {"a": [[1.0]]}, "missing or infinite"),
    ],
)
def test_bad_views_are_refused(labeled: dict, scored: dict, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        shift_check(labeled, scored)


def test_recorded_judges_on_halves_and_on_other_models() -> None:
    """Halves of one recording are alike; refusals of another model are not."""
    with shared("data/judges/trust_or_escalate.csv").open() as file:
        rows = list(csv.DictReader(file))
    columns = [name for name in rows[0] if name.endswith("_p1")]
    table = np.array([[float(row[name]) for name in columns] for row in rows])
    confidence = np.maximum(table, 1 - table)
    order = np.random.default_rng(0).permutation(len(rows))
    halves = [{n: confidence[h, j] for j, n in enumerate(columns)} for h in np.array_split(order, 2)]
    assert not shift_check(*halves).shifted
    labels = []
    for model in ("gpt4", "mistralinstruct"):
        with shared(f"data/humans/xstest_{model}.csv").open() as file:
            labels.append(np.array([row["gpt4_label"] for row in csv.DictReader(file)]))
    assert shift_check({"label": labels[0]}, {"label": labels[1]}).shifted


def test_recorded_questions_are_kept_together() -> None:
    rows = [json.loads(line) for line in shared("data/judges/openqa_nq301.jsonl").open()]
    rows = [r for r in rows if r["judges"].get("BEM")]
    probability = np.array([r["judges"]["BEM"]["prob_equivalent"] for r in rows])
    question = np.array([int(r["qid"]) for r in rows])
    part = np.isin(question, np.random.default_rng(0).permutation(np.unique(question))[:150])
    got = shift_check(
        {"BEM": probability[part]}, {"BEM": probability[~part]}, questions=(question[part], question[~part])
    )
    assert not got.shifted and got.n_labeled == 150


def test_scope_refuses_strangers_and_keeps_the_usual() -> None:
    rng = np.random.default_rng(6)
    labeled = rng.standard_normal((400, 10))
    usual = ood_check(labeled, rng.standard_normal((2000, 10)), level=0.05)
    strange = ood_check(labeled, rng.standard_normal((200, 10)) + 4, level=0.05)
    assert 0.9 < usual.in_distribution.mean() < 0.99
    assert not strange.in_distribution.any()
    assert ((usual.p_values > 0.05) == usual.in_distribution).all()


def test_scope_sees_a_feature_that_never_varied() -> None:
    labeled = np.column_stack([np.random.default_rng(7).standard_normal(200), np.zeros(200)])
    assert not ood_check(labeled, [[0.0, 50.0]], level=0.05).in_distribution.any()
    assert ood_check(labeled, [[0.0, 0.0]], level=0.05).in_distribution.all()


def test_scope_needs_enough_labels_to_refuse_anything() -> None:
    with pytest.raises(ValueError, match="labeled items cannot tell"):
        ood_check(np.zeros((20, 2)), np.zeros((5, 2)), level=0.02)
    with pytest.raises(ValueError, match="shapes"):
        ood_check(np.zeros((200, 2)), np.zeros((5, 3)))
    with pytest.raises(ValueError, match="infinite"):
        ood_check(np.zeros((200, 2)), [[np.nan, 0.0]])
