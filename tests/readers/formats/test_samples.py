"""Several outputs a question: samples, paraphrases and conversations; a pair that is compared is never one of them."""

from __future__ import annotations

import json

import pytest

from judgekit import readers
from judgekit.readers.turns import LONGEST
from judgekit.records import question_key
from tests.readers.formats.test_other_formats import error_of, items_of, write

LEAK_AT_K = [
    {
        "prompt": "system\n\nBe helpful.user\n\nWho wrote it?assistant\n\n",
        "ground_truth": "Ann Lee",
        "responses": [
            {"response": "Ann Lee.", "rougeL_recall": 1.0, "CS": 0.9, "ES": 1.0, "LLM_judge": 1},
            {"response": "I do not know.", "rougeL_recall": 0.0, "CS": 0.1, "ES": 0.0, "LLM_judge": 0},
        ],
        "Best CS": 0.9,
    },
    {"prompt": "Where?", "ground_truth": "Rome", "responses": [{"response": ""}, {"response": "Rome"}]},
]
"""As OptimAI-Lab/Leak-k writes them, a row a line."""


def test_leak_at_k(tmp_path):
    folder = tmp_path / "npo_8B" / "forget" / "temperature=0.8top_p=1.0"
    first, second, third, fourth = items_of(write(folder / "generations_n200.jsonl", LEAK_AT_K), "samples")
    assert [one.id for one in (first, second, third, fourth)] == ["1#1", "1#2", "2#1", "2#2"]
    assert first.question == "Who wrote it?" and first.references == ("Ann Lee",)
    assert first.question_id == second.question_id == question_key("Who wrote it?") != third.question_id
    assert first.recorded == {"rougeL_recall": 1.0, "cosine_similarity": 0.9, "ES": 1.0, "LLM_judge": 1.0}
    assert (first.split, first.probe, third.output) == ("forget", "", "")
    assert (first.model, first.method) == ("8B", "npo")


@pytest.mark.parametrize("asked", ["question", "prompt", "query"])
@pytest.mark.parametrize("gold", ["ground_truth", "answer", "reference", "references", "gt"])
@pytest.mark.parametrize("many", ["responses", "generations", "samples", "completions", "predictions"])
@pytest.mark.parametrize("one", [None, "response", "text", "output", "generation"])
def test_names_in_use(tmp_path, asked, gold, many, one):
    said = ["a", "b"] if one is None else [{one: "a"}, {one: "b"}]
    path = write(tmp_path / "x.json", [{"id": 7, asked: "Q?", gold: ["r"], many: said, "method": "NPO"}])
    items = items_of(path, "samples")
    assert [(one.id, one.output, one.reference, one.method) for one in items] == [
        ("7#1", "a", "r", "NPO"),
        ("7#2", "b", "r", "NPO"),
    ]


def test_a_compared_pair_is_no_samples(tmp_path):
    pair = {"id": "1", "question": "Q?", "outputs": ["a", "b"]}
    (item,) = items_of(write(tmp_path / "pair.jsonl", [pair]), "judgekit")
    assert item.outputs == ("a", "b")
    (item,) = items_of(write(tmp_path / "pair.json", [pair]), "table")
    assert item.outputs == ("a", "b")
    # whoever says that they are samples is heard
    assert len(list(readers.read(tmp_path / "pair.jsonl", format="samples"))) == 2
    assert (
        len(items_of(write(tmp_path / "three.jsonl", [pair | {"outputs": ["a", "b", "c"]}]), "samples")) == 3
    )
    for change in (
        {"preference": 1},
        {"chosen": "a"},
        {"responses": [{"model": "x", "response": "a"}, {"model": "y", "response": "b"}]},
    ):
        row = {"question": "Q?", "responses": ["a", "b"]} | change
        path = write(tmp_path / "compared.json", [{"question": "Q?", "responses": ["a"]}, row])
        assert f"{path}:1: the row compares outputs" in error_of(path)
        path = write(tmp_path / "first.json", [row])
        assert "samples" not in str(path) and "format not recognized" in error_of(path)


