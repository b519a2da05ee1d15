"""Documents and lines: one line of what is wrong, with the file and where."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit import documents
from judgekit.documents import lines, read_json, read_text, read_yaml, yamltext
from judgekit.errors import InputError


def test_a_document_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    with pytest.raises(InputError, match=r"x\.json: not a pool file: No such file"):
        read_json(path, "a pool file")
    path.write_bytes(b"\xef\xbb\xbf{}")
    assert read_json(path) == {}
    path.write_bytes(b"\xff\xfe{")
    for read in (read_json, read_yaml, read_text):
        with pytest.raises(InputError, match=r"x\.json: not .*: not UTF-8 at byte 0; save it as UTF-8"):
            read(path)
    path.write_text("a: b\nc: [")
    with pytest.raises(InputError, match=r"x\.json:2: not YAML: expected the node content"):
        read_yaml(path)
    with pytest.raises(InputError, match="not JSON: Is a directory"):
        read_json(tmp_path)


def test_a_document_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "x.json"
    path.write_text(" " * ((1 << 20) + 1))
    monkeypatch.setattr(documents, "LARGEST", 1 << 20)
    monkeypatch.setattr(lines, "LARGEST", 1 << 20)
    with pytest.raises(InputError, match="not JSON: larger than 1 MB"):
        read_json(path)
    assert yamltext.LARGEST == 1 << 20
    with pytest.raises(InputError, match="not YAML: larger than 1 MB"):
        read_yaml(path)
    with pytest.raises(InputError, match=r"x\.json:1: the line is longer than 1 MB"):
        list(lines.lines(path))


def test_rows_are_objects(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text('{"a": 1}\n\n{"a": {"b": NaN}}\n')
    found = lines.lines(path)
    assert next(found) == (1, {"a": 1})
    with pytest.raises(InputError, match=r"x\.jsonl:3: a\.b: found NaN"):
        next(found)
    path.write_text('{"a": 1, "a": 2}\n[1]\n{"a"')
    with lines.opened(path) as file:
        (_, twice), (_, listed), (_, cut) = lines.numbered(file, path)
    for number, raw, told in (
        (1, twice, "the key 'a' stands twice in one object"),
        (2, listed, "expected one JSON object a line, found a list"),
        (3, cut, r"expected a JSON object a line: .* \(cut off\?\)"),
    ):
        with pytest.raises(InputError, match=told):
            lines.decode_row(raw, path, number)
