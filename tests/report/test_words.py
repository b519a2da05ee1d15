"""Figures as sentences and cells write them."""

from __future__ import annotations

import pytest

from judgekit.report.rates.judged import JudgedRate
from judgekit.report.render.cells import in_words
from judgekit.report.words import estimate, percent


def rate(low: float, high: float) -> JudgedRate:
    return JudgedRate("leaked", low if low == high else None, low, high, (low, high), "judge", "")


@pytest.mark.parametrize(
    ("share", "whole", "tenths"),
    [
        (0.0, "0 %", "0.0 %"),
        (0.0003, "<1 %", "<0.1 %"),
        (0.001, "<1 %", "0.1 %"),  # 1 of 1,000 is not less than 0.1 %
        (0.003, "<1 %", "0.3 %"),
        (0.01, "1 %", "1.0 %"),
        (0.0126, "1 %", "1.3 %"),
        (0.985, "98 %", "98.5 %"),
        (0.997, ">99 %", "99.7 %"),
        (0.999, ">99 %", "99.9 %"),
        (0.9997, ">99 %", ">99.9 %"),
        (1.0, "100 %", "100.0 %"),
        (1 - 1e-12, "100 %", "100.0 %"),
        (-0.0001, "0 %", "0.0 %"),
    ],
)
def test_only_nothing_is_nothing_and_only_everything_is_everything(
    share: float, whole: str, tenths: str
) -> None:
    assert (estimate(rate(share, share), 0), estimate(rate(share, share))) == (whole, tenths)
    assert percent(share) == tenths


def test_what_it_can_be_is_no_more_rounded_away() -> None:
    assert in_words(rate(0.003, 0.04), 0) == "<1–4 %"
    assert in_words(rate(0.002, 0.007), 0) == "<1 %"
    assert in_words(rate(0.0, 0.007), 0) == "0–<1 %"
