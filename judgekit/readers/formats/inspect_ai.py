"""Logs of inspect-ai: ``.eval`` (a zip archive of JSON) and ``.json``, read without the package.

A sample's last user message is the question (with its choices, if it has any), its target the references, the
completion the output. The split, the method and the ``question_id`` are those of the sample's metadata, where they
stand there. Scores are kept in ``Item.recorded`` under their names. Several epochs of a sample are several items of
one question: ids are ``<id>``, or ``<id>#<epoch>`` in a log of several epochs. Samples that ended in an error without
any output are left out, which is said.
"""

from __future__ import annotations

import logging
import math
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO, cast

from judgekit.documents import LARGEST
from judgekit.documents.lines import opened
from judgekit.documents.zips import DAMAGED
from judgekit.errors import InputError
from judgekit.readers.base import Format, Head, Source, require, texts, whole
from judgekit.readers.files.jsonfile import Cursor
from judgekit.readers.prompts import bare_question
from judgekit.records import Item, Recorded

_LOG = logging.getLogger(__name__)

_START, _HEADER, _SAMPLES = "_journal/start.json", "header.json", "samples/"
_KEYS = ("id", "epoch", "input", "choices", "target", "output", "scores", "metadata", "error", "attachments")
"""What is read of a sample; the rest, its events above all, is passed over piece by piece."""
_ATTACHMENT = "attachment://"
_ZSTD = 93
_LOCAL_HEADER = struct.Struct("<26xHH")
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _matches(head: Head) -> bool:
    if head.kind == "archive":
        return bool({_START, _HEADER} & set(head.keys))
    return head.kind == "object" and head.names[:1] == ("version",) and {"status", "eval"} <= set(head.names)


def _read(source: Source) -> Iterator[Item]:
    count = failed = 0
    for place, run, row in samples(source.path):
        count += 1
        output = _output(row, source.path, place)
        if row.get("error") and not output:
            failed += 1
            continue
        yield _item(source, run, place, row, output)
    if failed:
        _LOG.warning(
            "%s: %d of %d samples ended in an error and have no output; they are left out",
            source.path,
            failed,
            count,
        )


def item_of(row: Mapping[str, Any], model: str) -> Item:
    """The item of a sample that is in no log yet; in epochs after the first its id ends in the epoch's number.

    Parameters
    ----------
    row : mapping
        The sample with the keys that it has in a log.
    model : str
        The model that answered.

    Raises
    ------
    InputError
        It has no question of a user, or is otherwise not as samples are.
    """
    place = f"sample {row.get('id')}"
    method = _mapping(row.get("metadata")).get("method")
    source = Source(Path("inspect"), method=whole(method) if isinstance(method, str) else "")
    run = {"model": model, "config": {"epochs": row.get("epoch")}}
    return _item(source, run, place, row, _output(row, source.path, place))


def _item(source: Source, run: Mapping[str, Any], place: str, row: Mapping[str, Any], output: str) -> Item:
    path = source.path
    return source.item(
        place,
        question=_question(row, path, place),
        references=_references(row, path, place),
        outputs=(output,),
        recorded=_scores(row),
        **named(run, row, path, place),
    )


def named(run: Mapping[str, Any], row: Mapping[str, Any], path: Path, place: str) -> dict[str, str]:
    """What a sample's item is called: id and model, and of its metadata split, method and ``question_id``.

    Parameters
    ----------
    run : mapping
        What the log says of the whole (``eval``).
    row : mapping
        The sample.
    path, place : Path, str
        Where it stands.
    """
    name, epochs = str(require(row, "id", path, place)), _mapping(run.get("config")).get("epochs") or 1
    known = {
        key: whole(value)
        for key, value in _mapping(row.get("metadata")).items()
        if key in ("split", "method", "question_id") and isinstance(value, str)
    }
    id_ = name if epochs == 1 else f"{name}#{row.get('epoch')}"
    return {"id": id_, "model": str(run.get("model") or ""), **known}


def _question(row: Mapping[str, Any], path: Path, place: str) -> str:
    asked = require(row, "input", path, place)
    if isinstance(asked, list):
        turns = [turn for turn in asked if isinstance(turn, Mapping) and turn.get("role") == "user"]
        if not turns:
            raise InputError("key 'input': no message of a user", path=path, row=place)
        asked = _content(turns[-1].get("content"))
    if not isinstance(asked, str):
        raise InputError("key 'input': expected a text or messages", path=path, row=place)
    options = "".join(
        f"\n{letter}) {choice}" for letter, choice in zip(_LETTERS, _choices(row), strict=False)
    )
    return bare_question(whole(_attached(asked, row))) + whole(options)


def _references(row: Mapping[str, Any], path: Path, place: str) -> tuple[str, ...]:
    """The targets; of a letter that names a choice, the choice too."""
    targets = [target for target in texts(row, "target", path, place) if target]
    choices = dict(zip(_LETTERS, _choices(row), strict=False))
    return (*targets, *(whole(choices[target]) for target in targets if target in choices))


def _choices(row: Mapping[str, Any]) -> list[str]:
    return [str(choice) for choice in _listed(row.get("choices"))]


def _output(row: Mapping[str, Any], path: Path, place: str) -> str:
    output = require(row, "output", path, place)
    said = _mapping(output).get("completion")
    if not said and (answers := _listed(_mapping(output).get("choices"))):
        said = _content(_mapping(_mapping(answers[0]).get("message")).get("content"))
    if not isinstance(said, str | None):
        raise InputError("key 'output': expected a completion", path=path, row=place)
    return whole(_attached(said or "", row))


