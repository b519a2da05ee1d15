"""lm-evaluation-harness's samples: rows of every kind of task in, items out, and what holds no output refused."""

from __future__ import annotations

import logging

import pytest

from judgekit import readers
from judgekit.readers.logs import logs
from tests.readers.formats.test_other_formats import error_of, items_of, write


def choice(doc_id=0, **change):
    row = {
        "doc_id": doc_id,
        "doc": {"question": " Which virus? ", "choices": ["Ebola", "Flu", "Pox", "Polio"], "answer": 2},
        "target": "2",
        "arguments": {
            f"gen_args_{i}": {"arg_0": "The ...\nAnswer:", "arg_1": f" {c}"} for i, c in enumerate("ABCD")
        },
        "resps": [[["-2.5", "False"]], [["-1.25", "False"]], [["-3.0", "False"]], [["-9.0", "False"]]],
        "filtered_resps": [["-2.5", "False"], ["-1.25", "True"], ["-3.0", "False"], ["-9.0", "False"]],
        "filter": "none",
        "metrics": ["acc"],
        "acc": "0.0",
    }
    return row | change


def generated(doc_id, form):
    return {
        "doc_id": doc_id,
        "doc": {"question": "2+2?"},
        "target": "4",
        "arguments": {"gen_args_0": {"arg_0": "2+2?", "arg_1": {}}},
        "resps": [["It is 4."]],
        "filtered_resps": ["4"],
        "filter": form,
        "metrics": ["exact_match"],
        "exact_match": 1.0,
    }


def test_multiple_choice(tmp_path):
    path = write(
        tmp_path / "out" / "org__m-8b" / "samples_wmdp_bio_2025-01-02T03-04-05.678.jsonl", [choice()]
    )
    (item,) = items_of(path, "lm_eval")
    assert (item.id, item.split, item.model) == ("wmdp_bio/0", "forget", "org/m-8b")
    assert (item.question, item.output, item.reference) == ("Which virus?", "Flu", "Pox")
    assert item.recorded == {"acc": 0.0, "loglikelihoods": [-2.5, -1.25, -3.0, -9.0]}


def test_without_strings_and_inside_open_unlearning(tmp_path):
    resps = [[[-2.5, False]], [[-1.25, True]], [[-3.0, False]], [[-9.0, False]]]
    row = choice(resps=resps, filtered_resps=[pair[0] for pair in resps], acc=0.0, target=2)
    row["arguments"] = [["The ...\nAnswer:", f" {letter}"] for letter in "ABCD"]
    path = write(tmp_path / "LMEval_EVAL.json", {"mmlu": {"mmlu_law": [row, {**row, "doc_id": 1}]}})
    items = items_of(path, "lm_eval")
    assert [item.id for item in items] == ["mmlu_law/0", "mmlu_law/1"]
    assert (items[0].output, items[0].reference, items[0].split) == ("Flu", "Pox", "mmlu_law")


@pytest.mark.parametrize("gold", [{"target": "C"}, {"target": "Pox"}, {"target": "", "doc_key": 2}])
def test_right_option_by_letter_text_or_doc(tmp_path, gold):
    path = write(tmp_path / "samples_x.jsonl", [choice(target=gold["target"])])
    (item,) = readers.read(path)
    assert item.reference == "Pox"


def test_options_from_arguments(tmp_path):
    path = write(tmp_path / "samples_x.jsonl", [choice(doc={"question": "Q?"})])
    (item,) = readers.read(path)
    assert (item.output, item.reference) == ("B", "C")


def test_generation_is_read_once_however_many_filters(tmp_path):
    rows = [generated(i, form) for form in ("strict-match", "flexible-extract") for i in range(2)]
    items = items_of(write(tmp_path / "samples_gsm8k.jsonl", rows), "lm_eval")
    assert [item.id for item in items] == ["gsm8k/0", "gsm8k/1"]
    assert (items[0].output, items[0].references, items[0].recorded) == (
        "It is 4.",
        ("4",),
        {"exact_match": 1.0},
    )


def test_generation_of_an_option(tmp_path):
    row = generated(0, "none") | {"target": "B", "doc": {"question": "Who?", "choices": ["Ann", "Bob"]}}
    (item,) = readers.read(write(tmp_path / "samples_mmlu_generative.jsonl", [row]))
    assert (item.output, item.references) == ("It is 4.", ("B", "Bob"))


def test_errors(tmp_path):
    path = write(tmp_path / "samples_x.jsonl", [choice(), choice(1, resps=[], filtered_resps=[])])
    assert f"{path}:2: key 'resps': expected a list" in error_of(path)
    path = write(tmp_path / "samples_y.jsonl", [choice(doc={"choices": list("abcd")}, arguments={})])
    assert "no question" in error_of(path)
    path = write(tmp_path / "samples_z.jsonl", [choice(doc={}, arguments={})])
    assert "expected 4 options in doc.choices" in error_of(path)


