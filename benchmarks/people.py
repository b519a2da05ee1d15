"""What the labels of the recorded sets are worth, and which of their judges may replace a person; one JSON object.

PandaLM: 999 pairs, three people; two judges. OpenQA-eval: 1,490 answers to 301 questions, the first two people; three
judges. XSTest: 450 responses each of three models, two people; GPT-4's label. Intervals are over questions.

    python benchmarks/people.py [--shared FOLDER]
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from shared import data_folder, show

from judgekit.calibration.people_table import Said, tabulated
from judgekit.labeling.people import judged
from judgekit.records import HumanLabel
from judgekit.trust.agreement.ceiling import ceiling
from judgekit.trust.agreement.interval import Estimate
from judgekit.trust.agreement.reliability import reliability

Row = tuple[str, str, list[str], dict[str, str]]
"""Item, question, what each person said, what each judge said."""


def pandalm(folder: Path) -> Iterator[Row]:
    rows = json.loads((folder / "pandalm_testset.json").read_text("utf-8"))
    judges = {}
    for name, key in (("pandalm-7b", "pandalm_result"), ("gpt-3.5-turbo", "gpt_result")):
        found = json.loads((folder / f"pandalm_{name}.json").read_text("utf-8"))
        judges[name] = {row["idx"]: str(row[key]).replace("Tie", "0") for row in found}
    for row in rows:
        said = {name: answers[row["idx"]] for name, answers in judges.items()}
        people = [str(row[f"annotator{k}"]) for k in (1, 2, 3)]
        answered = {name: label for name, label in said.items() if label in ("0", "1", "2")}
        yield str(row["idx"]), row["instruction"] + row["input"], people, answered


def openqa(folder: Path) -> Iterator[Row]:
    for number, line in enumerate((folder / "openqa_nq301.jsonl").read_text("utf-8").splitlines()):
        row = json.loads(line)
        said = {name: (found or {}).get("verdict") for name, found in row["judges"].items()}
        chance = (row["judges"].get("BEM") or {}).get("prob_equivalent")
        said["BEM"] = None if chance is None else "Yes" if chance > 0.5 else "No"
        answered = {name: label for name, label in said.items() if label in ("Yes", "No")}
        yield str(number), row["qid"], row["annotators"][:2], answered


def xstest(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            label = row["gpt4_label"]
            people = [row["annotation_1"], row["annotation_2"]]
            yield row["id"], row["id"], people, {"gpt-4": label} if label[:2] in ("1_", "2_", "3_") else {}


def triple(found: Estimate | None) -> list[float] | None:
    return None if found is None else [found.value, found.low, found.high]


def worth(rows: list[Row]) -> dict[str, Any]:
    """Agreement, ceiling and judges of one set."""
    table = tabulated(
        Said(item, question, HumanLabel(annotator=f"{k}", label=label))
        for item, question, people, _ in rows
        for k, label in enumerate(people)
    )
    found = reliability(table.given, questions=table.questions)
    best = ceiling(table.given, questions=table.questions)
    judges = {}
    for name in sorted({name for *_, said in rows for name in said}):
        one = judged(name, table, {item: said[name] for item, *_, said in rows if name in said})
        assert one.standing is not None and one.test is not None
        judges[name] = {
            "items": one.standing.judge.items,
            "with_the_majority": triple(one.standing.judge),
            "minus_a_person": triple(one.standing.difference),
            "wins_over": f"{sum(left.won for left in one.test.people)} of {len(one.test.people)}",
            "advantage": one.test.advantage,
            "least_epsilon": one.test.least_epsilon,
            "may_replace": one.test.passes,
        }
    return {
        "items": found.items,
        "people": len(table.annotators),
        "raw": triple(found.raw),
        "alpha": triple(found.alpha),
        "fleiss": triple(found.fleiss),
        "ac1": triple(found.ac1),
        "ceiling": [best.estimate, best.low, best.high],
        "judges": judges,
    }


def main() -> None:
    data = data_folder(__doc__)
    sets = {"pandalm": [*pandalm(data / "humans")], "openqa_nq301": [*openqa(data / "judges")]}
    for path in sorted((data / "humans").glob("xstest_*.csv")):
        sets[path.stem] = [*xstest(path)]
    show({name: worth(rows) for name, rows in sets.items()})


if __name__ == "__main__":
    main()
