"""Files changed as accidents and attackers change them: cut, flipped, doubled, of other types, too deep, too large."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import Any

TOKENS = (
    *(b"NaN", b"Infinity", b"-Infinity", b"1e999", b"-0", b"9" * 400, b"9" * 5000, b"0.1e-400", b"1e308"),
    *(b"null", b"true", b"[]", b"{}", b'""', b"[null]", b'{"a": 1}', b'"\\ud800"', b'"\\u0000"', b"'"),
    *(
        b"\x00",
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\r\n",
        b"\r",
        b"\n",
        b",",
        b'"',
        b"\t",
        b"\xe2\x80\xa8",
        b"\x1b[2J",
    ),
    *(
        b"[" * 2000,
        b'{"a":' * 2000,
        b"]" * 50,
        b"}" * 50,
        b"PK\x03\x04",
        b"\x1f\x8b\x08\x00",
        b"PAR1",
        b"a" * 3000,
    ),
    *(
        b"&a [*a]",
        b"*a",
        b"&a ",
        b"<<: *a",
        b"<<: {a: 1}",
        b"2001-01-01",
        b".nan",
        b".inf",
        b"!!set {a}",
        b"? [a]: b",
    ),
    *(
        b"!!python/object:os.system",
        b"!!binary aGk=",
        b"0x" + b"f" * 9000,
        b"1:30:00",
        b"on",
        b"~",
        b"|\n ",
        b"- - -",
    ),
    *(
        b"{{1/0}}",
        b"{% include 'x' %}",
        b"{% for a in b %}",
        b"{{ a.b.c }}",
        b"{% endblock %}",
        b"{{ 'a' * 9**9 }}",
    ),
    *(
        b"{% for i in range(99999) %}{{ i }}{% endfor %}",
        b"{{ ''.__class__ }}",
        b"{{ 9**9**9 }}",
        b"{{ caller() }}",
    ),
    *(
        b'{"schema": ',
        b"=1+1",
        b"../../x",
        b"file:///etc/passwd",
        b"-1",
        b"100000000",
        b"1e-9",
        b"#",
        b"xl/workbook.xml",
    ),
)
"""What is put into files: each was trouble for some parser."""

ODD: Sequence[Callable[[], Any]] = (
    *(
        lambda: None,
        lambda: True,
        lambda: 0,
        lambda: -1,
        lambda: 0.5,
        lambda: 1e308,
        lambda: 10**400,
        lambda: 2**63,
    ),
    *(
        lambda: float("nan"),
        lambda: float("inf"),
        lambda: 100_000_000,
        lambda: "",
        lambda: "x" * 3000,
        lambda: "\ud800",
    ),
    *(lambda: "\x00", lambda: "a\nb\u2028c", list, dict, lambda: [[]], lambda: [None], lambda: {"": {}}),
    *(
        lambda: ["a", "b", "c"],
        lambda: "2020-01-01",
        lambda: "nan",
        lambda: "1e999",
        lambda: "<script>",
        lambda: "=1+1",
    ),
    *(
        lambda: _nested(60),
        lambda: _nested(400),
        lambda: list(range(300)),
        lambda: {str(n): n for n in range(300)},
    ),
)
"""What takes a value's place."""


def mutate(raw: bytes, random: Random, other: bytes = b"") -> bytes:
    """A file's content after one to three changes; ``other`` is one that pieces may come from."""
    for _ in range(random.choice((1, 1, 2, 3))):
        change = random.choice(_CHANGES)
        raw = change(raw, random, other)
    return raw


def _nested(depth: int) -> Any:
    value: Any = 1
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def _at(raw: bytes, random: Random) -> int:
    return random.randrange(len(raw) + 1)


def _cut(raw: bytes, random: Random, other: bytes) -> bytes:
    return raw[: _at(raw, random)] if random.random() < 0.8 else raw[_at(raw, random) :]


