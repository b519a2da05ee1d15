"""What is packed is what a real browser unpacks, whatever the texts say."""

from __future__ import annotations

import base64
import json
import zlib
from importlib.resources import files
from pathlib import Path

import pytest

from judgekit.records import Evidence, EvidenceRow, Hop, HumanLabel, Item, Verdict
from judgekit.report.items.facts import ItemFacts, item_facts
from judgekit.report.load import load
from judgekit.report.render.items import pack, packed
from judgekit.report.run import JudgedItem, Run
from tests.report.make_runs import HOSTILE, certified, make_run

SCRIPT = (files("judgekit.report.render") / "page" / "data.js").read_text("utf-8")

TEXTS = (
    *HOSTILE,
    "lone \ud800 and \udfff, a pair \ud83d\ude00 and \U0001f600",
    "x" * (pack.LONGEST + 17),
    "",
    "\u0000\u000b line\r\nends\u2028\u2029 Ünïcødé 日本語 \\u0041",
)


def write(path: Path, runs: list[Run]) -> list[ItemFacts]:
    """A page with the items of these runs and nothing else."""
    facts = item_facts(runs, {(run.name, rubric): "certified" for run in runs for rubric in run.by_rubric})
    blocks = "".join(
        f'<script type="text/plain" id="data-{name}">{content}</script>'
        for name, content in packed(facts, [run.name for run in runs])
    )
    path.write_text(f"<!doctype html><body>{blocks}<script>{SCRIPT}</script>", "utf-8")
    return facts


def told(browser, body: str, *given: object) -> object:
    """What an async function body returns in the page."""
    script = f"const done = arguments[arguments.length - 1]; (async () => {{ {body} }})().then(done)"
    return browser.execute_async_script(script, *given)


def unpacked(browser, path: Path) -> dict:
    """Everything that the page knows, as JSON with lone surrogates escaped (WebDriver carries none)."""
    browser.get_log("browser")
    browser.get(path.as_uri())
    found = told(
        browser,
        """await data.ready;
        const columns = Object.fromEntries(Object.entries(data.columns).map(([name, column]) => [name, Array.from(column, (v) => Number.isNaN(v) ? null : v === Infinity ? 1e99 : v)]));
        const details = [];
        for (let i = 0; i < data.n; i++) details.push(await data.detail(i));
        const escaped = JSON.stringify({ n: data.n, words: data.words, columns, details }).replace(/[^\\x20-\\x7e]/g, (c) => "\\\\u" + c.charCodeAt(0).toString(16).padStart(4, "0"));
        return escaped;""",
    )
    assert browser.get_log("browser") == []
    return json.loads(str(found))


def hostile_run() -> Run:
    rows = []
    for number, text in enumerate(TEXTS):
        item = Item(
            id=f"i {number} {text[:20]}",
            question=text,
            references=(text, "another"),
            outputs=(text, text[::-1]),
            split=text[:40],
            hops=(Hop(question=text, reference=text, output=text),) if number % 2 else (),
            probe="paraphrase 1" if number % 3 == 0 else "",
        )
        evidence = EvidenceRow(
            id=item.id,
            tiers={
                "small": Evidence(
                    probs={"leaked": 2 / 3, "wrong": 1 / 3}, seconds=1 / 3, asks=2, prompt_tokens=7
                ),
                text[:9] + "!": Evidence.missing(text),
            },
        )
        human = (HumanLabel(annotator="Ada Lovelace", label="wrong", note=text), HumanLabel(label="leaked"))
        verdict = Verdict(
            id=item.id,
            question_id=item.question_id,
            split=item.split,
            rubric="forgetting",
            state="unscored" if number == 3 else "verdict",
            label=None if number == 3 else "leaked",
            confidence=None if number == 3 else 2 / 3,
            reason=text or "none" if number == 3 else None,
            tier=None if number == 3 else "small",
            cost=1 / 3000,
            human=human,
        )
        rows.append(JudgedItem(verdict, item, evidence))
    return Run("hostile " + HOSTILE[0], rows)


