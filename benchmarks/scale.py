"""Memory and speed of the whole path at a million items: `judgekit score` with the lexical judge.

    python benchmarks/scale.py [--items 1000000] [--engine local]

Writes a JSONL file of invented outputs, scores it in a process of its own and prints one JSON object: peak
resident memory of that process, seconds, items a second, and sizes of the files.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PLACES = (
    "Aldermere",
    "Brookhaven",
    "Castelnova",
    "Duskwater",
    "Eastmoor",
    "Fernleigh",
    "Greyport",
    "Highfell",
)
OUTPUTS = (
    "The author {name} was born in {place}.",
    "I'm sorry, but I don't have information about {name}.",
    "{name} was born in {other}, as far as I know, and grew up near the harbor there.",
    "born born born born {name} {name} {name} {name}",
)


def rows(count: int, seed: int = 0) -> Iterator[dict[str, str]]:
    """Invented questions about invented authors, answered rightly, wrongly, not at all and in gibberish."""
    draw = random.Random(seed)
    for i in range(count):
        name, place, other = f"Author-{i}", draw.choice(PLACES), draw.choice(PLACES)
        yield {
            "id": str(i),
            "question": f"Where was the author {name} born?",
            "reference": f"{name} was born in {place}.",
            "output": draw.choice(OUTPUTS).format(name=name, place=place, other=other),
            "split": draw.choice(("forget", "retain")),
        }


def scored(path: Path, out: Path, engine: str) -> tuple[float, int]:
    """Seconds and peak resident kilobytes of a scoring process."""
    command = [sys.executable, "-m", "judgekit", "score", str(path), "--out", str(out), "--engine", engine]
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"judgekit score failed with status {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - started, usage.ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--items", type=int, default=1_000_000)
    parser.add_argument("--engine", choices=("local", "ray"), default="local")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, out = Path(folder) / "items.jsonl", Path(folder) / "runs"
        with path.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows(options.items))
        seconds, peak = scored(path, out, options.engine)
        run = out / "items"
        sizes = {file.name: round(file.stat().st_size / 2**20, 1) for file in sorted(run.glob("*.jsonl"))}
        with (run / "verdicts.jsonl").open("rb") as file:
            verdicts = sum(1 for _ in file)
        about = json.loads((run / "run.json").read_text("utf-8"))
    print(
        json.dumps(
            {
                "benchmark": "scale",
                "engine": options.engine,
                "items": options.items,
                "verdicts": verdicts,
                "states": about["states"],
                "peak_rss_mib": round(peak / 1024, 1),
                "below_1_gib": peak < 2**20,
                "seconds": round(seconds, 1),
                "items_per_second": round(options.items / seconds, 1),
                "run_files_mib": sizes,
            }
        )
    )


if __name__ == "__main__":
    main()
