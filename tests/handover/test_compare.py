"""Where two JSON values differ."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.handover.compare import Difference, differences

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inside: st.lists(inside, max_size=4) | st.dictionaries(st.text(), inside, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_a_value_is_itself(value: Any) -> None:
    assert list(differences(value, value)) == []


@given(VALUES, VALUES)
def test_the_order_does_not_matter_for_whether_two_differ(one: Any, other: Any) -> None:
    assert bool(list(differences(one, other))) == bool(list(differences(other, one)))


@pytest.mark.parametrize(
    ("claimed", "found", "said"),
    [
        ({"a": 1}, {"a": 2}, "a is 1 in the file, 2 computed anew"),
        ({"a": [1, {"b": "x"}]}, {"a": [1, {"b": "y"}]}, "a[1].b is 'x' in the file, 'y' computed anew"),
        ({"a": [1]}, {"a": [1, 2]}, "a[1] is absent in the file, 2 computed anew"),
        ({"a": 1}, {}, "a is 1 in the file, absent computed anew"),
        ({"a": True}, {"a": 1}, "a is True in the file, 1 computed anew"),
        ({"a": None}, {"a": 0}, "a is None in the file, 0 computed anew"),
        ({"a": "1"}, {"a": 1}, "a is '1' in the file, 1 computed anew"),
        ({"a": {"b": 1, "c": 2}}, {"a": [1, 2, 3]}, "a is 2 entries in the file, 3 entries computed anew"),
    ],
)
def test_it_says_where_and_what(claimed: Any, found: Any, said: str) -> None:
    (one,) = differences(claimed, found)
    assert str(one) == said


def test_only_the_last_digits_are_rounding() -> None:
    assert Difference("a", 0.1 + 0.2, 0.3).is_rounding
    assert not Difference("a", 0.3, 0.300001).is_rounding
    assert not Difference("a", True, 1).is_rounding
    assert not Difference("a", "1", 1).is_rounding
    assert not Difference("a", 0.0, 1e-9).is_rounding
