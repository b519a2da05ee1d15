"""Every recorded file reads: exact counts, and values as the file has them."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from judgekit import readers
from tests.shared_data import shared

TOFU = {"forget": 300, "retain": 300, "real_authors": 100, "world_facts": 117}
OPEN_TOFU = {"forget": 400, "retain": 400, "real_authors": 100, "world_facts": 117}
DUET = {"forget": 964, "holdout": 500}
MUSE = {"forget": 100, "retain": 100}
LLAMA_8B, LLAMA_1B = "Llama-3.1-8B-Instruct", "Llama-3.2-1B-Instruct"

FILES = [
    ("tofu_original_format/llama2-7b_original/eval_log_aggregated.json", TOFU, "llama2-7b", "original"),
    ("tofu_original_format/llama2-7b_retain90/eval_log_aggregated.json", TOFU, "llama2-7b", "retain90"),
    (f"open_unlearning/tofu_{LLAMA_8B}_original/TOFU_EVAL.json", OPEN_TOFU, LLAMA_8B, "original"),
    (f"open_unlearning/tofu_{LLAMA_8B}_retain90/TOFU_EVAL.json", OPEN_TOFU, LLAMA_8B, "retain90"),
    (f"open_unlearning/tofu_{LLAMA_1B}_original/TOFU_EVAL.json", OPEN_TOFU, LLAMA_1B, "original"),
    (f"open_unlearning/tofu_{LLAMA_1B}_retain90/TOFU_EVAL.json", OPEN_TOFU, LLAMA_1B, "retain90"),
    ("open_unlearning/duet_GradAscent_lr1e-4/DUET_EVAL.json", DUET, "", "GradAscent_lr1e-4"),
    ("open_unlearning/duet_GradAscent_lr1e-5/DUET_EVAL.json", DUET, "", "GradAscent_lr1e-5"),
    ("open_unlearning/duet_NPO_lr1e-4/DUET_EVAL.json", DUET, "", "NPO_lr1e-4"),
    ("open_unlearning/duet_NPO_lr1e-5/DUET_EVAL.json", DUET, "", "NPO_lr1e-5"),
    ("open_unlearning/muse_books_retrain/MUSE_EVAL.json", MUSE, "", "retrain"),
    ("open_unlearning/muse_books_target/MUSE_EVAL.json", MUSE, "", "target"),
]


@pytest.mark.parametrize(("name", "counts", "model", "method"), FILES, ids=[name for name, *_ in FILES])
def test_counts_and_names(name, counts, model, method):
    path = shared(f"data/outputs/{name}")
    assert readers.detect(path) == ("tofu" if "original_format" in name else "open_unlearning")
    items = list(readers.read(path))
    assert Counter(item.split for item in items) == counts
    assert {(item.model, item.method) for item in items} == {(model, method)}
    assert len({item.id for item in items}) == len(items)
    for item in items:
        assert item.question and item.question == item.question.strip()
        assert "assistant" not in item.question[-12:] and "[INST]" not in item.question
        assert item.reference


def test_every_recorded_output_file_is_in_the_list():
    folder = shared("data/outputs")
    there = {str(p.relative_to(folder)) for p in folder.rglob("*.json") if "SUMMARY" not in p.name}
    assert there == {name for name, *_ in FILES}


def test_open_unlearning_joins_the_numbers_of_one_question():
    path = shared(f"data/outputs/open_unlearning/tofu_{LLAMA_8B}_original/TOFU_EVAL.json")
    items = {item.id: item for item in readers.read(path)}
    raw = json.loads(path.read_text())
    for index in ("0", "17", "399"):
        seen = items[f"forget_Q_A_ROUGE/{index}"]

        def row(metric, index=index):
            return raw[metric]["value_by_index"][index]

        assert seen.output == row("forget_Q_A_ROUGE")["generation"]
        assert seen.references == (row("forget_Q_A_ROUGE")["ground_truth"],)
        assert seen.recorded == {
            "rouge1_recall": row("forget_Q_A_ROUGE")["rouge1_recall"],
            "rougeL_f1": row("forget_Q_A_ROUGE")["rougeL_f1"],
            "rougeL_recall": row("forget_Q_A_ROUGE")["rougeL_recall"],
            "probability": row("forget_Q_A_Prob")["prob"],
            "loss": row("forget_Q_A_Prob")["avg_loss"],
            "paraphrased_probability": row("forget_Q_A_PARA_Prob")["prob"],
            "paraphrased_loss": row("forget_Q_A_PARA_Prob")["avg_loss"],
            "perturbed_probabilities": row("forget_Q_A_PERT_Prob")["prob"],
            "perturbed_losses": row("forget_Q_A_PERT_Prob")["avg_loss"],
            "truth_ratio": row("forget_truth_ratio")["score"],
            "exact_memorization": row("exact_memorization")["score"],
            "extraction_strength": row("extraction_strength")["score"],
        }
    author = items["ra_Q_A_ROUGE/0"]
    assert (
        author.recorded["normalized_probability"]
        == raw["ra_Q_A_Prob_normalised"]["value_by_index"]["0"]["prob"]
    )
    assert author.recorded["truth_ratio"] == raw["ra_Truth_Ratio"]["value_by_index"]["0"]["score"]
    assert "exact_memorization" not in author.recorded


def test_run_level_numbers_join_the_summary():
    folder = shared("data/outputs/open_unlearning/muse_books_target")
    found = readers.recorded_metrics(folder / "MUSE_EVAL.json")
    summary = json.loads((folder / "MUSE_SUMMARY.json").read_text())
    assert {key: found[key] for key in summary} == pytest.approx(summary)
    retain = shared(f"data/outputs/open_unlearning/tofu_{LLAMA_8B}_retain90/TOFU_EVAL.json")
    assert readers.recorded_metrics(retain)["forget_quality"] is None


def test_tofu_columns():
    path = shared("data/outputs/tofu_original_format/llama2-7b_retain90/eval_log_aggregated.json")
    items = {item.id: item for item in readers.read(path)}
    raw = json.loads(path.read_text())["eval_log_forget.json"]
    seen = items["forget/123"]
    asked, output, gold = raw["generated_text"]["123"]
    assert (f"[INST] {seen.question} [/INST]", seen.output, seen.reference) == (asked, output, gold)
    assert seen.recorded["loss"] == raw["avg_gt_loss"]["123"]
    assert seen.recorded["truth_ratio"] == raw["truth_ratio"]["123"]
    assert seen.recorded["perturbed_losses"] == raw["average_perturb_loss"]["123"]
    assert seen.recorded["num_token"] == raw["num_token_gt"]["123"]


def test_the_same_questions_share_their_key_across_formats_and_models():
    tofu = shared("data/outputs/tofu_original_format/llama2-7b_retain90/eval_log_aggregated.json")
    other = shared(f"data/outputs/open_unlearning/tofu_{LLAMA_1B}_original/TOFU_EVAL.json")
    keys = [{i.question_id for i in readers.read(path) if i.split == "forget"} for path in (tofu, other)]
    assert len(keys[0] & keys[1]) == 300
