"""The bare question out of chat mark-up, and model and method out of folder names."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.errors import InputError
from judgekit.readers import read
from judgekit.readers.hydra import overrides
from judgekit.readers.names import run_names
from judgekit.readers.prompts import bare_question
from judgekit.readers.settings import of_training

LLAMA = "Llama-3.2-1B-Instruct"
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
        ("duet_FALCON_lr1e-4/DUET_EVAL.json", ("", "FALCON_lr1e-4")),
        ("saves/eval/tofu_Llama-3.2-1B-Instruct_forget10_FALCON/TOFU_EVAL.json", (LLAMA, "forget10_FALCON")),
        ("saves/eval/tofu_Llama-3.2-1B-Instruct_forget10_falcon/TOFU_EVAL.json", (LLAMA, "forget10_falcon")),
        ("saves/unlearn/tofu_Llama-3.2-1B-Instruct/falcon/evals/TOFU_EVAL.json", (LLAMA, "falcon")),
        ("tofu_falcon_NPO_lr1e-5/TOFU_EVAL.json", ("falcon", "NPO_lr1e-5")),
        ("tofu_Falcon_retain90/TOFU_EVAL.json", ("Falcon", "retain90")),
        ("tofu_falcon_forget10_mine/TOFU_EVAL.json", ("falcon", "forget10_mine")),
        ("tofu_mine_forget10_falcon/TOFU_EVAL.json", ("", "mine_forget10_falcon")),
        ("tofu_falcon-7b-instruct_forget10/TOFU_EVAL.json", ("falcon-7b-instruct", "forget10")),
        ("tofu_Falcon3-1B_FALCON/TOFU_EVAL.json", ("Falcon3-1B", "FALCON")),
        ("duet_NPO_opt/DUET_EVAL.json", ("", "NPO_opt")),
        (
            "saves/unlearn/tofu_Llama-3.2-1B-Instruct_forget10_SimNPO_lr1e-5/checkpoint-60/evals/TOFU_EVAL.json",
            (LLAMA, "forget10_SimNPO_lr1e-5"),
        ),
        ("study/generations_NPO.jsonl", ("", "generations_NPO")),
        ("study/generations.jsonl", ("", "generations")),
        ("tofu/retain/TOFU_EVAL.json", ("", "retain")),
        ("runs/forget/TOFU_EVAL.json", ("", "forget")),
        ("study/temperature=0.8/out.json", ("", "temperature=0.8")),
        ("npo_8B/forget/temperature=0.8top_p=1.0/generations_n200.json", ("8B", "npo")),
        ("npo_8B/retain/generations_n200_evaluated.json", ("8B", "npo")),
    ],
)
def test_names(path, expected):
    assert run_names(Path("/x") / path) == (*expected, "")


@pytest.mark.parametrize(
    "method",
    [
        "GradAscent",
        "GradDiff",
        "NPO",
        "SimNPO",
        "DPO",
        "IdkDPO",
        "IdkNLL",
        "RMU",
        "UNDIAL",
        "AltPO",
        "CEU",
        "SatImp",
        "WGA",
        "PDU",
        "FALCON",
        "BalDRO",
        "TaskVector",
        "WHP",
        "Lunar",
        "T3",
        "GRU",
        "SIBL",
        "ECO",
        "UniErase",
    ],
)
def test_no_method_is_taken_for_a_model(method):
    for name in (method, f"{method}_lr1e-5", f"forget10_{method}"):
        assert run_names(Path(f"/x/duet_{name}/DUET_EVAL.json")) == ("", name, "")
        assert run_names(Path(f"/x/tofu_gemma-7b-it_{name}/TOFU_EVAL.json")) == ("gemma-7b-it", name, "")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("tofu_falcon/TOFU_EVAL.json", ("", "", "'falcon' may be the model or the unlearning method")),
        ("duet_Falcon_lr1e-4/DUET_EVAL.json", ("", "", "'Falcon' may be the model or the unlearning method")),
        (
            "Qwen2.5-7B_Llama-3.1-8B_NPO/DUET_EVAL.json",
            ("", "NPO", "the model may be 'Qwen2.5-7B' or 'Llama-3.1-8B'"),
        ),
    ],
)
def test_what_a_name_leaves_open_is_said_and_not_guessed(path, expected):
    assert run_names(Path("/x") / path) == expected


def ran(folder: Path, *overrides: str) -> None:
    (folder / ".hydra").mkdir(parents=True)
    (folder / ".hydra" / "overrides.yaml").write_text("".join(f"- {text}\n" for text in overrides))


def test_what_hydra_recorded_goes_before_names(tmp_path):
    """The evaluation's own overrides name the model, those of the training folder above it the method."""
    run = tmp_path / "saves" / "unlearn" / "falcon_run7"
    ran(run, "experiment=unlearn/tofu/default", "trainer=NPO", "trainer.args.learning_rate=1e-5")
    ran(run / "evals", "model=Llama-3.2-1B-Instruct", "+eval=tofu")
    assert run_names(run / "evals" / "TOFU_EVAL.json") == (LLAMA, "NPO_falcon_run7", "")
    other = tmp_path / "tofu_falcon_lr1e-5"
    ran(other, "trainer=FALCON")
    assert run_names(other / "TOFU_EVAL.json") == ("", "falcon_lr1e-5", "")
    (other / ".hydra" / "overrides.yaml").write_text("{")
    run_names.cache_clear()
    assert run_names(other / "TOFU_EVAL.json").doubt


