"""How long a person at the labeling page waits, in a real browser on loopback; prints one JSON object.

    python -m benchmarks.page_turn [--items 400] [--answers 200]

Headless Chromium labels by key, half a second an item. *shown*: milliseconds from the key to the frame after the next
item was painted. *saved*: from the key to the server's word that the answer is on the disk, which is when the next item
may be answered (were that within the page's fifth of a second against keys that bounce). *paint of 100 kB*: the same as
*shown* where every output is a text of 100,000 characters.
"""

from __future__ import annotations

import argparse
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.shared import show
from judgekit.labeling.samples import Listed
from judgekit.records import Item
from tests.labeling.page.screen import Person, sitting, tasks_of

STOPWATCH = """
window.shown = []; window.saved = [];
addEventListener("keydown", (event) => {
  const start = event.timeStamp;
  requestAnimationFrame(() => requestAnimationFrame((now) => window.shown.push(now - start)));
  window.start = start;
}, true);
const said = document.getElementById("status");
new MutationObserver(() => {
  if (said.textContent.startsWith("Saved")) window.saved.push(performance.now() - window.start);
}).observe(said, { childList: true });
"""


def quantiles(times: list[float]) -> dict[str, float]:
    """Median and 99 % quantile."""
    return {"median": statistics.median(times), "q99": statistics.quantiles(times, n=100)[-1]}


def measure(browser: Any, output: str, items: int, answers: int) -> dict[str, dict[str, float]]:
    """Label so many items of one output."""
    told = [
        Item(id=str(n), question=f"Question {n}?", references=("Ghent.",), outputs=(output,))
        for n in range(items)
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        sitting(Listed(tasks_of(told, "forgetting")), Path(folder) / "labels.jsonl") as link,
    ):
        person = Person(browser).open(link)
        person.script(STOPWATCH)
        for answer in range(answers):
            person.ready()
            time.sleep(0.25)
            person.press(str(1 + answer % 5))
        person.ready()
        return {name: quantiles(person.script(f"return window.{name}")) for name in ("shown", "saved")}


def main() -> None:
    """Measure, and print."""
    from selenium import webdriver

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=400)
    parser.add_argument("--answers", type=int, default=200)
    given = parser.parse_args()
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=shutil.which("chromedriver"))
    browser = webdriver.Chrome(options=options, service=service)
    try:
        short = measure(browser, "In Ghent, I believe.", given.items, given.answers)
        long = measure(browser, "the " * 25_000, given.answers // 4 + 20, given.answers // 4)
    finally:
        browser.quit()
    show({"unit": "ms", **short, "paint of 100 kB": long["shown"]})


if __name__ == "__main__":
    main()