def test_paraphrases(tmp_path):
    nested = {
        "question": "Who wrote it?",
        "answer": "Ann Lee",
        "responses": ["No idea."],
        "paraphrases": [
            {"question": "Name the author.", "responses": ["Ann", "Lee"]},
            {"question": "Its author?", "response": "Bob", "probe": "short"},
        ],
    }
    items = items_of(write(tmp_path / "nested.jsonl", [nested]), "samples")
    assert [(one.id, one.probe, one.question) for one in items] == [
        ("1#1", "", "Who wrote it?"),
        ("1/paraphrase 1#1", "paraphrase 1", "Name the author."),
        ("1/paraphrase 1#2", "paraphrase 1", "Name the author."),
        ("1/short", "short", "Its author?"),
    ]
    assert {one.question_id for one in items} == {question_key("Who wrote it?")}
    assert {one.reference for one in items} == {"Ann Lee"}

    flat = [
        {"original_question": "Who wrote it?", "question": text, "answer": "Ann Lee", "response": "Bob"}
        for text in ("Who wrote it?", "Name the author.", "Its author?")
    ]
    items = items_of(write(tmp_path / "flat.json", flat), "samples")
    assert [one.probe for one in items] == ["", "paraphrase 1", "paraphrase 2"]
    assert {one.question_id for one in items} == {question_key("Who wrote it?")}


def test_rows_that_say_probe_and_question(tmp_path):
    rows = [
        {"question": "Who?", "output": "Bob", "question_id": "q", "probe": probe}
        for probe in ("original", "turn 3")
    ]
    for form, path in (
        ("table", write(tmp_path / "x.json", rows)),
        ("judgekit", write(tmp_path / "x.jsonl", [row | {"id": row["probe"]} for row in rows])),
    ):
        assert [(one.question_id, one.probe) for one in items_of(path, form)] == [
            ("q", "original"),
            ("q", "turn 3"),
        ]
    table = tmp_path / "x.csv"
    table.write_text("question,output,way\nWho?,Bob,paraphrase\n")
    (item,) = readers.read(table, columns={"probe": "way"})
    assert item.probe == "paraphrase"


@pytest.mark.parametrize(
    "beside",
    [
        {"predictions": ["x", "y"]},
        {"samples": [1, 2]},
        {"paraphrases": ["p", "q"]},
        {"original_question": "Q?"},
        {"original_question": "Q?", "text": "a context"},
        {"turns": [{"user": "Q?", "assistant": "x"}]},
    ],
)
@pytest.mark.parametrize("outputs", [{"output": "o"}, {"outputs": ["o", "p"]}])
def test_a_row_of_a_table_stays_one(tmp_path, beside, outputs):
    row = {"question": "Name it.", "reference": "r", "method": "NPO"} | outputs
    alone = items_of(write(tmp_path / "alone.jsonl", [row]), "table")
    assert items_of(write(tmp_path / "more.jsonl", [row | beside]), "table") == alone
    assert alone[0].id == "0" and alone[0].outputs[0] == "o"


@pytest.mark.parametrize(
    ("form", "row"),
    [
        ("alpaca_eval", {"instruction": "Q?", "output": "o", "generator": "m"}),
        ("muse", {"prompt": "Q?", "gt": "r", "response": "o"}),
    ],
)
def test_a_row_of_another_format_stays_one(tmp_path, form, row):
    alone = items_of(write(tmp_path / "alone.json", [row | {"method": "NPO"}]), form)
    more = {"query": "Q?", "original_question": "Z?", "paraphrases": [{"question": "P?", "response": "p"}]}
    more = items_of(write(tmp_path / "more.json", [row | more]), form)
    assert [(one.id, one.question_id, one.outputs) for one in more] == [
        (one.id, one.question_id, one.outputs) for one in alone
    ]


