"""judgekit's own JSONL: one item a line, see :class:`judgekit.records.Item`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from judgekit.documents.lines import lines
from judgekit.readers.base import Counts, Format, Head, Source, whole
from judgekit.readers.formats.samples import has_samples
from judgekit.records import Item, parse


def _matches(head: Head) -> bool:
    row = head.row
    is_item = str(row.get("schema", "")).startswith("judgekit.item/")
    looks_so = "question" in row and "id" in row and "tiers" not in row and not has_samples(head)
    return head.kind == "lines" and (is_item or looks_so)


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return whole(value)
    if isinstance(value, list):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {key: _whole(one) for key, one in value.items()}
    return value


def _read(source: Source) -> Iterator[Item]:
    said = {"model": source.model, "method": source.method, "split": source.split}
    said = {key: value for key, value in said.items() if value is not None}
    counts = Counts(source, "judgekit")
    for line, row in lines(source.path):
        item = parse(Item, _whole({**row, **said}), path=source.path, line=line)
        if "schema" not in row:
            counts.check(len(item.outputs), line)
        yield item


FORMAT = Format("judgekit", "judgekit's own JSONL, one item a line", _matches, _read)
