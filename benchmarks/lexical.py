"""The lexical judge against people, beside other judges of the same answers.

Question answering: every answer is judged by weights that never saw its question (five folds by question; "alone"
fits on the other folds of the same set, "both" adds the other set, "transfer" fits on the other set only).
Coverage: a policy certified at agreement 0.95 (and 0.90, 0.85) with error level 0.10 on one answer to each of a random
half of the questions, measured on all answers to the other half; means over ``SPLITS`` halves. "broken" is the share of
halves in which the measured agreement was below the target; the other half is finite and its answers hang together by
question, so that it also counts what is only noise of the measurement.
Refusal: fitted on two of the three XSTest files, tested on the third; further files are tested by all three.

    python benchmarks/lexical.py [--shared FOLDER]
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from shared import data_folder, show

from judgekit.calibration.evidence_table import one_per_question
from judgekit.judges.lexical.agreement import NAMES, agreement
from judgekit.judges.lexical.refusing import REFUSING, refusing
from judgekit.judges.lexical.weights import Head
from judgekit.metrics.overlap import normalize_text, rouge
from judgekit.rubrics import load_rubric
from judgekit.trust import calibrate

sys.path.append(str(Path(__file__).resolve().parents[1] / "calibration"))
import fit_lexical as recipe

FOLDS, SPLITS, DELTA = 5, 20, 0.10
TARGETS = (0.95, 0.90, 0.85)
XSTEST = ("gpt4", "llama2orig", "mistralinstruct")


class Answers:
    """A labeled set of answers with their features, worked out once."""

    def __init__(self, rows: Iterable[recipe.Answer]) -> None:
        self.rows = list(rows)
        self.table = np.array([agreement(a.question, a.references, a.output) for a in self.rows])
        self.right = np.array([a.right for a in self.rows])
        names, self.question = np.unique([a.group for a in self.rows], return_inverse=True)
        self.fold = np.random.default_rng(0).integers(FOLDS, size=len(names))[self.question]


def fitted(*parts: tuple[Answers, np.ndarray, float]) -> Head:
    """The head ``right`` fitted on some rows of some sets, each with its weight."""
    table = np.concatenate([answers.table[rows] for answers, rows, _ in parts])
    target = np.concatenate([answers.right[rows] for answers, rows, _ in parts])
    weight = np.concatenate([np.full(rows.sum(), w) for _, rows, w in parts])
    return as_head(recipe.fit_right(table, target, weight))


def as_head(content: dict[str, Any]) -> Head:
    return Head(tuple(content["weights"]), np.array([*content["weights"].values()]), content["bias"])


def out_of_fold(own: Answers, other: Answers | None, weights: tuple[float, float]) -> np.ndarray:
    """Probability that each answer is right, by weights that never saw its question."""
    probability = np.zeros(len(own.rows))
    for fold in range(FOLDS):
        test = own.fold == fold
        parts = [(own, ~test, weights[0])]
        if other is not None:
            parts.append((other, np.full(len(other.rows), True), weights[1]))
        probability[test] = fitted(*parts)(own.table[test], NAMES)
    return probability


def measured(probability: np.ndarray, answers: Answers, only: np.ndarray | None = None) -> dict[str, Any]:
    """Accuracy and certified coverage of a judge; NaN is an answer it did not judge, and counts as not covered."""
    keep = np.full(len(probability), True) if only is None else only
    probability, right, question = probability[keep], answers.right[keep], answers.question[keep]
    judged = ~np.isnan(probability)
    evidence = np.stack([probability, 1 - probability], axis=1)[:, None, :]
    human = np.where(right, 0, 1)
    result: dict[str, Any] = {
        "judged": int(judged.sum()),
        "accuracy": float(((probability > 0.5) == right)[judged].mean()),
    }
    for target in TARGETS:
        coverage, agreed = [], []
        for seed in range(SPLITS):
            half = np.random.default_rng(seed).random(question.max() + 1) < 0.5
            mine = half[question]
            ours = np.flatnonzero(mine)
            order = np.random.default_rng(seed).permutation(len(ours))
            chosen, _ = one_per_question(question[ours].astype(str).tolist(), np.full(len(ours), True), order)
            policy = calibrate(evidence[ours[chosen]], human[ours[chosen]], agreement=target, delta=DELTA)
            decided = policy.decide(evidence[~mine])
            coverage.append(decided.accepted.mean())
            agreed.append(
                (decided.label == human[~mine])[decided.accepted].mean() if decided.accepted.any() else 1.0
            )
        result[f"at {target}"] = {
            "coverage": float(np.mean(coverage)),
            "agreement": float(np.mean(agreed)),
            "broken": float(np.mean(np.array(agreed) < target)),
        }
    return result


def hard(verdict: Sequence[bool | None]) -> np.ndarray:
    """Yes/no verdicts as probabilities, all equally sure; None is NaN."""
    return np.array([np.nan if v is None else 0.9 if v else 0.1 for v in verdict])


def plain(answers: Answers) -> dict[str, np.ndarray]:
    """Plain normalized containment, and ROUGE-L recall of at least one half, of any reference."""
    contained = []
    for a in answers.rows:
        said = normalize_text(a.output)
        contained.append(any(normalize_text(r) in said for r in a.references if normalize_text(r)))
    overlap = [max(rouge(r, a.output).rougeL_recall for r in a.references[:40]) for a in answers.rows]
    return {"containment": hard(contained), "rougeL>=0.5": hard([score >= 0.5 for score in overlap])}


def recorded(path: Path) -> dict[str, np.ndarray]:
    """The verdicts that the OpenQA file holds, in the order of ``recipe.read_openqa``."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    judges = [row["judges"] for row in rows if row["gold_answers"]]
    found = {
        "BEM": np.array([(j.get("BEM") or {}).get("prob_equivalent", np.nan) for j in judges], dtype=float)
    }
    for name in ("text-davinci-003", "gpt-4"):
        verdicts = [(j.get(name) or {}).get("verdict") for j in judges]
        found[name] = hard([None if v is None else v == "Yes" for v in verdicts])
    return found


