"""How often the shift check withdraws a promise that does not hold, and one that does; prints one JSON object.

One kind of items of a recorded set is left out (a subset, a model, a kind of question or length of answer), a policy is
certified on labels of the other kinds, or of one of them, and the report's check meets 20, 50 and 100 items of the
kind left out. Counted are shifts where the policy's verdicts on all items of that kind agree with people less often
than promised. Beside them stands how often the same check withdraws the promise on as many fresh items of the kinds
that were calibrated on: its false alarms. Shares are means over shifts, each over its draws of labels and items.

The check was designed on the shifts in ``DESIGNED_ON``; the others were first looked at when it was done.

    python benchmarks/shift.py [--shared FOLDER]
"""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import numpy as np
from shared import data_folder, show

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.record import Calibration
from judgekit.calibration.text_features import text_features
from judgekit.cascade.decide import decide_rows
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item
from judgekit.report.claims.claims import checks, claim
from judgekit.report.run import JudgedItem, Run

TARGETS, DRAWS, SIZES = (0.8, 0.9), 3, (20, 50, 100)
LABELS, FEWEST = 300, 50
"""Questions to calibrate on, at most; items that a kind must have to be left out."""

OTHERS = "the others"
DESIGNED_ON = {
    ("llmbar", "LLMEval^2", "Constraint"),
    ("openqa, length", OTHERS, "middle"),
    ("openqa, length", "short", "long"),
    ("openqa, question", "who", "what"),
    ("rewardbench2, open judges", OTHERS, "Precise IF"),
    ("rewardbench2, open judges", "Focus", "Math"),
    ("rewardbench2, open judges", "Focus", "Safety"),
    ("rewardbench2, open judges", "Safety", "Factuality"),
    ("rewardbench2, open judges", "Safety", "Math"),
    ("rewardbench2, scores", "Factuality", "Focus"),
    ("rewardbench2, scores", "Factuality", "Precise IF"),
    ("rewardbench2, scores", OTHERS, "Math"),
    ("rewardbench2, scores", "Focus", "Precise IF"),
    ("rewardbench2, scores", "Safety", "Focus"),
    ("rewardbench2, scores", "Safety", "Precise IF"),
    ("trust_or_escalate, length", "long", "short"),
    ("trust_or_escalate, length", "middle", "short"),
    ("xstest, model", "gpt4", "llama2orig"),
    ("xstest, model", OTHERS, "mistralinstruct"),
    ("xstest, prompt", OTHERS, "contrast"),
}
"""Set, what was calibrated on, what was left out."""

HARD = 0.9
"""Probability given to a label that a judge names without saying how sure it is."""


def votes(given: Sequence[str], labels: Sequence[str], order_inconsistency: float | None = None) -> Evidence:
    """Vote shares, drawn towards even by one vote that is split so that a lone vote counts ``HARD``."""
    if not given:
        return Evidence.missing("no vote was recorded")
    prior = (1 - HARD) / (HARD * len(labels) - 1)
    total = len(given) + prior * len(labels)
    return Evidence(
        probs={k: (sum(v == k for v in given) + prior) / total for k in labels},
        order_inconsistency=order_inconsistency,
    )


def row(
    kind: str, name: str, tiers: dict[str, Evidence], label: str, item: Item | None = None, question: str = ""
) -> EvidenceRow:
    human = (HumanLabel(label=label),)
    numbers = text_features(item) if item else ()
    return EvidenceRow(
        id=name, question_id=question or name, split=kind, tiers=tiers, human=human, text_features=numbers
    )


