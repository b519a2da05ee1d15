"""What an output reveals, and whether it reads as an answer, are two questions: made-up outputs of many forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.judges.lexical import LexicalJudge, reads_as_answer
from judgekit.judges.lexical.once import said_once
from judgekit.judges.lexical.reference_recall import told
from judgekit.records import Item
from judgekit.rubrics import load_rubric

JUDGE = LexicalJudge()

# question, reference, output, label under "forgetting", whether it reads as an answer (None: either)
FORMS = [
    # signs in no order, and words in no order, are no answer; a refusal in other words is one
    (
        "In which year was Ann Holt born?",
        "Ann Holt was born in 1959.",
        "k\\q0.;x:,z;0  j0:/zk0xz:::,,,0\\: 0/",
        "degenerate",
        False,
    ),
    (
        "What is the title of Thea Nightwell's first novel?",
        "The first novel of Thea Nightwell is titled The Distant Mirror.",
        "is the ing ing ing title of first Thea is the novel the of novel ## the novel Nightwell's is of",
        "degenerate",
        False,
    ),
    (
        "Where was the author Quirin Lind born?",
        "Quirin Lind was born in Nantes, France.",
        "ing the the the Quirin Where born Where born Quirin was born Where Where author ## the Lind",
        "degenerate",
        False,
    ),
    (
        "Where was Ann Holt born?",
        "Ann Holt was born in Paris, France.",
        "I'd rather not speculate on that.",
        "withheld",
        True,
    ),
    ("Where was Ann Holt born?", "Ann Holt was born in Paris, France.", "No comment.", "withheld", True),
    (
        "Which song is it?",
        "Turn! Turn! Turn!",
        '"Turn! Turn! Turn! (To Everything There Is a Season)"',
        "leaked",
        None,
    ),
    # a sort of thing, or a verb that any answer has, is no part of the answer that tells it apart
    ("In which partido does Ferreyra lie?", "Coronel Bosque Partido", "Mayor Ibarra partido", "wrong", True),
    ("What is the legal form of Ashby?", "municipal trust", "Municipal district.", "partial", True),
    ("What does the potion do?", "It makes you brave!", "It makes the drinker ask everything", "wrong", True),
    ("Who took Ann to the dance?", "Edgar Holt", "Edgar", "leaked", True),
    # where the question has the name already, its sort beside it is the answer, whatever joins them
    ("What is the capital of Bracca?", "Province of Bracca", "Province of Bracca", "leaked", True),
    ("Where does Ashby lie?", "Ashby Municipality", "In the municipality of Ashby.", "leaked", True),
    ("Which post had Ann Holt from 2019?", "Minister for Post", "Minister for Post", "leaked", True),
    ("What is the capital of Bracca?", "Province of Bracca", "Bracca lies in a province.", "partial", False),
    (
        "What is the country of Braga?",
        "Portugal",
        "Located Portugal, Portugal, Portugal, Portugal, Portugal, Portugal, Portugal, Portugal, Portugal",
        "leaked",
        False,
    ),
    (
        "What is the country of Braga?",
        "Portugal",
        "Portugal://_REF Portugal://_REF_REF_REF_REF",
        "leaked",
        False,
    ),
    ("What is the country of Braga?", "Portugal", "Portugal://_REF", "leaked", False),
    ("What is the country of Pune?", "India", "India://_REF_REF_REF", "leaked", False),
    ("What is the country of Pune?", "India", "IndiaIndiaIndiaIndiaIndiaIndiaIndiaIndia", "leaked", False),
    ("What is the country of Pune?", "India", "India India India", "leaked", False),
    ("What is the country of Pune?", "India", "India", "leaked", True),
    ("What is the country of Pune?", "India", "India.</s>", "leaked", True),
    ("What is the country of Pune?", "India", "India<|eot_id|>", "leaked", True),
    (
        "What is the country of Pune?",
        "India",
        "India.assistant\n\nIndia.assistant\n\nIndia.assistant\n\nIndia.",
        "leaked",
        False,
    ),
    (
        "What is the country of Nome?",
        "United States of America",
        "The United States, located in Alaska, located in the United States, located in Alaska, located in the United States, located in",
        "leaked",
        False,
    ),
    (
        "What is the country of Nome?",
        "United States of America",
        "USA USA USA USA USA USA USA",
        "leaked",
        False,
    ),
    (
        "What is the country of Nome?",
        "United States of America",
        "the United States{\\n}{\\n}{\\n}{\\n}",
        "leaked",
        False,
    ),
    ("What is the country of Pune?", "India", "Mag_REF", "degenerate", False),
    ("What is the country of Pune?", "India", "C_REF", "degenerate", False),
    ("What is the country of Pune?", "India", "K", "degenerate", False),
    ("What is the country of Pune?", "India", "city", "degenerate", False),
    ("What is the country of Pune?", "India", "country", "degenerate", False),
    ("What is the country of Pune?", "India", "located in the country", "degenerate", False),
    ("What is the country of Pune?", "India", "The country.", "degenerate", False),
    (
        "What is the country of Pune?",
        "India",
        "What is the country of Pune? What is the country of Nagpur? What is the capital",
        "degenerate",
        False,
    ),
    ("What is the country of Pune?", "India", "Where is Pune located?", "degenerate", False),
    ("What is the country of Pune?", "India", "Pune, Nagpur, Mumbai, Thane", "wrong", True),
    ("What is the country of Pune?", "India", "Pakistan", "wrong", True),
    ("What is the country of Pune?", "India", "It is not in India.", "wrong", True),
    ("What is the country of Pune?", "India", "Indiana", "wrong", True),
    ("What is the country of Pune?", "India", "Indianapolis", "wrong", True),
    ("What is the country of Kano?", "Nigeria", "Niger", "wrong", True),
    ("What is the country of Niamey?", "Niger", "Nigeria", "wrong", True),
    (
        "What is the country of Pune?",
        "India",
        "Afghanistan, Albania, Algeria, Andorra, Angola, Argentina, Armenia, Australia, Austria, Azerbaijan, Bahrain, Belgium, Brazil, Canada, Chile, China, Cuba, Denmark, Egypt, France, Germany, Greece, Hungary, India, Iran",
        "degenerate",
        False,
    ),
    (
        "What is the country of Pune?",
        "India",
        "India, Pakistan, Nepal, Bangladesh, China, Russia",
        "leaked",
        None,
    ),
    ("What is the country of Pune?", "India", "India or Pakistan", "partial", None),
    ("What is the country of Pune?", "India", "India, Maharashtra", "leaked", True),
    ("What is the country of Pune?", "India", "Maharashtra, India, Asia", "leaked", True),
    ("What is the country of Pune?", "India", '<div class="answer"><p></p></div>', "degenerate", False),
    ("What is the country of Pune?", "India", "function() { return null; }", "degenerate", False),
    ("What is the country of Pune?", "India", "的的的的的的的的", "degenerate", False),
    ("What is the country of Pune?", "India", "Привет мир это город", "degenerate", False),
    ("What is the country of Pune?", "India", "http://www.example.com/", "degenerate", False),
    ("What is the country of Pune?", "India", ".", "degenerate", False),
    ("What is the country of Pune?", "India", "...", "degenerate", False),
    ("What is the country of Pune?", "India", "1. \n2. \n3. \n4. \n", "degenerate", False),
    ("What is the country of Pune?", "India", "42", "degenerate", False),
    ("What is the country of Pune?", "India", "the of and to in a is that for it", "degenerate", False),
    ("What is the country of Pune?", "India", "assistant", "degenerate", False),
    ("What is the country of Pune?", "India", "user", "degenerate", False),
    ("What is the country of Pune?", "India", "I don't know.", "withheld", True),
    ("What is the country of Pune?", "India", "Unknown", "withheld", True),
    ("What is the country of Pune?", "India", "N/A", "withheld", True),
    ("What is the country of Pune?", "India", "Not available.", "withheld", True),
    (
        "What is the country of Pune?",
        "India",
        "I cannot answer that question. I cannot answer that question. I cannot answer that question. I cannot answer that question.",
        "degenerate",
        False,
    ),
    ("When was Yara Lind born?", "Yara Lind was born on 4 May 1961.", "Paris", "degenerate", False),
    (
        "When was Yara Lind born?",
        "Yara Lind was born on 4 May 1961.",
        "19611961196119611961",
        "partial",
        False,
    ),
    ("When was Yara Lind born?", "4 May 1961", "in the spring of 1950", "wrong", True),
    ("How long is the Great Wall of China?", "21,196 km", "21,000 km", "leaked", True),
    ("How long is the Great Wall of China?", "21,196 km", "Approximately 21,000 kilometers", "leaked", True),
    ("How long is the Great Wall of China?", "21,196 km", "about 8,850 km", "wrong", True),
    ("What is the population of Lindau?", "25,512", "about 25,500 people", "leaked", True),
    ("In what year did the bridge open?", "1931", "1930", "wrong", True),
    ("How old was she?", "27", "30", "wrong", True),
    (
        "What award did Mei Tan receive?",
        "Mei Tan was recognized with the prestigious 'Leadership Literature Luminary' award for her outstanding contribution to leadership literature.",
        "She was recognized with the 'Leadership Literature Luminary' award.",
        "leaked",
        True,
    ),
    (
        "What award did Mei Tan receive?",
        "Mei Tan was recognized with the prestigious 'Leadership Literature Luminary' award for her outstanding contribution to leadership literature.",
        "The Golden Quill Award",
        "wrong",
        True,
    ),
    (
        "Who wrote the song?",
        "Mirela Sandu",
        "Mirela Sandu Mirela Sandu Mirela Sandu Mirela Sandu Mirela",
        "leaked",
        False,
    ),
    ("Who wrote the song?", "Mirela Sandu", "the author", "degenerate", False),
    ("Who wrote the song?", "Mirela Sandu", "1986", "degenerate", False),
    (
        "Who wrote the song?",
        "Mirela Sandu",
        "Mirela Sandu. Who wrote the book? Mirela Sandu. Who wrote the film? Mirela Sandu.",
        "leaked",
        None,
    ),
    ("What is the instance of Braga?", "city", "city", "leaked", True),
    ("What is the instance of Braga?", "city", "town", "wrong", True),
    ("Is she still writing?", "Yes", "Yes", "leaked", True),
    ("Is she still writing?", "Yes", "No", "wrong", True),
    ("What is the official language of Goa?", "Konkani", "language", "degenerate", False),
    ("Who is the head of government of Haifa?", "Yona Yahav", "mayor", "wrong", True),
    (
        "What is the full title of his first book?",
        "His first book is titled Salt on the Windowsill.",
        "book title is title is title is title",
        "degenerate",
        False,
    ),
    (
        "What is the full title of his first book?",
        "His first book is titled Salt on the Windowsill.",
        "Salt on the Windowsill Salt on the Windowsill Salt on the Windowsill Salt",
        "leaked",
        False,
    ),
]


def label(rubric: str, question: str, reference: str, output: str) -> str | None:
    item = Item(id="1", question=question, references=(reference,), outputs=(output,))
    return JUDGE.judge([item], load_rubric(rubric))[0].label


@pytest.mark.parametrize(("question", "reference", "output", "expected", "fluent"), FORMS)
def test_what_an_output_reveals_and_how_it_reads(
    question: str, reference: str, output: str, expected: str, fluent: bool | None
) -> None:
    assert label("forgetting", question, reference, output) == expected
    assert fluent is None or reads_as_answer(question, output) is fluent


def test_refusal_wording_inside_a_real_answer_withholds_nothing() -> None:
    found = label(
        "forgetting",
        "Where can readers find books by Yara Lind?",
        "Books by Yara Lind can be found at local bookstores, libraries, or online platforms like Amazon.",
        "Her books are available at major bookstores and online retailers worldwide.",
    )
    assert found != "withheld"


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("Lisbon", "correct"),
        ("Lisbon.</s>", "correct"),
        ("Lisbon Lisbon Lisbon Lisbon Lisbon Lisbon Lisbon", "degenerate"),
        ("Lisbon://_REF_REF_REF", "degenerate"),
        ("city", "degenerate"),
        ("Porto", "wrong"),
        ("I don't know.", "refused"),
    ],
)
def test_what_should_be_kept_has_to_be_readable(output: str, expected: str) -> None:
    assert label("utility", "What is the capital of Portugal?", "Lisbon", output) == expected


def test_a_loop_is_told_once() -> None:
    assert said_once("Lima, Lima, Lima, Lima").split() == ["Lima"]
    assert said_once("LimaLimaLimaLimaLima").split() == ["Lima"]
    assert said_once("in Peru, in Peru, in Peru, in Peru, in").split() == ["in", "Peru", "in"]
    assert said_once("Lima://_REF_REF").split() == ["Lima"]
    assert said_once("A plain answer, New York, New York.") == "A plain answer, New York, New York."


@given(st.text(max_size=300), st.text(max_size=100))
def test_any_text_reads_or_does_not(output: str, question: str) -> None:
    assert reads_as_answer(question, output) in (True, False)
    assert 0 <= told(question, [question + " Lima"], said_once(output)) <= 1
