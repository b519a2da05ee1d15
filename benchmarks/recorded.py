"""Recorded judges and people as arrays and as evidence rows: what the public files in ``judges/`` hold.

python benchmarks/recorded.py rewardbench2 SHARED/data/judges/rewardbench2.jsonl > evidence.jsonl
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

HALF_A_POINT = 0.5
"""Spread of a judge's scores beside that between its draws, which may all be equal."""

HARD = 0.9
"""Probability given to a label that a judge names without saying how sure it is."""


@dataclass(frozen=True)
class Recorded:
    """One recorded set.

    ``probs`` (items, judges, labels), NaN where a judge gave nothing; ``human`` (items,) label numbers, -1 where people
    gave none; ``ids`` and ``questions`` one an item; ``judges`` cheapest first with ``costs`` (relative, per item).
    """

    ids: list[str]
    questions: list[str]
    probs: np.ndarray
    human: np.ndarray
    judges: list[str]
    labels: list[str]
    costs: list[float]

    def order(self, judges: Sequence[str]) -> Recorded:
        """The same with these judges only, in this order."""
        if unknown := set(judges) - set(self.judges):
            raise SystemExit(f"no judge {', '.join(sorted(unknown))}; there are {', '.join(self.judges)}")
        at = [self.judges.index(name) for name in judges]
        costs = [self.costs[k] for k in at]
        return Recorded(
            self.ids, self.questions, self.probs[:, at], self.human, list(judges), self.labels, costs
        )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Evidence rows, as ``judgekit calibrate`` and ``judgekit decide`` read them."""
        shares = self.probs / self.probs.sum(axis=2, keepdims=True)
        for i, item in enumerate(self.ids):
            tiers = {
                judge: {"reason": "nothing was recorded"}
                if np.isnan(self.probs[i, t, 0])
                else {"probs": dict(zip(self.labels, shares[i, t].tolist(), strict=True))}
                for t, judge in enumerate(self.judges)
            }
            said = int(self.human[i])
            human = [{"annotator": "people", "label": self.labels[said]}] if said >= 0 else []
            yield {"id": item, "question_id": self.questions[i], "tiers": tiers, "human": human}


def evidence(path: Path) -> Recorded:
    """Evidence rows back as arrays; a row's label is what most of its people said, the first of equals."""
    rows = _jsonl(path)
    judges = list(dict.fromkeys(judge for row in rows for judge in row["tiers"]))
    labels = sorted({k for row in rows for tier in row["tiers"].values() for k in tier.get("probs", ())})
    probs = np.full((len(rows), len(judges), len(labels)), np.nan)
    human = np.full(len(rows), -1)
    for i, row in enumerate(rows):
        for judge, tier in row["tiers"].items():
            if tier.get("probs"):
                probs[i, judges.index(judge)] = [tier["probs"].get(k, 0.0) for k in labels]
        said = [labels.index(given["label"]) for given in row["human"]]
        if said:
            human[i] = np.bincount(said).argmax()
    ids = [row["id"] for row in rows]
    return Recorded(
        ids,
        [row.get("question_id", row["id"]) for row in rows],
        probs,
        human,
        judges,
        labels,
        [1.0] * len(judges),
    )


