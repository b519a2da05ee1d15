"""How long a report takes: six recorded runs, fifty thousand made-up items, a thousand runs. Prints one JSON object.

python benchmarks/report.py
python benchmarks/report.py --runs 1000     # nothing but so many made-up runs of 20 items; needs no recorded data
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import data_folder, show

from judgekit import api, report
from tests.report.make_runs import METHODS, make_run

FILES = (
    "tofu_Llama-3.1-8B-Instruct_original/TOFU_EVAL.json",
    "tofu_Llama-3.1-8B-Instruct_retain90/TOFU_EVAL.json",
    "duet_GradAscent_lr1e-5/DUET_EVAL.json",
    "duet_GradAscent_lr1e-4/DUET_EVAL.json",
    "duet_NPO_lr1e-5/DUET_EVAL.json",
    "duet_NPO_lr1e-4/DUET_EVAL.json",
)


def timed(folders: list[Path], out: Path | None = None) -> dict[str, float]:
    """Wall and processor seconds of each step, and the size of the page, which is left in ``out``."""
    found: dict[str, float] = {}

    def step(name, work):  # type: ignore[no-untyped-def]
        wall, cpu = time.perf_counter(), time.process_time()
        done = work()
        found[f"{name}_seconds"] = round(time.perf_counter() - wall, 2)
        found[f"{name}_cpu_seconds"] = round(time.process_time() - cpu, 2)
        return done

    runs = step("load", lambda: report.load(folders))
    summary = step("summarize", lambda: report.summarize(runs))
    page = step("page", lambda: report.to_html(summary, runs))
    if out is not None:
        out.write_text(page, encoding="utf-8")
    found["items"] = sum(run.items for run in summary.runs)
    found["page_megabytes"] = round(len(page.encode()) / 1e6, 2)
    found["peak_megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return found


def small_runs(folder: Path, count: int) -> list[Path]:
    """Runs of ten forget and ten kept items, methods taking turns."""
    methods = list(METHODS)
    return [
        make_run(folder / f"run{k}", methods[k % len(methods)], forget=10, keep=10, seed=k)
        for k in range(count)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, help="only this many made-up runs")
    count = parser.parse_known_args()[0].runs
    if count:
        with tempfile.TemporaryDirectory() as name:
            show({"small_runs": count, **timed(small_runs(Path(name), count))})
        return
    files = data_folder(__doc__) / "outputs/open_unlearning"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        start, cpu = time.perf_counter(), time.process_time()
        for file in FILES:
            api.score(files / file, folder / Path(file).parent)
        scored = {
            "score_seconds": round(time.perf_counter() - start, 2),
            "score_cpu_seconds": round(time.process_time() - cpu, 2),
        }
        six = {**scored, **timed([folder / Path(file).parent for file in FILES])}
        many = timed([make_run(folder / "many", "original", forget=25_000, keep=25_000)])
    show({"six_runs": six, "fifty_thousand_items": many})


if __name__ == "__main__":
    main()
