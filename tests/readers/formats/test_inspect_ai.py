"""Logs of inspect-ai, of which ``inspect_ai/tiny.eval`` is a real one: both of its formats give the same items."""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from judgekit import api, readers
from judgekit.errors import InputError
from judgekit.readers.formats import inspect_ai

TINY = Path(__file__).parent / "inspect_ai" / "tiny.eval"


def member(name: str) -> Any:
    with (
        TINY.open("rb") as log,
        zipfile.ZipFile(log) as archive,
        inspect_ai._member(archive, log, TINY, name) as file,
    ):
        return json.loads(file.read(1 << 20))


def samples() -> list[dict[str, Any]]:
    with zipfile.ZipFile(TINY) as archive:
        return [member(name) for name in archive.namelist() if name.startswith("samples/")]


def log(path: Path, **change: Any) -> Path:
    """The log as inspect-ai writes it as JSON; ``change`` is of its last sample."""
    rows = samples()
    rows[-1] |= change
    path.write_text(json.dumps({**member("header.json"), "samples": rows}, indent=2), encoding="utf-8")
    return path


def test_a_real_log_needs_no_package() -> None:
    assert readers.detect(TINY) == "inspect_ai" and "inspect_ai" not in sys.modules
    items = list(readers.read(TINY))
    assert [(one.id, one.question, one.references, one.output, one.split) for one in items] == [
        ("1#1", "Where was Ann born?", ("Ghent",), "Ann was born in Ghent.", "forget"),
        ("b#1", "Where was Bob born?", ("Turku", "Åbo"), "In Åbo, I think.", "retain"),
        ("1#2", "Where was Ann born?", ("Ghent",), "I don't know.", "forget"),
        ("b#2", "Where was Bob born?", ("Turku", "Åbo"), "In Oslo.", "retain"),
    ]
    assert {(one.model, one.method) for one in items} == {("mockllm/model", "npo")}
    assert [one.recorded for one in items[::2]] == [
        {"includes": "C", "unsure": 0.25},
        {"includes": "I", "unsure": None},
    ]
    assert items[0].question_id == items[2].question_id, "epochs of a sample are outputs of one question"
    assert readers.recorded_metrics(TINY) == {
        "includes/accuracy": 0.5,
        "includes/stderr": 0.0,
        "unsure/mean": 0.25,
    }


def test_a_log_is_scored(tmp_path: Path) -> None:
    assert api.score(TINY, tmp_path / "run").progress.states == {"verdict": 4}


def test_both_formats_and_older_compression_give_the_same(tmp_path: Path) -> None:
    items = list(readers.read(TINY))
    path = log(tmp_path / "log.json")
    assert list(readers.read(path)) == items
    assert readers.recorded_metrics(path) == readers.recorded_metrics(TINY)
    one_line = tmp_path / "one_line.json"
    one_line.write_text(json.dumps(json.loads(path.read_text())))
    assert readers.detect(one_line) == "inspect_ai" and list(readers.read(one_line)) == items
    for kind in (zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED):
        older = tmp_path / f"{kind}.eval"
        with zipfile.ZipFile(TINY) as archive, zipfile.ZipFile(older, "w", kind) as to:
            for name in archive.namelist():
                to.writestr(name, json.dumps(member(name)))
        assert list(readers.read(older)) == items


def test_choices_parts_and_attachments(tmp_path: Path) -> None:
    (*_, item) = readers.read(
        log(tmp_path / "a.json", input="Which is a virus?", choices=["Ebola", "Gold"], target="A")
    )
    assert item.question == "Which is a virus?\nA) Ebola\nB) Gold" and item.references == ("A", "Ebola")
    said = {
        "completion": "",
        "choices": [{"message": {"content": [{"type": "reasoning"}, {"type": "text", "text": "Hm."}]}}],
    }
    asked = [
        {
            "role": "user",
            "content": [{"type": "text", "text": "What is it?"}, {"type": "image", "image": "…"}],
        }
    ]
    (*_, item) = readers.read(log(tmp_path / "b.json", output=said, input=asked))
    assert (item.question, item.output) == ("What is it?", "Hm.")
    (*_, item) = readers.read(
        log(tmp_path / "c.json", input="attachment://k", attachments={"k": "Who is it?"})
    )
    assert item.question == "Who is it?"


def test_a_sample_that_failed_is_left_out_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = log(
        tmp_path / "log.json", error={"message": "out of memory"}, output={"choices": [], "completion": ""}
    )
    assert len(list(readers.read(path))) == 3
    assert "log.json: 1 of 4 samples ended in an error and have no output; they are left out" in caplog.text


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"target": 3}, "samples.3: key 'target': expected a text or a list of texts"),
        ({"input": []}, "samples.3: key 'input': no message of a user"),
        ({"output": {"completion": 3}}, "samples.3: key 'output': expected a completion"),
    ],
)
def test_a_broken_sample_is_named(tmp_path: Path, change: dict[str, Any], expected: str) -> None:
    path = log(tmp_path / "log.json", **change)
    with pytest.raises(InputError, match=f"{path}:{expected}"):
        list(readers.read(path))


def test_a_log_that_is_cut_off_and_another_archive(tmp_path: Path) -> None:
    path = tmp_path / "x.eval"
    path.write_bytes(TINY.read_bytes()[:3000])
    with pytest.raises(InputError, match="x.eval: the archive is cut off"):
        list(readers.read(path))
    raw = bytearray(TINY.read_bytes())
    raw[2000:2600] = bytes(600)
    path.write_bytes(raw)
    with pytest.raises(InputError, match="x.eval:"):
        list(readers.read(path))
    with zipfile.ZipFile(tmp_path / "book.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    with pytest.raises(InputError, match="of a workbook, save the sheet as CSV"):
        list(readers.read(tmp_path / "book.xlsx"))


def no_such_version(raw: bytes) -> bytes:
    at = raw.index(b"PK\x01\x02") + 6
    return raw[:at] + b"\x63" + raw[at + 1 :]


def not_utf8(raw: bytes) -> bytes:
    return raw.replace("é".encode(), b"\xff\xff")


@pytest.mark.parametrize("harm", [no_such_version, not_utf8])
def test_a_damaged_list_of_parts_is_one_line_however_the_format_was_found(
    tmp_path: Path, harm: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "x.eval"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("header.json", "{}")
        archive.writestr("é", "")
    path.write_bytes(harm(path.read_bytes()))
    for named in (None, "inspect_ai"):
        with pytest.raises(InputError, match=r"x\.eval: the (archive|log) is .*damaged"):
            list(readers.read(path, format=named))


def test_a_part_that_lzma_cannot_unpack_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "x.eval"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("header.json", json.dumps({"version": 2, "eval": {"task": "t" * 999}}))
    raw = bytearray(path.read_bytes())
    raw[60:100] = bytes(range(40))
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"x\.eval:header\.json: cannot be decompressed"):
        list(readers.read(path))


def test_another_json_with_a_version_is_no_log(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text('{"version": "1.0", "truncation": null, "padding": null, "added_tokens": []}')
    with pytest.raises(InputError, match="not recognized"):
        readers.detect(path)
