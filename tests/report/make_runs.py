"""Run folders in the exact form that `judgekit score` leaves, made up: for tests and for looking at the page."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.record import Calibration
from judgekit.cascade.decide import decide_rows
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item, Verdict
from judgekit.report.load import load
from judgekit.report.run import Run

FORGET = ("leaked", "partial", "withheld", "wrong", "degenerate")
KEEP = ("correct", "partial", "wrong", "refused", "degenerate")
LABELS = {"forgetting": FORGET, "utility": KEEP}

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


@cache
def certified(method: str = "original") -> Mapping[str, Calibration]:
    """By rubric, a calibration made on 400 labeled outputs of a method: 80 % agreement with people, certified."""
    rows = [row for _, row in drawn(method, forget=400, keep=400, human=1.0, people=1, source=", labeled")]
    return {
        rubric: calibrate([row for row in rows if row.rubric == rubric], agreement=0.8, labels=labels)
        for rubric, labels in LABELS.items()
    }


def make_run(
    folder: Path,
    method: str = "original",
    *,
    forget: int = 60,
    keep: int = 40,
    calibrations: Mapping[str, Calibration] | None = None,
    human: float = 0.0,
    abstain: float = 0.0,
    unscored: float = 0.0,
    outputs: Sequence[str] = (),
    people: int = 2,
    recorded: bool = True,
    seed: int = 0,
) -> Path:
    """Write a run of two tiers (`lexical`, `gpt`), decided under `calibrations` where there are some, by rubric.

    `outputs` replace the first forget outputs.
    """
    made = drawn(
        method,
        forget=forget,
        keep=keep,
        human=human,
        unscored=unscored,
        outputs=outputs,
        people=people,
        recorded=recorded,
        seed=seed,
    )
    rows, rng = [row for _, row in made], random.Random(f"abstained {seed}{method}")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "verdicts.jsonl").open("w") as verdicts:
        for row in rows:
            calibration = (calibrations or {}).get(row.rubric)
            decided = _opinion(row) if calibration is None else next(decide_rows([row], calibration))
            if decided.state == "verdict" and rng.random() < abstain:
                decided = Verdict(state="abstained", cost=decided.cost, human=row.human, **row.named)
            _write(verdicts, decided)
    for name, records in (("items.jsonl", [item for item, _ in made]), ("evidence.jsonl", rows)):
        with (folder / name).open("w") as file:
            for record in records:
                _write(file, record)
    cascades = {
        rubric: {
            "labels": labels,
            "calibration": calibrations[rubric].to_row() if calibrations else None,
        }
        for rubric, labels in LABELS.items()
    }
    meta = {"schema": "judgekit.run/1", "source": f"{method}/TOFU_EVAL.json", "cascades": cascades}
    (folder / "run.json").write_text(json.dumps(meta))
    return folder


def drawn(
    method: str,
    *,
    forget: int,
    keep: int,
    human: float = 0.0,
    unscored: float = 0.0,
    outputs: Sequence[str] = (),
    people: int = 2,
    recorded: bool = True,
    seed: int = 0,
    source: str = "",
) -> list[tuple[Item, EvidenceRow]]:
    """Outputs of a method, and what both tiers and people say of them; another `source` has other questions."""
    rng = random.Random(f"{seed}{method}{source}")
    shares = METHODS[method]
    plan = [("forget", "forgetting", shares[0])] * forget
    plan += [(split, "utility", shares[1]) for split in ("retain", "world_facts") for _ in range(keep // 2)]
    made = []
    for number, (split, rubric, weights) in enumerate(plan):
        labels = LABELS[rubric]
        label = rng.choices(labels, weights)[0]
        text = outputs[number] if number < len(outputs) else f"{TEXT[label]} [{number}]"
        known = {name: rng.random() for name in ROUGE} | {"loss": 3 * rng.random()} if recorded else {}
        where = {"id": f"{split}/{number}", "split": split, "model": "Llama-3.1-8B", "method": method}
        item = Item(
            question=f"Question {number} of {split}{source}: what is the author's name?",
            references=("Chenoa Wu-Lind",),
            outputs=(text,),
            recorded=known,
            **where,
        )
        sure = rng.betavariate(6, 1.2)
        tiers = {
            "lexical": _evidence(rng, labels, label, 0.55 * sure + 0.2, asks=1),
            "gpt": _evidence(
                rng,
                labels,
                label,
                sure,
                asks=10,
                cost=0.0021,
                mass=0.98,
                order_inconsistency=rng.random() / 4,
            ),
        }
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
        if rng.random() < unscored:
            tiers = {name: Evidence.missing("no answer after 5 tries") for name in tiers}
        where |= {"rubric": rubric, "question_id": item.question_id, "human": labeled}
        made.append((item, EvidenceRow(tiers=tiers, **where)))
    return made


def _opinion(row: EvidenceRow) -> Verdict:
    """What a run without a calibration makes of evidence: the last tier's word."""
    tier, said = list(row.tiers.items())[-1]
    common = {**row.named, "human": row.human, "cost": sum(one.cost or 0 for one in row.tiers.values())}
    if said.label is None:
        return Verdict(state="unscored", reason=said.reason, **common)
    return Verdict(state="verdict", label=said.label, tier=tier, confidence=said.probs[said.label], **common)


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


def three_runs(folder: Path) -> list[Run]:
    """Hostile texts, a certified run, people, abstained and unscored items: what a page has to show."""
    known = {"forget": 60, "keep": 60, "human": 0.4, "abstain": 0.05, "unscored": 0.02}
    return load(
        [
            make_run(folder / "original", "original", outputs=HOSTILE, **known),
            make_run(folder / "IDK", "IDK", calibrations=certified("IDK"), **known),
            make_run(folder / "NPO_lr1e-5", "NPO_lr1e-5", **known),
        ]
    )


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
                calibrations=certified(name),
            )
        )
