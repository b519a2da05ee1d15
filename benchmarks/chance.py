"""Right by chance: coverage of its intervals, what recorded runs show, and what it costs. Prints one JSON object."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from shared import data_folder, show

from judgekit import api, report
from judgekit.report.rates.chance import ByChance, leaks_by_chance
from judgekit.report.rates.judged import JudgedRate
from judgekit.rubrics import load_rubric
from tests.promises.test_chance import POPULATIONS, covered
from tests.report.make_runs import make_run

RUNS = ("duet_GradAscent_lr1e-4", "duet_GradAscent_lr1e-5", "duet_NPO_lr1e-4", "duet_NPO_lr1e-5")
DRAWS = 1000


def coverage() -> dict[str, dict[str, list[float]]]:
    """Share of draws in which the 95 % intervals of rate, chance and excess hold the truth, by questions."""
    return {
        f"knows {know}, {common} of the answers alike, guesses that one in {guess}": {
            str(n): [round(float(share), 3) for share in covered(n, 4000, know, common, guess, DRAWS)]
            for n in (20, 60, 300)
        }
        for know, common, guess in POPULATIONS
    }


def recorded(files: Path, folder: Path) -> dict[str, dict[str, dict[str, object]]]:
    """Leaked, chance and excess of each recorded run, by kind of question, in percent."""
    for run in RUNS:
        api.score(files / run / "DUET_EVAL.json", folder / run)
    summary = report.summarize(report.load([folder / run for run in RUNS]))
    found = {}
    for run in summary.runs:
        forget = run.side("forget")
        found[run.name] = {part.kind or "all": _figures(part) for part in forget.by_chance} if forget else {}
    return found


def _figures(part: ByChance) -> dict[str, object]:
    def percent(rate: JudgedRate) -> list[float]:
        return [round(100 * value, 1) for value in (rate.middle, rate.low, rate.high)]

    shown = {"leaked": percent(part.leaked), "chance": percent(part.chance), "excess": percent(part.excess)}
    return {"items": part.items, **shown}


def cost(folder: Path) -> dict[str, float]:
    """Processor seconds of the chance figure of a run of so many items."""
    found = {}
    for items in (1_000, 10_000, 100_000):
        run = report.load([make_run(folder / str(items), forget=items, keep=0)])[0]
        began = time.process_time()
        leaks_by_chance(run.rows, load_rubric("forgetting"))
        found[str(items)] = round(time.process_time() - began, 2)
    return found


def main() -> None:
    files = data_folder(__doc__) / "outputs/open_unlearning"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        show({"recorded": recorded(files, folder), "cpu_seconds": cost(folder), "coverage": coverage()})


if __name__ == "__main__":
    main()
