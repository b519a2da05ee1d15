"""How long a report takes: six recorded runs end to end, and fifty thousand made-up items. Prints one JSON object."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import data_folder, show

from judgekit import api, report
from tests.report.make_runs import make_run

FILES = (
    "tofu_Llama-3.1-8B-Instruct_original/TOFU_EVAL.json",
    "tofu_Llama-3.1-8B-Instruct_retain90/TOFU_EVAL.json",
    "duet_GradAscent_lr1e-5/DUET_EVAL.json",
    "duet_GradAscent_lr1e-4/DUET_EVAL.json",
    "duet_NPO_lr1e-5/DUET_EVAL.json",
    "duet_NPO_lr1e-4/DUET_EVAL.json",
)


def timed(folders: list[Path]) -> dict[str, float]:
    """Wall and processor seconds of each step, and the size of the page."""
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
    found["items"] = sum(run.items for run in summary.runs)
    found["page_megabytes"] = round(len(page.encode()) / 1e6, 2)
    return found


def main() -> None:
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
