"""How well measures tell models that know from models that do not."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from judgekit import api
from judgekit.report import load, summarize, to_json, to_markdown
from judgekit.report.faithfulness import DISJOINT, faithfulness, told
from judgekit.report.render.tables.faithfulness import faithful
from judgekit.runs.about import RunAbout
from tests.report.make_runs import make_run
from tests.shared_data import shared


@pytest.fixture(scope="module")
def pools(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pools")

    def pool(method: str) -> list:
        return load([make_run(folder / f"{method}{k}", method, forget=60, keep=10, seed=k) for k in range(4)])

    return pool("original"), pool("retain90")


def by_hand(positive, negative):
    return np.mean([(x > y) + (x == y) / 2 for x in positive for y in negative])


def test_the_leak_rate_is_tested_over_models_and_by_question(pools):
    known, ignorant = pools
    found = faithfulness(known, ignorant)
    made = next(made for made in found.measures if made.measure == "judged leaked")
    assert (made.knowing, made.ignorant) == (4, 4)
    assert made.auc == 1.0 and made.low < 0.6
    assert made.least_knowing > made.most_ignorant
    leaks = [
        {
            row.verdict.question_id: row.verdict.label == "leaked"
            for row in run.rows
            if row.verdict.rubric == "forgetting"
        }
        for run in (*known, *ignorant)
    ]
    wanted = np.mean([by_hand([of[q] for of in leaks[:4]], [of[q] for of in leaks[4:]]) for q in leaks[0]])
    assert made.by_question.value == pytest.approx(wanted)


def test_pools_of_the_same_models_are_not_told_apart(pools):
    known, _ = pools
    for made in faithfulness(known, known).measures:
        assert made.auc == 0.5 and made.low < 0.5 < made.high
        assert made.by_question.value in (None, pytest.approx(0.5))


def test_measures_of_form_alone_are_not_tested(pools):
    assert not {"repetition", "character_repetition"} & {
        made.measure for made in faithfulness(*pools).measures
    }


def test_the_report_says_it_in_every_form(pools):
    known, ignorant = pools
    summary = summarize([*known, *ignorant], known=known, ignorant=ignorant)
    said = [found.text for found in summary.headlines]
    assert any("separates 4 models that know the forget set from 4 that do not: AUC 1.000" in t for t in said)
    assert "Is a measure any good?" in to_markdown(summary)
    told = json.loads(to_json(summary))["faithfulness"]
    assert len(told["knowing"]) == 4 and {"auc", "low", "high"} <= told["measures"][0].keys()


def test_one_pool_alone_is_refused(pools):
    with pytest.raises(ValueError, match="give both"):
        summarize(pools[0], known=pools[0])


def test_runs_that_hold_nothing_but_verdicts_are_tested_too(pools):
    bare = [[replace(run, about=RunAbout()) for run in pool] for pool in pools]
    assert [made.auc for made in faithfulness(*bare).measures] == [
        made.auc for made in faithfulness(*pools).measures
    ]


def test_a_run_in_both_pools_is_refused(pools):
    known, ignorant = pools
    other = [replace(known[0], name="called otherwise")]
    with pytest.raises(ValueError, match="'original0' is in both pools"):
        summarize(known, known=known, ignorant=[*ignorant, *other])


def test_models_of_the_pools_are_marked_in_the_report(pools):
    known, ignorant = pools
    decided_anew = [
        row._replace(verdict=row.verdict.model_copy(update={"tier": "x"})) for row in known[1].rows
    ]
    runs = [known[0], replace(known[1], rows=decided_anew), *ignorant[:2]]
    summary = summarize(runs, known=known[1:], ignorant=ignorant[:1])
    assert [run.pool for run in summary.runs] == ["", "known", "ignorant", ""]


def test_few_models_are_not_told_apart_however_far_apart_they_are(pools):
    known, ignorant = pools
    few, many = (
        next(iter(told(faithfulness(*made)))).text
        for made in ((known[:1], ignorant[:1]), (known * 5, ignorant * 5))
    )
    assert few.startswith(
        "The judged leak rate separates 1 model that knows the forget set from 1 that does not: AUC 1.000 ["
    )
    assert few.endswith("], but one model of each kind is too few to prove it.")
    assert many.startswith(
        "The judged leak rate tells 20 models that know the forget set from 20 that do not: AUC 1.000"
    )
    assert "too few" not in many


def test_a_measure_that_does_not_separate_is_not_excused_by_few_models(pools):
    known, ignorant = pools
    mixed = faithfulness([*known[:2], ignorant[0]], [*ignorant[1:3], known[2]])
    (said,) = told(mixed)
    (turned,) = told(faithfulness(ignorant * 5, known * 5))
    assert turned.text.startswith(
        "The judged leak rate is lower for 20 models that know the forget set than for 20 "
    )
    assert "cannot be shown to tell 3 models that know" in said.text
    assert "which includes 0.5, pure chance." in said.text and "too few" not in said.text


def test_pools_on_different_questions_say_so(pools):
    known, ignorant = pools
    rows = [
        row._replace(verdict=row.verdict.model_copy(update={"question_id": f"x{n}"}))
        for n, row in enumerate(ignorant[0].rows)
    ]
    other = [replace(ignorant[0], rows=rows)]
    for strange, pool in ((False, ignorant), (True, other)):
        found = faithfulness(known, pool)
        (said,) = told(found)
        assert found.disjoint == strange
        assert (DISJOINT in said.text, said.tone == "warning", DISJOINT in faithful(found).note) == (
            strange,
        ) * 3


@pytest.mark.slow
def test_recorded_models_of_tofu_are_told_apart_from_text_alone(tmp_path):
    """The goal of the field's test is an AUC above extraction strength's .891, which was measured on many models."""
    pools = {}
    for part in ("original", "retain90"):
        folders = []
        for model in ("Llama-3.2-1B-Instruct", "Llama-3.1-8B-Instruct"):
            source = shared(f"data/outputs/open_unlearning/tofu_{model}_{part}/TOFU_EVAL.json")
            folders.append(api.score(source, tmp_path / f"{model}_{part}").folder)
        pools[part] = load(folders)
    found = {made.measure: made for made in faithfulness(pools["original"], pools["retain90"]).measures}
    judged = found["judged leaked"]
    assert judged.auc == 1.0 and judged.low < 0.5  # two models of each prove nothing
    assert judged.by_question.low > 0.8
    assert judged.by_question.value < found["probability"].by_question.value
