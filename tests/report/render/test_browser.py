"""The page in a real browser: no console errors, filters and search, hostile texts, fifty thousand items."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest

from judgekit.report import load, summarize, to_html
from tests.report.make_runs import HOSTILE, certified, make_run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    known = {"forget": 60, "keep": 60, "human": 0.4, "abstain": 0.05, "unscored": 0.02}
    runs = load(
        [
            make_run(folder / "original", "original", outputs=HOSTILE, **known),
            make_run(folder / "IDK", "IDK", calibrations=certified("IDK"), **known),
            make_run(folder / "NPO_lr1e-5", "NPO_lr1e-5", **known),
        ]
    )
    path = folder / "report.html"
    path.write_text(to_html(summarize(runs), runs), "utf-8")
    return path


def open_page(browser, path: Path) -> None:
    browser.get_log("browser")
    browser.get(path.as_uri())
    assert browser.find_element("id", "items").get_attribute("data-ready") == "true"


def rows(browser) -> list[str]:
    return browser.execute_script(
        "return [...document.querySelectorAll('table.items tbody tr')].map(r => r.innerText)"
    )


def count(browser) -> str:
    return browser.find_element("css selector", "#items .count").text


def choose(browser, name: str, text: str) -> None:
    browser.execute_script(
        """const select = document.querySelector(`#items form [name=${arguments[0]}]`);
        select.value = [...select.options].find(o => o.text.startsWith(arguments[1])).value;
        select.dispatchEvent(new Event("change", {bubbles: true}));""",
        name,
        text,
    )


def search(browser, text: str, wanted: str) -> None:
    box = browser.find_element("css selector", "#items [name=search]")
    box.clear()
    box.send_keys(text)
    deadline = time.monotonic() + 20
    while not count(browser).startswith(wanted):
        assert time.monotonic() < deadline, f"the search never ended: {count(browser)}"
        time.sleep(0.02)


def test_nothing_is_wrong_and_nothing_is_fetched(browser, page, artifacts):
    browser.get_log("performance")
    open_page(browser, page)
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    asked = [
        e["message"] for e in browser.get_log("performance") if 'Network.requestWillBeSent"' in e["message"]
    ]
    assert len(asked) == 1, "the page itself, and nothing else"
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        size = browser.execute_cdp_cmd("Page.getLayoutMetrics", {})["cssContentSize"]
        shot = browser.execute_cdp_cmd(
            "Page.captureScreenshot",
            {
                "captureBeyondViewport": True,
                "clip": {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1},
            },
        )
        (artifacts / f"report-{scheme}.png").write_bytes(base64.b64decode(shot["data"]))
    assert size["width"] <= 1280, "the page scrolls sideways"


def test_dark_mode_reaches_the_charts(browser, page):
    open_page(browser, page)
    colors = set()
    for scheme in ("light", "dark"):
        browser.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        colors.add(
            browser.execute_script("return getComputedStyle(document.querySelector('svg.chart text')).fill")
        )
    assert len(colors) == 2


def test_charts_have_text_alternatives(browser, page):
    open_page(browser, page)
    named = browser.execute_script(
        """return [...document.querySelectorAll('svg[role=img]')].map(svg =>
        svg.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id).textContent))"""
    )
    assert len(named) == 5
    assert all(len(title) > 5 and len(text) > 40 for title, text in named)
    ids = browser.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)), "two elements share an id"


def test_most_confident_leaks_first(browser, page):
    open_page(browser, page)
    first = rows(browser)
    assert first[0].startswith("leaked")
    sure = [float(text.split("% sure")[0].split(", ")[-1]) for text in first if text.startswith("leaked")]
    assert len(sure) > 10
    assert sure == sorted(sure, reverse=True)


def test_filters_and_search(browser, page):
    open_page(browser, page)
    assert count(browser) == "360 of 360 items"
    choose(browser, "run", "IDK")
    assert count(browser) == "120 of 360 items"
    choose(browser, "label", "withheld")
    shown = rows(browser)
    assert shown
    assert all(text.startswith("withheld") and "IDK" in text for text in shown)
    choose(browser, "label", "all")
    choose(browser, "state", "abstained")
    assert all(text.startswith("abstained") for text in rows(browser))
    choose(browser, "state", "all")
    choose(browser, "run", "all")
    search(browser, "question 7 OF forget", "3 of 360")
    assert browser.execute_script("return document.querySelectorAll('#items mark').length") == 3
    search(browser, "nothing says this", "0 of 360")
    assert rows(browser) == []


def test_pages(browser, page):
    open_page(browser, page)
    before = rows(browser)
    back, forth = browser.find_elements("css selector", "#items .pager button")
    assert not back.is_enabled()
    browser.execute_script("arguments[0].click()", forth)
    assert rows(browser) != before
    assert "page 2 of 8" in browser.find_element("css selector", "#items .pager").text


def test_uncertified_items_say_so(browser, page):
    open_page(browser, page)
    choose(browser, "run", "NPO_lr1e-5")
    choose(browser, "state", "verdict")
    assert all("not calibrated" in text for text in rows(browser))


def test_text_under_judgment_stays_text(browser, page):
    open_page(browser, page)
    assert browser.execute_script("return window.hacked") is None
    search(browser, "onerror", "1 of 360")
    assert HOSTILE[1] in rows(browser)[0]
    assert browser.execute_script("return document.querySelectorAll('img').length") == 0


def test_print_hides_what_needs_a_screen(browser, page):
    open_page(browser, page)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not browser.find_element("id", "items").is_displayed()
        assert browser.find_element("id", "plane").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_fifty_thousand_items(browser, tmp_path):
    runs = load([make_run(tmp_path / "original", "original", forget=25_000, keep=25_000)])
    path = tmp_path / "report.html"
    path.write_text(to_html(summarize(runs), runs), "utf-8")
    open_page(browser, path)
    assert len(rows(browser)) == 50
    assert count(browser) == "50,000 of 50,000 items"
    choose(browser, "split", "world_facts")
    assert count(browser) == "12,500 of 50,000 items"
    choose(browser, "split", "all")
    search(browser, "[24999]", "1 of 50,000")
    assert [entry["message"] for entry in browser.get_log("browser")] == []
