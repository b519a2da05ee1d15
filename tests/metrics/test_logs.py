"""Our figures against those that the papers' own code wrote into real logs."""

from __future__ import annotations

import pytest

from benchmarks import measures
from tests.shared_data import shared

SAME = 1e-9


@pytest.mark.slow
def test_open_unlearning_summaries_are_reproduced() -> None:
    lines = list(measures.compare_open_unlearning(shared("data/outputs/open_unlearning")))
    compared = [line for line in lines if line["difference"] is not None]
    assert measures.largest(compared) < SAME, max(compared, key=lambda line: line["difference"])
    figures = {(line["log"], line["figure"]) for line in compared}
    for model in ("3.2-1B", "3.1-8B"):
        log = f"tofu_Llama-{model}-Instruct_original"
        for figure in (
            "model_utility",
            "forget_quality",
            "privleak",
            "extraction_strength",
            "forget_Q_A_ROUGE",
        ):
            assert (log, figure) in figures
    assert ("muse_books_target", "privleak") in figures
    assert ("duet_NPO_lr1e-4", "forget_qa_rouge") in figures


@pytest.mark.slow
def test_what_a_log_did_not_record_by_item_stays_absent() -> None:
    lines = measures.compare_open_unlearning(shared("data/outputs/open_unlearning"))
    absent = {line["figure"] for line in lines if line["log"] == "muse_books_target" and line["ours"] is None}
    assert {"forget_verbmem_ROUGE", "exact_memorization"} <= absent


def test_tofu_logs_give_the_papers_formulas() -> None:
    lines = list(measures.compare_tofu(shared("data/outputs/tofu_original_format")))
    assert measures.largest(lines) < SAME
    quality = {line["figure"]: line["ours"] for line in lines if line["log"] == "llama2-7b_original"}
    assert quality["Forget Quality"] == pytest.approx(1.8e-21, rel=0.05)
    assert quality["Forget Quality, folded"] == pytest.approx(7.4e-15, rel=0.05)


@pytest.mark.parametrize("log", ["duet_GradAscent_lr1e-4", "muse_books_target"])
def test_rouge_of_recorded_texts_is_the_recorded_rouge(log: str) -> None:
    path = next(shared(f"data/outputs/open_unlearning/{log}").glob("*_EVAL.json"))
    compared = measures.compare_rouge(path)
    assert compared["items"] >= 200
    assert compared["largest"] < SAME
