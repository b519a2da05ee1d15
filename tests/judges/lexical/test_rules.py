"""Rules that read texts in another way have another version: a calibration for the old ones does not fit the new."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from judgekit.judges.lexical import LexicalJudge, model, revealed
from judgekit.judges.lexical.model import RULES
from judgekit.records import Item
from judgekit.rubrics import load_rubric

TEXTS = Path(__file__).with_name("texts.jsonl")
"""Outputs of many forms; a text that is added, where a new rule needs one, changes the last digest alone."""

SAID = {1: "691cf3abff7a"}
"""Version of the rules -> a digest of what the judge says of the texts under them."""


def items(answered: bool) -> list[Item]:
    """The texts with a reference, or those without."""
    rows = (json.loads(line) for line in TEXTS.read_text("utf-8").splitlines())
    return [
        Item(
            id=str(number),
            question=row["question"],
            references=(row["reference"],) if answered else (),
            outputs=(row["output"],),
        )
        for number, row in enumerate(rows)
        if ("reference" in row) is answered
    ]


def said() -> str:
    """A digest of the probabilities that the judge gives, to four digits."""
    told = [
        {label: round(p, 4) + 0.0 for label, p in evidence.probs.items()}
        for rubric in ("forgetting", "utility", "qa", "refusal")
        for evidence in LexicalJudge().judge(items(answered=rubric != "refusal"), load_rubric(rubric))
    ]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:12]


def test_what_the_judge_says_changes_with_the_version_of_its_rules_only() -> None:
    assert SAID[RULES] == (now := said()), (
        f"the rules or weights read texts in another way: raise RULES in judgekit/judges/lexical/model.py by one, and "
        f"add {RULES + 1}: '{now}' here. Whoever calibrated the old judge must learn that this is another"
    )
    assert len(set(SAID.values())) == len(SAID)


@pytest.mark.parametrize(
    ("module", "name", "value"),
    [
        (model, "PLAIN_REFUSAL", 0.99),
        (model, "as_read", lambda text: text),
        (revealed, "UNNAMED", 0.3),
        (revealed, "DENIED", 0.5),
        (revealed, "SEVERAL", 20),
        (revealed, "_JOINING", frozenset()),
    ],
)
def test_the_digest_sees_a_rule_that_changed(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str, value: object
) -> None:
    monkeypatch.setattr(module, name, value)
    assert said() != SAID[RULES]


def test_the_fingerprint_changes_with_the_version(monkeypatch: pytest.MonkeyPatch) -> None:
    rubric = load_rubric("forgetting")
    before = LexicalJudge().fingerprint(rubric)
    monkeypatch.setattr("judgekit.judges.lexical.judge.RULES", RULES + 1)
    assert LexicalJudge().fingerprint(rubric) != before