def llmbar(data: Path) -> Iterator[EvidenceRow]:
    """Pairs; each judge's votes under two prompts that every part has, in both orders."""
    for line in (data / "judges/llmbar.jsonl").open():
        one = json.loads(line)
        tiers = {}
        for judge in ("ChatGPT", "PaLM2", "GPT-4"):
            said = one["votes"].get(judge, {})
            pairs = [said.get("Metrics_Reference"), said.get("Vanilla") or said.get("Vanilla_NoRules")]
            pairs = [[v for v in pair if v in ("1", "2")] for pair in pairs if pair]
            whole = [pair for pair in pairs if len(pair) == 2]
            order_inconsistency = float(np.mean([a != b for a, b in whole])) if whole else None
            tiers[judge] = votes([v for pair in pairs for v in pair], "12", order_inconsistency)
        item = Item(id=one["id"], question=one["input"], outputs=(one["output_1"], one["output_2"]))
        yield row(one["part"].split("/")[1], one["id"], tiers, str(one["label"]), item)


def rewardbench(data: Path, scored: bool) -> Iterator[EvidenceRow]:
    """Best of four: three judges' scores, or the votes of four open judges over six orders; no texts."""
    for line in (data / "judges/rewardbench2.jsonl").open():
        one = json.loads(line)
        tiers = {}
        if scored:
            for judge in ("gpt-5.4-nano", "gpt-5.4-mini", "gpt-5.4"):
                scores = np.array(one["score_judges"].get(judge) or np.nan, dtype=float)
                if np.isfinite(scores).all():
                    spread = np.sqrt((scores.var(axis=1).mean() + 0.25) * 2 / scores.shape[1])
                    odds = np.exp((scores.mean(axis=1) - scores.mean(axis=1).max()) / spread)
                    tiers[judge] = Evidence(
                        probs=dict(zip("0123", (odds / odds.sum()).tolist(), strict=True))
                    )
                else:
                    tiers[judge] = Evidence.missing("no scores")
        else:
            for judge in (
                "Qwen2.5-7B-Instruct",
                "Llama-3-OffsetBias-8B",
                "RISE-Judge-Qwen2.5-7B",
                "Skywork-Critic-Llama-3.1-8B",
            ):
                said = [str(v) for v in (one["open_judges"].get(judge) or {}).values() if v in (0, 1, 2, 3)]
                most = max(said.count(k) for k in "0123") if said else 0
                tiers[judge] = votes(said, "0123", 1 - most / len(said) if said else None)
        yield row(one["subset"], one["id"], tiers, str(one["correct_candidate"]))


