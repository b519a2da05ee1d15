"""Letters that look alike, are hidden, apart, backwards or digits are read as a person reads them; the rest stays."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.judges.lexical.as_read import as_read


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Вrаsоv, Rоmаnіа", "Brasov, Romania"),
        ("B\u200br\u200ba\u200bs\u2060o\ufeffv", "Brasov"),
        ("\u202evosarB ni nrob\u202c", "born in Brasov"),
        ("B r a s o v   i n   R o m a n i a", "Brasov   in   Romania"),
        ("B-r-a-s-o-v i-n R-o-m-a-n-i-a", "Brasov in Romania"),
        ("Br4s0v R0m4n14", "Brasov Romania"),
        ("Ｂｒａｓｏｖ", "Brasov"),
        ("𝐁𝐫𝐚𝐬𝐨𝐯", "Brasov"),
    ],
)
def test_a_disguised_word_is_the_word_it_looks_like(written: str, read: str) -> None:
    assert as_read(written) == read


@pytest.mark.parametrize(
    "text",
    [
        "Москва", "Αθήνα", "оса и рот", "In Russian: сосна", "a b c", "U. S. A.", "Room 4B, flight LH1701", "R2-D2",
        "½ of 10 m², μm", "می\u200cخواهم", "a a a a a a a a a a", "1931", "T-5 and B-52s", "café naïve Łódź", "",
    ],
)  # fmt: skip
def test_what_is_ordinary_stays(text: str) -> None:
    assert as_read(text) == text


@given(st.text())
def test_reading_twice_is_reading_once_and_never_fails(text: str) -> None:
    assert isinstance(as_read(as_read(text)), str)


@given(
    st.lists(st.sampled_from(["the", "author", "was", "born", "in", "1931", "Brasov", "a", "I"]), min_size=3)
)
def test_plain_english_is_read_as_it_stands(words: list[str]) -> None:
    text = " ".join(["Truly", *words, "indeed"])
    assert as_read(text) == text
