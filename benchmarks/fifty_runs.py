"""A report on fifty runs of 2,000 items: how long it takes, how large the page is, how soon a reader sees it.

python benchmarks/fifty_runs.py [--shared FOLDER] [--keep FOLDER]

Ten methods at five learning rates, 100,000 items in all. Outputs are drawn, question by question, from four recorded
runs of DUET, so that texts are real; without recorded data they are made up. Prints one JSON object: seconds of
loading, summarizing and making the page, megabytes of the page and of memory, and, in headless Chromium, the
milliseconds from the start of navigation to the first paint and to the table of runs.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from report import timed
from shared import DEFAULT, show

from judgekit import api
from tests.report.make_runs import METHODS, make_run

RATES = ("1e-5", "5e-5", "1e-4", "5e-4", "1e-3")
NAMES = ("NPO", "SimNPO", "GradAscent", "GradDiff", "RMU", "DPO", "UNDIAL", "AltPO", "WGA", "CEU")
RECORDED = tuple(
    f"duet_{method}_lr1e-{power}/DUET_EVAL.json" for method in ("NPO", "GradAscent") for power in (5, 4)
)
ITEMS = 2_000
FILES = ("items.jsonl", "evidence.jsonl", "verdicts.jsonl")


def recorded_rows(logs: Path, folder: Path) -> list[list[tuple[dict[str, Any], ...]]]:
    """Of each recorded run, judged by the lexical judge, the rows of every item in all files."""
    found = []
    for file in RECORDED:
        run = folder / Path(file).parent
        api.score(logs / file, run)
        columns = [[json.loads(line) for line in (run / name).read_text().splitlines()] for name in FILES]
        found.append(list(zip(*columns, strict=True)))
    return found


def drawn(
    runs: list[list[tuple[dict[str, Any], ...]]], strength: float, seed: int
) -> Iterator[tuple[dict[str, Any], ...]]:
    """Rows of 2,000 items: of each question the output of one run, of a later one the stronger the method."""
    rng = random.Random(seed)
    count = len(runs[0])
    for number in range(ITEMS):
        again, place = divmod(number, count)
        which = min(int(rng.betavariate(1 + 4 * strength, 5 - 4 * strength) * len(runs)), len(runs) - 1)
        rows = json.loads(json.dumps(runs[which][place]))
        for row in rows:
            if again:  # another question with the same texts: the page holds them all the same
                row["id"], row["question_id"] = f"{row['id']}/{again}", f"{row.get('question_id', '')}{again}"
        yield rows


def fifty(folder: Path, logs: Path) -> list[Path]:
    """The run folders."""
    runs = recorded_rows(logs, folder / "recorded") if logs.is_dir() else []
    made = []
    for number, (name, rate) in enumerate((name, rate) for name in NAMES for rate in RATES):
        method = f"{name}_lr{rate}"
        target = folder / method
        if not runs:
            shape = list(METHODS)[number % len(METHODS)]
            made.append(make_run(target, shape, forget=ITEMS // 2, keep=ITEMS // 2, seed=number))
            continue
        shutil.copytree(folder / "recorded" / Path(RECORDED[0]).parent, target)
        strength = RATES.index(rate) / (len(RATES) - 1)
        columns = zip(*drawn(runs, strength, number), strict=True)
        for file, rows in zip(FILES, columns, strict=True):
            lines = (
                json.dumps(row | {"method": method, "model": "Llama-3.1-8B"}, ensure_ascii=False)
                for row in rows
            )
            (target / file).write_text("".join(f"{line}\n" for line in lines))
        made.append(target)
    return made


SEEN = """
window.seen = {};
const look = () => {
  const table = document.querySelector("main table, table");
  if (table && table.getBoundingClientRect().height > 0 && table.rows.length > 50) {
    window.seen.table = performance.now();
  } else {
    requestAnimationFrame(look);
  }
};
requestAnimationFrame(look);
"""


def first_screen(page: Path) -> dict[str, float]:
    """Milliseconds from the start of navigation, the median of five visits; empty without a browser."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if binary is None or driver is None:
        return {}
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000"):
        options.add_argument(flag)
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(executable_path=driver))
    visits: list[dict[str, float]] = []
    try:
        chrome.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": SEEN})
        for _ in range(5):
            chrome.get(page.resolve().as_uri())
            visits.append(
                chrome.execute_async_script(
                    "const done = arguments[0];"
                    "const tell = () => window.seen.table ? done({"
                    "  first_paint_ms: performance.getEntriesByName('first-contentful-paint')[0]?.startTime,"
                    "  table_ms: window.seen.table,"
                    "  loaded_ms: performance.getEntriesByType('navigation')[0].loadEventEnd}) : setTimeout(tell, 20);"
                    "tell();"
                )
            )
    finally:
        chrome.quit()
    return {name: sorted(visit[name] for visit in visits)[len(visits) // 2] for name in visits[0]}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--shared", type=Path, default=DEFAULT, help="folder that holds data/ (default: %(default)s)"
    )
    parser.add_argument("--keep", type=Path, help="leave runs and page there")
    given = parser.parse_args()
    logs = given.shared / "data" / "outputs" / "open_unlearning"
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        found = timed(fifty(folder, logs), folder / "report.html")
        show({"runs": 50, "recorded_texts": logs.is_dir(), **found, **first_screen(folder / "report.html")})


if __name__ == "__main__":
    main()
