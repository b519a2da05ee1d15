"""open-unlearning's ``<BENCH>_EVAL.json``: metric -> {"agg_value", "value_by_index": {index: row}}.

Its documentation says ``values_by_index``, and metrics that others wrote by it are read too.

Every metric whose rows hold generations gives items (``forget_Q_A_ROUGE``, ``retain_knowmem_ROUGE``,
``forget_qa_rouge``, ...), with ids ``<metric>/<index>``; those of paraphrased and of wrong answers repeat its
generations and give none. Numbers of sibling metrics of the same questions are joined in. ``<BENCH>_SUMMARY.json``
beside it gives run-level numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from judgekit.documents.lines import opened
from judgekit.errors import InputError
from judgekit.readers.base import Format, Head, Place, Source, measured, number, numbers, text, texts
from judgekit.readers.files.columns import Column, Keys, outline
from judgekit.readers.files.jsonfile import Cursor
from judgekit.readers.prompts import bare_question
from judgekit.records import Item, Recorded

SPLITS = {
    "forget": "forget",
    "retain": "retain",
    "ra": "real_authors",
    "wf": "world_facts",
    "holdout": "holdout",
}
ROWS = ("value_by_index", "values_by_index")
"""What a metric calls its rows: in the code, and in the documentation."""

_TOTAL = "agg_value"
_TEXTS = ("input", "ground_truth", "generation")
_TEXT_METRIC = re.compile(r"_rouge$", re.IGNORECASE)
_REPEATS = re.compile(r"_(para|pert)(?=_rouge$)", re.IGNORECASE)
"""In the name of a metric that holds a plain one's generations, beside paraphrased or wrong answers."""


class _Table(NamedTuple):
    """Where a metric's rows stand in the file: by key path, and by the byte at which they begin."""

    keys: Keys
    offset: int


# sibling metric -> {its key: name in Item.recorded}; {stem} is the text metric without _ROUGE, {split} its
# prefix
_SIBLINGS: dict[str, dict[str, str]] = {
    "{stem}_Prob": {"prob": "probability", "avg_loss": "loss"},
    "{stem}_Prob_normalised": {"prob": "normalized_probability"},
    "{stem}_PARA_Prob": {"prob": "paraphrased_probability", "avg_loss": "paraphrased_loss"},
    "{stem}_PERT_Prob": {"prob": "perturbed_probabilities", "avg_loss": "perturbed_losses"},
}
_OF_SPLIT: dict[str, dict[str, str]] = {
    "{split}_truth_ratio": {"score": "truth_ratio"},
    "{split}_Truth_Ratio": {"score": "truth_ratio"},
}
_OF_FORGET: dict[str, dict[str, str]] = {
    "exact_memorization": {"score": "exact_memorization"},
    "extraction_strength": {"score": "extraction_strength"},
}


def _matches(head: Head) -> bool:
    return head.kind == "object" and head.keys[1:2] in [(name,) for name in (_TOTAL, *ROWS, "forget", "auc")]


def _joins(metric: str, tables: Mapping[str, _Table]) -> dict[str, dict[str, str]]:
    """The sibling metrics whose rows are about the same questions as a text metric's."""
    stem, split = _TEXT_METRIC.sub("", metric), metric.split("_")[0]
    wanted = dict(_SIBLINGS)
    if stem.lower() == f"{split}_q_a":
        wanted |= _OF_SPLIT
    # memorization is measured on verbatim text where the benchmark has it, else on the forget questions
    verbatim = "forget_verbmem_ROUGE" in tables
    if stem.lower() == ("forget_verbmem" if verbatim else "forget_q_a"):
        wanted |= _OF_FORGET
    named = {template.format(stem=stem, split=split): names for template, names in wanted.items()}
    return {name: names for name, names in named.items() if name in tables}


def _has_texts(file: BinaryIO, path: Path, table: _Table) -> bool:
    if _TEXT_METRIC.search(table.keys[0]):
        return True
    _, row = next(iter(Column(file, path, *table)), ("", None))
    return isinstance(row, dict) and row.keys() >= {*_TEXTS}


