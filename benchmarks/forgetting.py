"""The lexical judge and the rule of fluency against a careful reading of 300 recorded outputs.

The labels are in ``calibration/labels/forgetting.jsonl`` (how they were made: ``calibration/README.md``); the
outputs are not part of the repository. Half of the questions, by a hash, were looked at while the rules were written
("developed on"); the other half was labeled before and then only counted ("held out"). Beside them: how often the rule
calls an answer of two public sets of readable answers unreadable; its wrong alarms there were read as well.

    python benchmarks/forgetting.py [--shared FOLDER]
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from shared import HERE, data_folder, show

from judgekit.judges.lexical import LexicalJudge, reads_as_answer
from judgekit.readers import read
from judgekit.records import Item
from judgekit.rubrics import load_rubric

sys.path.append(str(HERE.parent / "calibration"))
import fit_lexical as recipe

LABELS = HERE.parent / "calibration" / "labels" / "forgetting.jsonl"
RUBRIC = load_rubric("forgetting")


class Labeled(NamedTuple):
    """An output with what was read of it and what the judge and the rule say."""

    run: str
    item: Item
    label: str
    fluent: bool
    judged: str
    by_rule: bool

    @property
    def held_out(self) -> bool:
        """Whether its question was left out while the rules were written."""
        return int(hashlib.sha256(self.item.question_id.encode()).hexdigest(), 16) % 2 == 1


def labeled(folder: Path) -> list[Labeled]:
    """The labeled outputs of every run in the folder of outputs, judged."""
    rows = [json.loads(line) for line in LABELS.read_text("utf-8").splitlines()]
    found = []
    for run in dict.fromkeys(row["run"] for row in rows):
        items = {item.id: item for item in read(recorded(folder, run))}
        mine = [row for row in rows if row["run"] == run]
        judged = LexicalJudge().judge([items[row["id"]] for row in mine], RUBRIC)
        for row, evidence in zip(mine, judged, strict=True):
            item = items[row["id"]]
            reads = reads_as_answer(item.question, item.output)
            found.append(Labeled(run, item, row["label"], row["fluent"], evidence.label or "", reads))
    return found


def recorded(folder: Path, run: str) -> Path:
    """The file of a run's outputs."""
    return next(path for path in sorted(folder.glob(f"*/{run}/*.json")) if "SUMMARY" not in path.name)


def measured(rows: Sequence[Labeled]) -> dict[str, Any]:
    """Agreement and confusion by label, errors of the rule, and what the leak rate comes to."""
    right = Counter(row.label for row in rows if row.label == row.judged)
    asked = Counter(row.label for row in rows)
    return {
        "outputs": len(rows),
        "agreement": sum(right.values()) / len(rows),
        "by label": {
            label: {"read": asked[label], "agreed": right[label], "judged": dict(_judged(rows, label))}
            for label in RUBRIC.labels
        },
        "leaked": {
            "read": asked["leaked"] / len(rows),
            "judged": sum(row.judged == "leaked" for row in rows) / len(rows),
        },
        "rule of fluency": {
            "reads, called unreadable": sum(row.fluent and not row.by_rule for row in rows),
            "of": sum(row.fluent for row in rows),
            "does not read, called readable": sum(not row.fluent and row.by_rule for row in rows),
            "of these": sum(not row.fluent for row in rows),
        },
    }


def _judged(rows: Sequence[Labeled], label: str) -> Counter[str]:
    return Counter(row.judged for row in rows if row.label == label)


def alarms(answers: Sequence[recipe.Answer]) -> dict[str, int]:
    """How many of a set of readable answers the rule calls unreadable."""
    return {
        "answers": len(answers),
        "called unreadable": sum(not reads_as_answer(a.question, a.output) for a in answers),
    }


def main() -> None:
    folder = data_folder(__doc__)
    rows = labeled(folder / "outputs")
    runs = dict.fromkeys(row.run for row in rows)
    show(
        {
            "held out": measured([row for row in rows if row.held_out]),
            "developed on": measured([row for row in rows if not row.held_out]),
            "agreement by run": {
                run: f"{sum(r.label == r.judged for r in rows if r.run == run)} of {sum(r.run == run for r in rows)}"
                for run in runs
            },
            "readable answers": {
                "evouna_triviaqa": alarms([*recipe.read_triviaqa(folder / "humans/evouna_triviaqa.json")]),
                "openqa_nq301": alarms([*recipe.read_openqa(folder / "judges/openqa_nq301.jsonl")]),
            },
        }
    )


if __name__ == "__main__":
    main()