def test_repeats_are_samples_of_one_question(tmp_path):
    row = generated(0, "score-first") | {"resps": [["It is 4.", "5", ""]], "filtered_resps": ["4"]}
    items = items_of(write(tmp_path / "samples_gsm8k.jsonl", [row, {**row, "filter": "maj@3"}]), "lm_eval")
    assert [(item.id, item.output) for item in items] == [
        ("gsm8k/0#1", "It is 4."),
        ("gsm8k/0#2", "5"),
        ("gsm8k/0#3", ""),
    ]
    assert len({item.question_id for item in items}) == 1
    assert all(item.recorded == {} for item in items), "the harness measured one of them"


@pytest.mark.parametrize(
    ("target", "doc", "references"),
    [
        ("['Ann Lee', \"Ann's\"]", {"aliases": ["Ann Lee", "Ann's"]}, ("Ann Lee", "Ann's")),
        (["Ann", "A. Lee"], {}, ("Ann", "A. Lee")),
        ("['print']", {"code": "['print']"}, ("['print']",)),
        ("[sic] he said", {}, ("[sic] he said",)),
        ("None", {}, ()),
        ("None", {"answer": "None"}, ("None",)),
        ("", {}, ()),
        (4, {}, ("4",)),
    ],
)
def test_the_target_is_read_as_the_task_meant_it(tmp_path, target, doc, references):
    row = generated(0, "none") | {"target": target, "doc": {"question": "Who?", **doc}}
    (item,) = readers.read(write(tmp_path / "samples_x.jsonl", [row]))
    assert item.references == references


def test_a_generation_that_looks_like_a_likelihood_is_one_because_its_request_says_so(tmp_path):
    row = generated(0, "none") | {"resps": [["2.0", "True"]]}
    assert [item.output for item in readers.read(write(tmp_path / "samples_x.jsonl", [row]))] == [
        "2.0",
        "True",
    ]


def of_given_text(**change):
    row = {
        "doc_id": 0,
        "doc": {"text": "Ann Lee wrote it."},
        "target": "Ann Lee",
        "arguments": {"gen_args_0": {"arg_0": "Who?", "arg_1": " Ann Lee"}},
        "resps": [[["-17.5", "False"]]],
        "filtered_resps": [["-17.5", "False"]],
        "filter": "none",
        "metrics": ["acc"],
        "acc": 0,
    }
    return row | change


ROLLING = {
    "arguments": {"gen_args_0": {"arg_0": "A whole text."}},
    "resps": [["-267.5"]],
    "filtered_resps": ["-267.5"],
}


@pytest.mark.parametrize("change", [{}, ROLLING, ROLLING | {"resps": [[-267.5]]}])
def test_the_likelihood_of_a_given_text_is_no_output(tmp_path, caplog, change):
    path = write(tmp_path / "samples_lambada.jsonl", [of_given_text(**change)])
    for options in ({}, {"format": "lm_eval"}):
        assert "log-likelihoods of given texts" in error_of(path, **options)
    write(tmp_path / "samples_gsm8k.jsonl", [generated(0, "none")])
    assert [found.name for found in logs(tmp_path).files] == ["samples_gsm8k.jsonl"]
    assert "samples_lambada.jsonl: log-likelihoods of given texts" in caplog.text


def test_inside_open_unlearning_such_a_task_is_passed_over(tmp_path, caplog):
    tasks = {"wikitext": {"wikitext": [of_given_text(**ROLLING)]}, "mmlu": {"law": [choice(), choice(1)]}}
    with caplog.at_level(logging.WARNING):
        items = items_of(write(tmp_path / "LMEval_EVAL.json", tasks), "lm_eval")
    assert [item.id for item in items] == ["law/0", "law/1"]
    assert "LMEval_EVAL.json:wikitext.wikitext: log-likelihoods" in caplog.text


def test_options_that_were_asked_for_without_a_prompt_too_are_no_further_options(tmp_path):
    row = choice()
    for i in range(4):
        row["arguments"][f"gen_args_{4 + i}"] = {
            "arg_0": "",
            "arg_1": row["arguments"][f"gen_args_{i}"]["arg_1"],
        }
    row["resps"] = row["resps"] + [[["-0.5", "False"]]] * 4
    (item,) = readers.read(write(tmp_path / "samples_x.jsonl", [row]))
    assert (item.output, item.recorded["loglikelihoods"]) == ("Flu", [-2.5, -1.25, -3.0, -9.0])