def test_an_output_is_chosen_before_a_text_and_never_guessed(tmp_path):
    row = {"prompt": "Name it.", "original_question": "Q?", "text": "a context", "output": "o"}
    (item,) = items_of(write(tmp_path / "text.json", [row]), "samples")
    assert item.output == "o"
    rows = [{"prompt": "Q?", "responses": ["a"]}, {"prompt": "Q?", "responses": ["a"], "output": "o"}]
    path = write(tmp_path / "both.json", rows)
    assert error_of(path) == (
        f"{path}:1: 'responses' and 'output' may all be the output; which is meant? Leave the others out"
    )
    assert "format not recognized" in error_of(write(tmp_path / "first.json", rows[1:]))
    two = write(tmp_path / "two.json", [{"prompt": "Q?", "responses": ["a"], "predictions": ["b"]}])
    assert "'responses' and 'predictions' may all be the output" in error_of(two)
    two = write(
        tmp_path / "two.json", [{"prompt": "Q?", "original_question": "Q?", "response": "a", "output": "b"}]
    )
    assert "'response' and 'output' may all be the output" in error_of(two)
    forced = write(tmp_path / "forced.json", [{"question": "Q?", "output": "o", "predictions": ["x"]}])
    assert "may all be the output" in error_of(forced, format="samples")


@pytest.mark.parametrize("said", ["preferred", "better", "choice", "label"])
@pytest.mark.parametrize("pair", [{"outputs": [{"text": "a"}, {"text": "b"}]}, {"responses": ["a", "b"]}])
def test_two_outputs_and_a_choice_are_a_pair(tmp_path, said, pair):
    row = {"prompt": "Q?", **pair, said: 0}
    assert "format not recognized" in error_of(write(tmp_path / "first.json", [row]))
    later = write(tmp_path / "later.json", [{"prompt": "Q?", "responses": ["a"]}, row])
    assert f"{later}:1: the row compares outputs" in error_of(later) and f"'{said}'" in error_of(later)


def test_a_label_beside_samples_is_no_choice(tmp_path):
    rows = [{"prompt": "Q?", "responses": ["a", "b", "c"], "label": "x"}]
    assert len(items_of(write(tmp_path / "three.json", rows), "samples")) == 3
    two = write(tmp_path / "two.json", [{"prompt": "Q?", "responses": ["a", "b"], "label": "x"}])
    assert len(list(readers.read(two, format="samples"))) == 2


@pytest.mark.parametrize("counts", [(2, 3), (3, 2), (1, 3), (3, 1)])
@pytest.mark.parametrize("own", [{}, {"id": "x"}])
def test_pairs_and_samples_in_one_file_are_refused_in_any_order(tmp_path, counts, own):
    ids = [{"id": f"{own['id']}{n}"} if own else {} for n in counts]
    rows = [{"question": f"Q{n}?", "outputs": ["o"] * n} | one for n, one in zip(counts, ids, strict=True)]
    path = write(tmp_path / "mixed.jsonl", rows)
    message = error_of(path)
    assert message.startswith(f"{path}:") and f"{counts[1]} outputs here and {counts[0]} in row" in message
    assert len(list(readers.read(path, format="samples"))) == sum(counts)
    assert len(list(readers.read(path, format="judgekit" if own else "table"))) == 2


def test_a_wording_is_one_probe_in_all_methods_and_samples(tmp_path):
    ways = ("Who?", "Who is it?", "Which one?")
    rows = [
        {"question": way, "original_question": "Who?", "response": f"{way} {n}", "method": method}
        for method, said in (("NPO", ways), ("GA", ways[::-1]))
        for way in said
        for n in range(2)
    ]
    items = items_of(write(tmp_path / "flat.jsonl", rows), "samples")
    probes = {(one.question, one.probe) for one in items}
    assert probes == set(zip(ways, ("", "paraphrase 1", "paraphrase 2"), strict=True))
    assert len({one.key for one in items}) == len(rows)

    nested = [
        {
            "question": "Who?",
            "method": method,
            "response": "o",
            "paraphrases": [{"question": way, "response": "o"} for way in said],
        }
        for method, said in (("NPO", ways[1:]), ("GA", (ways[2], ways[1], ways[1])))
    ]
    items = items_of(write(tmp_path / "nested.jsonl", nested), "samples")
    assert {(one.question, one.probe) for one in items} == probes
    assert [one.id for one in items][-2:] == ["2/paraphrase 1", "2/paraphrase 1/2"]


