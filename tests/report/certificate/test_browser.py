"""The page of a certificate in a real browser: wide, on a phone, dark and on paper; hostile names."""

from __future__ import annotations

import base64
import re
from itertools import pairwise
from pathlib import Path

import pytest

from tests.report.certificate.certificates import HOSTILE, IMAGE, certificate, opinions

pytestmark = pytest.mark.browser

CUT = """
return [...document.querySelectorAll(".scroll")].filter(
  (box) => box.scrollWidth > box.clientWidth + 1
).map((box) => box.querySelector("table").className)
"""


@pytest.fixture(scope="module", params=["certified", "groups", "nothing", "hostile"])
def page(request, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("certificate") / request.param
    weak = {"strength": (0.3, 0.45, 0.6)}
    rows, options = {
        "certified": (opinions(400, unlabeled=150), ["--agreement", "0.9"]),
        "groups": (opinions(400), ["--agreement", "0.8", "--group-by", "method"]),
        "nothing": (opinions(150, **weak), ["--agreement", "0.9"]),
        "hostile": (
            opinions(300, labels=HOSTILE, methods=(IMAGE,), tiers=("<b>judge</b>", "t&t", "z" * 70)),
            ["--agreement", "0.8"],
        ),
    }[request.param]
    certificate(folder, rows, *options)
    return folder / "calibration.html"


def show(browser, page: Path, width: int, **features: str) -> None:
    browser.get_log("browser")
    emulated = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": emulated})
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(page.as_uri())


def photograph(browser, path: Path) -> None:
    shot = browser.execute_cdp_cmd("Page.captureScreenshot", {"captureBeyondViewport": True})
    path.write_bytes(base64.b64decode(shot["data"]))


@pytest.mark.parametrize(("width", "scheme"), [(1400, "light"), (1400, "dark"), (400, "light")])
def test_nothing_is_cut_fetched_or_run(browser, page: Path, artifacts: Path, width: int, scheme: str) -> None:
    show(browser, page, width, prefers_color_scheme=scheme)
    photograph(browser, artifacts / f"certificate-{page.parent.name}-{width}-{scheme}.png")
    assert browser.get_log("browser") == []
    assert browser.execute_script("return window.hacked") is None
    assert browser.execute_script(CUT) == []
    assert browser.execute_script("return document.documentElement.scrollWidth") <= width
    dark = (
        browser.execute_script("return getComputedStyle(document.body).backgroundColor") == "rgb(20, 23, 27)"
    )
    assert dark == (scheme == "dark")


def test_it_is_two_pages_of_paper_at_most(browser, page: Path, artifacts: Path) -> None:
    show(browser, page, 1400, prefers_color_scheme="dark")
    pdf = base64.b64decode(browser.execute_cdp_cmd("Page.printToPDF", {"preferCSSPageSize": True})["data"])
    (artifacts / f"certificate-{page.parent.name}.pdf").write_bytes(pdf)
    assert 1 <= len(re.findall(rb"/Type\s*/Page\b", pdf)) <= 2


def test_a_screen_reader_gets_headings_a_described_figure_and_tables(browser, page: Path) -> None:
    show(browser, page, 400)
    levels = browser.execute_script(
        "return [...document.querySelectorAll('h1, h2, h3')].map((h) => +h.tagName[1])"
    )
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    tree = browser.execute_cdp_cmd("Accessibility.getFullAXTree", {})["nodes"]
    roles = [(node.get("role", {}).get("value"), node.get("name", {}).get("value", "")) for node in tree]
    drawn = [node for node in tree if node.get("role", {}).get("value") in ("image", "img")]
    assert drawn and all("tests were made" in node["description"]["value"] for node in drawn)
    kinds = [role for role, _ in roles]
    assert {"table", "row", "cell", "rowheader"} <= set(kinds)
