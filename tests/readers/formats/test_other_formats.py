"""MUSE, RWKU, AlpacaEval, RULEBREAKERS and Hugging Face data sets: rows in, items out, errors named."""

from __future__ import annotations

import csv
import json

import pytest

from judgekit import readers
from judgekit.errors import JudgekitError


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in content))
    else:
        path.write_text(json.dumps(content))
    return path


def items_of(path, form, **options):
    assert readers.detect(path) == form
    items = list(readers.read(path, **options))
    assert items == list(readers.read(path, format=form, **options))
    return items


def error_of(path, **options):
    with pytest.raises(JudgekitError) as caught:
        list(readers.read(path, **options))
    assert "\n" not in str(caught.value)
    return str(caught.value)


# --- MUSE

MUSE = [
    {
        "prompt": "Question: Q0?\nAnswer: A0\n\nQuestion: Who?\nAnswer: ",
        "gt": "Ron",
        "response": "Harry",
        "question": "Who?",
        "rougeL": 0.1,
        "rougeL_recall": 0.2,
        "rouge1": 0.3,
        "rouge1_recall": 0.4,
    },
    {"prompt": "Chapter one begins", "gt": "with rain", "response": "with sun", "rougeL": 0.5},
]


def test_muse(tmp_path):
    path = write(tmp_path / "llama-7b_npo" / "knowmem_f" / "history.json", MUSE)
    write(path.with_name("out.json"), {"max_rougeL": 0.5, "mean_rougeL": 0.3})
    first, second = items_of(path, "muse")
    assert (first.question, first.output, first.reference, first.split) == ("Who?", "Harry", "Ron", "forget")
    assert first.recorded == {"rougeL_f1": 0.1, "rougeL_recall": 0.2, "rouge1_f1": 0.3, "rouge1_recall": 0.4}
    assert second.question == "Chapter one begins"
    assert readers.recorded_metrics(path) == {"max_rougeL": 0.5, "mean_rougeL": 0.3}
    del MUSE[1]["gt"]
    broken = write(tmp_path / "broken.json", MUSE)
    assert f"{broken}:1: the key 'gt' is missing" in error_of(broken)


# --- RWKU


def rwku(**change):
    sample = {"query": "Who is ___?", "answer": "King", "prediction": "Stephen", "level": "1", "subject": "S"}
    results = [
        sample,
        {**sample, "level": "3", "type": "prefix injection", "prediction": "NOANSWER"} | change,
    ]
    return {"level_1_rouge_l_r": 0.25, "level_1_rouge": {"rouge-l": {"r": 0.25}}, "results": results}


def test_rwku(tmp_path):
    folder = tmp_path / "RWKU" / "Target" / "1_Stephen_King" / "npo_full" / "Meta-Llama-3-8B-Instruct"
    for name in ("forget", "neighbor"):
        path = write(folder / f"{name}.json", rwku())
        first, second = items_of(path, "rwku")
        assert first.split == name
        assert (first.model, first.method) == ("Meta-Llama-3-8B-Instruct", "npo_full")
        assert first.recorded == {"level": "1", "subject": "S"}
        assert second.recorded == {"level": "3", "type": "prefix injection", "subject": "S"}
        assert second.output == "" and first.output == "Stephen"
        assert readers.recorded_metrics(path) == {"level_1_rouge_l_r": 0.25}
    broken = write(tmp_path / "forget.json", rwku(prediction=None))
    assert f"{broken}:results.1: key 'prediction': expected a text" in error_of(broken)


# --- AlpacaEval


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_alpaca_eval(tmp_path, suffix):
    rows = [
        {"dataset": "koala", "instruction": "Say hi", "output": "hi", "generator": "m1"},
        {"dataset": "koala", "instruction": "Add", "input": "1 2", "output": "3", "generator": "m1"},
    ]
    first, second = items_of(write(tmp_path / f"model_outputs{suffix}", rows), "alpaca_eval")
    assert (first.question, first.output, first.model, first.split) == ("Say hi", "hi", "m1", "koala")
    assert second.question == "Add\n\n1 2"
    assert len({first.id, second.id}) == 2


