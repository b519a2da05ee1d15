"""A gate decides by the report's intervals, and says nothing else than the report."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.errors import ConfigError
from judgekit.report import Summary, load, summarize
from judgekit.report.claims.claims import BROKEN
from judgekit.report.comparison.records import Number
from judgekit.report.gate import GRAVEST, LIMITS, Gate, by_interval, decide
from judgekit.report.rates.judged import CONFIDENCE
from tests.report.make_runs import certified, make_run

share = st.floats(0, 1, allow_nan=False)


@pytest.fixture(scope="module")
def summary(tmp_path_factory: pytest.TempPathFactory) -> Summary:
    """A run that forgot, and the original; judge's opinion only."""
    folder = tmp_path_factory.mktemp("runs")
    return summarize(
        load([make_run(folder / name, name, forget=200, keep=200) for name in ("IDK", "original")])
    )


@settings(deadline=None)
@given(share, share, share, st.booleans(), st.booleans())
def test_an_interval_passes_whole_fails_whole_or_is_undecided(
    one: float, other: float, limit: float, below: bool, or_at: bool
) -> None:
    low, high = sorted((one, other))
    outcome = by_interval(low, high, limit, below=below, or_at=or_at)

    def met(rate: float) -> bool:
        return (rate < limit if below else rate > limit) or (or_at and rate == limit)

    ends = {met(low), met(high)}
    assert outcome == {(True,): "pass", (False,): "fail"}.get(tuple(ends), "undecided")


@settings(deadline=None)
@given(share, share, share, st.booleans())
def test_a_wider_interval_never_decides_what_a_narrower_left_open(
    one: float, other: float, limit: float, below: bool
) -> None:
    low, high = sorted((one, other))
    narrow = by_interval(low, high, limit, below=below)
    wide = by_interval(max(0.0, low - 0.1), min(1.0, high + 0.1), limit, below=below)
    assert wide in (narrow, "undecided")


def test_every_figure_is_the_reports(summary: Summary) -> None:
    gate = decide(summary, dict.fromkeys(LIMITS, 0.5), against="original")
    rates, gaps = gate.conditions[:4], gate.conditions[4:]
    run = next(run for run in summary.runs if run.name == "IDK")
    for made, asked in zip(rates, LIMITS.values(), strict=True):
        group = run.side(asked.side)
        assert group is not None and made.figure is not None
        rate = group.rates[asked.rate]
        assert (made.figure.value, made.figure.low, made.figure.high) == (rate.value, rate.low, rate.high)
        assert made.level == CONFIDENCE and made.rests_on == "judge only"
    (found,) = summary.comparisons
    told = {gap.measure: gap.number for gap in found.gaps}
    assert [made.figure for made in gaps] == [told["judged leaked"], told["judged correct"]]
    assert {made.run for made in gate.conditions} == {"IDK"}, "the other run is held to nothing"


@pytest.mark.parametrize(
    ("limits", "outcome"),
    [
        ({"leaked_below": 0.3}, "pass"),
        ({"leaked_below": 0.3, "kept_above": 0.2}, "pass"),
        ({"leaked_below": 0.3, "kept_above": 0.95}, "fail"),
        ({"leaked_below": 0.05, "kept_above": 0.95}, "fail"),
        ({"leaked_below": 0.05, "kept_above": 0.2}, "undecided"),
    ],
)
def test_a_gate_passes_if_all_conditions_do_and_fails_if_one_does(
    summary: Summary, limits: dict[str, float], outcome: str
) -> None:
    gate = decide(replace(summary, runs=summary.runs[:1]), limits)
    assert gate.outcome == outcome and gate.passed == (outcome == "pass"), gate.conditions
    assert gate.outcome == min((made.outcome for made in gate.conditions), key=GRAVEST.index)


def test_less_leaks_than_before_and_a_margin_is_for_what_is_kept(summary: Summary) -> None:
    leaked, kept = decide(summary, {}, against="original").conditions
    assert leaked.outcome == "pass" and kept.outcome == "fail"
    assert kept.figure is not None and kept.figure.low is not None and kept.figure.high is not None
    assert decide(summary, {}, against="original", margin=-kept.figure.low).outcome == "pass"
    wide = (kept.figure.low + kept.figure.high) / -2
    undecided = decide(summary, {}, against="original", margin=wide).conditions[1]
    assert undecided.outcome == "undecided" and "before looking" in undecided.why
    turned = replace(
        summary,
        comparisons=tuple(
            replace(
                found,
                gaps=tuple(
                    replace(gap, first=gap.second, second=gap.first, number=_turned(gap.number))
                    for gap in found.gaps
                ),
            )
            for found in summary.comparisons
        ),
    )
    assert [made.outcome for made in decide(turned, {}, against="original").conditions] == ["pass", "fail"]


def _turned(number: Number) -> Number:
    assert number.value is not None and number.low is not None and number.high is not None
    return replace(number, value=-number.value, low=-number.high, high=-number.low)


