"""A run as one table: a row for each output, with its texts, its verdict, and what every judge said."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from judgekit.frames.schemas import ITEM, NUMBER, TEXT, VERDICT, Row, verdict_row
from judgekit.records import EvidenceRow
from judgekit.runs.folder import RunFolder

OPINION = pa.struct([("tier", TEXT), ("label", TEXT), ("probability", NUMBER), ("reason", TEXT)])
"""What one judge gives one label; without label and probability where it gave nothing, with the reason."""

_TEXTS = ("question", "probe", "references", "outputs")
_NAMES = ("id", "question_id", "model", "method", "split", "rubric")
SCHEMA = pa.schema(
    [
        *(VERDICT.field(name) for name in _NAMES),
        *(ITEM.field(name) for name in _TEXTS),
        *(field for field in VERDICT if field.name not in _NAMES),
        ("opinions", pa.list_(OPINION)),
    ],
    metadata={"schema": "judgekit.table/1"},
)
"""The columns, whatever the run holds: judges of several rubrics share ``opinions``, a list of :data:`OPINION`."""

MEANINGS = {
    "id": "of the output, unique for one model and method",
    "question_id": "the same for every output that answers the same question",
    "model": "whose output it is",
    "method": "the unlearning method",
    "split": "the part of the data that the question is of",
    "rubric": "what the output was judged by",
    "question": "what the model was asked",
    "probe": "how the question was put, where it was put in several ways",
    "references": "accepted answers",
    "outputs": "what the model said; two texts are a pair that was compared",
    "state": "verdict; abstained: the policy was not sure enough, or the item is unlike those calibrated on; unscored: "
    "no judge gave anything, or none could be asked",
    "label": "the verdict; null without one",
    "tier": "the judge that settled it; human: people",
    "confidence": "how sure the judges were, from 0 to 1; no promise",
    "reason": "why there is no verdict",
    "cost": "US dollars spent on the output; null where a price is unknown",
    "calibration": "the calibration that decided, and whose promise covers a verdict; null: nothing is promised. "
    "Whether the promise stands for these outputs, 'judgekit report' says",
    "fluent": "whether the output reads as an answer or a refusal; null where the rubric does not ask",
    "human": "labels that people gave",
    "opinions": "what every judge asked said: tier, label, probability, and the reason where it said nothing",
}
"""What each column holds."""


def rows(run: RunFolder) -> Iterator[Row]:
    """The rows of a run, in its order, one at a time."""
    for item, evidence, verdict in run.results():
        texts: dict[str, Any] = {} if item is None else {name: getattr(item, name) for name in _TEXTS}
        said = [] if evidence is None else list(_opinions(evidence))
        yield {**texts, **verdict_row(verdict), "opinions": said}


def _opinions(row: EvidenceRow) -> Iterator[Row]:
    for tier, found in row.tiers.items():
        for label, probability in found.probs.items():
            yield {"tier": tier, "label": label, "probability": probability}
        if not found.probs:
            yield {"tier": tier, "reason": found.reason}
