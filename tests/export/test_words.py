"""The sentence of a verdict."""

from __future__ import annotations

import pytest

from judgekit.export.words import explanation
from judgekit.records import Verdict


@pytest.mark.parametrize(
    ("verdict", "said"),
    [
        (
            {"state": "verdict", "label": "leaked", "tier": "t", "confidence": 0.987},
            "Judge 't' says leaked (confidence 0.99).",
        ),
        ({"state": "verdict", "label": "leaked", "tier": "t"}, "Judge 't' says leaked."),
        ({"state": "verdict", "label": "wrong", "tier": "human", "confidence": 1.0}, "People say wrong."),
        ({"state": "abstained"}, "Abstained: no judge was sure enough."),
        ({"state": "abstained", "reason": "unlike the rest"}, "Abstained: unlike the rest."),
        ({"state": "unscored", "reason": "t: no answer"}, "Unscored: t: no answer."),
    ],
)
def test_every_state_has_its_sentence(verdict: dict, said: str) -> None:
    assert explanation(Verdict(id="1", **verdict)) == said
