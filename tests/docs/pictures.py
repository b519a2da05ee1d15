"""Writes the manual's pictures of a report from the demo: ``python -m tests.docs.pictures`` (headless Chromium)."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from selenium import webdriver

from tests.cli.calling import judgekit
from tests.docs.blocks import DOCS
from tests.docs.world import MODELS, build

WIDTH, HEIGHT = 1240, 770


def main() -> None:
    """Report on the demo as ``docs/start.md`` does, and photograph the first screen in light and dark."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        build(folder)
        runs = [f"runs/{model}" for model in MODELS]
        for rubric in ("forgetting", "utility"):
            judgekit(
                "calibrate",
                *runs,
                "--rubric",
                rubric,
                "--labels",
                "labels.jsonl",
                "--agreement",
                0.9,
                "--out",
                f"{rubric}.json",
                cwd=folder,
            )
        given = [
            "--calibration",
            "forgetting.json",
            "--calibration",
            "utility.json",
            "--labels",
            "labels.jsonl",
        ]
        judgekit("report", *runs, *given, "--out", "report.html", cwd=folder)
        for theme in ("light", "dark"):
            photograph(folder / "report.html", DOCS / "_static" / f"report-{theme}.png", theme)


def photograph(page: Path, out: Path, theme: str) -> None:
    """Take a picture of the first screen of a page."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"):
        options.add_argument(flag)
    chrome = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        chrome.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": WIDTH, "height": HEIGHT, "deviceScaleFactor": 1.5, "mobile": False},
        )
        feature = {"name": "prefers-color-scheme", "value": theme}
        chrome.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        chrome.get(page.as_uri())
        chrome.save_screenshot(str(out))
    finally:
        chrome.quit()


if __name__ == "__main__":
    main()
