"""Time and memory of `judgekit export`, by format and size: memory should not grow with the run.

    python benchmarks/export.py [--items 100000]

Each format is written in a process of its own, of a run of 10,000 items and of one ten times as large. Prints one JSON
object: seconds, bytes, and the peak of resident memory in MiB, and what of it was there before writing began.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import judgekit as jk
from judgekit.export.verb import FORMATS
from judgekit.records import Evidence, EvidenceRow, Item, ItemResult, Verdict
from judgekit.runs.about import RunAbout
from judgekit.runs.writer import RunWriter

WORDS = (
    "the",
    "author",
    "was",
    "born",
    "in",
    "a",
    "town",
    "near",
    "the",
    "sea",
    "and",
    "wrote",
    "of",
    "it",
    "all",
)


def results(count: int) -> Iterator[ItemResult]:
    """So many judged outputs of some 600 characters."""
    for number in range(count):
        text = " ".join(WORDS[(number + k) % len(WORDS)] for k in range(120))
        item = Item(
            id=str(number), question=f"Who is author {number}?", references=(text[:100],), outputs=(text,)
        )
        named = {"id": item.id, "question_id": item.question_id, "rubric": "forgetting"}
        probs = {"leaked": 0.7, "wrong": 0.2, "withheld": 0.1}
        evidence = EvidenceRow(**named, tiers={"a": Evidence(probs=probs), "b": Evidence(probs=probs)})
        yield ItemResult(
            item, evidence, Verdict(**named, state="verdict", label="leaked", tier="b", confidence=0.7)
        )


def peak() -> float:
    """The most memory that this process held, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(run: Path, form: str) -> dict[str, float]:
    """Write a run once, in this process."""
    with tempfile.TemporaryDirectory() as place:
        jk.export(smallest(Path(place)), Path(place) / "first", format=form)  # what is imported is no growth
        before, start = peak(), time.perf_counter()
        out = jk.export(run, Path(place) / "out", format=form)
        files = [out] if out.is_file() else list(out.iterdir())
        return {
            "seconds": round(time.perf_counter() - start, 1),
            "bytes": sum(file.stat().st_size for file in files),
            "before_mib": round(before),
            "peak_mib": round(peak()),
        }


def smallest(place: Path) -> Path:
    """A run of one item."""
    return made(place / "one", 1)


def made(run: Path, count: int) -> Path:
    """A run folder of so many items."""
    with RunWriter(run) as writer:
        writer.write(results(count))
        writer.finish(RunAbout())
    return run


def main() -> None:
    """Measure every format at two sizes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--items", type=int, default=100_000)
    parser.add_argument("--one", nargs=2, metavar=("RUN", "FORMAT"))
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(Path(given.one[0]), given.one[1])))
        return
    found: dict[str, dict[str, dict[str, float]]] = {form: {} for form in FORMATS}
    with tempfile.TemporaryDirectory() as place:
        for count in (given.items // 10, given.items):
            run = made(Path(place) / str(count), count)
            for form in FORMATS:
                command = [sys.executable, __file__, "--one", str(run), form]
                done = subprocess.run(command, check=True, capture_output=True, text=True)
                found[form][f"{count:,}"] = json.loads(done.stdout)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