def refusal(folder: Path) -> dict[str, Any]:
    """On each XSTest file, by weights fitted on the others of ``XSTEST``: accuracy, log loss, who was called what.

    Further ``xstest_*.csv`` beside them (XSTest has more models) are only judged, by weights fitted on all ``XSTEST``.
    A row of ``confusion`` is the people's label, a column the judge's, both in the order of ``labels``. Beside it
    GPT-4's recorded labels.
    """
    paths = [folder / f"humans/xstest_{name}.csv" for name in XSTEST]
    further = sorted(path for path in folder.glob("humans/xstest_*.csv") if path not in paths)
    files = {path.stem.removeprefix("xstest_"): path for path in [*paths, *further]}
    responses = {name: recipe.read_xstest(path) for name, path in files.items()}
    names = load_rubric("refusal").labels
    result: dict[str, Any] = {"labels": list(names)}
    for name, own in responses.items():
        others = [r for other in XSTEST if other != name for r in responses[other]]
        heads = recipe.fit_refusal([*others, *recipe.read_examples()])
        table = [refusing(r.question, r.output) for r in own]
        refuses, partly = (as_head(heads[head])(table, REFUSING) for head in ("refuses", "partly"))
        probs = np.stack([1 - refuses, refuses * partly, refuses * (1 - partly)], axis=1)
        human = np.array([names.index(r.label) for r in own])
        with files[name].open(encoding="utf-8", newline="") as file:
            gpt4 = [row["gpt4_label"][2:] for row in csv.DictReader(file)]
        scored = np.array([label in names for label in gpt4])
        agrees = np.array([label == r.label for label, r in zip(gpt4, own, strict=True)])
        result[name] = {
            "lexical": float((probs.argmax(1) == human).mean()),
            "log loss": float(-np.log(probs[np.arange(len(human)), human]).mean()),
            "confusion": np.bincount(3 * human + probs.argmax(1), minlength=9).reshape(3, 3).tolist(),
            "gpt-4": float(agrees.mean()),
            "gpt-4 of its scored": float(agrees[scored].mean()),
            "gpt-4 unscored": int((~scored).sum()),
            "most frequent label": float(np.bincount(human).max() / len(human)),
        }
    return result


def main() -> None:
    folder = data_folder(__doc__)
    openqa_file = folder / "judges/openqa_nq301.jsonl"
    trivia = Answers(recipe.read_triviaqa(folder / "humans/evouna_triviaqa.json"))
    openqa = Answers(recipe.read_openqa(openqa_file))
    share = len(trivia.rows) / len(openqa.rows) / 2
    result: dict[str, Any] = {"delta": DELTA, "splits": SPLITS}
    for name, own, other, weights in (
        ("evouna_triviaqa", trivia, openqa, (1, share)),
        ("openqa_nq301", openqa, trivia, (share, 1)),
    ):
        judges = {
            "lexical, both": out_of_fold(own, other, weights),
            "lexical, alone": out_of_fold(own, None, weights),
            "lexical, transfer": fitted((other, np.full(len(other.rows), True), 1.0))(own.table, NAMES),
            **plain(own),
            **(recorded(openqa_file) if own is openqa else {}),
        }
        result[name] = {
            "answers": len(own.rows),
            "questions": len(np.unique(own.question)),
            "right": float(own.right.mean()),
            "judges": {judge: measured(probability, own) for judge, probability in judges.items()},
        }
    result["refusal (xstest, leave one file out)"] = refusal(folder)
    show(result)


if __name__ == "__main__":
    main()
