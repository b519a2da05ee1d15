from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.metrics.memorization import exact_memorization, extraction_strength, extraction_strength_floored

masks = st.lists(st.booleans(), min_size=1, max_size=20)


def _by_prefix(hits: list[bool]) -> float:
    """The definition of UWC: one minus the shortest prefix after which the rest comes out right, over length."""
    return 1 - min(k for k in range(len(hits) + 1) if all(hits[k:])) / len(hits)


@given(masks)
def test_the_suffix_form_is_the_prefix_form(hits: list[bool]) -> None:
    assert extraction_strength(hits) == pytest.approx(_by_prefix(hits))


@given(masks)
def test_the_recorded_form_differs_at_its_floor_only(hits: list[bool]) -> None:
    true, recorded = extraction_strength(hits), extraction_strength_floored(hits)
    assert recorded == (true if hits[-1] else 1 / len(hits))


@given(masks)
def test_extraction_never_exceeds_memorization(hits: list[bool]) -> None:
    memorized, extracted = exact_memorization(hits), extraction_strength(hits)
    assert memorized is not None and extracted is not None and extracted <= memorized + 1e-12


def test_no_tokens_is_no_measure() -> None:
    assert exact_memorization([]) is None
    assert extraction_strength([]) is None
    assert extraction_strength_floored([]) == 0.0
