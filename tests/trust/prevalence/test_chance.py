"""What outputs earn against other questions' references: which are compared, and what comes out."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.trust.prevalence.chance import FEWEST, Pairs, beyond_chance, permuted_pairs, within


def compared(outputs: np.ndarray, references: np.ndarray, pairs: Pairs):
    """Right where the output names the reference's class."""
    own = outputs[pairs.items] == references[pairs.items]
    return own, outputs[pairs.items[pairs.outputs]] == references[pairs.items[pairs.references]]


def dice(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), max_size=60),
    st.integers(1, 20),
    st.integers(1, 200),
)
def test_only_other_questions_of_the_stratum_are_met_and_all_equally_often(asked, per_item, about):
    questions, strata = [f"{stratum}.{question}" for question, stratum in asked], [s for _, s in asked]
    pairs = permuted_pairs(questions, strata, dice(), per_item=per_item, about=about)
    ids = np.array(questions)[pairs.items] if len(pairs.items) else np.array([], str)
    assert not np.any(ids[pairs.outputs] == ids[pairs.references])
    assert not np.any(pairs.strata[pairs.outputs] != pairs.strata[pairs.references])
    many = {
        stratum
        for stratum in strata
        if len({q for q, s in zip(questions, strata, strict=True) if s == stratum}) > 1
    }
    assert pairs.weights.sum() == pytest.approx(sum(stratum in many for stratum in strata))
    assert set(np.array(strata)[pairs.items] if len(ids) else ()) == many
    uses = Counter(pairs.outputs.tolist())
    for stratum in np.unique(pairs.strata):
        assert len({uses[item] for item in np.flatnonzero(pairs.strata == stratum)}) == 1
    assert max(uses.values(), default=0) <= per_item


def test_with_all_pairs_chance_is_the_mean_over_other_questions():
    rng = dice(3)
    outputs, references = rng.integers(0, 3, 15), rng.integers(0, 3, 15)
    pairs = permuted_pairs([str(i) for i in range(15)], ["all"] * 15, rng)
    found = beyond_chance(pairs, *compared(outputs, references, pairs))
    every = outputs[:, None] == references[None, :]
    assert found.chance.value == pytest.approx(every[~np.eye(15, dtype=bool)].mean())
    assert found.rate.value == pytest.approx(np.diag(every).mean())
    assert found.excess.value == pytest.approx(found.rate.value - found.chance.value)


def test_one_answer_to_everything_earns_chance_and_nothing_else():
    references = (np.arange(200) >= 140).astype(int)  # 70 % say 0
    pairs = permuted_pairs([str(i) for i in range(200)], ["country"] * 200, dice())
    found = beyond_chance(pairs, *compared(np.zeros(200, int), references, pairs))
    assert found.rate.value == pytest.approx(0.7)
    assert found.chance.value == pytest.approx(0.7)
    assert found.excess.low <= 0 <= found.excess.high
    assert found.excess.high - found.excess.low < 0.03, "rate and chance move together"


def test_nothing_seen_is_not_surely_nothing():
    pairs = permuted_pairs([str(i) for i in range(40)], [0] * 40, dice())
    found = beyond_chance(pairs, np.zeros(40, bool), np.zeros(len(pairs.outputs), bool))
    assert found.chance.value == found.excess.value == 0
    assert found.chance.high == pytest.approx(1 - 0.025 ** (1 / 40))
    assert found.excess.low < 0 < found.excess.high


def test_answers_to_one_question_are_not_independent():
    """Ten alike answers to each of 20 questions tell no more than one each."""
    rng = dice(1)
    references, outputs = rng.integers(0, 2, 20), rng.integers(0, 2, 20)
    widths = []
    for times in (1, 10):
        questions = [str(i) for i in range(20) for _ in range(times)]
        pairs = permuted_pairs(questions, [0] * len(questions), dice())
        found = beyond_chance(pairs, *compared(outputs.repeat(times), references.repeat(times), pairs))
        widths.append((found.rate.high - found.rate.low, found.chance.high - found.chance.low))
    assert widths[0] == pytest.approx(widths[1], rel=0.02)


def test_a_huge_run_costs_no_more_and_its_kinds_keep_their_shares():
    strata = ["common"] * 50_000 + ["rare"] * 500 + ["lone"]
    pairs = permuted_pairs([str(i) for i in range(len(strata))], strata, dice())
    assert len(pairs.outputs) <= 4000 + 2 * FEWEST
    assert [float(pairs.weights[pairs.strata == s].sum()) for s in (0, 1)] == pytest.approx([50_000, 500])
    assert np.sum(pairs.strata == 1) == FEWEST
    right = pairs.strata[pairs.outputs] == 1
    found = beyond_chance(pairs, pairs.strata == 1, right)
    assert [found.chance.value, found.rate.value] == pytest.approx([500 / 50_500] * 2)
    rare = beyond_chance(*within(pairs, pairs.strata == 1, right, [1]))
    assert rare.chance.value == 1


def test_nothing_to_exchange():
    pairs = permuted_pairs(["a", "a", "b"], ["x", "x", "y"], dice())
    assert len(pairs.items) == len(pairs.outputs) == 0
