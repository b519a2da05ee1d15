"""Items as blocks of a page: compressed, and read piece by piece when a reader asks for them.

Every block is the base64 of a zlib stream, to stand in a ``<script type="text/plain">``: no text in it can become
mark-up. What is inside:

=============  =======================================================================================================
block          content
=============  =======================================================================================================
``index``      JSON: ``n`` items, ``chunk`` items a block, ``words`` by column, ``columns`` as ``[name, type]``, and the
               ``fields`` of an opinion, a label and a detail
``columns``    the columns one after the other, in that order and type, little endian
``ids``        JSON: the id of every item
``asked-K``    JSON: the K-th thousand of what was asked: question, references, and of each hop question and reference
``outputs-K``  JSON: of each item of the K-th thousand the number of what was asked, its outputs, and those of its hops
``details-K``  JSON: of each item of the K-th thousand the rest, by ``fields``
=============  =======================================================================================================
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from judgekit.report.items.facts import ItemFacts, Opinion, PersonLabel
from judgekit.report.items.flags import FLAGS

CHUNK = 1000
"""Items of a block."""

LONGEST = 4000
"""Characters of one text that the page keeps; what is cut is said."""

DETAIL = ("opinions", "human", "reason", "cost", "promise", "confidence", "threshold")
"""What ``details`` hold of an item. The confidence is that of the verdict, or the score of one left open."""

_COLUMNS = {
    "confidence": "Float32",
    "margin": "Float32",
    "question": "Uint32",
    "pair": "Uint32",
    "run": "Int16",
    "rubric": "Int16",
    "side": "Int16",
    "split": "Int16",
    "label": "Int16",
    "state": "Int16",
    "tier": "Int16",
    "human": "Int16",
    "probe": "Int16",
    "flags": "Uint8",
}
"""Column -> type, the widest first, so that each starts at a multiple of its own width."""

_WIDTHS = {"Float32": "<f4", "Uint32": "<u4", "Int16": "<i2", "Uint8": "<u1"}
_LONE = re.compile("[\ud800-\udfff]")


def packed(facts: Sequence[ItemFacts], runs: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and base64 of every block.

    Parameters
    ----------
    facts : Sequence[ItemFacts]
        Of the items, in the order in which the page shows them.
    runs : Sequence[str]
        Names of the runs, in the order in which the page lists them.
    """
    words, columns = _columns(facts, runs)
    yield (
        "index",
        _json(
            {
                "n": len(facts),
                "chunk": CHUNK,
                "words": words,
                "columns": list(_COLUMNS.items()),
                "fields": {"opinion": Opinion._fields, "human": PersonLabel._fields, "detail": DETAIL},
            }
        ),
    )
    yield (
        "columns",
        _block(
            b"".join(np.asarray(columns[name], _WIDTHS[kind]).tobytes() for name, kind in _COLUMNS.items())
        ),
    )
    yield "ids", _json([one.row.verdict.id for one in facts])
    asked: dict[Any, int] = {}
    outputs = [_outputs(one, asked) for one in facts]
    for number, rows in _chunks(list(asked)):
        yield f"asked-{number}", _json(rows)
    for number, rows in _chunks(outputs):
        yield f"outputs-{number}", _json(rows)
    for number, part in _chunks(facts):
        yield f"details-{number}", _json([_detail(one) for one in part])


def _chunks(rows: Sequence[Any]) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, start in enumerate(range(0, len(rows), CHUNK)):
        yield number, rows[start : start + CHUNK]


def _columns(
    facts: Sequence[ItemFacts], runs: Sequence[str]
) -> tuple[dict[str, list[str]], dict[str, list[Any]]]:
    """Words by column, in the order of their numbers, and the columns by name."""
    words: dict[str, dict[str, int]] = {
        name: {} for name in ("rubrics", "sides", "splits", "labels", "states", "tiers", "probes")
    }
    words["runs"] = {name: place for place, name in enumerate(runs)}
    words["flags"] = {name: place for place, name in enumerate(FLAGS)}
    questions: dict[str, int] = {}

    def number(kind: str, word: str | None) -> int:
        return -1 if word is None else words[kind].setdefault(word, len(words[kind]))

    def one(facts: ItemFacts) -> tuple[Any, ...]:
        item, verdict, margin = facts.row.item, facts.row.verdict, facts.standing.margin
        return (
            verdict.confidence,  # None becomes NaN
            margin,
            questions.setdefault(verdict.question_id or verdict.id, len(questions)),
            facts.pair,
            number("runs", facts.run),
            number("rubrics", verdict.rubric),
            number("sides", facts.side),
            number("splits", verdict.split),
            number("labels", verdict.label),
            number("states", verdict.state),
            number("tiers", verdict.tier),
            number("labels", facts.row.majority),
            number("probes", item.probe or None if item else None),
            sum(1 << words["flags"][flag] for flag in facts.flags),
        )

    rows = [one(item) for item in facts]
    columns = dict(zip(_COLUMNS, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
    return {kind: list(known) for kind, known in words.items()}, columns or {name: [] for name in _COLUMNS}


def _outputs(facts: ItemFacts, asked: dict[Any, int]) -> tuple[Any, ...]:
    """The number of what was asked, and what was answered; ``asked`` holds what was asked before."""
    item = facts.row.item
    if item is None:
        return asked.setdefault(("", (), ()), len(asked)), (), ()
    hops = tuple((cut(hop.question), cut(hop.reference)) for hop in item.hops)
    key = cut(item.question), tuple(map(cut, item.references)), hops
    return (
        asked.setdefault(key, len(asked)),
        tuple(map(cut, item.outputs)),
        tuple(cut(hop.output) for hop in item.hops),
    )


def _detail(facts: ItemFacts) -> tuple[Any, ...]:
    verdict, standing = facts.row.verdict, facts.standing
    return (
        [_opinion(opinion) for opinion in facts.opinions],
        [given._replace(note=cut(given.note)) for given in facts.people],
        cut(facts.reason),
        _short(verdict.cost),
        facts.promise,
        _short(standing.score if verdict.confidence is None else verdict.confidence),
        _short(standing.threshold),
    )


def _opinion(said: Opinion) -> Opinion:
    return said._replace(
        probs={label: round(share, 4) for label, share in said.probs.items()},
        order_inconsistency=_short(said.order_inconsistency),
        mass=_short(said.mass),
        cost=_short(said.cost),
        seconds=_short(said.seconds),
        reason=None if said.reason is None else cut(said.reason),
    )


def _short(number: float | None) -> float | None:
    """A number with the digits that a page may show."""
    return None if number is None or not np.isfinite(number) else float(f"{number:.4g}")


def cut(text: str) -> str:
    """A text as the page keeps it."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} … [{len(text) - LONGEST:,} more characters]"


def _json(value: Any) -> str:
    """A block of JSON. A lone surrogate, which UTF-8 has no bytes for, stands escaped as JSON allows."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return _block(_LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode())


def _block(content: bytes) -> str:
    return base64.b64encode(zlib.compress(content, 6)).decode("ascii")
