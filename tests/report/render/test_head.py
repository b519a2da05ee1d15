"""The head of the page says what was judged in words that fit one line each."""

from __future__ import annotations

from dataclasses import replace

import pytest

from judgekit.report import load, summarize
from judgekit.report.render.head import facts, title
from tests.report.make_runs import make_run


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    folder = tmp_path_factory.mktemp("head")
    return summarize(load([make_run(folder / name, name, forget=6, keep=6) for name in ("IDK", "original")]))


def test_the_title_counts_runs_and_names_models(summary):
    assert title(summary) == "Forgetting and utility of 2 runs of Llama-3.1-8B"
    one = replace(summary, runs=summary.runs[:1])
    assert title(one) == "Forgetting and utility of IDK (Llama-3.1-8B)"
    many = replace(summary, about=replace(summary.about, models=("a", "b", "c")))
    assert title(many) == "Forgetting and utility of 2 runs of 3 models"
    none = replace(summary, about=replace(summary.about, models=()))
    assert title(none) == "Forgetting and utility of 2 runs"
    first, *others = summary.runs
    some = replace(summary, runs=(replace(first, model=""), *others))
    assert title(some) == "Forgetting and utility of 2 runs"


def test_facts_say_what_is_not_known(summary):
    told = replace(summary.about, judged=None, cost=None, certificates=(), judges=("lexical", "gpt (gpt-4o)"))
    texts = [fact.text for fact in facts(told)]
    assert texts[:2] == ["24 outputs to 12 questions", "judged by lexical and gpt (gpt-4o)"]
    assert "no certificate" in texts
    assert "cost not recorded" in texts


def test_facts_give_days_certificates_and_cost(summary):
    days = ("2026-11-24", "2026-11-26")
    told = replace(summary.about, judged=days, cost=12.345, certificates=("ab12", "cd34"))
    texts = [fact.text for fact in facts(told)]
    assert "2026-11-24 to 2026-11-26" in texts
    assert "certificates ab12 and cd34" in texts
    assert "cost $12.35" in texts or "cost $12.34" in texts
    assert "2026-11-24" in [fact.text for fact in facts(replace(told, judged=days[:1] * 2))]


def test_one_output_is_one_output(summary):
    told = replace(summary.about, items=1, questions=1)
    assert facts(told)[0].text == "1 output to 1 question"
