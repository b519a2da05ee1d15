"""The item explorer in a real browser: links show what they count, the address bar is the whole state, nobody is shut out."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from judgekit.report import Run, load, summarize, to_html
from judgekit.report.render.links import item_link, items_link
from judgekit.report.run import JudgedItem
from tests.report.make_runs import HOSTILE, make_run, three_runs

pytestmark = pytest.mark.browser


class Page(NamedTuple):
    """A page and the runs it was made from, so that what it shows is counted a second time."""

    path: Path
    runs: list[Run]

    def count(self, passes: Callable[[Run, JudgedItem], bool]) -> int:
        return sum(passes(run, row) for run in self.runs for row in run.rows)

    @property
    def items(self) -> int:
        return self.count(lambda run, row: True)


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Page:
    folder = tmp_path_factory.mktemp("page")
    runs = three_runs(folder)
    path = folder / "report.html"
    path.write_text(to_html(summarize(runs), runs), "utf-8")
    return Page(path, runs)


def until(holds: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def visit(browser, page: Page, fragment: str = "") -> None:
    """The page as a new tab would open it."""
    browser.get("about:blank")
    browser.get(page.path.as_uri() + fragment)
    until(
        lambda: browser.find_element("id", "items").get_attribute("data-ready") == "true",
        "the items never came",
    )
    browser.execute_script("document.documentElement.style.scrollBehavior = 'auto'")


def count(browser) -> str:
    return browser.find_element("css selector", "#items .count").text


def shows(browser, number: int, page: Page) -> None:
    wanted = f"{number} of {page.items} items" if number != page.items else f"{page.items} items"
    until(lambda: count(browser) == wanted, f"'{count(browser)}' instead of '{wanted}'")


def texts(browser, css: str) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll(arguments[0])].map(found => found.innerText)", css
    )


def lines(browser) -> list[str]:
    return texts(browser, "#items .line")


def choose(browser, key: str, value: str) -> None:
    """As a person does: the browser leaves out of its history what no person asked for."""
    menu = browser.find_element("css selector", f"#items [data-key='{key}']")
    if menu.get_attribute("open") is None:
        menu.find_element("css selector", "summary").click()
    menu.find_element("css selector", f"input[value='{value}']").click()


def search(browser, text: str) -> None:
    box = browser.find_element("css selector", "#items [name=search]")
    box.clear()
    box.send_keys(text)


def fragment(browser) -> str:
    return browser.execute_script("return location.hash")


def test_every_figure_shows_exactly_the_items_it_counts(browser, page):
    visit(browser, page)
    flows = browser.find_element("id", "flows")
    until(lambda: flows.get_attribute("data-ready") == "true", "the flows never came")
    links = browser.execute_script(
        """return [...document.querySelectorAll("a[href^='#items?'][data-count]")].map(link => {
        const state = address.read(link.getAttribute("href"));
        return [link.getAttribute("href"), Number(link.dataset.count), select.find(state).found.length, address.unknown(state)];
        })"""
    )
    assert len(links) > 20, "figures that count items lead to them"
    assert [(link, said, found) for link, said, found, unknown in links if said != found or unknown] == []


@pytest.mark.parametrize(
    ("key", "value", "passes"),
    [
        ("run", "IDK", lambda run, row: run.name == "IDK"),
        ("side", "forget", lambda run, row: row.verdict.rubric == "forgetting"),
        ("split", "retain", lambda run, row: row.verdict.split == "retain"),
        ("label", "withheld", lambda run, row: row.verdict.label == "withheld"),
        ("label", "", lambda run, row: row.verdict.label is None),
        ("state", "abstained", lambda run, row: row.verdict.state == "abstained"),
        ("tier", "gpt", lambda run, row: row.verdict.tier == "gpt"),
        ("human", "wrong", lambda run, row: row.majority == "wrong"),
        ("human", "", lambda run, row: row.majority is None),
    ],
)
def test_a_filter_shows_what_it_says(browser, page, key, value, passes):
    wanted = page.count(passes)
    assert 0 < wanted < page.items
    visit(browser, page)
    choose(browser, key, value)
    shows(browser, wanted, page)
    box = browser.find_element("css selector", f"#items [data-key='{key}'] label:has(:checked) .number")
    assert box.get_attribute("textContent") == str(wanted), "the menu counts the same"
    choose(browser, key, value)
    shows(browser, page.items, page)


@pytest.mark.parametrize(
    ("flag", "passes"),
    [
        ("people disagree", lambda run, row: len({given.label for given in row.human}) > 1),
        (
            "people against",
            lambda run, row: (
                None not in (row.majority, row.verdict.label) and row.majority != row.verdict.label
            ),
        ),
        (
            "judges disagree",
            lambda run, row: len({said.label for said in row.evidence.tiers.values() if said.label}) > 1,
        ),
    ],
)
def test_flags_are_toggles_with_counts(browser, page, flag, passes):
    wanted = page.count(passes)
    assert 0 < wanted < page.items
    visit(browser, page)
    toggle = browser.find_element("css selector", f"#items [data-flag='{flag}']")
    assert toggle.text.endswith(f" {wanted}")
    toggle.click()
    shows(browser, wanted, page)
    assert toggle.get_attribute("aria-pressed") == "true"
    toggle.click()
    shows(browser, page.items, page)


def test_several_values_of_a_key_mean_any_and_several_keys_mean_all(browser, page):
    link = items_link({"run": ["original", "IDK"], "label": ["leaked", "partial"], "split": "forget"})
    wanted = page.count(
        lambda run, row: (
            run.name in ("original", "IDK")
            and row.verdict.label in ("leaked", "partial")
            and row.verdict.split == "forget"
        )
    )
    visit(browser, page, link)
    shows(browser, wanted, page)
    assert texts(browser, "#items .chips a:not(.all)") == [
        "run original or IDK",
        "split forget",
        "judged leaked or partial",
    ]
    browser.find_element("css selector", "#items .chips a[aria-label*=split]").click()
    assert len(texts(browser, "#items .chips a:not(.all)")) == 2
    assert "split" not in fragment(browser)
    browser.find_element("css selector", "#items .chips .all").click()
    shows(browser, page.items, page)


def test_changed_against_another_run(browser, page):
    def labels(name: str) -> dict[tuple[str, str], str | None]:
        rows = next(run for run in page.runs if run.name == name).rows
        return {(row.verdict.question_id, row.verdict.split): row.verdict.label for row in rows}

    before, after = labels("original"), labels("IDK")
    lost = sum(before[key] == "leaked" and after[key] == "withheld" for key in before)
    assert lost > 5
    visit(
        browser,
        page,
        items_link({"run": "IDK", "label": "withheld", "against": "original", "from": "leaked"}),
    )
    shows(browser, lost, page)
    assert "leaked in original" in texts(browser, "#items .chips a")
    visit(browser, page, items_link({"run": "IDK"}))
    choose(browser, "against", "original")
    shows(browser, sum(before[key] != after[key] for key in before), page)
    choose(browser, "from", "leaked")
    shows(browser, sum(before[key] == "leaked" for key in before), page)


def test_search_marks_what_it_finds_and_is_one_step_back(browser, page):
    visit(browser, page)
    search(browser, "question 7 OF forget")
    shows(browser, 3, page)
    assert texts(browser, "#items .line mark") == ["Question 7 of forget"] * 3
    assert "contains “question 7 OF forget”" in texts(browser, "#items .chips a")
    browser.back()
    shows(browser, page.items, page)
    search(browser, "nothing says this")
    shows(browser, 0, page)
    assert lines(browser) == []


def test_orders(browser, page):
    visit(browser, page)
    first = lines(browser)
    sure = [float(text.split()[1]) for text in first if text.startswith("leaked")]
    assert len(sure) > 10
    assert sure == sorted(sure, reverse=True), "most confident leaks first"

    def ordered(name: str) -> list[str]:
        visit(browser, page, f"#items?order={name}&state=verdict")
        return lines(browser)

    sure = [float(text.split()[1]) for text in ordered("unsure")]
    assert sure == sorted(sure)
    margins = browser.execute_script(
        "return Array.from(select.find(new URLSearchParams('order=threshold')).found, i => data.columns.margin[i])"
    )
    known = [margin for margin in margins if margin == margin and margin is not None]
    assert len(known) > 100
    assert known == sorted(known)
    asked = [text.split("\n")[2] for text in ordered("question")]
    assert len(set(asked[:3])) == 1, "a question's runs stand under each other"


def test_the_address_bar_is_the_whole_state(browser, page):
    visit(browser, page)
    choose(browser, "run", "NPO_lr1e-5")
    choose(browser, "label", "wrong")
    until(lambda: lines(browser)[2].startswith("wrong"), "the label did not narrow the list")
    browser.find_elements("css selector", "#items .line")[2].click()
    until(lambda: texts(browser, "#items .body"), "the item never opened")
    here = (fragment(browser), count(browser), lines(browser), texts(browser, "#items .body"))
    visit(browser, page, here[0])
    assert (fragment(browser), count(browser), lines(browser), texts(browser, "#items .body")) == here
    visit(browser, page)
    choose(browser, "run", "IDK")
    shows(browser, 120, page)
    choose(browser, "label", "withheld")
    until(lambda: count(browser) != "120 of 360 items", "the label did not narrow the list")
    narrow = count(browser)
    browser.back()
    shows(browser, 120, page)
    browser.back()
    shows(browser, page.items, page)
    browser.forward()
    browser.forward()
    until(lambda: count(browser) == narrow, "forward did not lead back")


def test_pages_of_the_list(browser, page):
    visit(browser, page)
    before = lines(browser)
    back, forth = browser.find_elements("css selector", "#items .pager button")
    assert not back.is_enabled()
    forth.send_keys("\ue007")
    until(lambda: lines(browser) != before, "the page never turned")
    assert "page 2 of 8" in browser.find_element("css selector", "#items .pager").text
    assert fragment(browser) == "#items?page=2"
    browser.back()
    until(lambda: lines(browser) == before, "back did not turn the page back")


def test_a_link_to_an_item_opens_it_with_focus(browser, page):
    row = next(row for row in page.runs[0].rows if len(row.human) > 1 and row.verdict.state == "verdict")
    visit(browser, page, item_link("original", row.verdict.rubric, row.verdict.id))
    shows(browser, 1, page)
    line = browser.switch_to.active_element
    assert line.get_attribute("aria-expanded") == "true"
    body = browser.find_element("id", line.get_attribute("aria-controls"))
    assert row.item is not None
    assert row.evidence is not None
    assert row.item.question in line.text
    assert row.item.output in body.text
    for tier, said in row.evidence.tiers.items():
        assert tier in body.text
        assert all(
            f"{label} {100 * round(share, 4):.1f}"[:-1] in body.text
            for label, share in said.probs.items()
            if share > 0.001
        )
    assert "10 prompts, $0.0021" in body.text
    assert "annotators flipped with the order of options" in body.text
    assert len(body.find_elements("css selector", ".people li")) == len(row.human)
    others = body.find_elements("css selector", "table:last-of-type tbody a")
    assert {link.text for link in others} == {"IDK", "NPO"}, "runs are called by their titles"
    next(link for link in others if link.text == "IDK").click()
    until(lambda: "run IDK" in texts(browser, "#items .chips a"), "the other run's item never came")
    browser.back()
    until(lambda: "run original" in texts(browser, "#items .chips a"), "back did not lead to the item")


def test_words_shared_with_the_reference_are_marked(browser, page):
    row = next(row for row in page.runs[0].rows if row.item and "Chenoa Wu-Lind" in row.item.output)
    visit(browser, page, item_link("original", row.verdict.rubric, row.verdict.id))
    assert texts(browser, "#items .body mark.shared") == ["Chenoa Wu-Lind", "Chenoa Wu-Lind"]


def test_an_undecided_item_says_why(browser, page):
    row = next(row for row in page.runs[0].rows if row.verdict.state == "unscored")
    visit(browser, page, item_link("original", row.verdict.rubric, row.verdict.id))
    assert "no answer after 5 tries" in texts(browser, "#items .body")[0]


def test_an_item_says_what_it_stands_under(browser, page):
    for run, promise in (("IDK", "certified"), ("NPO_lr1e-5", "not calibrated")):
        rows = next(one for one in page.runs if one.name == run).rows
        row = next(row for row in rows if row.verdict.state == "verdict" and row.verdict.tier == "gpt")
        visit(browser, page, item_link(run, row.verdict.rubric, row.verdict.id))
        said = texts(browser, "#items .facts")[0]
        assert f"Promise\n{promise}" in said
        assert ("accepted from" in said) == (run == "IDK")


def test_a_link_asks_for_what_is_not_there(browser, page):
    visit(browser, page, "#items?run=Nobody&label=leaked&label=gone&color=red")
    assert (
        count(browser)
        == f"{page.count(lambda run, row: row.verdict.label == 'leaked')} of {page.items} items"
    )
    (notice,) = texts(browser, "#items .notice")
    assert all(word in notice for word in ("run “Nobody”", "label “gone”", "filter “color”"))
    visit(browser, page, item_link("original", "forgetting", "no such id"))
    shows(browser, 60, page)
    assert "no item “no such id”" in texts(browser, "#items .notice")[0]


def test_text_under_judgment_stays_text(browser, page):
    browser.get_log("browser")
    for number, text in enumerate(HOSTILE):
        visit(browser, page, item_link("original", "forgetting", f"forget/{number}"))
        assert text.split("\u2028")[0].rstrip() in texts(browser, "#items .body")[0]
    visit(browser, page)
    search(browser, "hacked")
    shows(browser, 2, page)
    assert browser.execute_script("return window.hacked") is None
    assert browser.execute_script("return document.querySelectorAll('#items img, #items script').length") == 0
    assert [entry["message"] for entry in browser.get_log("browser")] == []


def test_keys_lead_from_item_to_item(browser, page):
    visit(browser, page)
    browser.execute_script("document.querySelector('#items .line').focus()")
    focused = "return [...document.querySelectorAll('#items .line')].indexOf(document.activeElement)"

    def press(keys: str) -> int:
        browser.switch_to.active_element.send_keys(keys)
        return browser.execute_script(focused)

    assert [press("j"), press("j"), press("k"), press("\ue015")] == [1, 2, 1, 2]
    press("\ue007")
    until(lambda: texts(browser, "#items .body"), "enter did not open the item")
    assert press("j") == 3
    browser.find_element("css selector", "#items [name=search]").send_keys("j")
    assert browser.execute_script(focused) == -1, "letters typed in the search are letters"


def test_every_control_has_a_name(browser, page):
    visit(browser, page, item_link("original", "forgetting", "forget/5"))
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = ("button", "link", "checkbox", "combobox", "searchbox", "DisclosureTriangle")
    controls = [node for node in tree if not node.get("ignored") and node["role"]["value"] in roles]
    assert len(controls) > 15
    assert [
        node["role"]["value"] for node in controls if not node.get("name", {}).get("value", "").strip()
    ] == []


@pytest.fixture
def phone(browser):
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": 400, "height": 800, "deviceScaleFactor": 1, "mobile": True},
    )
    yield
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def test_a_phone_cuts_nothing(browser, page, phone):
    for link in ("", "#items?run=IDK&against=original", item_link("original", "forgetting", "forget/4")):
        visit(browser, page, link)
        browser.execute_script(
            "for (const menu of document.querySelectorAll('#items details')) { menu.removeAttribute('name'); menu.open = true; }"
        )
        wide = browser.execute_script(
            """return [...document.querySelectorAll('#items *')].filter(e => e.getBoundingClientRect().right > 400.5
            || e.scrollWidth > e.clientWidth + 1 && getComputedStyle(e).overflowX !== 'visible' && e.clientWidth).map(e => e.outerHTML.slice(0, 120))"""
        )
        assert wide == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(browser, page, scheme):
    axe = pytest.importorskip(
        "axe_core_python.selenium", reason="axe-core-python is not installed (extra 'dev')"
    )
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
    )
    for link in (
        "#items?q=name&flag=judges%20disagree&run=Nobody",
        item_link("original", "forgetting", "forget/4"),
    ):
        visit(browser, page, link)
        browser.execute_script("document.querySelector('#items .facet').open = true")
        found = axe.Axe().run(browser, context="#items")["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found] == []
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_the_first_items_stand_in_a_table_without_scripts(browser, page):
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        browser.get(page.path.as_uri())
        rows = browser.find_elements("css selector", "#items noscript tbody tr")
        assert len(rows) == 50
        assert rows[0].text.startswith("leaked")
        assert not browser.find_element("css selector", "#items .explorer").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})


def test_items_are_printed_only_when_asked(browser, page):
    visit(browser, page, "#items?label=leaked")
    browser.execute_script("window.print = () => { window.printed = document.documentElement.className; };")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        shown = "return getComputedStyle(document.getElementById('items')).display"
        assert browser.execute_script(shown) == "none"
        browser.execute_script("document.querySelector('#items .print').click()")
        assert browser.execute_script("return window.printed") == "print-items"
        assert browser.execute_script(shown) == "block"
        browser.execute_script("window.dispatchEvent(new Event('afterprint'))")
        assert browser.execute_script(shown) == "none"
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_fifty_thousand_items(browser, tmp_path):
    runs = load([make_run(tmp_path / "original", "original", forget=25_000, keep=25_000)])
    path = tmp_path / "report.html"
    path.write_text(to_html(summarize(runs), runs), "utf-8")
    many = Page(path, runs)
    browser.get_log("browser")
    visit(browser, many)
    assert len(lines(browser)) == 50
    assert count(browser) == "50,000 items"
    choose(browser, "split", "world_facts")
    until(lambda: count(browser) == "12,500 of 50,000 items", "the split did not narrow the list")
    choose(browser, "split", "world_facts")
    search(browser, "[24999]")
    until(lambda: count(browser) == "1 of 50,000 items", "the search never ended")
    assert [entry["message"] for entry in browser.get_log("browser")] == []
