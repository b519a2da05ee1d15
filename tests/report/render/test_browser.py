"""The page in a real browser: no console errors, nothing fetched, dark and print; its items: `test_items_browser`."""

from __future__ import annotations

import base64
import time
from pathlib import Path

import pytest

from judgekit.report import summarize, to_html
from tests.report.make_runs import three_runs

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    runs = three_runs(folder)
    path = folder / "report.html"
    path.write_text(to_html(summarize(runs), runs), "utf-8")
    return path


def open_page(browser, path: Path) -> None:
    browser.get_log("browser")
    browser.get(path.as_uri())
    deadline = time.monotonic() + 20
    while browser.find_element("id", "items").get_attribute("data-ready") != "true":
        assert time.monotonic() < deadline, "the items never came"
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
        """return [...document.querySelectorAll('.drawn:not(.narrow) > svg.chart')].map(svg =>
        svg.getAttribute('aria-labelledby').split(' ').map(id => document.getElementById(id).textContent))"""
    )
    assert len(named) == 5
    assert all(len(title) > 5 and len(text) > 40 for title, text in named)
    ids = browser.execute_script("return [...document.querySelectorAll('[id]')].map(e => e.id)")
    assert len(ids) == len(set(ids)), "two elements share an id"


def test_print_hides_what_needs_a_screen(browser, page):
    open_page(browser, page)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        assert not browser.find_element("id", "items").is_displayed()
        assert browser.find_element("id", "chart-plane").is_displayed()
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
