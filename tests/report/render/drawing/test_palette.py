"""One color a label, told apart by every reader, on light and on dark paper."""

from __future__ import annotations

import re
from itertools import combinations

import numpy as np
import pytest

from judgekit.report.render.drawing.palette import HATCHES, LABELS, colors, contrast, palette_css
from judgekit.rubrics import labels_of

APART = 0.09
"""Least distance of two labels in OKLab (Ottosson 2020); just noticeable is about 0.02."""

SIGHT = {  # Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
    "normal": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
TO_LAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def seen(color, sight):
    """A color in OKLab as somebody sees it."""
    shares = np.array([int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)])
    linear = np.where(shares <= 0.04045, shares / 12.92, ((shares + 0.055) / 1.055) ** 2.4)
    return TO_LAB @ np.cbrt(TO_CONES @ np.clip(SIGHT[sight] @ linear, 0, 1))


def told_apart(theme):
    found = colors(theme)
    return {name: found[name] for name in (*(f"label-{label}" for label in LABELS), "undecided")}


def test_oklab_is_oklab():
    assert seen("#ffffff", "normal") == pytest.approx([1, 0, 0], abs=1e-3)
    assert seen("#ff0000", "normal") == pytest.approx([0.62796, 0.22486, 0.12585], abs=1e-4)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("sight", SIGHT)
def test_any_two_labels_stay_apart(theme, sight):
    for (one, a), (other, b) in combinations(told_apart(theme).items(), 2):
        distance = float(np.linalg.norm(seen(a, sight) - seen(b, sight)))
        assert distance > APART, f"{one} and {other} look alike"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_labels_stand_out_from_the_paper_and_text_from_labels(theme):
    found = colors(theme)
    for name, color in told_apart(theme).items():
        assert contrast(color, found["paper"]) >= 3, name
    for label in LABELS:
        assert contrast(found[f"on-label-{label}"], found[f"label-{label}"]) >= 3.5, label
    for name in ("ink", "muted"):
        assert contrast(found[name], found["paper"]) >= 4.5


def test_contrast_is_that_of_the_guideline():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_every_label_of_a_shipped_rubric_with_a_side_has_its_color_and_pattern():
    named = {*labels_of("forgetting"), *labels_of("multihop"), *labels_of("utility")}
    assert named == set(LABELS) == set(HATCHES)


@pytest.mark.parametrize("rubric", ["forgetting", "utility"])
def test_patterns_of_one_chart_differ(rubric):
    used = [HATCHES[label] for label in labels_of(rubric)]
    assert len(used) == len(set(used))


def test_css_has_every_variable_in_both_themes():
    light, dark = palette_css().split("@media screen")
    for name in colors("light"):
        assert len(re.findall(rf"--{name}: #[0-9a-f]{{6}};", light)) == 1, name
        assert len(re.findall(rf"--{name}: #[0-9a-f]{{6}};", dark)) == 1, name
