"""inspect-ai: scores that people edited, read from its logs (``edit_score``, then ``write_eval_log``).

An edit with a provenance is a person's label: the author is the annotator, the reason and an explanation are the note.
Edits of a judgekit score count, and scores that people added under the name of a rubric. The last edit of a person is
their label; one that leaves the sample unscored is a skip. Who edits a verdict has seen it, and chose which to edit:
such labels are marked (:data:`judgekit.records.EDITED`) and serve for no promise, which is said.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from judgekit.display import some
from judgekit.readers.base import Head, Place, Row
from judgekit.readers.formats import inspect_ai as logs
from judgekit.readers.label_tools.base import ITEM_ID, Answer, LabelTool, NoLabel, answer
from judgekit.records import EDITED
from judgekit.rubrics import labels_of

_LOG = logging.getLogger(__name__)

_UNCHANGED = "UNCHANGED"


def _rows(path: Path) -> Iterator[tuple[Place, Row]]:
    changed = 0
    for place, run, row in logs.samples(path):
        name = logs.named(run, row, path, place)
        named = {ITEM_ID: name["id"], "model": name["model"], "method": name.get("method", "")}
        scores = _edited(row.get("scores"))
        changed += sum(map(_is_of_verdict, scores.values()))
        yield place, {"named": named, "scores": scores}
    if changed:
        _LOG.warning(
            "%s: %s edited by people who saw them; such labels calibrate and audit nothing, since they are no fair "
            "sample (judgekit queue draws one)",
            path,
            some(changed, "verdict"),
        )


def _edited(scores: object) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
    """Name and rubric of every score that people edited or added -> its history; scores of no rubric are left out."""
    found = {}
    for name, score in _mapping(scores).items():
        edits = [_mapping(edit) for edit in _listed(_mapping(score).get("history"))]
        if edits and (rubric := _rubric(str(name), _mapping(score), edits)):
            found[str(name), rubric] = edits
    return found


def _answers(row: Row, path: Path, place: Place) -> Iterator[tuple[Place, Answer]]:
    found = False
    for (name, rubric), edits in row["scores"].items():
        for author, edit in _last_by_author(edits).items():
            found = True
            where = f"{place}.scores.{name}"
            pool = {"pool": EDITED} if _is_of_verdict(edits) else {}
            yield where, _answer({**row["named"], "rubric": rubric, **pool}, author, edit, path, where)
    if not found:
        yield place, NoLabel.OPEN


def _rubric(name: str, score: Mapping[str, Any], edits: list[Mapping[str, Any]]) -> str:
    """The rubric that a score is of: as judgekit says beside it, else by the score's name; empty for any other."""
    for one in (score, *edits):  # an edit of the metadata replaces what judgekit said
        if isinstance(rubric := _mapping(one.get("metadata")).get("rubric"), str):
            return rubric
    return name if labels_of(name) else ""


def _is_of_verdict(edits: list[Mapping[str, Any]]) -> bool:
    """Whether something was there before people came; who adds a score saw none."""
    return not edits[0].get("provenance")


def _last_by_author(edits: list[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """The last value that each person gave; edits of other fields alone are none."""
    last: dict[str, Mapping[str, Any]] = {}
    for edit in edits:
        provenance = edit.get("provenance")
        if isinstance(provenance, Mapping) and edit.get("value") not in (None, _UNCHANGED):
            last[str(provenance.get("author") or "")] = edit
    return last


def _answer(named: Row, author: str, edit: Mapping[str, Any], path: Path, place: Place) -> Answer:
    value, provenance = edit["value"], edit["provenance"]
    if isinstance(value, float) and math.isnan(value):
        return NoLabel.SKIPPED
    why = [provenance.get("reason"), edit.get("explanation")]
    return answer(
        named,
        path,
        place,
        label=value,
        annotator=author,
        at=provenance.get("timestamp"),
        note=[said for said in why if said != _UNCHANGED],
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _matches(head: Head) -> bool:
    is_one_line = head.kind == "lines"  # then it may be a log all the same
    return logs.FORMAT.matches(replace(head, kind="object") if is_one_line else head)


TOOL = LabelTool(
    "inspect",
    "inspect-ai: edited scores in its logs",
    "",
    _matches,
    _rows,
    _answers,
    in_logs=True,
)
