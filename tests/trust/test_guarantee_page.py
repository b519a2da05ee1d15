"""What docs/guarantee.md shows is what the code does: the worked example, its certificate, and the pictures."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from benchmarks.path_figures import path_figure, risk_figure
from benchmarks.worked_example import ALPHA, COSTS, DELTA, Example
from judgekit.trust import calibrate

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "guarantee.md").read_text(encoding="utf-8")
EXAMPLE = Example.of()


def says(sentence: str) -> bool:
    return sentence in " ".join(PAGE.split())


@pytest.mark.parametrize("table", [EXAMPLE.item_table(), EXAMPLE.step_table()], ids=["items", "steps"])
def test_the_tables_are_those_that_the_code_prints(table: str) -> None:
    assert table in PAGE, "python -m benchmarks.worked_example prints the tables"


@pytest.mark.parametrize(("name", "drawn"), [("path", path_figure(EXAMPLE)), ("risk", risk_figure())])
def test_the_pictures_are_those_that_the_code_draws(name: str, drawn: str) -> None:
    assert f"({name}.svg)" in PAGE
    assert (DOCS / f"{name}.svg").read_text(encoding="utf-8") == drawn, (
        "python -m benchmarks.path_figures docs"
    )
    assert ElementTree.fromstring(drawn).tag.endswith("svg")


def test_calibrating_the_example_certifies_what_the_page_says() -> None:
    shuffled = np.random.default_rng(1).permutation(len(EXAMPLE.human))
    probs = np.stack([EXAMPLE.probs, 1 - EXAMPLE.probs], axis=2)
    policy = calibrate(
        probs[shuffled], EXAMPLE.human[shuffled], agreement=1 - ALPHA, delta=DELTA, costs=COSTS
    )
    (part,) = policy.certificate.parts
    assert policy.certificate.method.delta == pytest.approx(EXAMPLE.delta)
    assert says(f"path of both judges may spend {EXAMPLE.delta:.3f}".replace("0.", "."))
    assert says("(`margin_1` = -.5)") and policy.stopping.early_exit_margin[0] == -0.5
    assert says("log(.7/.3) = .85 (`minimum_1`)") and round(policy.stopping.minimum_score[0], 2) == 0.85
    assert (part.accepted, part.errors, part.worst_case_errors) == (14, 0, 1)
    assert says("14 of the 20 items have a verdict, none of them wrong, one charged")
    assert policy.decide(probs).accepted.sum() == 14
    assert policy.threshold[0, 0] == np.nextafter(EXAMPLE.entered[14], np.inf)
    assert says(f"Certified is the level just above {EXAMPLE.entered[14]:.2f}")


def test_the_numbers_in_the_text_of_the_example() -> None:
    points = EXAMPLE.start.points.tolist()
    tested = [step.first for step, _ in EXAMPLE.steps()]
    assert points == [12, 17, 20] and tested == [12, 17, EXAMPLE.enter] == [12, 17, 19]
    assert says("For `n` = 20 the numbers are 12, 17 and 20; 19 items enter, so the steps test 12, 17 and 19")
    assert np.flatnonzero(EXAMPLE.entered == EXAMPLE.entered[14]).tolist() == [14, 15, 16, 17]
    assert EXAMPLE.charge[14:18].tolist() == sorted(EXAMPLE.charge[14:18])
    assert [f"{'AB'[k]} {u:.2f}" for u, _, k in EXAMPLE.verdicts(11)] == ["B 1.96", "A 1.19"]
    assert says("*Item 12* gets verdict B, rightly, from the last judge at level 1.96. From 1.19 on")
