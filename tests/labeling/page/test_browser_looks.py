"""What the labeling page shows: texts as they are, on any screen, for any reader."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from judgekit.labeling.samples import Listed
from judgekit.records import Hop, Item
from tests.labeling.page.screen import Person, Promised, sitting, tasks_of
from tests.labeling.page.sittings import tasks
from tests.report.make_runs import HOSTILE

pytestmark = pytest.mark.browser

MARKUP = (
    "<|im_start|>assistant\n[INST] <<SYS>> </s> <start_of_turn><0x0A><extra_id_0> <｜begin▁of▁sentence｜>"
)
LONG = "the " * 25_000
ATTACKS = (
    *HOSTILE,
    "<style>* { display: none }</style><link rel=stylesheet href='//x.example'>",
    "<svg onload='window.hacked = 1'><iframe srcdoc='<script>parent.hacked = 1</script>'>",
    "javascript:window.hacked=1 </textarea></title></template><base href='//x.example'>",
    "\u202egnp.exe \u2066 zero\u200bwidth \ufeff \x00\x07\x1b[31m \ud800",
    "Z\u0351\u0352\u0353" + "\u0351" * 400,
    LONG,
    "\x00\u200b" * 50_000,
)


@pytest.fixture
def person(browser: Any) -> Iterator[Person]:
    """Somebody at a browser with nothing open."""
    browser.switch_to.new_window("tab")
    one = Person(browser)
    one.look()
    yield one
    one.look()
    browser.close()
    browser.switch_to.window(browser.window_handles[0])


def item(number: int = 0, **fields: Any) -> Item:
    told = {"question": f"Question {number}?", "references": ("Ghent.",), "outputs": ("In Ghent.",)}
    return Item(id=f"secret-{number}", model="model-x", method="method-y", **told | fields)


def shown(person: Person, selector: str = "#texts .text") -> list[str]:
    return list(
        person.script("return [...document.querySelectorAll(arguments[0])].map(e => e.textContent)", selector)
    )


def test_hostile_texts_are_seen_and_never_run(person: Person, tmp_path: Path) -> None:
    items = [item(n, question=text, references=(text,), outputs=(text,)) for n, text in enumerate(ATTACKS)]
    with sitting(Listed(tasks_of(items, "forgetting")), tmp_path / "labels.jsonl") as link:
        person.open(link)
        seen = []
        for _ in items:
            person.ready()
            seen.extend(shown(person))
            for button in person.browser.find_elements("css selector", "#texts .fold")[:1]:
                person.script("arguments[0].click()", button)
            assert person.script("return document.documentElement.scrollWidth <= innerWidth"), "it overflows"
            assert (
                person.script("return document.querySelector('#labels').getBoundingClientRect().width") > 400
            )
            person.answer("1")
        whole = "\n".join(seen)
        for part in (
            "<script>window.hacked = 1</script>",
            "onerror=",
            "{{ 7 * 7 }}",
            "<style>*",
            "<iframe srcdoc",
            "</textarea>",
        ):
            assert whole.count(part) >= 3, part
        assert person.script("return window.hacked") is None
        assert (
            person.script(
                "return document.querySelectorAll('#texts :is(img, svg, iframe, style, script, link, base)').length"
            )
            == 0
        )
        assert person.complaints == []


@pytest.mark.parametrize(
    ("text", "marks", "left"),
    [
        ("  a  b \n", ["·", "·", "·", "↵\n"], "··a  b·↵\n"),
        ("a\u200bb\u202ec\u00add", ["ZWSP", "RLO", "SHY"], "aZWSPbRLOcSHYd"),
        ("a\x00\x00\x00\x00\x00b\x1b", ["NUL ×5", "ESC"], "aNUL ×5bESC"),
        ("x\U000e0041y\u2028z\ufffc", ["U+E0041", "LS\n", "OBJ"], "xU+E0041yLS\nzOBJ"),
        ("<|im_end|> <b> [/INST]", ["<|im_end|>", "[/INST]"], "<|im_end|> <b> [/INST]"),
        ("👩‍🚀 ❤️ می‌خواهم क्‍ष", [], "👩‍🚀 ❤️ می‌خواهم क्‍ष"),
        ("a\ufe0f\ufe0f", ["U+FE0F"], "a\ufe0fU+FE0F"),
        ("plain\ntext\u00a0here", [], "plain\ntext\u00a0here"),
        ("\t \n", ["⇥", "·", "↵\n"], "⇥·↵\n"),
    ],
)  # fmt: skip
def test_what_cannot_be_seen_is_marked(
    person: Person, tmp_path: Path, text: str, marks: list[str], left: str
) -> None:
    with sitting(Listed(tasks_of([item(outputs=(text,))], "forgetting")), tmp_path / "labels.jsonl") as link:
        person.open(link)
        assert shown(person, ".output mark") == marks
        assert shown(person, ".output .text") == [left]


def test_an_empty_text_says_so(person: Person, tmp_path: Path) -> None:
    with sitting(Listed(tasks_of([item(outputs=("",))], "forgetting")), tmp_path / "labels.jsonl") as link:
        person.open(link)
        assert person.text(".output .text") == "(empty)"


def test_a_long_text_is_folded_until_asked_for(person: Person, tmp_path: Path) -> None:
    lines = "\n".join(map(str, range(100)))
    items = [item(outputs=(LONG,)), item(1, outputs=(lines,)), item(2, outputs=("short",))]
    with sitting(Listed(tasks_of(items, "forgetting")), tmp_path / "labels.jsonl") as link:
        person.open(link)
        assert len(shown(person, ".output .text")[0]) == 1500
        assert person.text(".fold") == "Show all (100,000 characters)"
        person.press("\ue004", "\n")
        assert len(shown(person, ".output .text")[0]) == 100_000
        assert person.script("return document.activeElement.ariaExpanded") == "true"
        person.press("\n")
        assert len(shown(person, ".output .text")[0]) == 1500
        person.answer("1")
        assert shown(person, ".output .text")[0].count("\n") == 19
        person.answer("1")
        assert shown(person, ".fold") == []


def test_two_outputs_stand_beside_each_other(person: Person, tmp_path: Path) -> None:
    items = [item(outputs=("First answer.", "Second answer."))]
    with sitting(Listed(tasks_of(items, "preference")), tmp_path / "labels.jsonl") as link:
        person.open(link)
        assert shown(person, "#texts h2") == ["Question", "Reference", "Output A", "Output B"]
        assert shown(person, "#labels .name") == ["A", "B", "cannot tell"]
        assert len(set(tops(person, ".output"))) == 1
        person.look(400, 800)
        assert len(set(tops(person, ".output"))) == 2


def test_the_steps_of_a_chain_show_below(person: Person, tmp_path: Path) -> None:
    hops = tuple(
        Hop(question=f"Step {n}?", reference=f"Reference {n}", output=f"<b>Output {n}</b>") for n in (1, 2)
    )
    with sitting(Listed(tasks_of([item(hops=hops)], "multihop")), tmp_path / "labels.jsonl") as link:
        person.open(link)
        assert shown(person, ".chain .text") == [
            "Step 1?", "Reference 1", "<b>Output 1</b>", "Step 2?", "Reference 2", "<b>Output 2</b>",
        ]  # fmt: skip


def test_question_and_reference_stand_beside_the_output_or_above_it(person: Person, tmp_path: Path) -> None:
    with sitting(Promised(tuple(tasks(9))), tmp_path / "labels.jsonl") as link:
        person.open(link)
        assert len(set(tops(person, ".panes > div"))) == 1
        for width, height, position in ((1400, 800, "sticky"), (1366, 500, "static"), (800, 600, "static")):
            person.look(width, height)
            where = person.script("return getComputedStyle(document.getElementById('dock')).position")
            assert where == position, "labels are at hand, but never over the item"
        person.look(400, 800, touch=True)
        assert len(set(tops(person, ".panes > div"))) == 2
        assert person.script("return document.documentElement.scrollWidth") <= 400
        person.script("document.getElementById('meanings').click()")
        heights = person.script(
            "return [...document.querySelectorAll('#labels button')].map(e => [e.getBoundingClientRect().height, e.getBoundingClientRect().bottom])"
        )
        assert all(height >= 44 and bottom <= 800 for height, bottom in heights), "a thumb finds them all"


def test_nothing_tells_whose_output_it_is(person: Person, tmp_path: Path) -> None:
    with sitting(Promised(tasks_of([item(0), item(1)], "forgetting")), tmp_path / "labels.jsonl") as link:
        person.open(link)
        page = person.script("return document.documentElement.outerHTML + JSON.stringify(sessionStorage)")
        assert not {"model-x", "method-y", "secret-0", "secret-1"} & {
            word for word in ("model-x", "method-y", "secret-0", "secret-1") if word in page
        }


def test_every_view_passes_axe_and_is_pictured(person: Person, tmp_path: Path, artifacts: Path) -> None:
    axe = pytest.importorskip(
        "axe_core_python.selenium", reason="axe-core-python is not installed (extra 'dev')"
    )
    items = [
        item(0, outputs=(MARKUP + "\u200b ",)),
        item(1, outputs=(LONG,)),
        *(item(n) for n in range(2, 5)),
    ]
    labels = tmp_path / "labels.jsonl"

    def check(name: str) -> None:
        for width, height, touch in ((1400, 900, False), (400, 800, True)):
            for scheme in ("light", "dark"):
                person.look(width, height, scheme, touch=touch)
                person.picture(artifacts / f"label-{name}-{width}-{scheme}.png")
                found = axe.Axe().run(person.browser)["violations"]
                assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], name
        person.look()

    with sitting(Promised(tasks_of(items, "forgetting")), labels) as link:
        person.browser.get(link)
        person.wait(lambda: person.view == "start")
        check("start")
        person.open(link)
        check("item")
        person.answer("1")
        person.press("n", "a note", "\ue00c")
        check("long")
        person.press("?")
        check("help")
        person.press("\ue00c")
        person.network(blocked=["*/api/answer"])
        person.press("2")
        person.wait(lambda: "is not saved yet" in person.text("#alarm"))
        check("alarm")
        person.network()
        person.answer("3", "4", "5")
        person.wait(lambda: person.view == "over")
        check("over")
        person.script("document.getElementById('over-finish').click()")
        person.wait(lambda: person.view == "result")
        check("result")


def test_readers_are_told_what_happens(person: Person, tmp_path: Path) -> None:
    with sitting(Promised(tuple(tasks(9))), tmp_path / "labels.jsonl") as link:
        person.open(link)
        tree = person.browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
        named = {
            (node["role"]["value"], node.get("name", {}).get("value", ""))
            for node in tree
            if not node.get("ignored")
        }
        assert {("banner", ""), ("main", ""), ("region", "Your label"), ("group", "Labels")} <= named
        assert {
            ("article", "Item 1"),
            ("heading", "Output"),
            ("button", "1 leaked"),
            ("button", "0 cannot tell"),
        } <= named
        assert ("progressbar", "Labeled so far") in named
        described = {
            node["name"]["value"]: node.get("description", {}).get("value")
            for node in tree
            if node.get("role", {}).get("value") == "button"
        }
        assert "states or clearly implies" in described["1 leaked"]
        keys = person.script(
            "return [...document.querySelectorAll('#dock [aria-keyshortcuts]')].map(e => e.getAttribute('aria-keyshortcuts'))"
        )
        assert keys == ["1", "2", "3", "4", "5", "0 c", "u", "n"]
        person.answer("1")
        assert person.script("return document.getElementById('status').getAttribute('role')") == "status"
        assert person.text("#status") == "Saved: leaked."


def test_motion_and_colors_follow_the_reader(person: Person, tmp_path: Path) -> None:
    with sitting(Promised(tuple(tasks(9))), tmp_path / "labels.jsonl") as link:
        person.open(link)
        moves = "return getComputedStyle(document.querySelector('#texts > *')).animationName"
        person.media(prefers_reduced_motion="no-preference")
        assert person.script(moves) == "arrive"
        person.media(prefers_reduced_motion="reduce")
        assert person.script(moves) == "none"
        colors = set()
        for scheme in ("light", "dark"):
            person.media(prefers_color_scheme=scheme)
            colors.add(person.script("return getComputedStyle(document.body).backgroundColor"))
        assert len(colors) == 2


def tops(person: Person, selector: str) -> list[float]:
    return list(
        person.script(
            "return [...document.querySelectorAll(arguments[0])].map(e => e.getBoundingClientRect().top)",
            selector,
        )
    )