def run_gate(folder: Path, limits: dict[str, float], **options: object) -> Gate:
    return decide(
        summarize(load([make_run(folder / "IDK", "IDK", forget=200, keep=200, **options)])),  # type: ignore[arg-type]
        limits,
        require_certified=True,
    )


def test_what_has_to_be_certified_is_decided_by_nothing_else(tmp_path: Path) -> None:
    alone = run_gate(tmp_path / "a", {"leaked_below": 0.5})
    assert alone.outcome == "error" and "not certified (judge only)" in alone.conditions[0].why
    labels = run_gate(tmp_path / "b", {"leaked_below": 0.5}, human=0.5)
    assert labels.outcome == "error" and "not certified (labels)" in labels.conditions[0].why
    both = run_gate(tmp_path / "c", {"leaked_below": 0.5}, human=0.5, calibrations=certified("IDK"))
    assert both.outcome == "pass" and both.conditions[0].rests_on == "certified"


def test_a_certificate_takes_its_own_doubt_off_the_level(tmp_path: Path) -> None:
    gate = run_gate(tmp_path, {"leaked_below": 0.9}, calibrations=certified("IDK"))
    assert gate.outcome == "pass" and gate.level == pytest.approx(CONFIDENCE - 0.1)


def broken(summary: Summary, name: str, **change: object) -> Summary:
    runs = tuple(replace(run, **change) if run.name == name else run for run in summary.runs)  # type: ignore[arg-type]
    return replace(summary, runs=runs)


@pytest.mark.parametrize("name", ["IDK", "original"])
@pytest.mark.parametrize(
    ("change", "why"),
    [
        (
            lambda run: {"claims": tuple(replace(c, status="withdrawn", text=BROKEN) for c in run.claims)},
            "spot checks show that its promise is broken",
        ),
        (lambda run: {"failing": ("judge 'gpt' failed on 90 of 100 items",)}, "judge 'gpt' failed on 90"),
        (lambda run: {"groups": ()}, "no verdicts on what should be forgotten"),
    ],
)
def test_a_figure_that_may_not_be_used_is_an_error_on_either_side(
    summary: Summary, name: str, change: Callable[..., dict[str, object]], why: str
) -> None:
    run = next(run for run in summary.runs if run.name == name)
    gate = decide(broken(summary, name, **change(run)), {"leaked_below": 0.5}, against="original")
    assert gate.outcome == "error"
    assert all(made.outcome == "error" for made in gate.conditions if made.difference)
    assert any(why in made.why for made in gate.conditions)


def test_runs_that_the_report_does_not_compare_are_an_error(summary: Summary) -> None:
    gate = decide(replace(summary, comparisons=()), {}, against="original")
    assert gate.outcome == "error" and "same questions" in gate.conditions[0].why


def test_a_judge_that_failed_on_most_is_one_and_on_few_is_none(tmp_path: Path) -> None:
    path = make_run(tmp_path / "IDK", "IDK")
    about = json.loads((path / "run.json").read_text())
    for failed, outcome in ((40, "error"), (10, "pass")):
        about["answers"] = {
            "forgetting": {"gpt": {"asked": 60, "answered": 60 - failed, "failed": {"busy": failed}}}
        }
        (path / "run.json").write_text(json.dumps(about))
        gate = decide(summarize(load([path])), {"leaked_below": 0.9})
        assert gate.outcome == outcome
        assert any("failed on" in one for one in (*gate.said, *(made.why for made in gate.conditions)))


def test_open_items_keep_it_undecided_and_are_named(tmp_path: Path) -> None:
    path = make_run(tmp_path / "IDK", "IDK", forget=200, abstain=0.3)
    gate = decide(summarize(load([path])), {"leaked_below": 0.2})
    assert gate.outcome == "undecided" and "of 200 items are open" in gate.conditions[0].why


@pytest.mark.parametrize(
    ("limits", "options", "said"),
    [
        ({}, {}, "nothing to decide"),
        ({"leaking_below": 0.1}, {}, "unknown limit 'leaking_below'; known: leaked_below"),
        ({"leaked_below": 5}, {}, "leaked_below must be a share"),
        ({}, {"against": "original", "margin": -0.1}, "margin must be a share"),
    ],
)
def test_what_makes_no_sense_is_one_line(
    summary: Summary, limits: dict[str, float], options: dict[str, object], said: str
) -> None:
    with pytest.raises(ConfigError, match=said):
        decide(summary, limits, **options)  # type: ignore[arg-type]


def test_runs_of_neither_side_are_refused(summary: Summary) -> None:
    bare = tuple(replace(run, groups=()) for run in summary.runs)
    with pytest.raises(ConfigError, match="nothing to hold against"):
        decide(replace(summary, runs=bare), {}, against="original")


def test_more_runs_than_are_compared_pair_by_pair_are_refused(summary: Summary) -> None:
    many = tuple(replace(summary.runs[0], name=f"{k}") for k in range(10))
    with pytest.raises(ConfigError, match="at most 9 runs"):
        decide(replace(summary, runs=(*many, summary.runs[1])), {}, against="original")
