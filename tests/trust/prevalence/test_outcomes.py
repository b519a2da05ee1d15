"""A stratum's outcomes: their chances are those of the textbook, and their order rises with every number of positives."""

import numpy as np
import pytest
from scipy.stats import binom, hypergeom

from judgekit.trust.prevalence.outcomes import Stratum, as_low


def test_chances_are_binomial_in_a_source_and_hypergeometric_among_items() -> None:
    seen, rates = np.arange(8), np.array([0.0, 0.1, 0.5, 1.0])
    source, items = Stratum(2, 7, None), Stratum(2, 7, 20)
    assert source.chances(seen, rates) == pytest.approx(np.array([binom.pmf(seen, 7, p) for p in rates]))
    found = items.chances(seen, items.possible(rates))
    assert found == pytest.approx(np.array([hypergeom.pmf(seen, 20, round(20 * p), 7) for p in rates]))


def test_the_region_leaves_out_what_the_labels_refute() -> None:
    low, high = Stratum(3, 10, None).region(0.01)
    assert binom.sf(2, 10, low) == pytest.approx(0.01, abs=1e-6)
    assert binom.cdf(3, 10, high) == pytest.approx(0.01, abs=1e-6)
    assert Stratum(3, 10, 10).region(0.01) == (0.3, 0.3)


def test_outcomes_that_are_left_out_hardly_ever_happen() -> None:
    stratum = Stratum(3, 200, None)
    seen = stratum.outcomes(0.01, 0.05)
    assert 3 in seen and len(seen) < 60
    for rate in (0.01, 0.05):
        assert stratum.chances(seen, np.array([rate])).sum() >= 1 - 3e-9


@pytest.mark.parametrize("positives", [(0, 0), (2, 5), (6, 1), (6, 12)])
def test_the_order_rises_with_every_number(positives: tuple[int, int]) -> None:
    strata = [Stratum(positives[0], 6, None), Stratum(positives[1], 12, None)]
    low = as_low(strata, np.array([0.3, 0.7]), [np.arange(7), np.arange(13)])
    assert low[positives] and low[0, 0]
    assert (np.diff(low.astype(int), axis=0) <= 0).all() and (np.diff(low.astype(int), axis=1) <= 0).all()
    assert low.all() == (positives == (6, 12))


def test_one_stratum_is_ordered_by_its_positives() -> None:
    assert as_low([Stratum(4, 9, None)], np.array([1.0]), [np.arange(10)]).sum() == 5