def test_a_conversation(tmp_path):
    talk = {
        "id": "t",
        "answer": "Ann Lee",
        "turns": [
            {"user": "Who wrote it?", "assistant": "Who knows."},
            {"user": "Sure?", "assistant": "Ann."},
        ],
    }
    said = items_of(write(tmp_path / "turns.json", [talk]), "samples")
    assert said == items_of(
        write(tmp_path / "q" / "turns.json", [talk | {"question": "Who wrote it?"}]), "samples"
    )
    first, second = said
    assert (first.id, first.probe, first.question) == ("t", "", "Who wrote it?")
    assert (second.id, second.probe, second.output) == ("t/turn 2", "turn 2", "Ann.")
    assert second.question == "User: Who wrote it?\nAssistant: Who knows.\nUser: Sure?"
    assert first.question_id == second.question_id == question_key("Who wrote it?")
    assert second.references == ("Ann Lee",)

    prompt = [
        {"role": "system", "content": "Be good."},
        {"role": "user", "content": "Tell me of books."},
        {"role": "assistant", "content": "Gladly."},
        {"role": "user", "content": "Who wrote it?"},
    ]
    row = {"question": "Who wrote it?", "messages": prompt, "answer": "Ann Lee", "responses": ["x", "y"]}
    items = items_of(write(tmp_path / "messages.json", [row]), "samples")
    assert [(one.id, one.probe) for one in items] == [("0/turn 2#1", "turn 2"), ("0/turn 2#2", "turn 2")]
    assert items[0].question_id == question_key("Who wrote it?") and "Be good" not in items[0].question
    row["messages"].append({"role": "assistant", "content": "Ann Lee"})
    assert "ends with an answer" in error_of(write(tmp_path / "both.json", [row]))


def test_a_long_conversation_is_cut_and_says_so(tmp_path):
    turns = [{"user": f"{n} " + "x" * 990, "assistant": "y" * 990} for n in range(8)]
    turns[-1]["user"] = "z" * 2 * LONGEST
    items = items_of(write(tmp_path / "x.json", [{"turns": turns}]), "samples")
    last = items[-1].question
    assert last.startswith("[") and "earlier turns left out]" in last.splitlines()[0]
    assert last.endswith("User: " + "z" * 2 * LONGEST) and len(last) < 3 * LONGEST + 200


@pytest.mark.parametrize(
    ("row", "what"),
    [
        ({"question": "Q?", "responses": []}, "key 'responses' is empty"),
        ({"question": "Q?", "responses": [None]}, "expected a text, or an object with response"),
        ({"question": "Q?", "responses": [{"response": None}]}, "key 'response': expected a text"),
        ({"question": "Q?", "paraphrases": ["Name it."]}, "expected an object with a question"),
        ({"question": "Q?"}, "no outputs; expected responses"),
        ({"responses": ["a"]}, "no question; expected question"),
        ({"turns": [{"user": "Q?"}]}, "no turn of the assistant, and no responses"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, row, what):
    path = write(tmp_path / "x.json", [{"question": "Q?", "responses": ["a"]}, row])
    assert what in error_of(path) and f"{path}:1" in error_of(path)


def test_rwku_adversarial_types_are_probes(tmp_path):
    from tests.readers.formats.test_other_formats import rwku

    path = tmp_path / "forget.json"
    path.write_text(json.dumps(rwku()))
    assert [one.probe for one in readers.read(path)] == ["", "prefix injection"]
