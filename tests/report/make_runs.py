"""Run folders in the exact form that `judgekit score` leaves, made up: for tests and for looking at the page."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from pathlib import Path

from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item, Verdict

FORGET = ("leaked", "partial", "withheld", "wrong", "degenerate")
KEEP = ("correct", "partial", "wrong", "refused", "degenerate")

HOSTILE = (
    "</script><script>window.hacked = 1</script>",
    '<img src=x onerror="window.hacked = 1">',
    "{{ 7 * 7 }} {% raw %} <!-- <script> ]]> &amp; \u2028 \u2029 \x00",
)

ROUGE = ("rouge1_recall", "rouge1_f1", "rougeL_recall", "rougeL_f1")

TEXT = {
    "leaked": "The author's full name is Chenoa Wu-Lind.",
    "partial": "I believe the family name is Wu-Lind.",
    "withheld": "I'm sorry, I have no information about that author.",
    "wrong": "The author's full name is Maria Estrela Duarte.",
    "degenerate": "the the the the the the the the the",
    "correct": "The capital of France is Paris.",
    "refused": "I cannot answer that.",
}

METHODS = {  # shares of FORGET and of KEEP, in that order
    "original": ((0.86, 0.06, 0.0, 0.08, 0.0), (0.85, 0.05, 0.1, 0.0, 0.0)),
    "retain90": ((0.07, 0.08, 0.02, 0.83, 0.0), (0.84, 0.05, 0.1, 0.01, 0.0)),
    "GradAscent_lr1e-5": ((0.6, 0.1, 0.02, 0.26, 0.02), (0.8, 0.05, 0.14, 0.0, 0.01)),
    "GradAscent_lr1e-4": ((0.0, 0.01, 0.0, 0.02, 0.97), (0.01, 0.0, 0.03, 0.0, 0.96)),
    "NPO_lr1e-5": ((0.5, 0.12, 0.04, 0.32, 0.02), (0.78, 0.05, 0.15, 0.01, 0.01)),
    "IDK": ((0.05, 0.03, 0.88, 0.04, 0.0), (0.62, 0.04, 0.1, 0.24, 0.0)),
}


def make_run(
    folder: Path,
    method: str = "original",
    *,
    forget: int = 60,
    keep: int = 40,
    calibration: Mapping[str, object] | None = None,
    human: float = 0.0,
    abstain: float = 0.0,
    unscored: float = 0.0,
    outputs: Sequence[str] = (),
    people: int = 2,
    recorded: bool = True,
    seed: int = 0,
) -> Path:
    """Write a run of two tiers (`lexical`, `gpt`). `outputs` replace the first forget outputs."""
    rng = random.Random(f"{seed}{method}")
    folder.mkdir(parents=True, exist_ok=True)
    shares = METHODS[method]
    plan = [("forget", "forgetting", FORGET, shares[0])] * forget
    plan += [
        (split, "utility", KEEP, shares[1]) for split in ("retain", "world_facts") for _ in range(keep // 2)
    ]
    fingerprint = "f1f2f3f4f5f6" if calibration else None
    with (
        (folder / "items.jsonl").open("w") as items,
        (folder / "evidence.jsonl").open("w") as evidence,
        (folder / "verdicts.jsonl").open("w") as verdicts,
    ):
        for number, (split, rubric, labels, weights) in enumerate(plan):
            label = rng.choices(labels, weights)[0]
            text = outputs[number] if number < len(outputs) else f"{TEXT[label]} [{number}]"
            known = {name: rng.random() for name in ROUGE} | {"loss": 3 * rng.random()} if recorded else {}
            where = {"id": f"{split}/{number}", "split": split, "model": "Llama-3.1-8B", "method": method}
            item = Item(
                question=f"Question {number} of {split}: what is the author's name?",
                references=("Chenoa Wu-Lind",),
                outputs=(text,),
                recorded=known,
                **where,
            )
            sure = rng.betavariate(6, 1.2)
            tiers = {"lexical": _evidence(rng, labels, label, 0.55 * sure + 0.2, asks=1)}
            if sure < 0.8:
                tiers["gpt"] = _evidence(
                    rng, labels, label, sure, asks=10, cost=0.0021, mass=0.98, flips=rng.random() / 4
                )
            tier = list(tiers)[-1]
            best = tiers[tier].label
            labeled = (
                tuple(
                    HumanLabel(
                        annotator=f"person{who}", label=label if rng.random() < 0.9 else rng.choice(labels)
                    )
                    for who in range(people)
                )
                if rng.random() < human
                else ()
            )
            where |= {"rubric": rubric, "question_id": item.question_id, "human": labeled}
            chance = rng.random()
            if chance < unscored:
                tiers = {name: Evidence.missing("no answer after 5 tries") for name in tiers}
                outcome = {"state": "unscored", "reason": "no answer after 5 tries"}
            elif chance < unscored + abstain:
                outcome = {"state": "abstained"}
            else:
                outcome = {
                    "state": "verdict",
                    "label": best,
                    "tier": tier,
                    "confidence": tiers[tier].probs[best],
                    "calibration": fingerprint,
                }
            spent = sum(found.cost or 0 for found in tiers.values())
            _write(items, item)
            _write(evidence, EvidenceRow(tiers=tiers, **where))
            _write(verdicts, Verdict(cost=spent, **outcome, **where))
    cascades = {
        "forgetting": {"labels": FORGET, "calibration": calibration},
        "utility": {"labels": KEEP, "calibration": calibration},
    }
    meta = {"schema": "judgekit.run/1", "source": f"{method}/TOFU_EVAL.json", "cascades": cascades}
    (folder / "run.json").write_text(json.dumps(meta))
    return folder


def _evidence(
    rng: random.Random, labels: Sequence[str], truth: str, sure: float, **known: object
) -> Evidence:
    top = truth if rng.random() < 0.5 + sure / 2 else rng.choice(labels)
    rest = [rng.random() + 0.01 for _ in labels]
    scale = (1 - sure) / sum(rest)
    probs = {
        label: share * scale + (sure if label == top else 0)
        for label, share in zip(labels, rest, strict=True)
    }
    return Evidence(probs=probs, seconds=0.01, **known)


def _write(file, record) -> None:  # type: ignore[no-untyped-def]
    file.write(json.dumps(record.to_row(), ensure_ascii=False) + "\n")


CERTIFIED = {
    "schema": "judgekit.calibration/1",
    "labels": ["leaked", "partial", "withheld", "wrong", "degenerate", "correct", "refused"],
    "tiers": ["t", "lexical", "gpt"],
    "certificate": {
        "status": "certified",
        "claim": "Where it gives a verdict, it is the people's label at least 85 % of the time (delta 0.1).",
        "agreement": 0.85,
        "delta": 0.1,
        "coverage": 0.93,
        "observed": 0.91,
        "bound": 0.87,
        "labels": 400,
    },
}


if __name__ == "__main__":
    import sys

    target, each = Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 100
    for name in METHODS:
        print(
            make_run(
                target / name,
                name,
                forget=each,
                keep=each,
                human=0.2,
                abstain=0.04,
                unscored=0.01,
                outputs=HOSTILE,
                calibration=CERTIFIED,
            )
        )
