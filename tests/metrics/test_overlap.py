from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.metrics.overlap import containment, exact_match, normalize_text, rouge

texts = st.text(alphabet="abc ,.'A é\n", max_size=40)


def _lcs(a: list[str], b: list[str]) -> int:
    if not a or not b:
        return 0
    if a[-1] == b[-1]:
        return _lcs(a[:-1], b[:-1]) + 1
    return max(_lcs(a[:-1], b), _lcs(a, b[:-1]))


@given(st.lists(st.sampled_from("abcd"), max_size=6), st.lists(st.sampled_from("abcd"), max_size=6))
def test_rouge_l_is_the_longest_common_subsequence(reference: list[str], output: list[str]) -> None:
    scores = rouge(" ".join(reference), " ".join(output))
    common = _lcs(reference, output)
    assert scores.rougeL_recall == pytest.approx(common / len(reference) if reference else 0)
    assert scores.rougeL_f1 == pytest.approx(2 * common / (len(reference) + len(output)) if common else 0)


def test_rouge_1_counts_each_word_once_per_occurrence() -> None:
    assert rouge("the cat the dog", "the the the").rouge1_recall == 0.5


def test_the_stemmer_is_on_as_in_the_papers_and_off_as_in_muse() -> None:
    assert rouge("running", "runs").rouge1_recall == 1.0
    assert rouge("running", "runs", stemmer=False).rouge1_recall == 0.0


@given(texts, texts)
def test_recall_never_falls_when_the_output_grows(reference: str, output: str) -> None:
    longer = rouge(reference, output + " abc")
    assert longer.rougeL_recall >= rouge(reference, output).rougeL_recall


@given(texts)
def test_normalizing_twice_changes_nothing(text: str) -> None:
    assert normalize_text(normalize_text(text)) == normalize_text(text)


def test_exact_match_and_containment_ignore_case_punctuation_and_articles() -> None:
    assert exact_match("The Eiffel Tower!", "eiffel  tower") == 1.0
    assert containment("Paris", "It is in Paris, France.") == 1.0
    assert containment("art", "The party started.") == 0.0
    assert exact_match("Paris", "It is in Paris") == 0.0


def test_an_empty_reference_is_contained_in_nothing() -> None:
    assert containment("the", "the answer") == 0.0
    assert containment("", "") == 0.0
