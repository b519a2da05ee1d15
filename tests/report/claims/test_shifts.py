"""The shift check of a report: what it looks at, and which labeled items it compares with."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.record import Calibration
from judgekit.cascade.decide import decide_rows
from judgekit.records import Evidence, EvidenceRow, HumanLabel
from judgekit.report.claims.claims import Claim, checks, claim
from judgekit.report.run import JudgedItem, Run
from judgekit.report.summary import summarize
from judgekit.runs.about import CascadeAbout, RunAbout

LABELS = ("right", "wrong")


def said(leading: str, sure: float, order_inconsistency: float | None = None) -> Evidence:
    other = LABELS[leading == "right"]
    return Evidence(probs={leading: sure, other: 1 - sure}, order_inconsistency=order_inconsistency)


def items(
    rng: np.random.Generator,
    method: str,
    n: int,
    *,
    sure: tuple[float, float] = (0.55, 0.95),
    second: float = 0.95,
    order_inconsistency: float = 0.05,
    form: Sequence[float] = (),
    questions: str = "",
) -> list[EvidenceRow]:
    """Outputs of one method, judged by two tiers; ``second``: how often the second is of the first's opinion."""
    rows = []
    for number in range(n):
        truth = LABELS[int(rng.random() < 0.5)]
        first = said(truth, rng.uniform(*sure))
        agrees = rng.random() < second
        strong = said(
            truth if agrees else LABELS[truth == "right"],
            rng.uniform(0.8, 0.99),
            rng.binomial(10, order_inconsistency) / 10,
        )
        rows.append(
            EvidenceRow(
                id=f"{method}/{questions}{number}",
                question_id=f"{questions}{number}",
                method=method,
                rubric="qa",
                tiers={"small": first, "large": strong},
                text_features=tuple(rng.normal(form, 0.5)) if form else (),
                human=(HumanLabel(label=truth),),
            )
        )
    return rows


def run(rows: Sequence[EvidenceRow], calibration: Calibration, name: str) -> Run:
    bare = [row.model_copy(update={"human": ()}) for row in rows]
    judged = [
        JudgedItem(verdict, None, row)
        for verdict, row in zip(decide_rows(bare, calibration), bare, strict=True)
    ]
    return Run(name, judged, RunAbout(cascades={"qa": CascadeAbout(labels=LABELS)}), {"qa": calibration})


def claims(*runs: Run) -> list[Claim]:
    found = checks(runs)
    return [claim(one, "qa", one.rows, found[one.name, "qa"]) for one in runs]


@pytest.mark.parametrize(
    ("moved", "view"),
    [
        ({}, ""),
        ({"second": 0.6}, "disagreement of judges"),
        ({"order_inconsistency": 0.4}, "order inconsistency"),
    ],
)
def test_what_only_later_tiers_and_orders_show_withdraws_the_claim(moved: dict, view: str) -> None:
    rng = np.random.default_rng(0)
    made = calibrate(items(rng, "a", 300, questions="l"), agreement=0.8)
    assert made.certified
    (found,) = claims(run(items(rng, "a", 200, **moved), made, "r"))
    assert found.status == ("withdrawn" if moved else "certified")
    assert view in found.shift


def test_evidence_that_the_policy_would_not_ask_for_is_no_difference() -> None:
    rng = np.random.default_rng(1)
    made = calibrate(items(rng, "a", 300, questions="l"), agreement=0.8, costs={"small": 0.0, "large": 1.0})
    new = items(rng, "a", 200)
    stops = {verdict.id for verdict in decide_rows(new, made) if verdict.tier == "small"}
    assert 20 < len(stops) < 180
    asked = [
        row.model_copy(update={"tiers": {"small": row.tiers["small"]}}) if row.id in stops else row
        for row in new
    ]
    looks = [checks([run(rows, made, "r")])["r", "qa"].shift for rows in (new, asked)]
    assert looks[0] == looks[1] and looks[0].shift is not None


def fourteen(rng: np.random.Generator, questions: int = 240) -> dict[str, list[EvidenceRow]]:
    """Outputs of fourteen methods to the same questions, each written and judged in its own way."""
    return {
        f"m{k:02}": items(
            rng, f"m{k:02}", questions, sure=(0.5 + 0.02 * k, 0.7 + 0.02 * k), form=(k / 2, -k / 3)
        )
        for k in range(14)
    }


@pytest.fixture(scope="module")
def of_fourteen() -> tuple[dict[str, list[EvidenceRow]], Calibration]:
    rng = np.random.default_rng(2)
    outputs = fourteen(rng)
    labeled = {(f"m{k:02}", q) for q, k in enumerate(rng.integers(14, size=240))}
    rows = [
        row if (row.method, int(row.question_id)) in labeled else row.model_copy(update={"human": ()})
        for some in outputs.values()
        for row in some
    ]
    made = calibrate(rows, agreement=0.8)
    assert made.certified
    return outputs, made