def _flip(raw: bytes, random: Random, other: bytes) -> bytes:
    changed = bytearray(raw)
    for _ in range(random.choice((1, 1, 4))):
        if changed:
            at = random.randrange(len(changed))
            changed[at] = random.choice((changed[at] ^ 1 << random.randrange(8), random.randrange(256)))
    return bytes(changed)


def _token(raw: bytes, random: Random, other: bytes) -> bytes:
    at, token = _at(raw, random), random.choice(TOKENS)
    return raw[:at] + token + raw[at + random.choice((0, 0, 1, len(token))) :]


def _lines(raw: bytes, random: Random, other: bytes) -> bytes:
    lines = raw.splitlines(keepends=True)
    if not lines:
        return raw
    one, two = random.randrange(len(lines)), random.randrange(len(lines))
    match random.randrange(5):
        case 0:
            lines[one], lines[two] = lines[two], lines[one]
        case 1:
            lines.insert(one, lines[two])
        case 2:
            del lines[one]
        case 3:
            lines[one] = lines[one].rstrip(b"\r\n")
        case _:
            lines[one] = lines[one][: _at(lines[one], random)] + b"\n"
    return b"".join(lines)


def _whole(raw: bytes, random: Random, other: bytes) -> bytes:
    match random.randrange(6):
        case 0:
            return raw.replace(b"\n", b"\r\n")
        case 1:
            return b"\xef\xbb\xbf" + raw
        case 2:
            return raw.decode("utf-8", "replace").encode(
                random.choice(("utf-16", "utf-32", "latin-1")), "replace"
            )
        case 3:
            return raw + raw
        case 4:
            return raw.replace(b"\n", b"")
        case _:
            return raw[: _at(raw, random)] + other[_at(other, random) :]


def _move(raw: bytes, random: Random, other: bytes) -> bytes:
    """A piece copied, dropped or put elsewhere."""
    start = _at(raw, random)
    piece = raw[start : start + random.choice((1, 8, 64, 512))]
    rest = raw if random.random() < 0.5 else raw[:start] + raw[start + len(piece) :]
    at = _at(rest, random)
    return rest[:at] + piece + rest[at:] if random.random() < 0.7 else rest


def _value(raw: bytes, random: Random, other: bytes) -> bytes:
    """One value of JSON, or of one line of it, replaced, gone, doubled or called otherwise."""
    lines = raw.splitlines(keepends=True)
    one = random.randrange(len(lines)) if lines else 0
    for text, put in (
        (raw, lambda new: new),
        *(
            [(lines[one], lambda new: b"".join((*lines[:one], new, b"\n", *lines[one + 1 :])))]
            if lines
            else []
        ),
    ):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            continue
        found = list(places(value))
        if found:
            return put(_changed(value, random.choice(found), random))
    return _token(raw, random, other)


def places(value: Any) -> Iterator[tuple[Any, str | int]]:
    """Every place in decoded JSON: what holds it, and its key there."""
    stack = [value]
    while stack:
        at = stack.pop()
        children = at.items() if isinstance(at, dict) else enumerate(at) if isinstance(at, list) else ()
        for key, child in children:
            yield at, key
            stack.append(child)


_TWICE = "\u0001twice\u0001"


def _changed(value: Any, place: tuple[Any, str | int], random: Random) -> bytes:
    holder, key = place
    match random.randrange(5):
        case 0:
            del holder[key]
        case 1 if isinstance(holder, dict):
            holder[f"{_TWICE}{key}"] = random.choice((holder[key], random.choice(ODD)()))
        case 2 if isinstance(holder, dict):
            holder[random.choice(("", "\ud800", "schema", "id", "x" * 300, f"{key}2"))] = holder.pop(key)
        case _:
            holder[key] = random.choice(ODD)()
    text = json.dumps(value, ensure_ascii=random.random() < 0.5)
    return text.replace(json.dumps(_TWICE)[1:-1], "").replace(_TWICE, "").encode("utf-8", "surrogatepass")


_CHANGES = (_cut, _flip, _token, _token, _lines, _whole, _move, _value, _value, _value, _value)