def _content(content: Any) -> Any:
    """The text of a message, whose content may be in parts."""
    if not isinstance(content, list):
        return content
    return "\n".join(
        str(part.get("text", "")) for part in map(_mapping, content) if part.get("type") == "text"
    )


def _attached(text: str, row: Mapping[str, Any]) -> str:
    """Long texts may stand apart, under a key."""
    found = _mapping(row.get("attachments")).get(text.removeprefix(_ATTACHMENT))
    return found if text.startswith(_ATTACHMENT) and isinstance(found, str) else text


def _scores(row: Mapping[str, Any]) -> dict[str, Recorded]:
    found: dict[str, Recorded] = {}
    for name, score in _mapping(row.get("scores")).items():
        value = _mapping(score).get("value")
        parts = (
            {f"{name}.{key}": part for key, part in value.items()}
            if isinstance(value, dict)
            else {name: value}
        )
        found |= {key: _number(part) for key, part in parts.items() if isinstance(part, str | int | float)}
    return found


def _number(value: str | float) -> str | float | None:
    if isinstance(value, str):
        return whole(value)
    return float(value) if math.isfinite(value) else None


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def samples(path: Path) -> Iterator[tuple[str, Mapping[str, Any], Mapping[str, Any]]]:
    """Every sample of a log: its place, what the log says of the whole (``eval``), and what is read of the sample."""
    run: Mapping[str, Any] = {}
    for place, row in _rows(path):
        if place == "eval":
            run = row
        else:
            yield place, run, row


def _rows(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """``eval``, then every sample under its place."""
    with opened(path) as file:
        if not zipfile.is_zipfile(file):
            yield from _parts(Cursor(file, path, finite=False), samples=True)
            return
        archive = _archive(file, path)
        names = archive.namelist()
        if _HEADER not in names and _START not in names:
            raise InputError(f"no log of inspect-ai: the archive has no {_HEADER}", path=path)
        name, times = Counter(names).most_common(1)[0]
        if times > 1:
            raise InputError("stands twice in the archive; nobody knows which is meant", path=path, row=name)
        whole_log = _HEADER if _HEADER in names else _START
        with _member(archive, file, path, whole_log) as member:
            yield from _parts(Cursor(member, path, keys=(whole_log,), finite=False), samples=False)
        for name in names:
            if name.startswith(_SAMPLES) and name.endswith(".json"):
                with _member(archive, file, path, name) as member:
                    yield name, _sample(Cursor(member, path, keys=(name,), finite=False))


def _parts(cursor: Cursor, *, samples: bool) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key in cursor.fields():
        if key == "eval":
            yield key, _mapping(cursor.value())
        elif key == "samples" and samples:
            for index in cursor.children():
                yield f"samples.{index}", _sample(cursor)
        else:
            cursor.skip(2)


def _sample(cursor: Cursor) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in cursor.fields():
        if key in _KEYS:
            found[key] = cursor.value()
        else:
            cursor.skip(2)
    return found


def _archive(file: BinaryIO, path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(file)
    except DAMAGED as error:
        raise InputError(f"the log is cut off or damaged ({error})", path=path) from None


class _Forward:
    """A stream that only reads on, for a cursor, which never goes back."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def seek(self, offset: int) -> None:
        """Stay: the cursor asks for where it is."""

    def read(self, size: int) -> bytes:
        """The next bytes."""
        return bytes(self._stream.read(size))


@contextmanager
def _member(archive: zipfile.ZipFile, raw: BinaryIO, path: Path, name: str) -> Iterator[BinaryIO]:
    """A member of the archive, decompressed as it is read; Zstandard by pyarrow, which Python's zipfile lacks."""
    import pyarrow

    info = archive.getinfo(name)
    try:
        if info.compress_type != _ZSTD:
            with archive.open(info) as member:
                yield cast(BinaryIO, _Forward(member))
            return
        if info.compress_size > LARGEST:
            raise InputError(f"the sample is longer than {LARGEST >> 20} MB", path=path, row=name)
        raw.seek(info.header_offset)
        name_length, extra_length = _LOCAL_HEADER.unpack(raw.read(_LOCAL_HEADER.size))
        raw.seek(name_length + extra_length, 1)
        packed = pyarrow.BufferReader(raw.read(info.compress_size))
        yield cast(BinaryIO, _Forward(pyarrow.CompressedInputStream(packed, "zstd")))
    except DAMAGED as error:
        raise InputError(f"cannot be decompressed: {error}", path=path, row=name) from None


def _metrics(path: Path) -> dict[str, float | None]:
    """The log's own results: ``<scorer>/<metric>``."""
    results: Any = None
    with opened(path) as file:
        if not zipfile.is_zipfile(file):
            results = _results(Cursor(file, path, finite=False))
        elif _HEADER in (archive := _archive(file, path)).namelist():
            with _member(archive, file, path, _HEADER) as member:
                results = _results(Cursor(member, path, keys=(_HEADER,), finite=False))
    found: dict[str, float | None] = {}
    for score in map(_mapping, _listed(_mapping(results).get("scores"))):
        for name, metric in _mapping(score.get("metrics")).items():
            value = _mapping(metric).get("value")
            if isinstance(value, int | float):
                found[f"{score.get('name')}/{name}"] = float(value) if math.isfinite(value) else None
    return found


def _results(cursor: Cursor) -> Any:
    for key in cursor.fields():
        if key == "results":
            return cursor.value()
        if key == "samples":
            break
        cursor.skip(2)
    return None


FORMAT = Format("inspect_ai", "logs of inspect-ai, .eval or .json", _matches, _read, _metrics)
