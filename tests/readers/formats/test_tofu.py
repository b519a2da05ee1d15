"""TOFU's log: dicts or lists, three or four texts, whole files or one section."""

from __future__ import annotations

import json
import random

import pytest

from judgekit import readers
from judgekit.errors import InputError

QUESTIONS = ["Who wrote it?", "Where was she born?"]


def section(as_list: bool, texts: int = 3) -> dict:
    rows = [
        [f"[INST] {q} [/INST]", f"out {i}", f"gold {i}", f"before {i}"][:texts]
        for i, q in enumerate(QUESTIONS)
    ]
    columns = {
        "avg_gt_loss": [0.5, 1.5],
        "average_perturb_loss": [[1.0, 2.0], [3.0]],
        "generated_text": rows,
        "truth_ratio": [0.25, None],
        "entailment_labels": ["entailment", "none"],
    }
    return columns if as_list else {k: {str(i): x for i, x in enumerate(v)} for k, v in columns.items()}


def write(tmp_path, content, name="eval_log_aggregated.json"):
    path = tmp_path / name
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize("as_list", [True, False])
@pytest.mark.parametrize("texts", [3, 4])
def test_lists_and_dicts_give_the_same_items(tmp_path, as_list, texts):
    path = write(
        tmp_path, {"eval_log.json": section(as_list, texts), "eval_log_forget.json": section(as_list, texts)}
    )
    assert readers.detect(path) == "tofu"
    items = list(readers.read(path, model="m", method="x"))
    assert [item.id for item in items] == ["retain/0", "retain/1", "forget/0", "forget/1"]
    first, second = items[2:]
    assert (first.question, first.output, first.references) == ("Who wrote it?", "out 0", ("gold 0",))
    assert first.recorded["perturbed_losses"] == [1.0, 2.0] and first.recorded["loss"] == 0.5
    assert first.recorded["entailment_label"] == "entailment"
    assert first.recorded.get("original_output") == ("before 0" if texts == 4 else None)
    assert "truth_ratio" not in second.recorded and first.recorded["truth_ratio"] == 0.25
    assert {(i.model, i.method) for i in items} == {("m", "x")}


def test_one_section_takes_its_split_from_the_file_name(tmp_path):
    path = write(tmp_path, section(True), "eval_log_forget.json")
    assert readers.detect(path) == "tofu"
    assert [item.id for item in readers.read(path)] == ["forget/0", "forget/1"]


def test_columns_in_different_order_are_joined_by_index(tmp_path):
    table = section(False)
    for name, column in table.items():
        keys = list(column)
        random.Random(name).shuffle(keys)
        table[name] = {key: column[key] for key in keys}
    table["avg_gt_loss"] = dict(reversed(table["avg_gt_loss"].items()))
    items = {item.id: item for item in readers.read(write(tmp_path, {"eval_log.json": table}))}
    assert (items["retain/0"].recorded["loss"], items["retain/1"].recorded["loss"]) == (0.5, 1.5)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda t: t["generated_text"].update({"1": ["only", "two"]}),
            "generated_text.1: expected 3 or 4 texts",
        ),
        (
            lambda t: t["avg_gt_loss"].update({"1": "1.5"}),
            "avg_gt_loss.1: key 'avg_gt_loss': expected a number",
        ),
        (
            lambda t: t["avg_gt_loss"].update({"1": float("nan")}),
            "avg_gt_loss.1: found NaN, expected a finite",
        ),
        (lambda t: t["average_perturb_loss"].update({"0": [1, float("inf")]}), "0.1: found Infinity"),
        (lambda t: t.pop("generated_text"), "a section without 'generated_text'"),
    ],
)
def test_a_broken_value_is_named(tmp_path, change, expected):
    table = section(False)
    change(table)
    path = write(tmp_path, {"eval_log_forget.json": table})
    with pytest.raises(InputError) as caught:
        list(readers.read(path))
    assert expected in str(caught.value) and str(path) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_run_level_numbers_of_closer_look(tmp_path):
    path = write(tmp_path, {"eval_log.json": section(True)})
    assert readers.recorded_metrics(path) == {}
    (tmp_path / "unlearning_results.txt").write_text(
        "Forget Efficacy: 0.8\nsplit: forget10\nModel Utility: 7e-1\nepochs: 5\n"
    )
    assert readers.recorded_metrics(path) == {"Forget Efficacy": 0.8, "Model Utility": 0.7}
