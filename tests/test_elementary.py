"""Elementary functions of additions and multiplications alone: right to the last bits, and the same everywhere."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.elementary import added, exp, log, log1p, sigmoid, weighted

ULPS = 4


def close(found: float, true: float) -> bool:
    return abs(found - true) <= ULPS * math.ulp(true)


@given(st.floats(min_value=5e-324, max_value=1.7e308))
def test_logarithms_are_right(x: float) -> None:
    assert close(float(log(x)), math.log(x))


@given(st.floats(min_value=-745, max_value=709.7))
def test_exponentials_are_right(x: float) -> None:
    assert close(float(exp(x)), math.exp(x))


@given(st.floats(min_value=-700, max_value=700))
def test_the_logistic_function_is_right_and_rises(x: float) -> None:
    assert float(sigmoid(x)) == pytest.approx(1 / (1 + math.exp(-x)), rel=1e-15)
    assert float(sigmoid(x)) <= float(sigmoid(np.nextafter(x, np.inf) + 1e-9))


@given(st.integers(0, 10**9))
def test_logarithms_of_counts_are_right(count: int) -> None:
    assert close(log1p(count), math.log1p(count))


def test_ends_and_gaps_are_kept() -> None:
    np.testing.assert_array_equal(log([0, 1, np.inf, np.nan, -1]), [-np.inf, 0, np.inf, np.nan, np.nan])
    np.testing.assert_array_equal(
        exp([-np.inf, 0, np.inf, np.nan, -1e9, 1e9]), [0, 1, np.inf, np.nan, 0, np.inf]
    )
    np.testing.assert_array_equal(sigmoid([-np.inf, 0, np.inf]), [0, 0.5, 1])


@given(st.integers(1, 50), st.integers(1, 20), st.integers(0, 2**32))
def test_sums_do_not_hang_on_what_stands_beside_them(items: int, columns: int, seed: int) -> None:
    table = np.random.default_rng(seed).normal(size=(items, columns))
    weights = np.random.default_rng(seed + 1).normal(size=columns)
    whole, alone = weighted(table, weights), [weighted(row[None], weights)[0] for row in table]
    assert whole.tolist() == alone
    np.testing.assert_allclose(whole, table @ weights, rtol=1e-9, atol=1e-12)
    assert added(table).tolist() == [added(row[None])[0] for row in table]


def test_the_bits_are_those_of_every_machine() -> None:
    """The digest is what every IEEE 754 machine gives, whatever its libraries: no tolerance."""
    numbers = (np.arange(1, 100_001, dtype=np.float64) * 0.7368062997280773) % 37.0
    bits = b"".join(found.tobytes() for found in (log(numbers), exp(numbers - 18), sigmoid(numbers - 18)))
    assert hashlib.sha256(bits).hexdigest()[:16] == "6d0eff33b1e3682b"
