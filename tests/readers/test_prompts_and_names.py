"""The bare question out of chat mark-up, and model and method out of folder names."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.readers.names import run_names
from judgekit.readers.prompts import bare_question

LLAMA_DECODED = "system\n\nCutting Knowledge Date: December 2023\n\nBe helpful.user\n\n{}assistant\n\n"
TEMPLATES = {
    "bare": "{}",
    "llama 2": "[INST] {} [/INST]",
    "llama 2, system": "<s>[INST] <<SYS>>\nBe brief.\n<</SYS>>\n\n{} [/INST]",
    "llama 3": "<|begin_of_text|><|start_header_id|>system<|end_header_id|>\n\nBe brief.<|eot_id|>"
    "<|start_header_id|>user<|end_header_id|>\n\n{}<|eot_id|><|start_header_id|>assistant<|end_header_id|>\n\n",
    "llama 3, decoded": LLAMA_DECODED,
    "llama 3, no system": "user\n\n{}assistant\n\n",
    "llama 3, shots": "system\n\nBe brief.user\n\nWho?assistant\n\nAnn.user\n\n{}assistant\n\n",
    "chatml": "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\n{}<|im_end|>\n<|im_start|>assistant\n",
    "qwen, decoded": "system\nYou are Qwen.\nuser\n{}\nassistant\n",
    "zephyr": "<|system|>\nBe brief.</s>\n<|user|>\n{}</s>\n<|assistant|>\n",
    "phi 3": "<|user|>\n{}<|end|>\n<|assistant|>\n",
    "gemma": "<bos><start_of_turn>user\n{}<end_of_turn>\n<start_of_turn>model\n",
    "question and answer": "Question: {}\nAnswer:",
    "shots": "Question: Who?\nAnswer: Ann\n\nQuestion: Where?\nAnswer: Rome\n\nQuestion: {}\nAnswer: ",
    "phi of TOFU": "### Question: {}\n ### Answer: ",
    "shots in a turn": "[INST] Question: Who?\nAnswer: Ann\n\nQuestion: {}\nAnswer: [/INST]",
}
plain = st.text(st.characters(blacklist_characters="<>[]|", blacklist_categories=("Cs", "Cc")), max_size=60)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
@given(question=plain)
def test_the_question_comes_back(template, question):
    words = question.lower()
    if any(mark in words for mark in ("user", "assistant", "question:", "answer:", "#")):
        return
    assert bare_question(template.format(question)) == question.strip()


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_a_question_of_several_lines(template):
    question = "Which of these?\n\nA. the user's\nB. {an} assistant"
    assert bare_question(template.replace("{}", question)) == question


@given(st.text(max_size=200))
def test_anything_gives_a_part_of_itself(text):
    assert bare_question(text) in text


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tofu_Llama-3.1-8B-Instruct_retain90/TOFU_EVAL.json", ("Llama-3.1-8B-Instruct", "retain90")),
        (
            "saves/eval/tofu_Llama-3.2-1B-Instruct_forget10_GradAscent/evals_forget10/TOFU_EVAL.json",
            ("Llama-3.2-1B-Instruct", "forget10_GradAscent"),
        ),
        ("duet_NPO_lr1e-4/DUET_EVAL.json", ("", "NPO_lr1e-4")),
        ("muse_books_target/MUSE_EVAL.json", ("", "target")),
        ("llama2-7b_original/eval_log_aggregated.json", ("llama2-7b", "original")),
        (
            "results/tofu/llama3.1-8b/forget10/UniErase-M/eval_results-0/eval_log_forget.json",
            ("llama3.1-8b", "UniErase-M"),
        ),
        ("somewhere/Qwen2.5-7B_npo.json", ("Qwen2.5-7B", "npo")),
        ("zephyr_rmu/ds_size300/eval_log_aggregated.json", ("zephyr", "rmu")),
    ],
)
def test_names(path, expected):
    assert run_names(Path("/x") / path) == expected
