"""Fills in the measures that need a model, for files that did not record them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from judgekit.metrics.aggregate import OFFERED
from judgekit.metrics.overlap import rouge
from judgekit.metrics.recorded import Fields
from judgekit.metrics.semantic import (
    Classifier,
    Encoder,
    cosine_similarity,
    entailment_labels,
    output_is_premise,
)


def with_semantics(
    split: str,
    fields: Fields,
    encode: Encoder | None = None,
    classify: Classifier | None = None,
    real_world: bool = False,
) -> dict[str, Sequence[Any]]:
    """The fields of a split with `cosine_similarity` and `entailment_label`, for the models given.

    As in Closer Look: cosine is taken to `original_output` (what the model said before unlearning) where that is
    recorded, else to the reference; entailment to it on authors and facts only. Items without both texts get neither.

    Parameters
    ----------
    fields : mapping
        With `output` and `reference`, see `judgekit.metrics.recorded`.
    encode, classify : optional
        From `semantic.sentence_encoder` and `semantic.nli_classifier`, or anything of that form.
    real_world : bool
        Closer Look's real-world data: another direction of entailment, see `semantic.output_is_premise`.
    """
    said, gold = fields["output"], fields["reference"]
    before = [old or new for old, new in zip(fields.get("original_output", gold), gold, strict=True)]
    rows = [i for i, texts in enumerate(zip(said, gold, strict=True)) if None not in texts]
    outputs, answers, old = ([column[i] for i in rows] for column in (said, gold, before))
    found: dict[str, Sequence[Any]] = dict(fields)

    def at_rows(values: Sequence[Any]) -> list[Any]:
        known = dict(zip(rows, values, strict=True))
        return [known.get(i) for i in range(len(said))]

    if encode is not None and rows:
        found["cosine_similarity"] = at_rows(cosine_similarity(outputs, old, encode).tolist())
    if classify is not None and rows:
        recalls = [
            rouge(answer, output).rougeL_recall for answer, output in zip(answers, outputs, strict=True)
        ]
        references = old if split in OFFERED else answers
        direction = output_is_premise(split, real_world)
        found["entailment_label"] = at_rows(
            entailment_labels(outputs, references, recalls, classify, direction)
        )
    return found