def test_a_folder_of_a_multirun_is_named_by_its_overrides():
    folder = (
        "multirun/2026-01-02/10-11-12/model=Llama-3.2-1B-Instruct,trainer=NPO,trainer.args.learning_rate=1e-4"
    )
    path = Path("/x") / folder / "evals" / "TOFU_EVAL.json"
    assert run_names(path) == (LLAMA, "trainer=NPO,trainer.args.learning_rate=1e-4", "")
    assert of_training(overrides(path)) == {"trainer": "NPO", "trainer.args.learning_rate": "1e-4"}
    assert run_names(Path("/x/lr=1e-4,beta=0.5/TOFU_EVAL.json")) == ("", "lr=1e-4,beta=0.5", "")


def open_run(folder: Path) -> Path:
    """A run whose folder may be of a model or of a method."""
    folder.mkdir(parents=True)
    row = {"input": "q", "ground_truth": "r", "generation": "o"}
    log = {"forget_Q_A_ROUGE": {"agg_value": 0, "value_by_index": {"0": row, "1": row}}}
    (folder / "TOFU_EVAL.json").write_text(json.dumps(log))
    return folder / "TOFU_EVAL.json"


def test_an_open_name_is_one_warning_with_the_way_out(tmp_path, caplog):
    path = open_run(tmp_path / "tofu_falcon")
    found = list(read(path))
    assert {(item.model, item.method) for item in found} == {("", "")}
    (told,) = caplog.messages
    assert "tofu_falcon/TOFU_EVAL.json: 'falcon' may be" in told and "--names" in told
    caplog.clear()
    assert next(read(path, model="m", method="x")).method == "x"
    assert not caplog.messages


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("n.csv", "run,model,method\ntofu_falcon,Llama-3.2-1B,FALCON\nother,m,x\n"),
        ("n.json", '{"tofu_falcon": {"model": "Llama-3.2-1B", "method": "FALCON"}, "other": {"model": "m"}}'),
        (
            "n.yaml",
            "a/tofu_falcon/TOFU_EVAL.json: {model: Llama-3.2-1B, method: FALCON}\na: {model: wrong}\n",
        ),
    ],
)
def test_a_names_file_says_whose_a_run_is(tmp_path, caplog, name, content):
    path = open_run(tmp_path / "a" / "tofu_falcon")
    (tmp_path / name).write_text(content)
    found = list(read(path, names=tmp_path / name))
    assert {(item.model, item.method) for item in found} == {("Llama-3.2-1B", "FALCON")}
    assert next(read(path, names=tmp_path / name, method="mine")).method == "mine"
    assert not caplog.messages


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("n.csv", "name,model\nx,m\n", r"n\.csv:1: no column 'run'; columns: name, model"),
        (
            "n.csv",
            "run,modell,method\nx,m,\n",
            r"n\.csv:2: run 'x': unknown key 'modell'; known: model, method",
        ),
        ("n.csv", "run,model\nx,m\nx,n\n", r"n\.csv:3: run 'x' stands twice"),
        ("n.json", '{"x": "m"}', r"n\.json: run 'x': expected model and method"),
        ("n.json", "[]", r"n\.json: expected run -> "),
        ("n.json", "{", r"n\.json: not a names file"),
        ("n.yaml", "a: [", r"n\.yaml:1: not a names file"),
        ("n.yaml", "{}", r"n\.yaml: no runs"),
    ],
)
def test_a_names_file_that_is_none_is_one_line(tmp_path, name, content, said):
    path = open_run(tmp_path / "tofu_falcon")
    (tmp_path / name).write_text(content)
    with pytest.raises(InputError, match=said) as caught:
        read(path, names=tmp_path / name)
    assert "\n" not in str(caught.value)