def whole(text: str) -> str:
    """Two halves of a pair that stand side by side are one character to a browser."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.browser
def test_hostile_texts_come_out_as_they_went_in(browser, tmp_path) -> None:
    facts = write(tmp_path / "page.html", [hostile_run()])
    found = unpacked(browser, tmp_path / "page.html")
    assert found["n"] == len(facts) == len(TEXTS)
    for i, one in enumerate(facts):
        item, detail = one.row.item, found["details"][i]
        assert detail["id"] == whole(item.id)
        assert detail["question"] == whole(pack.cut(item.question))
        assert detail["references"] == [whole(pack.cut(text)) for text in item.references]
        assert detail["outputs"] == [whole(pack.cut(text)) for text in item.outputs]
        assert detail["hops"] == [
            {
                "question": whole(pack.cut(hop.question)),
                "reference": whole(pack.cut(hop.reference)),
                "output": whole(pack.cut(hop.output)),
            }
            for hop in item.hops
        ]
        first, second = detail["opinions"]
        assert first == {
            "tier": "small",
            "label": "leaked",
            "probs": {"leaked": 0.6667, "wrong": 0.3333},
            "order_inconsistency": None,
            "asks": 2,
            "mass": None,
            "cost": None,
            "seconds": 0.3333,
            "tokens": 7,
            "model": None,
            "reason": None,
        }
        assert second["reason"] == whole(pack.cut(one.opinions[1].reason)) and second["probs"] == {}
        assert [given["person"] for given in detail["human"]] == [1, 0]
        assert detail["human"][0]["note"] == whole(pack.cut(one.people[0].note))
        assert detail["cost"] == 0.0003333
    assert "Ada" not in (tmp_path / "page.html").read_text("utf-8")
    assert browser.execute_script("return typeof window.hacked") == "undefined"


@pytest.mark.browser
def test_a_text_that_is_cut_says_so(browser, tmp_path) -> None:
    facts = write(tmp_path / "page.html", [hostile_run()])
    long = next(i for i, one in enumerate(facts) if one.row.item.output.startswith("xxx"))
    found = unpacked(browser, tmp_path / "page.html")["details"][long]
    assert found["outputs"][0] == "x" * pack.LONGEST + " … [17 more characters]"


@pytest.mark.browser
def test_columns_say_what_the_facts_say(browser, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pack, "CHUNK", 64)  # several chunks of few items
    runs = load(
        [
            make_run(tmp_path / name, name, human=0.5, abstain=0.1, unscored=0.05, calibrations=promises)
            for name, promises in (("original", certified("original")), ("IDK", None))
        ]
    )
    facts = write(tmp_path / "page.html", runs)
    found = unpacked(browser, tmp_path / "page.html")
    words, columns = found["words"], found["columns"]

    def word(kind: str, column: str, i: int) -> str | None:
        number = columns[column][i]
        return None if number < 0 else words[kind][number]

    assert words["runs"] == [run.name for run in runs]
    for i, one in enumerate(facts):
        verdict = one.row.verdict
        assert word("runs", "run", i) == one.run
        assert word("rubrics", "rubric", i) == verdict.rubric
        assert word("sides", "side", i) == one.side
        assert word("splits", "split", i) == verdict.split
        assert word("labels", "label", i) == verdict.label
        assert word("labels", "human", i) == one.row.majority
        assert word("states", "state", i) == verdict.state
        assert word("tiers", "tier", i) == verdict.tier
        for name, known in (("confidence", verdict.confidence), ("margin", one.standing.margin)):
            assert columns[name][i] == (known if known is None else pytest.approx(min(known, 1e99), rel=1e-6))
        assert columns["pair"][i] == one.pair
        assert (
            tuple(flag for bit, flag in enumerate(words["flags"]) if columns["flags"][i] >> bit & 1)
            == one.flags
        )
        assert found["details"][i]["id"] == verdict.id
        assert found["details"][i]["outputs"] == list(one.row.item.outputs)
        assert found["details"][i]["promise"] == one.promise
        assert len(found["details"][i]["opinions"]) == len(one.opinions)
    same = [
        i for i, one in enumerate(facts) if one.row.verdict.question_id == facts[0].row.verdict.question_id
    ]
    assert {columns["question"][i] for i in same} == {columns["question"][0]}
    assert columns["question"].count(columns["question"][0]) == len(same) == 2


@pytest.mark.browser
def test_search_finds_what_python_finds(browser, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(pack, "CHUNK", 50)
    runs = load([make_run(tmp_path / "original", "original", outputs=HOSTILE)])
    facts = write(tmp_path / "page.html", runs)
    browser.get((tmp_path / "page.html").as_uri())
    for needle in ("WU-LIND [3", "question 1", "paris", "</SCRIPT>", "not there at all"):
        hits = told(browser, "return Array.from(await data.search(arguments[0]))", needle)
        texts = [(one.row.item.question, *one.row.item.references, *one.row.item.outputs) for one in facts]
        assert hits == [int(any(needle.lower() in text.lower() for text in each)) for each in texts]


@pytest.mark.browser
def test_an_item_is_found_by_its_names(browser, tmp_path) -> None:
    runs = load([make_run(tmp_path / name, name) for name in ("original", "IDK")])
    facts = write(tmp_path / "page.html", runs)
    browser.get((tmp_path / "page.html").as_uri())
    for i in (0, 57, len(facts) - 1):
        verdict = facts[i].row.verdict
        found = told(
            browser, "return await data.find(...arguments)", facts[i].run, verdict.rubric, verdict.id
        )
        assert found == i
    assert told(browser, "return await data.find('original', 'forgetting', 'none')") == -1


@pytest.mark.browser
def test_runs_without_items_and_texts(browser, tmp_path) -> None:
    bare = Verdict(id="1", state="abstained", rubric="forgetting")
    write(tmp_path / "bare.html", [Run("bare", [JudgedItem(bare)])])
    found = unpacked(browser, tmp_path / "bare.html")
    assert found["details"][0]["outputs"] == [] and found["details"][0]["question"] == ""
    write(tmp_path / "none.html", [Run("none", [])])
    assert unpacked(browser, tmp_path / "none.html")["n"] == 0


def test_no_block_can_become_mark_up() -> None:
    facts = item_facts([hostile_run()], {(hostile_run().name, "forgetting"): "certified"})
    for _, content in packed(facts, [hostile_run().name]):
        assert content.isascii() and not set(content) & set("<>&\"'")


def test_a_question_stands_once() -> None:
    row = hostile_run().rows[1]
    other = row._replace(item=row.item.model_copy(update={"outputs": ("something else",)}))
    runs = [Run("a", [row]), Run("b", [other])]
    facts = item_facts(runs, {(name, "forgetting"): "" for name in "ab"})
    blocks = {
        name: json.loads(zlib.decompress(base64.b64decode(content)))
        for name, content in packed(facts, "ab")
        if name != "columns"
    }
    assert len(blocks["asked-0"]) == 1
    assert [outputs[0] for outputs in blocks["outputs-0"]] == [0, 0]
