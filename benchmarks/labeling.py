"""How long a person waits between an answer and the next item; prints one JSON object.

    python -m benchmarks.labeling [--items 900] [--answers 300]

``judgekit label --agreement 0.9`` in a process of its own over a pool of so many items (two tiers, invented texts), on
loopback. Each annotator answers as fast as it goes, as the page does it: POST the answer, which is on the disk when it
returns, then GET the next items; with a page turn, milliseconds of both together, as median and 99 % quantile. *one*:
one annotator, alone. *ten*: ten at a time, none waiting between items, which is far more than ten people. *person*: one
that thinks for a quarter of a second, so that what is certified so far is worked out beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import re
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

from benchmarks.shared import show
from tests.report.make_runs import LABELS, TEXT, make_run

THINKS = 0.25


@asynccontextmanager
async def page(run: Path, labels: Path) -> AsyncIterator[aiohttp.ClientSession]:
    """``judgekit label`` over a run, and a browser that has opened its link."""
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "judgekit",
            "label",
            str(run),
            "--rubric",
            "forgetting",
            "--agreement",
            "0.9",
        ),
        *("-o", str(labels), "--no-browser"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    try:
        link = ""
        while not link:
            line = (await process.stdout.readline()).decode()
            assert line, "judgekit label did not start"
            link = found[0] if (found := re.search(r"http://\S+", line)) else ""
        base, _, token = link.partition("/?")
        async with aiohttp.ClientSession(base, cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
            await browser.get(f"/?{token}")
            yield browser
    finally:
        process.kill()
        await process.wait()


async def annotate(browser: aiohttp.ClientSession, name: str, answers: int, thinks: float) -> list[float]:
    """Answer so many items; milliseconds of each page turn."""
    took, held = [], []

    async def fetch() -> None:
        query = [("annotator", name), *(("have", item["key"]) for item in held)]
        async with browser.get("/api/next", params=query) as reply:
            held.extend((await reply.json())["items"])

    await fetch()
    while held and len(took) < answers:
        item = held.pop(0)
        await asyncio.sleep(thinks)
        label = next((label for label in LABELS["forgetting"] if TEXT[label] in item["outputs"][0]), "leaked")
        start = time.perf_counter()
        body = {"annotator": name, "key": item["key"], "label": label, "seconds": thinks}
        async with browser.post("/api/answer", json=body) as reply:
            assert reply.status == 200, await reply.text()
        await fetch()
        took.append(1000 * (time.perf_counter() - start))
    return took


async def measured(run: Path, labels: Path, people: int, answers: int, thinks: float) -> dict[str, Any]:
    """Page turns of so many annotators together."""
    async with page(run, labels) as browser:
        start = time.perf_counter()
        each = await asyncio.gather(
            *(annotate(browser, f"person {number}", answers // people, thinks) for number in range(people))
        )
        took = [one for person in each for one in person]
        return {
            "turns": len(took),
            "ms_p50": statistics.median(took),
            "ms_p99": statistics.quantiles(took, n=100)[98],
            "ms_most": max(took),
            "turns_a_second": len(took) / (time.perf_counter() - start),
        }


async def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=900, help="in the pool")
    parser.add_argument("--answers", type=int, default=300, help="in each of the three")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        run = make_run(Path(folder) / "run", "original", forget=given.items, keep=4)
        sittings = {"one": (1, 0.0), "ten": (10, 0.0), "person": (1, THINKS)}
        found = {
            name: await measured(run, Path(folder) / name / "labels.jsonl", people, given.answers, thinks)
            for name, (people, thinks) in sittings.items()
            if (Path(folder) / name).mkdir() is None
        }
    show({"items": given.items, **found})


if __name__ == "__main__":
    asyncio.run(main())