def test_alpaca_eval_pairs(tmp_path):
    row = {
        "instruction": "Say hi",
        "output_1": "hello",
        "output_2": "hi",
        "generator_1": "base",
        "generator_2": "mine",
        "preference": 1.5,
    }
    (item,) = items_of(write(tmp_path / "annotations.json", [row]), "alpaca_eval")
    assert (item.outputs, item.model) == (("hello", "hi"), "mine")
    assert item.recorded == {"preference": 1.5, "generators": "base | mine"}


# --- RULEBREAKERS

RULE = {
    "id": "RULEBREAKERS_0000246_rb",
    "rulebreaker_type": "mt",
    "category": "cities",
    "premises": "If Ann is in Chile, she is not in Arica. Ann is in Arica.",
    "conclusion": "Ann is not in Chile.",
    "label": False,
}


@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_rulebreakers(tmp_path, suffix):
    rows = [
        RULE | {"output": "No."},
        RULE | {"id": RULE["id"][:-2] + "nonrb", "label": True, "output": "Yes."},
    ]
    first, second = items_of(write(tmp_path / f"x{suffix}", rows), "rulebreakers")
    assert (first.split, second.split) == ("rulebreaker", "non_rulebreaker")
    assert (first.references, second.references) == (("no",), ("yes",))
    assert first.recorded["pair"] == second.recorded["pair"] == "RULEBREAKERS_0000246"
    assert first.question_id == second.question_id
    assert "Ann is in Arica" in first.question and "Ann is not in Chile" in first.question


def test_rulebreakers_csv_asks_with_the_ready_prompt(tmp_path):
    row = {k: v for k, v in RULE.items() if k != "premises"} | {
        "premise1": "If Ann is in Chile, she is not in Arica.",
        "premise2": "Ann is in Arica.",
        "kc_gen_formatted_prompt": "Premises: ...\nWhat follows, if anything?",
        "target_correct_conclusion": "Nothing follows",
        "target_incorrect_conclusion": "Ann is not in Chile.",
        "response": "Nothing\nfollows, I think",
    }
    path = tmp_path / "x.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    (item,) = items_of(path, "rulebreakers")
    assert item.question == row["kc_gen_formatted_prompt"] and item.reference == "Nothing follows"
    assert item.output == row["response"]
    path.write_text(path.read_text().replace("response", "said"))
    assert "no column with the model's answer" in error_of(path)


# --- Hugging Face

ROWS = {"prompt": ["a?", "b?"], "answer": ["x", "y"], "said": ["X", "Y"], "part": ["forget", "retain"]}
COLUMNS = {"question": "prompt", "reference": "answer", "output": "said", "split": "part"}


@pytest.fixture
def dataset(monkeypatch, tmp_path):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    datasets = pytest.importorskip("datasets")
    return datasets.Dataset.from_dict(ROWS)


def check(items):
    assert [(i.id, i.question, i.reference, i.output, i.split) for i in items] == [
        ("0", "a?", "x", "X", "forget"),
        ("1", "b?", "y", "Y", "retain"),
    ]


def test_hf_folder(tmp_path, dataset):
    dataset.save_to_disk(tmp_path / "one")
    check(items_of(tmp_path / "one", "hf", columns=COLUMNS))


def test_hf_folder_of_splits(tmp_path, dataset):
    from datasets import DatasetDict

    DatasetDict(test=dataset, train=dataset).save_to_disk(tmp_path / "two")
    check(list(readers.read(f"{tmp_path}/two@test", format="hf", columns=COLUMNS)))
    assert "say which split" in error_of(tmp_path / "two", columns=COLUMNS)


def test_hf_errors(tmp_path, dataset):
    dataset.save_to_disk(tmp_path / "one")
    assert "which column is the output?" in error_of(tmp_path / "one", columns={"question": "prompt"})
    assert "no column 'promt'" in error_of(tmp_path / "one", columns=COLUMNS | {"question": "promt"})
    assert "unknown item field 'color'" in error_of(tmp_path / "one", columns={"color": "prompt"})
    assert "cannot be loaded" in error_of(tmp_path / "gone", format="hf", columns=COLUMNS)


def test_every_format_is_described():
    assert all(readers.formats().values()) and len(readers.formats()) >= 10
    assert "unknown format 'x'; known: judgekit, open_unlearning" in error_of("y", format="x")
