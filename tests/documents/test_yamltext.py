"""YAML says what JSON can say: no dates, no self-references, and nothing that a few lines make immense."""

from __future__ import annotations

import json
import tracemalloc

import pytest
import yaml
from hypothesis import given, settings

from judgekit.documents.jsontext import DEEPEST, Undecodable
from judgekit.documents.yamltext import MOST, decode
from tests.readers.test_broken_files import json_values

BOMB = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n" for n in range(1, 12)
)


@given(json_values)
@settings(max_examples=100, deadline=None)
def test_what_is_written_is_read_as_it_was(value: object) -> None:
    assert decode(yaml.safe_dump(value)) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("when: 2024-01-01", {"when": "2024-01-01"}),
        ("{on: 1, 1: 2, 2024-01-01: 3, ~: 4}", {"on": 1, "1": 2, "2024-01-01": 3, "~": 4}),
        ("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}", {"a": {"x": 1, "y": 2}, "b": {"x": 1, "y": 3}}),
        ("a: &a [1]\nb: [*a, *a]", {"a": [1], "b": [[1], [1]]}),
        ("a: yes\nb: 0x10\nc: 1e-3", {"a": True, "b": 16, "c": "1e-3"}),
        ("", None),
    ],
)
def test_what_json_can_say(text: str, value: object) -> None:
    found = decode(text)
    assert found == value and json.loads(json.dumps(found)) == value


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &a [*a]", "an anchor whose value refers to itself"),
        ("a: &a {b: {c: *a}}", "an anchor whose value refers to itself"),
        ("&a {<<: *a}", "an anchor whose value refers to itself"),
        ("a: .nan", "expected a finite number"),
        ("a: -.inf", "expected a finite number"),
        (f"a: {'9' * 5000}", "a value that its tag does not fit"),
        (f"a: 0x{'f' * 5000}", "the number is too large"),
        ("a: 1\nb: 2\na: 3", "the name 'a' stands twice"),
        ("? [a, b]\n: 1", "a name must be a text"),
        ("!!python/object:os.system {}", "could not determine a constructor for the tag"),
        ("!!binary aGk=", "could not determine a constructor for the tag"),
        ("!!int x", "a value that its tag does not fit"),
        ("!!bool x", "a value that its tag does not fit"),
        ("*a", "found undefined alias 'a'"),
        ("a: [", "expected the node content"),
        ("a\x00b", "special characters are not allowed"),
        ("- " * 5000, f"nested more than {DEEPEST} levels deep"),
        ("[" * 5000, f"nested more than {DEEPEST} levels deep"),
        ("[" * 150 + "]" * 150, f"nested more than {DEEPEST} levels deep"),
        (BOMB, f"it stands for more than {MOST:,} values, by anchors that repeat each other"),
    ],
)
def test_what_is_refused(text: str, told: str) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(text)
    assert caught.value.told.startswith(told)


def test_a_bomb_takes_no_memory() -> None:
    tracemalloc.start()
    try:
        with pytest.raises(Undecodable):
            decode(BOMB)
        assert tracemalloc.get_traced_memory()[1] < 5e6
    finally:
        tracemalloc.stop()