def test_an_impossible_option_is_never_chosen_and_its_likelihood_is_left_out(tmp_path):
    row = choice(resps=[[["-2.5", "False"]], [["-inf", "False"]], [["-3.0", "False"]], [["-9.0", "False"]]])
    (item,) = readers.read(write(tmp_path / "samples_x.jsonl", [row]))
    assert (item.output, item.recorded["loglikelihoods"]) == ("Ebola", [-2.5, None, -3.0, -9.0])


def winogrande(**change):
    """A task that puts the options into the prompts, and counts them from 1."""
    row = {
        "doc_id": 0,
        "doc": {"sentence": "Sarah was better than Maria so _ won.", "answer": "1"},
        "target": "won.",
        "arguments": {
            "gen_args_0": {"arg_0": "Sarah was better than Maria so Sarah", "arg_1": " won."},
            "gen_args_1": {"arg_0": "Sarah was better than Maria so Maria", "arg_1": " won."},
        },
        "resps": [[["-2.0", "False"]], [["-1.0", "False"]]],
        "filter": "none",
        "metrics": ["acc"],
        "acc": 0.0,
    }
    return row | change


def test_options_within_the_prompts(tmp_path):
    (item,) = readers.read(write(tmp_path / "samples_x.jsonl", [winogrande()]))
    assert item.question == "Sarah was better than Maria so"
    assert (item.output, item.reference) == ("Maria won.", "Sarah won."), "acc says that Maria is wrong"
    hit = winogrande(resps=[[["-1.0", "False"]], [["-2.0", "False"]]], acc=1.0)
    (item,) = readers.read(write(tmp_path / "samples_y.jsonl", [hit]))
    assert (item.output, item.reference) == ("Sarah won.", "Sarah won.")


def test_what_the_harness_counted_goes_before_a_guess(tmp_path):
    """Of three options and no word on the right one that fits the accuracy, none is called right."""
    row = choice(target="?", acc=1.0, doc={"question": "Q?", "answer": 3})
    (item,) = readers.read(write(tmp_path / "samples_x.jsonl", [row]))
    assert (item.output, item.reference) == ("B", "B")
    row = choice(target="?", acc=0.0, doc={"question": "Q?", "answer": 1})
    (item,) = readers.read(write(tmp_path / "samples_y.jsonl", [row]))
    assert (item.output, item.references) == ("B", ())


@pytest.mark.parametrize("value", [None, 0.0])
def test_a_run_without_metrics_has_outputs_and_no_measures(tmp_path, value):
    row = generated(0, "none") | {"metrics": ["bypass"], "bypass": value}
    del row["exact_match"]
    (item,) = readers.read(write(tmp_path / "samples_x.jsonl", [row]))
    assert (item.output, item.recorded) == ("It is 4.", {})


def test_several_right_options(tmp_path):
    (item,) = readers.read(write(tmp_path / "samples_x.jsonl", [choice(target="[0, 2]")]))
    assert item.references == ("Ebola", "Pox")


CHAT = ['[{"role": "system", "content": "s"}, {"role": "user", "content": "Who?"}]']
"""A prompt as the harness hands it to an endpoint."""


def test_the_question_of_a_chat(tmp_path):
    row = generated(0, "none") | {"doc": {}, "arguments": {"gen_args_0": {"arg_0": CHAT, "arg_1": {}}}}
    (item,) = readers.read(write(tmp_path / "samples_x.jsonl", [row]))
    assert item.question == "Who?"


def test_documents_without_a_question_are_not_one_question(tmp_path):
    row = choice(doc={"choices": list("abcd")})
    for request in row["arguments"].values():
        request["arg_0"] = ""
    assert "no question" in error_of(write(tmp_path / "samples_blimp.jsonl", [row]))


@pytest.mark.parametrize(
    ("folder", "names"),
    [
        ("org__m-8b", ("org/m-8b", "")),
        ("HuggingFaceH4__zephyr-7b-beta", ("HuggingFaceH4/zephyr-7b-beta", "")),
        ("cais__Zephyr_RMU", ("Zephyr", "RMU")),
        ("open-unlearning__unlearn_tofu_Llama-3.2-1B_forget10_NPO_lr1e-05", ("Llama-3.2-1B", "forget10_NPO_lr1e-05")),
        ("__w__saves__unlearn__tofu_Llama-3.2-1B_forget10_NPO__checkpoint-60", ("Llama-3.2-1B", "forget10_NPO_checkpoint-60")),
        ("gpt-4o", ("gpt-4o", "")),
    ],
)  # fmt: skip
def test_model_and_method_of_the_folder_that_the_harness_names(tmp_path, folder, names):
    path = write(tmp_path / folder / "samples_x_2025-01-02T03-04-05.678.jsonl", [generated(0, "none")])
    (item,) = readers.read(path)
    assert (item.model, item.method) == names
