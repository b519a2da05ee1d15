"""JSON is decoded within bounds, and whatever is wrong with it is one line."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from judgekit.documents.jsontext import DEEPEST, MOST, Undecodable, decode
from tests.readers.test_broken_files import json_values


@given(json_values)
@settings(max_examples=200, deadline=None)
def test_what_python_writes_is_read_as_it_was(value: object) -> None:
    for indent in (None, 1):
        assert decode(f" \n{json.dumps(value, indent=indent)}\r\n") == value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "expecting value, column 1"),
        ('{"a": 1,\n "b" 2}', "expecting ':' delimiter, line 2 column 6"),
        ("1 2", "extra data, column 2"),
        (
            '{"a": [1, {"b": NaN}]}',
            "a.1.b: found NaN, expected a finite number (or null where there is none)",
        ),
        ('{"a": 1e999}', "a: found 1e999, expected a finite number (or null where there is none)"),
        ('[NaN, {"a": 1, "a": 2}]', "0: found NaN, expected a finite number (or null where there is none)"),
        ("[NaN, " + "[" * 5000, "found NaN"),
        ('[{"a": 1, "b": {}, "a": null}]', "the key 'a' stands twice in one object"),
        ("[" * 5000, f"nested more than {DEEPEST} levels deep"),
        ("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), f"nested more than {DEEPEST} levels deep"),
        (f"[{'1,' * MOST}1]", f"more than {MOST:,} values"),
        ("9" * 5000, "cannot be decoded: Exceeds the limit"),
    ],
    ids=range(12),
)
def test_what_is_refused(text: str, told: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(text)
    assert caught.value.told.startswith(told)


def test_as_deep_and_as_many_as_may_be() -> None:
    assert decode("[" * DEEPEST + "]" * DEEPEST)
    assert len(decode(f"[{'1,' * (MOST - 2)}1]")) == MOST - 1
    assert decode(json.dumps("," * (MOST >> 1)))


def test_numbers_that_are_not_finite_where_the_caller_looks_at_them() -> None:
    assert decode("[Infinity]", finite=False) == [float("inf")]
