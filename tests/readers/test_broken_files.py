"""A broken file gives one line that names file, place and what was expected; never a silent half."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit import readers
from judgekit.errors import InputError, JudgekitError
from judgekit.readers.files.columns import outline
from judgekit.readers.files.jsonfile import Cursor
from judgekit.readers.logs import logs
from judgekit.records import Item

any_text = st.text(max_size=40)  # every code point but surrogates, U+2028 and NUL among them
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | any_text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)
items = st.builds(
    lambda question, references, outputs, model, split, recorded: {
        "question": question,
        "references": tuple(references),
        "outputs": tuple(outputs),
        "model": model,
        "split": split,
        "recorded": recorded,
    },
    any_text,
    st.lists(any_text, max_size=3),
    st.lists(any_text, min_size=1, max_size=2),
    any_text,
    any_text,
    st.dictionaries(
        any_text,
        st.floats(allow_nan=False, allow_infinity=False)
        | any_text
        | st.none()
        | st.lists(st.floats(-1e9, 1e9)),
        max_size=3,
    ),
)


def open_unlearning() -> dict:
    def rows(make, n=3):
        return {"agg_value": 0.5, "value_by_index": {str(i): make(i) for i in range(n)}}

    prompt = "system\n\nBe brief.user\n\nWhat is {}?assistant\n\n"
    return {
        "forget_Q_A_Prob": rows(lambda i: {"prob": 0.5, "avg_loss": 0.7}),
        "forget_Q_A_ROUGE": rows(
            lambda i: {
                "rougeL_recall": 0.25,
                "input": prompt.format(i),
                "ground_truth": f"gold é {i}",
                "generation": f"out ü {i}",
            }
        ),
        "forget_quality": {"agg_value": None},
        "forget_Truth_Ratio": rows(lambda i: {"score": 1.5}),
    }


def one_line(path: Path, **options) -> str:
    with pytest.raises(JudgekitError) as caught:
        list(readers.read(path, **options))
    message = str(caught.value)
    assert "\n" not in message and message.startswith(str(path)), message
    return message


@given(st.lists(items, min_size=1, max_size=4))
@settings(max_examples=60, deadline=None)
def test_own_rows_round_trip(rows):
    made = [Item(id=str(i), **row) for i, row in enumerate(rows)]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        for ascii_only in (True, False):
            lines = [json.dumps(item.to_row(), ensure_ascii=ascii_only) for item in made]
            path.write_bytes("\n".join(lines).encode())
            assert list(readers.read(path)) == made


@given(st.data())
@settings(max_examples=80, deadline=None)
def test_own_rows_cut_anywhere_give_whole_rows_then_an_error(data):
    made = [Item(id=str(i), question=f"wo liegt Köln {i}?", outputs=("am Rhein\u2028ja",)) for i in range(3)]
    raw = b"".join(json.dumps(item.to_row(), ensure_ascii=False).encode() + b"\n" for item in made)
    cut = data.draw(st.integers(0, len(raw) - 1))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "items.jsonl"
        path.write_bytes(raw[:cut])
        got = []
        try:
            for item in readers.read(path, format="judgekit"):
                got.append(item)
            whole = True
        except InputError as error:
            whole = False
            assert str(path) in str(error)
        assert got == made[: len(got)]
        rows_kept = [line for line in raw[:cut].split(b"\n") if line]
        at_boundary = bool(rows_kept) and all(line in raw.split(b"\n") for line in rows_kept)
        assert whole == at_boundary
        assert len(got) == (len(rows_kept) if whole else max(len(rows_kept) - 1, 0))


@given(st.data())
@settings(max_examples=120, deadline=None)
def test_an_object_cut_anywhere_gives_nothing_but_an_error(data):
    raw = json.dumps(
        open_unlearning(), ensure_ascii=False, indent=data.draw(st.sampled_from([None, 2]))
    ).encode()
    cut = data.draw(st.integers(0, len(raw) - 1))
    with TemporaryDirectory() as folder:
        path = Path(folder) / "TOFU_EVAL.json"
        path.write_bytes(raw[:cut])
        with pytest.raises(InputError):
            next(readers.read(path, format="open_unlearning"))
        with pytest.raises(InputError):
            next(readers.read(path))


@given(json_values, st.integers(1, 9))
@settings(max_examples=150, deadline=None)
def test_the_cursor_reads_what_json_reads_whatever_the_chunk(value, chunk):
    from judgekit.readers.files import jsonfile

    before = jsonfile.CHUNK
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        path.write_text(json.dumps([value, {"k": value}], ensure_ascii=False, indent=1), encoding="utf-8")
        try:
            jsonfile.CHUNK = chunk
            with path.open("rb") as file:
                cursor = Cursor(file, path)
                assert [cursor.value() for _ in cursor.children()] == [value, {"k": value}]
                cursor.finish()
                for offset in outline(file, path, 1).values():
                    Cursor(file, path, offset).value()
        finally:
            jsonfile.CHUNK = before


@given(st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_any_bytes_give_items_or_one_line(raw):
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x.json"
        for content in (raw, b"{" + raw, b"[" + raw, b'{"id": "1", "question": "q", "output": "' + raw):
            path.write_bytes(content)
            for form in (None, *(name for name in readers.formats() if name != "hf")):
                try:
                    list(readers.read(path, format=form))
                except JudgekitError as error:
                    assert "\n" not in str(error)


def test_an_empty_file(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b" \n")
    assert "empty" in one_line(path)
    assert "no items" in one_line(path, format="judgekit")


@pytest.mark.parametrize("left", [None, 20])
@pytest.mark.parametrize(
    ("ending", "pack", "told"),
    [
        ("gz", gzip.compress, "gzip"),
        ("bz2", bz2.compress, "bzip2"),
        ("xz", lzma.compress, "xz"),
        ("zst", lambda plain: pyarrow.compress(plain, "zstd", asbytes=True), "Zstandard"),
    ],
)
def test_a_compressed_file_is_said_to_be_one(tmp_path, caplog, left, ending, pack, told):
    """Whole or cut off; it was said to be not UTF-8, which nobody can mend, and in a folder nobody heard of it."""
    plain = tmp_path / "plain.jsonl"
    plain.write_text('{"id": "a", "question": "q", "output": "b"}\n')
    path = tmp_path / f"x.jsonl.{ending}"
    path.write_bytes(pack(plain.read_bytes())[:left])
    line = rf"x\.jsonl\.{ending}: the file is compressed \({told}\); unpack it first"
    with pytest.raises(InputError, match=line):
        list(readers.read(path))
    (tmp_path / "model.bin.gz").write_bytes(gzip.compress(b"no log"))
    assert logs(tmp_path).files == [plain]
    (heard,) = caplog.messages
    assert re.search(line, heard) and "passed over" in heard


def test_a_missing_file(tmp_path):
    assert "cannot be read" in one_line(tmp_path / "gone.json")


@pytest.mark.parametrize("encoding", ["utf-16", "latin-1"])
def test_a_wrong_encoding(tmp_path, encoding):
    path = tmp_path / "x.jsonl"
    path.write_bytes('{"id": "1", "question": "où?", "output": "là"}\n'.encode(encoding))
    assert "UTF-8" in one_line(path)
    path.write_bytes(json.dumps(open_unlearning(), ensure_ascii=False).encode(encoding))
    assert "UTF-8" in one_line(path)


def test_a_byte_order_mark_is_no_error(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + b'{"id": "1", "question": "q", "output": "o"}\n')
    assert [item.id for item in readers.read(path)] == ["1"]
    path.write_bytes(b"\xef\xbb\xbf" + json.dumps(open_unlearning()).encode())
    assert len(list(readers.read(path))) == 3


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            '{"id": "2", "question": "q", "output": "o", "recorded": {"loss": NaN}}',
            ":2: recorded.loss: found NaN",
        ),
        (
            '{"id": "2", "question": "q", "output": "o", "recorded": {"loss": 1e999}}',
            ":2: recorded.loss: found 1e999",
        ),
        ('{"id": "2", "question": "q", "outptu": "o"}', ":2: "),
        ('{"id": "2", "question": "q", "output": "o", "color": 1}', ":2: unknown key 'color'"),
        ('{"id": "2", "question": "q"', ":2: expected a JSON object a line"),
        ('["id"]', ":2: expected one JSON object a line, found a list"),
        ('{"id": 2, "question": "q", "output": "o"}', ":2: key 'id'"),
        ('{"id": "1", "question": "q", "output": "o"}', "id '1' occurs twice"),
    ],
)
def test_a_broken_row_is_named_with_its_line(tmp_path, line, expected):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "1", "question": "q", "output": "o"}\n' + line + "\n")
    assert expected in one_line(path)


def change(*keys, to=None, drop=False):
    content = open_unlearning()
    at = content
    for key in keys[:-1]:
        at = at[key]
    if drop:
        del at[keys[-1]]
    else:
        at[keys[-1]] = to
    return content


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (
            change("forget_Q_A_ROUGE", "value_by_index", "1", "generation", drop=True),
            "forget_Q_A_ROUGE.value_by_index.1: the key 'generation' is missing",
        ),
        (
            change("forget_Q_A_Prob", "value_by_index", "2", "prob", to=float("nan")),
            "forget_Q_A_Prob.value_by_index.2.prob: found NaN",
        ),
        (
            change("forget_Q_A_Prob", "value_by_index", "2", "prob", to="0.5"),
            "forget_Q_A_Prob.value_by_index.2: key 'prob': expected a number",
        ),
        (
            change("forget_Q_A_ROUGE", "value_by_index", "0", "ground_truth", to=3),
            "forget_Q_A_ROUGE.value_by_index.0: key 'ground_truth': expected a text",
        ),
        (
            change("forget_Q_A_ROUGE", "value_by_index", to=7),
            "forget_Q_A_ROUGE.value_by_index: expected an object",
        ),
        (change("forget_Q_A_ROUGE", "value_by_index", to={}), "no items"),
        (change("forget_Q_A_ROUGE", drop=True), "no metric holds generations"),
    ],
)
def test_a_broken_value_is_named_with_its_key_path(tmp_path, content, expected):
    path = tmp_path / "TOFU_EVAL.json"
    path.write_text(json.dumps(content))
    assert expected in one_line(path)


def test_an_unknown_format_says_what_was_seen(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"color": {"shade": 1}}')
    message = one_line(path)
    assert "not recognized" in message and "color" in message and "open_unlearning" in message


def test_a_lone_surrogate_is_replaced_not_fatal(tmp_path):
    path = tmp_path / "x.jsonl"
    path.write_text('{"id": "1", "question": "q \\ud83d", "output": "\\ud83d\\ude00"}\n')
    (item,) = readers.read(path)
    assert (item.question, item.output) == ("q \ufffd", "\U0001f600")
