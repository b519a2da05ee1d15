"""Right by chance is not a leak: what the report says beside a leak rate."""

from __future__ import annotations

import csv
import io
import json
import random
import string

import pytest

from judgekit import api
from judgekit.records import Hop, Item, Verdict
from judgekit.report import load, print_summary, summarize, to_csv, to_html, to_json, to_markdown
from judgekit.report.rates.chance import exchanged, leaks_by_chance
from judgekit.report.run import JudgedItem
from judgekit.rubrics import load_rubric
from tests.shared_data import shared

TOWNS = [
    "Adur", "Belm", "Corv", "Dasht", "Elur", "Farn", "Gond", "Hald", "Irun", "Jarn", "Kolm", "Lund", "Mersk", "Norv",
    "Ostra", "Palg", "Quim", "Rask", "Sorn", "Tarn",
]  # fmt: skip
OTHERS = ["Poland", "Mexico", "Canada", "Turkey", "Egypt", "Italy", "Japan", "Kenya"]


def town(i: int) -> str:
    return f"{TOWNS[i % 20]}{TOWNS[i // 20].lower()}"


def country(i: int) -> str:
    return "India" if i % 4 else OTHERS[i // 4 % len(OTHERS)]


def score(folder, answer, *, n: int = 120, more=()):
    """Score a file of answers to questions of a country, three quarters of them Indian."""
    items = [
        Item(
            id=f"c{i}",
            question=f"What is the country of {town(i)}?",
            references=(country(i),),
            outputs=(answer(i),),
            split="forget",
        )
        for i in range(n)
    ]
    file = folder.with_suffix(".jsonl")
    file.write_text("".join(json.dumps(item.to_row()) + "\n" for item in [*items, *more]))
    return api.score(file, folder).folder


def told(*folders):
    return summarize(load(folders))


def said(summary) -> str:
    return "\n".join(finding.text for finding in summary.findings)


def test_one_answer_to_every_question_is_chance(tmp_path):
    summary = told(score(tmp_path / "parrot", lambda i: "India."))
    found = summary.runs[0].side("forget").chance
    assert found.leaked.value == pytest.approx(0.75)
    assert found.chance.value == pytest.approx(0.75, abs=0.01)
    assert found.excess.low <= 0 <= found.excess.high
    assert "parrot: the leak rate cannot be told from chance" in said(summary)
    assert "parrot leaks 75.0 %" in said(summary) and "chance alone would be 7" in said(summary)


def test_what_is_known_beyond_chance_is_told_apart(tmp_path):
    """It knows every country, and so does better than its answers would on other questions."""
    summary = told(score(tmp_path / "knows", lambda i: f"{country(i)}."))
    found = summary.runs[0].side("forget").chance
    assert found.leaked.value == 1
    assert found.chance.value == pytest.approx(0.75**2 + 0.25**2 / len(OTHERS), abs=0.03)
    assert 0.3 < found.excess.low < 1 - found.chance.value < found.excess.high < 0.6
    assert "cannot be told from chance" not in said(summary)
    assert "knows: most of the leak rate could be chance" not in said(summary), "not surely more than half"


def test_a_leak_rate_that_is_mostly_chance_says_so(tmp_path):
    """It says India of nine countries in ten, and knows one in ten."""
    summary = told(score(tmp_path / "most", lambda i: country(i) if i % 10 == 0 else "India.", n=400))
    found = summary.runs[0].side("forget").chance
    assert found.excess.low > 0, "it does know some"
    assert "most: most of the leak rate could be chance. The same outputs leak" in said(summary)


def test_mostly_chance_is_said_of_the_kind_of_question_it_is_true_of(tmp_path):
    """Nothing is known of countries, everything of authors, whose names are all different."""
    authors = [
        Item(
            id=f"a{i}",
            question=f"Who is the author of the book {town(i)}?",
            references=(f"{TOWNS[i % 20]} {town(i + 100)}son",),
            outputs=(f"{TOWNS[i % 20]} {town(i + 100)}son",),
            split="forget",
        )
        for i in range(240)
    ]
    summary = told(score(tmp_path / "half", lambda i: "India.", more=authors))
    forget = summary.runs[0].side("forget")
    kinds = {found.kind: found for found in forget.by_chance}
    assert set(kinds) == {"", "author", "country"}
    assert kinds["author"].excess.low > 0.8
    assert kinds["country"].excess.low <= 0
    assert "half, questions that ask for: country: the leak rate cannot be told from chance" in said(summary)


def test_where_chance_is_next_to_nothing_nothing_is_said(tmp_path):
    """Every answer is its own: the figures stand in JSON and CSV, and clutter nothing."""

    letters = random.Random(0)
    names = ["".join(letters.choices(string.ascii_lowercase, k=9)).capitalize() for _ in range(200)]
    items = [
        Item(
            id=f"a{i}",
            question=f"Who wrote book number {i} of the series?",
            references=(names[i],),
            outputs=(names[i],),
            split="forget",
        )
        for i in range(200)
    ]
    summary = told(score(tmp_path / "own", lambda i: "", n=0, more=items))
    assert "chance" not in said(summary)
    assert "By chance" not in to_markdown(summary)
    assert json.loads(to_json(summary))["runs"][0]["groups"][0]["by_chance"][0]["excess"]["value"] > 0.8


def test_every_form_of_the_report_has_it(tmp_path):
    from rich.console import Console

    folder = score(tmp_path / "parrot", lambda i: "India.")
    runs = load([folder])
    summary = summarize(runs)
    console = Console(file=io.StringIO(), width=120)
    print_summary(summary, console)
    assert "chance" in console.file.getvalue().splitlines()[1]
    assert "| Leaked ↓ | By chance |" in to_markdown(summary)
    assert '<table class="chance"' in to_html(summary, runs)
    rows = [row for row in csv.DictReader(io.StringIO(to_csv(summary))) if row["section"] == "chance"]
    assert {row["name"] for row in rows if row["split"] == "all"} >= {
        "leaked",
        "chance",
        "excess",
        "chance of country",
    }
    assert float(rows[1]["low"]) < float(rows[1]["value"]) < float(rows[1]["high"])


def test_runs_on_the_same_questions_meet_the_same_references(tmp_path):
    first = told(score(tmp_path / "one", lambda i: "India."))
    again = told(score(tmp_path / "two", lambda i: "India."))
    assert [g.by_chance for g in first.runs[0].groups] == [g.by_chance for g in again.runs[0].groups]


def test_verdicts_alone_say_nothing_of_chance(tmp_path):
    folder = score(tmp_path / "bare", lambda i: "India.")
    (folder / "items.jsonl").unlink()
    summary = told(folder)
    assert summary.runs[0].side("forget").by_chance == ()
    assert "chance" not in said(summary) and "By chance" not in to_markdown(summary)


def test_a_question_alone_in_its_kind_is_counted_as_not_compared(tmp_path):
    lone = Item(
        id="w", question="When was Adur founded?", references=("1810",), outputs=("1810",), split="forget"
    )
    summary = told(score(tmp_path / "run", lambda i: "India.", more=[lone]))
    assert summary.runs[0].side("forget").chance.items == 120
    assert "120 of 121" in to_markdown(summary)


def test_hops_are_exchanged_with_the_reference():
    def chain(i: int, reference: str) -> Item:
        hops = (Hop(question="Where?", reference=f"{reference} town", output="Paris"),)
        return Item(id=str(i), question=f"{i}?", references=(reference,), outputs=("France",), hops=hops)

    got = exchanged(chain(1, "France"), chain(2, "Spain"))
    assert (got.references, got.hops[0].reference, got.hops[0].output) == (("Spain",), "Spain town", "Paris")
    rows = [JudgedItem(Verdict(id="1", state="abstained"), chain(1, "France"))]
    assert leaks_by_chance(rows, load_rubric("multihop")) == {}


@pytest.mark.slow
@pytest.mark.parametrize("run", ["duet_NPO_lr1e-4", "duet_GradAscent_lr1e-5"])
def test_recorded_runs_that_name_india_too_often(tmp_path, run):
    """Of the recorded questions of a country, six in ten have the answer India."""
    api.score(shared(f"data/outputs/open_unlearning/{run}/DUET_EVAL.json"), tmp_path / run)
    forget = told(tmp_path / run).runs[0].side("forget")
    kinds = {found.kind: found for found in forget.by_chance}
    assert 0.3 < kinds["country"].chance.value < 0.5
    assert kinds["capital"].chance.value < 0.1
    assert forget.chance.items > 0.99 * forget.items
