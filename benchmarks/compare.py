"""The comparison on real runs: control, ranks with ties, conclusions that change with the measure.

    python benchmarks/compare.py [--shared FOLDER]

Prints one JSON object about the four DUET runs (GradAscent and NPO at two learning rates) and the TOFU models
before and after. The original model behind the DUET runs is not published; GradAscent at 1e-5, which is
hardly changed, stands in for it. Labels come from the lexical judge: its opinion, not people's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import time
from itertools import groupby
from pathlib import Path
from typing import Any

from judgekit.judges.lexical import LexicalJudge
from judgekit.readers import read
from judgekit.records import Item
from judgekit.report.comparison.axes import RecordedAxis
from judgekit.report.comparison.conclusions import changes, disagreement
from judgekit.report.paired import distance, mean, shares
from judgekit.report.per_question import QuestionValues, question_values
from judgekit.report.recipes import Candidate, pick
from judgekit.rubrics import load_rubric

DUET = ("GradAscent_lr1e-5", "GradAscent_lr1e-4", "NPO_lr1e-5", "NPO_lr1e-4")
TAUS = (0.9, 0.95)


def judged(items: list[Item]) -> dict[str, str | None]:
    """The lexical judge's label for every item."""
    evidence = asyncio.run(LexicalJudge().evidence(items, load_rubric("forgetting"), 1))
    return {item.id: found.label for item, found in zip(items, evidence, strict=True)}


def load(path: Path, name: str, retrained: QuestionValues | None = None) -> QuestionValues:
    items = list(read(path))
    return question_values(name, items, judged([item for item in items if item.split == "forget"]), retrained)


def control(runs: dict[str, QuestionValues]) -> list[dict[str, Any]]:
    """Controlled against uncontrolled pick of each method at each tau."""
    utility = {name: run.values["holdout"]["rougeL_recall"] for name, run in runs.items()}
    original, found = utility[DUET[0]], []
    for tau in TAUS:
        for method, names in groupby(DUET, key=lambda name: name.split("_")[0]):
            candidates = [Candidate(n, runs[n].values["forget"]["rougeL_recall"], utility[n]) for n in names]
            chosen = pick(method, candidates, original, tau)
            found.append(
                {
                    "tau": tau,
                    "method": method,
                    "controlled": chosen.controlled.name if chosen.controlled else None,
                    "uncontrolled": chosen.uncontrolled.name if chosen.uncontrolled else None,
                    "changed": chosen.changed,
                    "margins": {n: [round(m.low, 4), round(m.high, 4)] for n, m in chosen.margins.items()},
                }
            )
    return found


def ranks(axes: list[RecordedAxis]) -> dict[str, Any]:
    """Ranks by what is revealed on the forget split, under every measure."""
    return {axis.name: _places(axis) for axis in axes}


def _places(axis: RecordedAxis) -> dict[str, Any]:
    best, worst = axis.places
    found = {}
    for place in axis.order:
        name = axis.runs[place]
        seen = axis.means[name]
        found[name] = {
            "revealed": round(seen.value or 0.0, 4),
            "interval": [round(seen.low, 4), round(seen.high, 4)],
            "rank": [int(best[place]), int(worst[place])],
        }
    return found


def main() -> None:
    shared = Path(os.environ.get("JUDGEKIT_SHARED") or Path(__file__).resolve().parents[2] / "shared")
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--shared", type=Path, default=shared)
    folder = parser.parse_args().shared / "data/outputs/open_unlearning"
    started = time.perf_counter()
    runs = {name: load(folder / f"duet_{name}/DUET_EVAL.json", name) for name in DUET}
    measures = {
        "ROUGE-L recall": {name: run.values["forget"]["rougeL_recall"] for name, run in runs.items()},
        "contains the answer": {name: run.values["forget"]["containment"] for name, run in runs.items()},
        "judged leaked": {name: shares(run.labels["forget"], ["leaked"]) for name, run in runs.items()},
    }
    well = {name: shares(run.labels["forget"], ["withheld", "wrong"]) for name, run in runs.items()}
    axes = [RecordedAxis(name, values, higher=False) for name, values in measures.items()]
    found = changes([*axes, RecordedAxis("judged forgotten well", well, higher=True)]).shown
    apart = [
        disagreement(name, ("ROUGE-L recall", measures["ROUGE-L recall"][name]), ("judged leaked", values))
        for name, values in measures["judged leaked"].items()
    ]
    tofu = "tofu_Llama-3.1-8B-Instruct_{}/TOFU_EVAL.json"
    retrained = load(folder / tofu.format("retain90"), "retain90")
    original = load(folder / tofu.format("original"), "original", retrained)
    names = ("rougeL_recall", "probability", "truth_ratio_folded", "extraction_strength")
    away = [distance(n, original.values["forget"][n], retrained.values["forget"][n]) for n in names]
    result = {
        "control": control(runs),
        "ranks": ranks(axes),
        "forgotten well": {name: round(mean(values).value or 0.0, 4) for name, values in well.items()},
        "changed conclusions": [
            {
                "runs": change.runs,
                "measures": change.measures,
                "forgot better": change.forgot_better,
                "reversed": change.reversed,
                "examples": [example.question for example in change.examples],
            }
            for change in found
        ],
        "disagreement of ROUGE and judge": {
            d.run: {"items": d.n, "only ROUGE": len(d.only_first), "only judge": len(d.only_second)}
            for d in apart
        },
        "distance of the original to retain90": {
            d.measure: [round(d.gap.value or 0.0, 4), round(d.gap.low, 4), round(d.gap.high, 4)] for d in away
        },
        "seconds": round(time.perf_counter() - started, 1),
    }
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
