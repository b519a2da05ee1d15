"""Two runs side by side in a real browser: every count is that of its items, and a link holds all that is shown."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote, urlencode

import pytest

from judgekit.report import Run, Summary, load, summarize, to_html
from judgekit.report.pairs import pair_numbers
from tests.report.make_runs import HOSTILE, certified, make_run

pytestmark = pytest.mark.browser


class Page(NamedTuple):
    """A page, and what it was made from, so that what it shows is counted a second time."""

    path: Path
    runs: list[Run]
    summary: Summary


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Page:
    folder = tmp_path_factory.mktemp("page")
    known = {"keep": 40, "human": 0.4, "abstain": 0.08, "unscored": 0.05}
    runs = load(
        [
            make_run(folder / "original", "original", forget=60, outputs=HOSTILE, **known),
            make_run(folder / "IDK", "IDK", forget=54, calibrations=certified("IDK"), **known),
            make_run(folder / "NPO_lr1e-5", "NPO_lr1e-5", forget=60, **known),
        ]
    )
    summary = summarize(runs)
    path = folder / "report.html"
    path.write_text(to_html(summary, runs), "utf-8")
    return Page(path, runs, summary)


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def ready(browser) -> None:
    for part in ("flows", "items"):
        until(
            lambda part=part: browser.find_element("id", part).get_attribute("data-ready") == "true",
            f"{part} never came",
        )


def link(**keys: str) -> str:
    return "#compare?" + urlencode(keys, quote_via=quote)


def visit(browser, page: Page, fragment: str = "") -> None:
    """The page as a new tab would open it."""
    browser.get("about:blank")
    browser.get(page.path.as_uri() + fragment)
    ready(browser)


def texts(browser, selector: str) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)", selector
    )


def choose(browser, name: str, value: str) -> None:
    browser.execute_script(
        """const select = document.querySelector(`#flows select[name=${arguments[0]}]`);
        select.value = arguments[1];
        select.dispatchEvent(new Event("change", {bubbles: true}));""",
        name,
        value,
    )


def counted(page: Page, first: str, second: str) -> Counter[tuple[str, str, str]]:
    """Rubric, label or state in the first run, the same in the second; counted from the runs themselves."""
    numbers = pair_numbers(page.runs)
    states = {
        run.name: {
            number: (row.verdict.rubric, row.verdict.label or row.verdict.state)
            for row, number in zip(run.rows, numbers[at], strict=True)
        }
        for at, run in enumerate(page.runs)
    }
    one, other = states[first], states[second]
    return Counter((*one[number], other[number][1]) for number in one.keys() & other.keys())


PAIRS = [("original", "IDK"), ("IDK", "original"), ("NPO_lr1e-5", "original"), ("NPO_lr1e-5", "IDK")]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_every_ribbon_leads_to_exactly_the_items_that_it_counts(browser, page, first, second):
    visit(browser, page, link(first=first, second=second))
    shown = browser.execute_script(
        """return [...document.querySelectorAll("#flows .picture")].flatMap((picture) =>
        [...picture.querySelectorAll("svg a")].map((one) => {
          const items = select.find(address.read(one.getAttribute("href"))).found;
          const runs = new Set([...items].map((i) => data.words.runs[data.columns.run[i]]));
          return [picture.dataset.rubric, one.getAttribute("aria-label"), items.length, [...runs]];
        }))"""
    )
    truth = counted(page, first, second)
    assert len(shown) == len(truth)
    told: Counter[tuple[str, str, str]] = Counter()
    for rubric, label, items, runs in shown:
        number, words = label.split(" ", 1)
        before, after = (
            (words.removesuffix(" in both runs"),) * 2
            if words.endswith(" in both runs")
            else words.removesuffix(" in the second").split(" in the first run, ")
        )
        assert (int(number), runs) == (items, [second])
        told[rubric, before, after] = items
    assert told == truth
    states = {state for _, *pair in truth for state in pair}
    assert {"abstained", "unscored"} <= states, "states without a label are among the flows"


def test_the_table_says_what_the_picture_shows(browser, page):
    visit(browser, page, link(first="original", second="IDK"))
    pictures = browser.execute_script(
        """return [...document.querySelectorAll("#flows .picture")].map((picture) => [
        [...picture.querySelectorAll("svg a")].map((one) => one.getAttribute("href")).sort(),
        [...picture.querySelectorAll("table a[href^='#items']")].map((one) => one.getAttribute("href")).sort(),
        [...picture.querySelectorAll("table tbody tr")].map((row) => [...row.cells].slice(0, 3).map((one) => one.textContent)),
        picture.dataset.rubric])"""
    )
    truth = counted(page, "original", "IDK")
    assert len(pictures) == 2
    for ribbons, links, rows, rubric in pictures:
        assert ribbons == links
        assert {(before, after): int(count) for before, after, count in rows} == {
            (before, after): count for (of, before, after), count in truth.items() if of == rubric
        }


def test_a_keyboard_alone_follows_a_ribbon(browser, page):
    visit(browser, page)
    ribbon = browser.find_element("css selector", "#flows svg a")
    wanted = browser.execute_script("return arguments[0].getAttribute('href')", ribbon)
    ribbon.send_keys("\ue007")  # Enter
    until(lambda: browser.current_url.endswith(wanted), "the ribbon leads nowhere")


def test_scripts_and_the_report_say_the_same_of_every_pair(browser, page):
    assert len(page.summary.flows) >= 6
    for found in page.summary.flows:
        visit(browser, page, link(first=found.first, second=found.second))
        assert tuple(texts(browser, f"#flows .picture[data-rubric={found.rubric}] .said li")) == found.said
    assert any("no partner" in text for found in page.summary.flows for text in found.said)


def test_first_comes_the_original_beside_the_best_run(browser, page):
    visit(browser, page)
    chosen = [
        browser.execute_script(f"return document.querySelector('#flows [name={name}]').value")
        for name in ("first", "second")
    ]
    assert chosen == [page.summary.flows[0].first, page.summary.flows[0].second]
    assert chosen == ["original", page.summary.order[0]]


def test_what_is_chosen_can_be_sent(browser, page):
    visit(browser, page)
    choose(browser, "first", "NPO_lr1e-5")
    choose(browser, "second", "original")
    choose(browser, "rubric", "utility")
    choose(browser, "from", "correct")
    choose(browser, "to", "")
    until(lambda: "from=correct" in browser.current_url and "to=&" in browser.current_url + "&", "no address")
    until(lambda: len(texts(browser, "#flows .read li")) == 10, "no questions")
    shown, pictures = texts(browser, "#flows .read li"), texts(browser, "#flows .picture")
    sent = browser.current_url.partition("#")[2]
    visit(browser, page, f"#{sent}")
    assert texts(browser, "#flows .read li") == shown
    assert texts(browser, "#flows .picture") == pictures
    correct = sum(
        count
        for (rubric, before, _), count in counted(page, "NPO_lr1e-5", "original").items()
        if (rubric, before) == ("utility", "correct")
    )
    assert texts(browser, "#flows .count") == [f"{correct} items"]


def test_back_shows_what_was_there_before(browser, page):
    visit(browser, page, link(first="original", second="IDK"))
    before = texts(browser, "#flows .picture")
    choose(browser, "second", "NPO_lr1e-5")
    until(lambda: texts(browser, "#flows .picture") != before, "nothing changed")
    browser.back()
    until(lambda: texts(browser, "#flows .picture") == before, "back never came")


def test_swapping_runs_swaps_the_flow_that_is_read(browser, page):
    visit(
        browser,
        page,
        link(first="original", second="IDK", rubric="forgetting", **{"from": "leaked"}, to="withheld"),
    )
    questions = texts(browser, "#flows .read .asked")
    browser.execute_script("document.querySelector('#flows .swap').click()")
    until(lambda: "first=IDK" in browser.current_url, "the runs never changed places")
    until(lambda: len(texts(browser, "#flows .read .asked")) == len(questions), "no questions")
    state = browser.execute_script(
        "return ['first', 'second', 'from', 'to'].map((name) => document.querySelector(`#flows [name=${name}]`).value)"
    )
    assert state == ["IDK", "original", "withheld", "leaked"]


def test_both_outputs_to_the_same_question_stand_beside_each_other(browser, page):
    visit(
        browser,
        page,
        link(first="original", second="IDK", rubric="forgetting", **{"from": "leaked"}, to="withheld"),
    )
    by_id = {run.name: {row.verdict.id: row for row in run.by_rubric["forgetting"]} for run in page.runs}
    outputs = {
        run: {row.item.question: (row.item.output, row.verdict.label) for row in rows.values()}
        for run, rows in by_id.items()
    }
    shown = browser.execute_script(
        """return [...document.querySelectorAll("#flows .read li")].map((one) => [
        one.querySelector(".asked p").textContent,
        ...[...one.querySelectorAll(".side")].map((side) => [side.querySelector(".output").textContent, side.querySelector(".label").textContent])])"""
    )
    assert len(shown) == 10
    for question, first, second in shown:
        assert tuple(first) == outputs["original"][question]
        assert tuple(second) == outputs["IDK"][question]
    assert {first[1] for _, first, _ in shown} == {"leaked"} and {second[1] for *_, second in shown} == {
        "withheld"
    }
    marks = texts(browser, "#flows .read .output mark")
    assert marks and {mark.casefold() for mark in marks} <= {
        "chenoa wu-lind",
        "chenoa",
        "wu-lind",
        "wu",
        "lind",
    }


def test_pages_of_questions_hold_each_once(browser, page):
    flow = {"first": "original", "second": "NPO_lr1e-5", "rubric": "forgetting", "from": "", "to": ""}
    met: list[str] = []
    for number in range(1, 7):
        visit(browser, page, link(**flow, page=str(number)))
        met += texts(browser, "#flows .read .asked p:first-child")
        assert texts(browser, "#flows .pager span") == [f"page {number} of 6"]
    assert len(met) == len(set(met)) == 60


def test_a_link_with_names_that_the_report_does_not_have_shows_the_first_pair(browser, page):
    visit(browser, page, link(first="nobody", second="IDK", rubric="strange", **{"from": "odd"}, to="leaked"))
    assert "original" in texts(browser, "#flows .heads")[0]
    assert texts(browser, "#flows .notice") == [
        "The link asks for the run “nobody”, which this report does not have."
    ]
    visit(browser, page, link(first="IDK", second="IDK"))
    assert texts(browser, "#flows .pictures") == ["Choose two runs."]
    assert not browser.find_element("css selector", "#flows .beside").is_displayed()


def test_text_under_judgment_stays_text(browser, page):
    visit(browser, page, link(first="original", second="IDK", rubric="forgetting", **{"from": ""}, to=""))
    found = [text for number in range(1, 7) for text in _read(browser, page, number)]
    assert any(HOSTILE[1] in text for text in found)
    assert browser.execute_script("return window.hacked") is None


def _read(browser, page: Page, number: int) -> list[str]:
    keys = {"first": "original", "second": "IDK", "rubric": "forgetting", "from": "", "to": ""}
    visit(browser, page, link(**keys, page=str(number)))
    return texts(browser, "#flows .read .output")


def test_nothing_is_cut_on_a_phone(browser, page):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True},
    )
    try:
        visit(browser, page, link(first="original", second="IDK"))
        wide = browser.execute_script(
            """return [...document.querySelectorAll("#flows *")].filter((one) => !one.closest("details")
            && one.getClientRects().length && (one.getBoundingClientRect().right > 400.5 || one.getBoundingClientRect().left < -0.5))
            .map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert wide == []
        out = browser.execute_script(
            """return [...document.querySelectorAll("#flows svg text")].filter((one) => {
            const [name, picture] = [one.getBoundingClientRect(), one.ownerSVGElement.getBoundingClientRect()];
            return name.left < picture.left || name.right > picture.right; }).map((one) => one.textContent)"""
        )
        assert out == []
        assert browser.find_element("css selector", "#flows svg").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, page, scheme):
    axe = pytest.importorskip(
        "axe_core_python.selenium", reason="axe-core-python is not installed (extra 'dev')"
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    visit(browser, page, link(first="original", second="IDK"))
    found = axe.Axe().run(browser, context="#flows")["violations"]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []


def test_the_pair_is_printed_without_its_controls(browser, page):
    visit(browser, page)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert browser.find_element("css selector", "#flows svg").is_displayed()
        assert browser.find_element("css selector", "#flows .counts").is_displayed()
        assert not browser.find_element("css selector", "#flows form").is_displayed()
        assert not browser.find_element("css selector", "#flows .beside").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_the_browser_finds_no_fault(browser, page):
    browser.get_log("browser")
    visit(browser, page, link(first="original", second="IDK"))
    assert [entry["message"] for entry in browser.get_log("browser")] == []