def trust_or_escalate(path: Path) -> Recorded:
    """Chat pairs with simulated-annotator probabilities of three judges; costs are relative list prices."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    judges = ["mistral-7b-instruct", "gpt-3.5-turbo", "gpt-4-turbo"]
    probs = np.array([[[float(row[f"{judge}_p{k}"]) for k in (1, 2)] for judge in judges] for row in rows])
    human = np.array([int(row["human"]) - 1 for row in rows])
    ids = [row["id"] for row in rows]
    return Recorded(ids, ids, probs, human, judges, ["1", "2"], [0.0, 0.05, 1.0])


def rewardbench2(path: Path, judges: Sequence[str] = ("gpt-5.4-nano", "gpt-5.4-mini", "gpt-5.4")) -> Recorded:
    """Best of four by eight scores a candidate.

    Costs are relative list prices of the judges.
    """
    rows = _jsonl(path)
    probs = np.full((len(rows), len(judges), 4), np.nan)
    for i, row in enumerate(rows):
        for t, judge in enumerate(judges):
            scores = np.array(row["score_judges"].get(judge) or np.nan, dtype=float)
            if np.isfinite(scores).all():
                probs[i, t] = _from_scores(scores)
    human = np.array([row["correct_candidate"] for row in rows])
    ids = [row["id"] for row in rows]
    price = {"gpt-5.4-nano": 0.08, "gpt-5.4-mini": 0.3, "gpt-5.4": 1.0}
    costs = [price.get(judge, 1.0) for judge in judges]
    return Recorded(ids, ids, probs, human, list(judges), list("0123"), costs)


def rewardbench2_open(path: Path) -> Recorded:
    """Best of four by five open judges of 7 to 8 billion weights, each over six orders."""
    rows = _jsonl(path)
    judges = list(rows[0]["open_judges"])
    probs = np.full((len(rows), len(judges), 4), np.nan)
    for i, row in enumerate(rows):
        for t, judge in enumerate(judges):
            votes = [int(said) for said in row["open_judges"].get(judge, {}).values() if said in range(4)]
            if votes:
                probs[i, t] = _votes(votes, 4)
    human = np.array([row["correct_candidate"] for row in rows])
    ids = [row["id"] for row in rows]
    return Recorded(ids, ids, probs, human, judges, list("0123"), [1.0] * len(judges))


def openqa(path: Path) -> Recorded:
    """Is the answer right? BEM's probability and two judges' bare verdicts."""
    rows = _jsonl(path)
    labels, judges = ["Yes", "No"], ["BEM", "text-davinci-003", "gpt-4"]
    probs = np.full((len(rows), 3, 2), np.nan)
    for i, row in enumerate(rows):
        said = row["judges"]
        p = (said.get("BEM") or {}).get("prob_equivalent")
        if p is not None:
            probs[i, 0] = [p, 1 - p]
        for t, judge in enumerate(judges[1:], start=1):
            verdict = (said.get(judge) or {}).get("verdict")
            if verdict in labels:
                probs[i, t] = _votes([labels.index(verdict)], 2)
    human = np.array([labels.index(row["human"]) if row["human"] in labels else -1 for row in rows])
    return Recorded(
        [f"{row['qid']}/{i}" for i, row in enumerate(rows)],
        [row["qid"] for row in rows],
        probs,
        human,
        judges,
        labels,
        [0.0, 0.5, 1.0],
    )


def llmbar(path: Path) -> Recorded:
    """Pairs with the votes of up to six judges, each over several prompts and both orders."""
    rows = _jsonl(path)
    judges = ["Falcon", "LLaMA2", "ChatGPT-0301", "ChatGPT", "PaLM2", "GPT-4"]
    found = list(dict.fromkeys(judge for row in rows for judge in row["votes"]))
    judges = [j for j in judges if j in found] + [j for j in found if j not in judges]
    probs = np.full((len(rows), len(judges), 2), np.nan)
    for i, row in enumerate(rows):
        for judge, prompts in row["votes"].items():
            votes = [int(v) - 1 for pair in prompts.values() for v in pair if v in ("1", "2", 1, 2)]
            if votes:
                probs[i, judges.index(judge)] = _votes(votes, 2)
    human = np.array([int(row["label"]) - 1 for row in rows])
    ids = [row["id"] for row in rows]
    return Recorded(ids, ids, probs, human, judges, ["1", "2"], [1.0] * len(judges))


READERS: dict[str, Callable[[Path], Recorded]] = {
    "evidence": evidence,
    "trust_or_escalate": trust_or_escalate,
    "rewardbench2": rewardbench2,
    "rewardbench2_open": rewardbench2_open,
    "openqa": openqa,
    "llmbar": llmbar,
}


def _from_scores(scores: np.ndarray) -> np.ndarray:
    """Softmax of the mean scores (candidates, draws), in standard errors of a difference of two of them."""
    draws = scores.shape[1]
    spread = np.sqrt((scores.var(axis=1).mean() + HALF_A_POINT**2) * 2 / draws)
    odds = np.exp((scores.mean(axis=1) - scores.mean(axis=1).max()) / spread)
    return odds / odds.sum()


def _votes(votes: Iterable[int], labels: int) -> np.ndarray:
    """Vote shares, drawn towards even by one vote that is split so that a lone vote counts ``HARD``."""
    counts = np.bincount(list(votes), minlength=labels).astype(float)
    prior = (1 - HARD) / (HARD * labels - 1) * np.ones(labels)
    return (counts + prior) / (counts + prior).sum()


def _jsonl(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


if __name__ == "__main__":
    for row in READERS[sys.argv[1]](Path(sys.argv[2])).rows():
        print(json.dumps(row))
