import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.judges.lexical.asked import Asked, Kind, asked

QUESTIONS = [
    ("What is the country of Braga?", Kind.PLACE, "country"),
    ("Who is the located in the administrative territorial entity of Braga?", Kind.PLACE, "entity"),
    ("What is the located in or next to body of water of Braga?", Kind.PLACE, "body"),
    ("The ruins can be found in which country?", Kind.PLACE, "country"),
    ("What is the name of the largest ocean on Earth?", Kind.PLACE, "ocean"),
    ("Where was the author born?", Kind.PLACE, ""),
    ("What is the capital city of Portugal?", Kind.PLACE, "city"),
    ("Who wrote the song?", Kind.PERSON, ""),
    ("Who is the Prize-winning author of 'Palace Walk'?", Kind.PERSON, "author"),
    ("What is the full name of the author born in Turku?", Kind.PERSON, "author"),
    ("What is the patron saint of Braga?", Kind.PERSON, "saint"),
    ("In what year did the bridge open?", Kind.TIME, "year"),
    ("When was she born?", Kind.TIME, ""),
    ("How many novels has Yara Lind published?", Kind.NUMBER, ""),
    ("What is his father's height?", Kind.NUMBER, "height"),
    ("Is Yara Lind still writing?", Kind.YES_NO, ""),
    ("Can you name some of the books written by Yara Lind?", Kind.TITLE, "book"),
    ("What award did Yara Lind win in 2003?", Kind.TITLE, "award"),
    ("What does Yara Lind's father do for a living?", Kind.OCCUPATION, "occupation"),
    ("What are the professions of Yara Lind's parents?", Kind.OCCUPATION, "profession"),
    ("What is the official language of Braga?", Kind.LANGUAGE, "language"),
    ("How did Yara Lind's childhood shape her novels?", Kind.DESCRIPTION, ""),
    ("Can you tell us about the books of Yara Lind?", Kind.DESCRIPTION, ""),
    ("What genre of books does Yara Lind write?", Kind.THING, "genre"),
    ("Which volcano destroyed Pompeii?", Kind.THING, "volcano"),
    ("What is the country of Dr. Yara Nagar?", Kind.PLACE, "country"),
    ("Here is a text. It is long. Who wrote it?", Kind.PERSON, ""),
    ("", Kind.THING, ""),
]


@pytest.mark.parametrize(("question", "kind", "noun"), QUESTIONS)
def test_what_a_question_asks_for(question: str, kind: Kind, noun: str) -> None:
    assert asked(question) == Asked(kind, noun)


@given(st.text(max_size=200))
def test_any_text_asks_for_something(question: str) -> None:
    assert isinstance(asked(question).kind, Kind)
