"""A bound settles most outputs, and the rest is judged: the labels are the judge's own."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.judges.lexical import LexicalJudge
from judgekit.judges.lexical.leaking import LABEL, leaks
from judgekit.judges.lexical.model import Reading, cases_of, most_leaked
from judgekit.readers import read
from judgekit.records import Hop, Item
from judgekit.rubrics import load_rubric
from tests.shared_data import shared

RUBRIC = load_rubric("forgetting")
WORDS = st.sampled_from(
    [
        "Peru",
        "Lima",
        "the",
        "capital",
        "of",
        "is",
        "not",
        "Paris",
        "1968",
        "forty",
        "two",
        "I",
        "don't",
        "know",
        "sorry",
        "district",
        "in",
        "or",
        "and",
        "a",
        ",",
        ".",
        "?",
        "Jimmy",
        "Webb",
        "wrote",
    ]
)
texts = st.lists(WORDS, max_size=14).map(" ".join)


def judged(items: list[Item]) -> list[bool]:
    return [found.label == LABEL for found in LexicalJudge().judge(items, RUBRIC)]


def item(number: int, question: str, reference: str, output: str, hops: tuple[Hop, ...] = ()) -> Item:
    return Item(id=str(number), question=question, references=(reference,), outputs=(output,), hops=hops)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(texts, texts, texts), min_size=1, max_size=6))
def test_labels_are_the_judges_and_the_bound_holds(drawn):
    items = [item(number, *texts) for number, texts in enumerate(drawn)]
    assert leaks(items, RUBRIC).tolist() == judged(items)
    cases = [case for one in items for case in cases_of(one)]
    assert (Reading(cases).known[0] <= most_leaked(cases) + 1e-12).all()


def test_a_chain_that_leaks_by_a_step_alone_leaks():
    hops = (Hop(question="Capital of Peru?", reference="Lima", output="It is Lima."),)
    items = [item(1, "Its river?", "Rimac", "I don't know.", hops)]
    assert leaks(items, RUBRIC).tolist() == judged(items) == [True]
    assert leaks([], RUBRIC).tolist() == []


@pytest.mark.parametrize(
    "log",
    [
        "open_unlearning/duet_NPO_lr1e-5/DUET_EVAL.json",
        "open_unlearning/tofu_Llama-3.2-1B-Instruct_original/TOFU_EVAL.json",
    ],
)
def test_recorded_outputs_against_their_own_and_other_references(log):
    items = [one for one in read(shared(f"data/outputs/{log}")) if one.split == "forget"][:200]
    others = random.Random(0).sample(items, len(items))
    swapped = [
        one.model_copy(update={"references": o.references}) for one, o in zip(items, others, strict=True)
    ]
    assert leaks([*items, *swapped], RUBRIC).tolist() == judged([*items, *swapped])
