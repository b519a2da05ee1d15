"""The page as a whole in a real browser: its first screen, phones, the dark, paper, readers, and no JavaScript."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest

from judgekit.report import load, summarize, to_html
from tests.report.make_runs import HOSTILE, METHODS, certified, make_run

pytestmark = pytest.mark.browser

FIRST = "table.runs"
MANY = 24


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> Path:
    """Six runs of every kind: certified, labeled, the judge alone, with open items and hostile texts."""
    folder = tmp_path_factory.mktemp("whole")
    known = {"forget": 60, "keep": 40, "human": 0.4, "abstain": 0.05, "unscored": 0.02}
    options: dict[str, dict] = {
        "original": {"outputs": HOSTILE, **known},
        "IDK": {"calibrations": certified("IDK"), **known},
        "GradAscent_lr1e-5": {},
    }
    runs = load([make_run(folder / name, name, **options.get(name, known)) for name in METHODS])
    path = folder / "report.html"
    path.write_text(to_html(summarize(runs), runs), "utf-8")
    return path


@pytest.fixture(scope="module")
def long_page(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    runs = load([make_run(folder / f"IDK_{n}", "IDK", seed=n, forget=8, keep=8) for n in range(MANY)])
    path = folder / "report.html"
    path.write_text(to_html(summarize(runs), runs), "utf-8")
    return path


@pytest.fixture
def show(browser):
    """Open a page at a size, in light or dark, with or without scripts; whatever was set is undone at the end."""

    def shown(path: Path, width: int = 1400, *, scheme: str = "light", media: str = "", scripts: bool = True):
        browser.get_log("browser")
        browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not scripts})
        features = [{"name": "prefers-color-scheme", "value": scheme}]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": media, "features": features})
        metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        browser.get(path.as_uri())
        return browser

    yield shown
    browser.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "", "features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def photograph(browser, path: Path) -> None:
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
    path.write_bytes(base64.b64decode(shot["data"]))


def column(browser, number: int) -> list[str]:
    """The texts of a column of the first table, without its baselines."""
    return browser.execute_script(
        f"return [...document.querySelectorAll('{FIRST} tbody:not(.baselines) tr')]"
        f".map((row) => row.cells[{number}].textContent.trim())"
    )


def heading(browser, name: str):
    heads = browser.find_elements("css selector", f"{FIRST} thead th")
    return next(head for head in heads if head.text.startswith(name))


@pytest.mark.parametrize(
    ("width", "scheme"), [(1400, "light"), (1400, "dark"), (1000, "light"), (800, "light"), (400, "light")]
)
def test_nothing_is_cut_and_the_console_stays_empty(show, page, artifacts, width, scheme):
    browser = show(page, width, scheme=scheme)
    photograph(browser, artifacts / f"report-{width}-{scheme}.png")
    assert [entry["message"] for entry in browser.get_log("browser")] == []
    assert browser.execute_script("return window.hacked") is None
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    wide = f"""return [...document.querySelectorAll({"'.scroll'" if width <= 800 else "'#answer .scroll'"})]
        .filter((box) => box.scrollWidth > box.clientWidth + 1).map((box) => box.querySelector("table").className)"""
    assert browser.execute_script(wide) == []


def test_table_and_plane_stand_side_by_side_on_the_first_screen(show, page):
    browser = show(page)
    table, plane = (browser.find_element("css selector", what).rect for what in (FIRST, "#chart-plane"))
    assert table["x"] + table["width"] <= plane["x"] + 1
    assert table["y"] + table["height"] < 900
    assert plane["y"] < 500
    narrow = show(page, 900)
    table, plane = (narrow.find_element("css selector", what).rect for what in (FIRST, "#chart-plane"))
    assert plane["y"] >= table["y"] + table["height"]


def test_a_heading_sorts_by_its_column_then_the_other_way_then_not_at_all(show, page):
    browser = show(page)
    stood = column(browser, 0)
    leaked = heading(browser, "Leaked")

    def values() -> list[float]:
        return browser.execute_script(
            f"return [...document.querySelectorAll('{FIRST} tbody:not(.baselines) tr')]"
            ".map((row) => Number(row.cells[1].dataset.sort))"
        )

    button = leaked.find_element("css selector", "button")
    button.click()
    assert leaked.get_attribute("aria-sort") == "ascending", "fewer leaks are better"
    assert values() == sorted(values()) and len(set(values())) > 2
    browser.execute_script("arguments[0].focus()", button)
    button.send_keys(" ")
    assert leaked.get_attribute("aria-sort") == "descending"
    assert values() == sorted(values(), reverse=True)
    button.send_keys("\ue007")
    assert leaked.get_attribute("aria-sort") is None
    assert column(browser, 0) == stood
    heading(browser, "Forgotten well").find_element("css selector", "button").click()
    assert heading(browser, "Forgotten well").get_attribute("aria-sort") == "descending"
    assert browser.execute_script("return document.querySelectorAll('[aria-sort]').length") == 1


def test_baselines_stay_below_however_the_table_is_sorted(show, page):
    browser = show(page)
    heading(browser, "Leaked").find_element("css selector", "button").click()
    last = browser.execute_script(
        f"return [...document.querySelectorAll('{FIRST} tbody')].map((body) => "
        "[...body.rows].map((row) => row.cells[0].title))"
    )
    assert len(last) == 2 and set(last[1]) == {"original", "retain90"}


def test_every_number_of_the_first_table_leads_to_exactly_its_items(show, page):
    browser = show(page)
    links = browser.execute_script(
        f"return [...document.querySelectorAll('{FIRST} a[data-count]')].map((a) => [a.hash, a.dataset.count])"
    )
    assert len(links) > 20
    for link, count in links[::4]:
        browser.get(page.as_uri() + link)
        told = browser.execute_async_script(
            """const done = arguments[0], count = document.querySelector("#items .count");
            const look = () => /\\d/.test(count.textContent) && location.hash ? done(count.textContent) : setTimeout(look, 20);
            setTimeout(look, 50);"""
        )
        assert told.startswith(f"{int(count):,} of "), (link, told)


def test_of_many_runs_the_first_are_shown_until_all_are_asked_for(show, long_page):
    browser = show(long_page)
    shown = f"return [...document.querySelectorAll('{FIRST} tbody tr')].filter((row) => row.getClientRects().length).length"
    assert browser.execute_script(shown) == 15
    more = browser.find_element("css selector", "#answer button.more")
    assert more.text == f"Show all {MANY} rows"
    more.click()
    assert browser.execute_script(shown) == MANY
    assert show(long_page, scripts=False).execute_script("return 1") == 1
    assert browser.execute_script(shown) == MANY, "nobody could ask for them"


def test_without_scripts_every_table_and_chart_is_there(show, page):
    browser = show(page, scripts=False)
    seen = """return [...document.querySelectorAll(arguments[0])].filter((one) => one.getClientRects().length).length"""
    tables, charts, buttons = (
        browser.execute_script(seen, what)
        for what in (".scroll > table", "svg.chart", "section:not(#items) button")
    )
    assert tables > 8 and charts >= 5
    assert buttons == 0, "a button that does nothing"
    assert browser.execute_script("return document.querySelector('table.runs tbody').rows.length") == 4
    assert [entry["message"] for entry in browser.get_log("browser")] == []


@pytest.mark.parametrize("width", [1400, 400])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(show, page, scheme, width):
    axe = pytest.importorskip(
        "axe_core_python.selenium", reason="axe-core-python is not installed (extra 'dev')"
    )
    browser = show(page, width, scheme=scheme)
    found = axe.Axe().run(browser)["violations"]
    assert [(one["id"], [node["html"][:150] for node in one["nodes"]][:4]) for one in found] == []


def test_a_screen_reader_gets_landmarks_headings_and_whole_numbers(show, page):
    browser = show(page)
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = {(node.get("role", {}).get("value"), node.get("name", {}).get("value", "")) for node in tree}
    kinds = {role for role, _ in roles}
    assert {"main", "navigation", "contentinfo", "table", "rowheader", "columnheader"} <= kinds
    told = browser.execute_script(
        f"return [...document.querySelectorAll('{FIRST} .figure')].map((f) => f.textContent)"
    )
    assert any(re.fullmatch(r"[\d.]+ % \[[\d.]+–[\d.]+\]", text) for text in told), (
        "the drawing is told in words too"
    )


def test_paper_has_the_first_screen_on_its_first_page_and_no_controls(show, page, artifacts):
    browser = show(page, scheme="dark")
    pdf = browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True, "printBackground": True})
    (artifacts / "report.pdf").write_bytes(base64.b64decode(pdf["data"]))
    show(page, 688, media="print")  # the width of A4 less its margins
    assert not browser.find_element("css selector", "body > nav").is_displayed()
    assert not browser.find_element("id", "items").is_displayed()
    plane = browser.find_element("css selector", "#chart-plane").rect
    assert plane["y"] + plane["height"] <= 1024, "the height of A4 less its margins"
    light = browser.execute_script("return getComputedStyle(document.documentElement).colorScheme")
    assert light == "light"