def _read(source: Source) -> Iterator[Item]:
    path = source.path
    with opened(path) as file:
        present = outline(file, path)
        tables = {
            keys[0]: _Table(keys, at) for keys, at in present.items() if len(keys) == 2 and keys[1] in ROWS
        }
        _check_whole(present, tables, path)
        with_texts = [
            table
            for name, table in tables.items()
            if not _REPEATS.search(name) and _has_texts(file, path, table)
        ]
        if not with_texts:
            raise InputError(
                f"no metric holds generations; expected e.g. forget_Q_A_ROUGE with {', '.join(_TEXTS)}",
                path=path,
            )
        for table in with_texts:
            yield from _metric(source, file, tables, table)


def _check_whole(present: Mapping[Keys, int], tables: Mapping[str, _Table], path: Path) -> None:
    """Raise an ``InputError`` where a metric of texts has no rows, whose outputs would be left out without a word."""
    for metric in dict.fromkeys(keys[0] for keys in present):
        if _TEXT_METRIC.search(metric) and not _REPEATS.search(metric) and metric not in tables:
            raise InputError(
                f"expected its rows under '{ROWS[0]}'; evaluate again, or take the metric out of the file",
                path=path,
                row=metric,
            )


def _metric(source: Source, file: BinaryIO, tables: Mapping[str, _Table], table: _Table) -> Iterator[Item]:
    path, metric = source.path, table.keys[0]
    siblings = [(Column(file, path, *tables[name]), names) for name, names in _joins(metric, tables).items()]
    column = Column(file, path, *table)
    index = None
    for index, row in column:
        place = column.place(index)
        fields = fields_of(metric, index, row, path, place)
        recorded: dict[str, Recorded] = dict(measured(row, path, place))
        for sibling, names in siblings:
            recorded |= _numbers(sibling, index, names, path)
        yield source.item(place, **fields, recorded=recorded)
    if index is None:
        raise InputError("no items under this metric", path=path, row=".".join(table.keys))


def fields_of(metric: str, index: str, row: Any, path: Path, place: Place) -> dict[str, Any]:
    """An item's id, question, references, output and split, as a row of a text metric tells them.

    Raises
    ------
    InputError
        The row has no input, ground truth or generation.
    """
    output, references = text(row, _TEXTS[2], path, place), texts(row, _TEXTS[1], path, place)
    prefix = metric.split("_")[0].lower()
    return {
        "id": f"{metric}/{index}",
        "question": bare_question(text(row, _TEXTS[0], path, place)),
        "references": references,
        "outputs": (output,),
        "split": SPLITS.get(prefix, prefix),
    }


def _numbers(column: Column, index: str, names: dict[str, str], path: Path) -> dict[str, Recorded]:
    row, place = column.get(index), column.place(index)
    if row is None:
        return {}
    if not isinstance(row, dict):
        raise InputError(f"expected an object with {', '.join(names)}", path=path, row=place)
    return {name: numbers(row[key], key, path, place) for key, name in names.items() if key in row}


def _metrics(path: Path) -> dict[str, float | None]:
    """Run-level numbers: ``agg_value`` of every metric; the summary beside it gives those that are missing."""
    found: dict[str, float | None] = {}
    with opened(path) as file:
        for keys, offset in outline(file, path).items():
            if keys[1:] == (_TOTAL,):
                place = ".".join(keys)
                found[keys[0]] = number(Cursor(file, path, offset, keys).value(), _TOTAL, path, place)
    summary = path.with_name(path.name.replace("_EVAL", "_SUMMARY"))
    if summary == path or not summary.exists():
        return found
    with opened(summary) as file:
        cursor = Cursor(file, summary)
        totals = {key: number(cursor.value(), key, summary, key) for key in cursor.fields()}
        cursor.finish()
    return totals | found


FORMAT = Format(
    "open_unlearning",
    "open-unlearning <BENCH>_EVAL.json (TOFU, MUSE, DUET, ...), with <BENCH>_SUMMARY.json beside it",
    _matches,
    _read,
    _metrics,
)
