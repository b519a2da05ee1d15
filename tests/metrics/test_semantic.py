from __future__ import annotations

import sys
from collections.abc import Sequence

import numpy as np
import pytest

from judgekit.metrics import measure_run
from judgekit.metrics.semantic import (
    cosine_similarity,
    entailment_labels,
    entailment_score,
    nli_classifier,
    output_is_premise,
    sentence_encoder,
)
from judgekit.metrics.semantic_fields import with_semantics

VECTORS = {"up": [0.0, 1.0], "right": [2.0, 0.0], "down": [0.0, -1.0], "both": [1.0, 1.0], "": [0.0, 0.0]}


def _encode(texts: Sequence[str]) -> np.ndarray:
    return np.array([VECTORS[text] for text in texts])


def test_cosine_is_clipped_at_zero() -> None:
    outputs, references = ["up", "up", "up", "both", ""], ["up", "right", "down", "up", "up"]
    found = cosine_similarity(outputs, references, _encode)
    assert found == pytest.approx([1, 0, 0, np.sqrt(0.5), 0])


def test_entailment_takes_the_published_direction_and_floor() -> None:
    asked: list[tuple[str, str]] = []

    def classify(pairs: Sequence[tuple[str, str]]) -> list[str]:
        asked.extend(pairs)
        return ["entailment"] * len(pairs)

    labels = entailment_labels(["out", "far"], ["ref", "ref"], [0.5, 0.05], classify, output_is_premise=True)
    assert asked == [("out", "ref"), ("far", "ref")]
    assert labels == ["entailment", "none"]
    assert [entailment_score(label) for label in labels] == [1.0, 0.0]
    asked.clear()
    entailment_labels(["out"], ["ref"], [1.0], classify, output_is_premise=False)
    assert asked == [("ref", "out")]


def test_direction_by_split() -> None:
    assert output_is_premise("forget") and not output_is_premise("retain")
    assert output_is_premise("neighbor", real_world=True)


def test_fields_are_filled_as_published() -> None:
    asked: list[tuple[str, str]] = []

    def classify(pairs: Sequence[tuple[str, str]]) -> list[str]:
        asked.extend(pairs)
        return ["entailment"] * len(pairs)

    fields = {
        "output": ["up", "right", None, "up"],
        "reference": ["up", "right", "up", "right"],
        "original_output": ["both", None, "up", "up"],
    }
    forget = with_semantics("forget", fields, _encode, classify)
    assert forget["cosine_similarity"] == [
        pytest.approx(np.sqrt(0.5)),
        pytest.approx(1),
        None,
        pytest.approx(1),
    ]
    assert asked == [("up", "up"), ("right", "right"), ("up", "right")]
    assert forget["entailment_label"] == ["entailment", "entailment", None, "none"]
    assert forget["output"] == fields["output"]
    asked.clear()
    authors = with_semantics("real_authors", fields, classify=classify)
    assert asked == [("both", "up"), ("right", "right"), ("up", "up")]
    assert "cosine_similarity" not in authors
    assert authors["entailment_label"][3] == "none"  # ROUGE is against the gold answer on every split
    run = measure_run({"forget": forget})
    assert run.splits["forget"]["entailment"].value == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("module", "load"), [("sentence_transformers", sentence_encoder), ("transformers", nli_classifier)]
)
def test_a_missing_model_library_names_the_extra(
    module: str, load: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(ImportError, match=r"judgekit-certified\[semantic\]"):
        load()  # type: ignore[operator]
