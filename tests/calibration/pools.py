"""Evidence of judges that know roughly when they are right, what people would say, and answers on a pool of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np

from judgekit.calibration.pool import Pool, PoolItem
from judgekit.calibration.progress import Asking, Key
from judgekit.records import Evidence, EvidenceRow, HumanLabel

LABELS = ("no", "yes")


def world(n: int = 400, seed: int = 0, sharp: float = 2.5) -> tuple[list[EvidenceRow], dict[Key, str]]:
    """Rows without labels, and what people would say of each output."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, n)
    logits = rng.normal(0, 1, (n, 2, 2))
    logits[np.arange(n), :, truth] += rng.exponential(sharp, (n, 1)) + 0.3
    probs = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    rows = [
        EvidenceRow(
            id=f"{i}",
            question_id=f"q{i}",
            split="forget" if i % 2 else "retain",
            model="m",
            tiers={
                tier: Evidence(probs=dict(zip(LABELS, one.tolist(), strict=True)), asks=1)
                for tier, one in zip(("small", "large"), probs[i], strict=True)
            },
        )
        for i in range(n)
    ]
    return rows, {row.key: LABELS[k] for row, k in zip(rows, truth, strict=True)}


def answered(
    rows: Iterable[EvidenceRow], said: Mapping[Key, str | Sequence[str]], pool: Pool | None = None
) -> list[EvidenceRow]:
    """The rows with these answers; those on items of a pool carry its fingerprint."""
    inside = {item.key for item in pool.items} if pool else set()
    found = []
    for row in rows:
        given = said.get(row.key, ())
        name = pool.fingerprint if pool and row.key in inside else ""
        human = tuple(
            HumanLabel(annotator=str(k), label=one, pool=name)
            for k, one in enumerate([given] if isinstance(given, str) else given)
        )
        found.append(row.model_copy(update={"human": human}))
    return found


def ask(asking: Asking, truth: Mapping[Key, str], most: int = 10**6, at_once: int = 10) -> dict[Key, str]:
    """Answers in the order in which they are asked for, until no more can help or `most` are given."""
    said: dict[Key, str] = {}
    while (wanted := asking.progress({key: [one] for key, one in said.items()}).next) and len(said) < most:
        said |= {item.key: truth[item.key] for item in wanted[:at_once]}
    return said


def write(path: Path, said: Mapping[Key, str], items: Iterable[PoolItem], pool: str = "") -> Path:
    """Answers as a label file."""
    rows = [
        {"id": item.id, "model": item.model, "annotator": "ann", "label": said[item.key], "pool": pool}
        for item in items
        if item.key in said
    ]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path