def trust_or_escalate(data: Path) -> Iterator[EvidenceRow]:
    """Chat pairs by the length of their two answers, in thirds, which the judges' probabilities do not show."""
    with (data / "judges/trust_or_escalate.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    length = np.array([int(one["chars_1"]) + int(one["chars_2"]) for one in rows])
    third = np.searchsorted(np.quantile(length, [1 / 3, 2 / 3]), length)
    for one, size in zip(rows, third, strict=True):
        tiers = {}
        for judge in ("mistral-7b-instruct", "gpt-3.5-turbo", "gpt-4-turbo"):
            first, second = float(one[f"{judge}_p1"]), float(one[f"{judge}_p2"])
            tiers[judge] = Evidence(probs={"1": first / (first + second), "2": second / (first + second)})
        yield row(("short", "middle", "long")[size], one["id"], tiers, one["human"])


def openqa(data: Path, by: str) -> Iterator[EvidenceRow]:
    """Is an answer right? By the kind of question, or by the length of the answer (the systems have no names here)."""
    for n, line in enumerate((data / "judges/openqa_nq301.jsonl").open()):
        one = json.loads(line)
        tiers = {}
        for judge in ("BEM", "text-davinci-003", "gpt-4"):
            said = one["judges"].get(judge) or {}
            p = (
                said.get("prob_equivalent")
                if judge == "BEM"
                else {"Yes": HARD, "No": 1 - HARD}.get(said.get("verdict"))
            )
            tiers[judge] = (
                Evidence.missing("no verdict") if p is None else Evidence(probs={"Yes": p, "No": 1 - p})
            )
        if one["human"] not in ("Yes", "No"):
            continue
        words = one["question"].split()
        first = next((w for w in words if w in ("who", "when", "where", "what", "which", "how")), "other")
        size = len(one["answer"].split())
        kind = first if by == "question" else "short" if size <= 3 else "middle" if size <= 12 else "long"
        item = Item(
            id=str(n),
            question=one["question"],
            references=tuple(one["gold_answers"] or ()),
            outputs=(one["answer"] or "-",),
        )
        yield row(kind, str(n), tiers, one["human"], item, one["qid"])


def xstest(data: Path, by: str) -> Iterator[EvidenceRow]:
    """Responses of three models to the same prompts, with GPT-4's bare label; by model, or by kind of prompt."""
    labels = {"1_full_compliance": "complies", "2_full_refusal": "refuses", "3_partial_refusal": "partial"}
    for model in ("gpt4", "llama2orig", "mistralinstruct"):
        with (data / f"humans/xstest_{model}.csv").open(newline="") as file:
            for one in csv.DictReader(file):
                said = labels.get(one["gpt4_label"])
                if one["final_label"] not in labels:
                    continue
                item = Item(
                    id=f"{model}/{one['id']}", question=one["prompt"], outputs=(one["completion"] or "-",)
                )
                kind = (
                    model if by == "model" else "contrast" if one["type"].startswith("contrast") else "safe"
                )
                yield row(
                    kind,
                    item.id,
                    {"gpt-4": votes([said] if said else [], tuple(labels.values()))},
                    labels[one["final_label"]],
                    item,
                    one["id"],
                )


def sets(data: Path) -> dict[str, list[EvidenceRow]]:
    """The recorded sets; the kind of an item stands in its field ``split``."""
    return {
        "llmbar": list(llmbar(data)),
        "rewardbench2, scores": list(rewardbench(data, True)),
        "rewardbench2, open judges": list(rewardbench(data, False)),
        "trust_or_escalate, length": list(trust_or_escalate(data)),
        "openqa, question": list(openqa(data, "question")),
        "openqa, length": list(openqa(data, "length")),
        "xstest, model": list(xstest(data, "model")),
        "xstest, prompt": list(xstest(data, "prompt")),
    }


def pairs(rows: Sequence[EvidenceRow]) -> Iterator[tuple[str, list[EvidenceRow], list[EvidenceRow]]]:
    """What is calibrated on, in a word; its items; those left out."""
    kinds = sorted({row.split for row in rows})
    of = {kind: [row for row in rows if row.split == kind] for kind in kinds}
    for kind in kinds:
        bases = {OTHERS: [row for row in rows if row.split != kind]}
        if len(kinds) > 2:
            bases |= {base: of[base] for base in kinds if base != kind}
        for base, known in bases.items():
            if len(of[kind]) >= FEWEST and len(known) >= 3 * FEWEST:
                yield base, known, of[kind]


def one_per_question(rows: Sequence[EvidenceRow], rng: np.random.Generator) -> list[EvidenceRow]:
    """A random item of each question, in random order."""
    kept = {rows[i].question_id: rows[i] for i in rng.permutation(len(rows))}
    names = list(kept)
    return [kept[names[i]] for i in rng.permutation(len(names))]


def withdrawn(rows: Sequence[EvidenceRow], calibration: Calibration) -> bool:
    """Whether a report on these items withdraws the promise; nothing but the judges' evidence is given."""
    bare = [row.model_copy(update={"human": (), "split": ""}) for row in rows]
    judged = [
        JudgedItem(verdict, None, row)
        for verdict, row in zip(decide_rows(bare, calibration), bare, strict=True)
    ]
    run = Run("run", judged, calibrations={"": calibration})
    return claim(run, "", judged, checks([run])["run", ""]).status == "withdrawn"


def agreement(rows: Sequence[EvidenceRow], calibration: Calibration) -> float:
    """Of the verdicts on these items with people; NaN where there are hardly any."""
    given = [verdict for verdict in decide_rows(rows, calibration) if verdict.state == "verdict"]
    agreed = [verdict.label == verdict.human[0].label for verdict in given]
    return float(np.mean(agreed)) if len(agreed) >= 15 else float("nan")


def trial(
    known: Sequence[EvidenceRow], out: Sequence[EvidenceRow], target: float, draw: int
) -> dict[str, Any] | None:
    """Certify on a draw of labels, and check items left out and fresh ones; None where nothing is certified."""
    rng = np.random.default_rng([crc32(f"{known[0].id} {out[0].id} {target}".encode()), draw])
    questions = sorted({row.question_id for row in known})
    count = min(LABELS, len(questions) // 2 if len(questions) > LABELS else 2 * len(questions) // 3)
    labeled = set(rng.permutation(questions)[:count].tolist())
    bare = [row.model_copy(update={"split": ""}) for row in known if row.question_id in labeled]
    calibration = calibrate(bare, agreement=target)
    if not calibration.certified:
        return None
    new = [row for row in out if row.question_id not in labeled]
    fresh = one_per_question([row for row in known if row.question_id not in labeled], rng)
    met = one_per_question(new, rng)
    real = agreement(new, calibration)
    return {
        "real": real,
        "harm": target - real,
        "withdrawn": {
            size: withdrawn(met[:size], calibration)
            for size in SIZES
            if real < target and len(met) >= min(size, 80)
        },
        "false alarm": {
            size: withdrawn(fresh[:size], calibration)
            for size in [SIZES[draw % len(SIZES)]]
            if len(fresh) >= min(size, 80)
        },
    }


def shares(trials: dict[tuple[str, str, str], list[dict[str, Any]]], least: float = 0.0) -> dict[str, Any]:
    """Share withdrawn of promises that miss by more than ``least``: the mean over shifts, at each size."""
    found: dict[str, Any] = {"shifts": 0}
    for size in SIZES:
        each = [
            np.mean([t["withdrawn"][size] for t in some if t["harm"] > least and size in t["withdrawn"]])
            for some in trials.values()
            if any(t["harm"] > least and size in t["withdrawn"] for t in some)
        ]
        found["shifts"] = max(found["shifts"], len(each))
        found[f"{size} items"] = float(np.mean(each)) if each else None
    return found


def main() -> None:
    data = data_folder(__doc__)
    trials: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for name, rows in sets(data).items():
        for base, known, out in pairs(rows):
            for target in TARGETS:
                made = [trial(known, out, target, draw) for draw in range(DRAWS)]
                trials[name, base, out[0].split] += [one for one in made if one is not None]
    harmful = {key: some for key, some in trials.items() if any(one["withdrawn"] for one in some)}
    parts = {
        "designed on": {key: some for key, some in harmful.items() if key in DESIGNED_ON},
        "held out": {key: some for key, some in harmful.items() if key not in DESIGNED_ON},
    }
    alarms = {
        size: [t["false alarm"][size] for some in trials.values() for t in some if size in t["false alarm"]]
        for size in SIZES
    }
    show(
        {
            "withdrawn of promises that do not hold": {
                part: shares(some) | {"missed by more than .05": shares(some, 0.05)}
                for part, some in parts.items()
            },
            "withdrawn of promises that hold": {
                f"{size} items": {"share": float(np.mean(hits)), "checks": len(hits)}
                for size, hits in alarms.items()
            },
            "by shift": {
                f"{name}: {base} -> {kind}": {
                    "set apart": key not in DESIGNED_ON,
                    "draws": sum(bool(one["withdrawn"]) for one in some),
                    "real agreement": float(np.nanmean([one["real"] for one in some if one["withdrawn"]])),
                    "withdrawn": {
                        size: float(np.mean(hits))
                        for size in SIZES
                        if (hits := [one["withdrawn"][size] for one in some if size in one["withdrawn"]])
                    },
                }
                for key, some in harmful.items()
                for name, base, kind in [key]
            },
        }
    )


if __name__ == "__main__":
    main()
