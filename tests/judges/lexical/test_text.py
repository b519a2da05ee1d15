import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.judges.lexical.nearest import Output, find, longest_common, nearest, variants
from judgekit.judges.lexical.spelling import Lexicon, likeness
from judgekit.judges.lexical.text import content, words

SAME = [
    ("World War II", "world war two"),
    ("Edward the Seventh", "King Edward VII"),
    ("1,500 metres", "fifteen hundred meter"),
    ("2.45 billion years", "2,450,000,000 years"),
    ("forty-eight hrs", "48 hours"),
    ("two hundred and twenty-one", "221"),
    ("the 21st century", "Twenty-first century"),
    ("Jan 15, 2018", "January 15th 2018"),
    ("the United States of America", "U.S.A."),
    ("J. M. W. Turner", "J.M.W. Turner"),
    ("Dáin", "DÃ¡in"),
    ("Père David's deer", "Pere Davids Deer"),
    ("colour television", "Color TV"),
    ("James Henry %22Jim%22 Webb", 'James Henry "Jim" Webb'),
    ("20 %", "twenty percent"),
    ("Saint Columba", "St. Columba"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_ways_of_writing_give_the_same_words(one: str, other: str) -> None:
    a, b = set(content(words(one))), set(content(words(other)))
    assert a <= b or b <= a


@pytest.mark.parametrize(
    ("one", "other"), [("1964", "1965"), ("Turner", "Tanner"), ("no", "yes"), ("2.4", "2.45")]
)
def test_different_answers_stay_different(one: str, other: str) -> None:
    assert not set(words(one).words) & set(words(other).words)


@pytest.mark.parametrize(
    ("reference", "also"),
    [
        ("PRINCE WILLIAM (accept DUKE OF CAMBRIDGE)", "DUKE OF CAMBRIDGE"),
        ("Georgia (disambiguation)", "Georgia"),
        ("Lesley Sharp or Suranne Jones", "Suranne Jones"),
        ("Columba, Saint", "Saint Columba"),
        ("Johannes Kepler/Kepler", "Kepler"),
    ],
)
def test_variants_of_a_reference(reference: str, also: str) -> None:
    assert also in variants(reference) and reference in variants(reference)


def test_spelling() -> None:
    assert likeness("kevin", "kelvin") >= 0.8 and likeness("vegetarian", "vegetarianism") >= 0.8
    assert likeness("austria", "australia") < 0.8 and likeness("niger", "nigeria") < 0.8
    assert likeness("yeon", "yeong") < 0.8 and Lexicon(["1966"]).likeness("1965") == 0
    assert Lexicon(["ustralia"]).likeness("australia") >= 0.8


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
def test_longest_common_subsequence_is_that_of_rouge(a: list[str], b: list[str]) -> None:
    from rouge_score import rouge_scorer

    expected = 0.0
    if a and b:
        expected = rouge_scorer.RougeScorer(["rougeL"]).score(" ".join(a), " ".join(b))["rougeL"].recall
    assert longest_common(a, b) == pytest.approx(expected * len(a))


@given(st.lists(st.sampled_from("ab"), min_size=1, max_size=4), st.lists(st.sampled_from("ab")))
def test_find(needle: list[str], hay: list[str]) -> None:
    starts = [i for i in range(len(hay)) if hay[i : i + len(needle)] == needle]
    assert find(needle, hay) == (starts[0] if starts else -1)


@given(st.text())
def test_any_text_has_words_and_flags_of_one_length(text: str) -> None:
    said = words(text)
    assert len(said.words) == len(said.names) and 0 <= said.lead <= len(said.words)
    assert all(said.words)


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=5))
def test_digits_come_through_unchanged(numbers: list[int]) -> None:
    assert words(" x ".join(map(str, numbers))).words[::2] == tuple(map(str, numbers))


def test_the_reference_that_the_output_has_is_found_among_many() -> None:
    references = ("Jovian moon", "Io", "Europa", "the moon Ganymede (satellite)")
    match = nearest(Output("It is Ganymede, the largest moon."), references, frozenset({"largest"}))
    assert match is not None and match.reference == "the moon Ganymede (satellite)"
