"""What guard and shift check do when a calibration meets outputs of other systems; prints one JSON object.

python benchmarks/guard.py evouna_triviaqa.json

The file (QA-Eval's EVOUNA, TriviaQA part) has answers of five systems to the same questions, each judged by people. The
lexical judge is calibrated on one system's answers to 500 questions, 300 of them labeled, and decides on every
system's answers to the others.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from judgekit import api, readers
from judgekit.calibration.ood import REASON
from judgekit.calibration.record import Calibration
from judgekit.records import HumanLabel, Item, Verdict

SYSTEMS = ("fid", "gpt35", "chatgpt", "gpt4", "newbing")
AGREEMENT = 0.9


def items(system: str, rows: Sequence[dict], labeled: bool = True) -> Iterator[Item]:
    for row in rows:
        said = "right" if row[f"judge_{system}"] else "wrong"
        yield Item(
            id=row["question"],
            question=row["question"],
            references=tuple(row["golden_answer"].split("/")),
            outputs=(row[f"answer_{system}"] or "-",),
            method=system,
            human=(HumanLabel(annotator="people", label=said),) if labeled else (),
        )


def agreement(verdicts: Sequence[Verdict]) -> float | None:
    agreed = [verdict.label == verdict.human[0].label for verdict in verdicts]
    return round(float(np.mean(agreed)), 3) if agreed else None


def meets(system: str, rows: Sequence[dict], calibration: Path, folder: Path) -> dict:
    run = api.score(items(system, rows), folder, rubric="qa", calibrations=[calibration]).folder
    verdicts = {verdict.id: verdict for verdict in readers.read_verdicts(run / "verdicts.jsonl")}
    unguarded = Calibration.load(calibration).model_copy(update={"ood": None})
    refused = {name for name, verdict in verdicts.items() if verdict.reason == REASON}
    anyway = [
        v
        for v in api.decide(run, unguarded, allow_uncertified=True)
        if v.id in refused and v.state == "verdict"
    ]
    (claim,) = api.summarize([run]).runs[0].claims
    return {
        "refused": round(len(refused) / len(verdicts), 3),
        "agreement let through": agreement([v for v in verdicts.values() if v.state == "verdict"]),
        "agreement on refused": agreement(anyway),
        "promise": claim.status,
        "shift check": claim.shift,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path)
    rows = [row for row in json.loads(parser.parse_args().file.read_text("utf-8")) if not row["improper"]]
    rows = [rows[i] for i in np.random.default_rng(0).permutation(len(rows))]
    found = {}
    with tempfile.TemporaryDirectory() as place:
        for base in ("fid", "gpt4"):
            known = [*items(base, rows[:300]), *items(base, rows[300:500], labeled=False)]
            run = api.score(known, Path(place) / base, rubric="qa").folder
            made = Path(place) / f"{base}.json"
            api.calibrate([run], agreement=AGREEMENT).save(made)
            found[base] = {
                system: meets(system, rows[500:], made, Path(place) / f"{base} {system}")
                for system in SYSTEMS
            }
    print(json.dumps({"agreement promised": AGREEMENT, "calibrated on": found}, indent=1))


if __name__ == "__main__":
    main()