def test_two_of_fourteen_certified_runs_are_compared_with_their_own_labeled_items(of_fourteen) -> None:
    outputs, made = of_fourteen
    everyone = claims(*(run(rows, made, name) for name, rows in outputs.items()))
    assert {found.status for found in everyone} == {"certified"}
    two = claims(*(run(outputs[name], made, name) for name in ("m02", "m11")))
    assert [found.status for found in two] == ["certified", "certified"]
    assert all("of the same 2 of 14 runs that the promise is for" in found.shift for found in two)
    assert {found.runs for found in two} == {14}
    told = [finding.text for finding in summarize([run(outputs["m02"], made, "m02")]).findings]
    assert any("one promise for the 14 runs calibrated on together, not for each" in text for text in told)


def test_a_promise_for_fourteen_runs_vouches_for_no_rate_of_two(of_fourteen) -> None:
    """All errors of the fourteen may be in the two: their rates rest on labels, or on the judges alone."""
    outputs, made = of_fourteen
    whole = summarize([run(rows, made, name) for name, rows in outputs.items()])
    part = summarize([run(outputs[name], made, name) for name in ("m02", "m11")])
    certified = {rate.kind for one in whole.runs for group in one.groups for rate in group.rates.values()}
    alone = {rate.kind for one in part.runs for group in one.groups for rate in group.rates.values()}
    assert "certificate" in certified
    assert "certificate" not in alone


def test_a_run_with_too_few_labeled_items_is_not_compared_with_those_of_others(of_fourteen) -> None:
    outputs, made = of_fourteen
    few = min(outputs, key=lambda name: sum(row.method == name for row in made.reference.rows))
    (one,) = claims(run(outputs[few], made, few))
    assert one.status == "certified"
    assert "needs 20 labeled items of these runs" in one.shift


def test_a_run_the_calibration_never_saw_loses_the_promise_and_takes_no_other_with_it(of_fourteen) -> None:
    outputs, made = of_fourteen
    new = items(np.random.default_rng(3), "new", 240, sure=(0.5, 0.55), form=(20.0, 20.0))
    known, other, stranger = claims(
        run(outputs["m02"], made, "m02"), run(outputs["m11"], made, "m11"), run(new, made, "new")
    )
    assert (known.status, other.status, stranger.status) == ("certified", "certified", "withdrawn")
    assert "which these are not" in stranger.shift


def test_shifted_outputs_of_known_runs_are_seen(of_fourteen) -> None:
    _, made = of_fourteen
    again = items(np.random.default_rng(4), "m02", 240, sure=(0.8, 0.99), form=(1.0, -0.66), questions="n")
    more = items(np.random.default_rng(5), "m11", 240, sure=(0.72, 0.92), form=(5.5, -3.66), questions="n")
    found = claims(run(again, made, "m02"), run(more, made, "m11"))
    assert {one.status for one in found} == {"withdrawn"}


def test_parts_of_a_promise_share_the_error_level() -> None:
    rng = np.random.default_rng(6)
    labeled = [row for name in "ab" for row in items(rng, name, 150, questions=f"l{name}")]
    made = calibrate(labeled, agreement=0.75, group_by="method")
    runs = [run(items(rng, name, 100, questions=name), made, name) for name in "ab"]
    found = checks(runs)
    assert {found[name, "qa"].shift.shift.level for name in "ab"} == {0.025}
    assert {found[name, "qa"].shift.shift.n_labeled for name in "ab"} == {150}


def test_a_calibration_that_remembers_the_first_tier_only_is_still_read() -> None:
    rng = np.random.default_rng(7)
    rows = items(rng, "a", 300, questions="l")
    made = calibrate(rows, agreement=0.8).to_row()
    first = [row.tiers["small"] for row in rows]
    made["reference"] = {
        "labels": [one.label for one in first],
        "confidences": [round(one.probs[one.label], 6) for one in first],
        "questions": [row.question_id for row in rows],
    }
    old = Calibration.model_validate(made)
    (alike,) = claims(run(items(rng, "a", 200), old, "r"))
    (moved,) = claims(run(items(rng, "a", 200, sure=(0.5, 0.6)), old, "r"))
    assert (alike.status, moved.status) == ("certified", "withdrawn")


def test_without_evidence_the_check_says_that_it_cannot() -> None:
    rng = np.random.default_rng(8)
    made = calibrate(items(rng, "a", 300, questions="l"), agreement=0.8)
    scored = run(items(rng, "a", 100), made, "r")
    bare = Run("r", [JudgedItem(row.verdict) for row in scored.rows], scored.about, scored.calibrations)
    (found,) = claims(bare)
    assert (found.status, found.shift) == ("certified", "none: the run folder holds no evidence")
