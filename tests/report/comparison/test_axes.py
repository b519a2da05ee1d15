"""Which runs the data tell apart: by recorded values, and by judged rates with whatever they rest on."""

from __future__ import annotations

import math

import numpy as np
import pytest

from judgekit.records import HumanLabel, Verdict
from judgekit.report.comparison.axes import JudgedAxis, Rated, RecordedAxis
from judgekit.report.paired import Values, difference, mean
from judgekit.report.rates.judged import JudgedRate, Kind, judged_rates
from judgekit.report.run import JudgedItem as Row


def values(column: np.ndarray) -> dict[str, float]:
    return {str(i): float(x) for i, x in enumerate(column)}


def axis(runs: dict[str, Values]) -> RecordedAxis:
    return RecordedAxis("ROUGE", runs, higher=False)


def places(found: RecordedAxis | JudgedAxis) -> dict[str, tuple[int, int]]:
    best, worst = found.places
    return {run: (int(b), int(w)) for run, b, w in zip(found.runs, best, worst, strict=True)}


def test_all_pairs_at_once_are_the_pairs_one_by_one() -> None:
    rng = np.random.default_rng(0)
    runs = {name: values(rng.random(40) ** (k + 1)) for k, name in enumerate("abcd")}
    del runs["b"]["3"], runs["c"]["7"], runs["c"]["8"]
    found = axis(runs)
    gap, p = found.tests()
    for i, a in enumerate(runs):
        for j, b in enumerate(runs):
            one = difference(runs[a], runs[b])
            assert gap[i, j] == pytest.approx(one.value, abs=1e-12)
            assert i == j or p[i, j] == pytest.approx(one.p, rel=1e-6)


def test_runs_without_a_common_question_are_not_told_apart() -> None:
    found = axis({"a": {"1": 0.0}, "b": {"2": 1.0}})
    assert not found.better.any() and places(found) == {"a": (1, 2), "b": (1, 2)}


def test_adjusted_p_values_are_holms() -> None:
    rng = np.random.default_rng(2)
    found = axis({name: values(rng.random(50) + 0.1 * k) for k, name in enumerate("abcde")})
    _, p = found.tests()
    above = np.triu_indices(5, 1)
    raw, adjusted = p[above], found.adjusted[above]
    order = np.argsort(raw)
    assert np.all(adjusted >= raw) and np.all(np.diff(adjusted[order]) >= 0)
    assert adjusted.min() == pytest.approx(min(1, len(raw) * raw.min()))
    assert np.all(found.adjusted == found.adjusted.T)


def test_equal_runs_are_told_apart_in_at_most_five_of_a_hundred_studies() -> None:
    rng, wrong = np.random.default_rng(3), 0
    for _ in range(400):
        questions = rng.random(60)
        wrong += axis({name: values(rng.random(60) < questions) for name in "abcd"}).better.any()
    assert wrong / 400 < 0.05 + 3 * math.sqrt(0.05 * 0.95 / 400)


def test_ranks_are_ranges_where_the_data_cannot_tell() -> None:
    rng = np.random.default_rng(5)
    found = axis(
        {
            name: values(rng.random(300) < p)
            for name, p in {"gone": 0.02, "alike": 0.31, "same": 0.30, "kept": 0.9}.items()
        }
    )
    assert places(found) == {"gone": (1, 1), "alike": (2, 3), "same": (2, 3), "kept": (4, 4)}
    assert [found.runs[i] for i in found.order][::3] == ["gone", "kept"]


def rated(share: float, n: int = 300, kind: Kind = "judge", wide: float = 1.0) -> Rated:
    low, high = (share + s * wide * 1.96 * math.sqrt(max(share * (1 - share), 0.001) / n) for s in (-1, 1))
    return Rated(JudgedRate("leaked", share, max(low, 0), min(high, 1), (share, share), kind, ""), (0, 1), n)


def alike(*shares: float, n: int = 300) -> dict[str, Values]:
    """The same questions leak first in all runs."""
    return {f"r{k}": values(np.arange(n) < share * n) for k, share in enumerate(shares)}


def test_verdicts_on_the_same_questions_are_paired() -> None:
    rates = {f"r{k}": rated(share) for k, share in enumerate((0.50, 0.44))}
    rng = np.random.default_rng(0)
    apart = {name: values(rng.permutation(list(v.values()))) for name, v in alike(0.50, 0.44).items()}
    assert JudgedAxis("leaked", rates, alike(0.50, 0.44), higher=False).better.sum() == 1
    assert JudgedAxis("leaked", rates, apart, higher=False).better.sum() == 0


def test_a_wider_interval_of_a_corrected_rate_decides_less() -> None:
    verdicts = alike(0.50, 0.40)
    for wide, decided in ((1.0, 1), (3.0, 0)):
        rates = {f"r{k}": rated(share, kind="people", wide=wide) for k, share in enumerate((0.50, 0.40))}
        found = JudgedAxis("leaked", rates, verdicts, higher=False)
        assert found.better.sum() == decided
        told = found.difference("r0", "r1")
        assert (told.low > 0) == bool(decided) and told.value == pytest.approx(0.1)


def test_what_the_judge_says_is_not_ordered_against_what_people_say() -> None:
    rates = {"r0": rated(0.9), "r1": rated(0.1, kind="people")}
    found = JudgedAxis("leaked", rates, alike(0.9, 0.1), higher=False)
    assert not found.better.any()
    assert found.difference("r0", "r1").value is None
    assert "judge alone" in found.difference("r0", "r1").reason


def test_who_leads_depends_on_who_competes() -> None:
    rates = {f"r{k}": rated(share) for k, share in enumerate((0.1, 0.1, 0.5, 0.9))}
    found = JudgedAxis("leaked", rates, alike(0.1, 0.1, 0.5, 0.9), higher=False)
    assert found.leader(["r0", "r2", "r3"]) == "r0"
    assert found.leader(["r3", "r2"]) == "r2"
    assert found.leader(["r0", "r1", "r2", "r3"]) is None, "two lead together"
    assert found.leader(["r0"]) is None and found.leader([]) is None


def test_bounds_decide_only_where_they_are_apart_for_all_runs_together() -> None:
    def bounds(low: float, high: float, joint: tuple[float, float]) -> Rated:
        return Rated(JudgedRate("leaked", None, low, high, (low, high), "certificate", ""), joint, 300)

    rates = {"r0": bounds(0.50, 0.60, (0.48, 0.62)), "r1": bounds(0.30, 0.49, (0.29, 0.50))}
    found = JudgedAxis("leaked", rates, alike(0.55, 0.4), higher=False)
    assert not found.better.any(), "apart each on its own, not together"
    rates["r1"] = bounds(0.30, 0.45, (0.29, 0.46))
    found = JudgedAxis("leaked", rates, alike(0.55, 0.4), higher=False)
    assert found.better.sum() == 1 and found.better[1, 0]


def test_half_of_the_error_that_joint_limits_took_is_not_spent_again() -> None:
    def known(value: float, low: float, high: float) -> Rated:
        return Rated(JudgedRate("leaked", value, low, high, (value, value), "people", ""), (low, high), 300)

    two = {"r0": known(0.52, 0.46, 0.58), "r1": known(0.44, 0.38, 0.50)}
    bounds = Rated(JudgedRate("leaked", None, 0.1, 0.9, (0.1, 0.9), "certificate", ""), (0.1, 0.9), 300)
    alone = JudgedAxis("leaked", two, alike(0.52, 0.44), higher=False).tests()[1][0, 1]
    beside = JudgedAxis("leaked", two | {"r2": bounds}, alike(0.52, 0.44, 0.5), higher=False).tests()[1][0, 1]
    assert 0.01 < alone < 0.5
    assert beside == pytest.approx(2 * alone)


def row(run: str, number: int, label: str, people: str | None) -> Row:
    human = (HumanLabel(annotator="a", label=people),) if people else ()
    known = {"id": f"{run}{number}", "question_id": str(number), "rubric": "forgetting", "human": human}
    return Row(Verdict(state="verdict", label=label, tier="t", **known))


@pytest.mark.parametrize("labeled", [0, 80])
def test_equal_runs_under_one_judge_are_told_apart_in_at_most_five_of_a_hundred_studies(labeled: int) -> None:
    """Four runs with the same rates; the judge errs more on two of them, which only people's labels show."""
    rng, wrong, n, draws = np.random.default_rng(4), 0, 150, 120
    for _ in range(draws):
        hard = rng.random(n)
        rates, verdicts = {}, {}
        for k, name in enumerate("abcd"):
            truth = rng.random(n) < np.clip(hard + rng.normal(0, 0.2, n), 0, 1) * 0.6
            order_inconsistency = rng.random(n) < (0.25 if k % 2 and labeled else 0.02)
            said = np.where(order_inconsistency, True, truth)
            chosen = rng.permutation(n) < labeled
            label = np.where(said, "leaked", "wrong")
            people = [
                None if not c else "leaked" if t else "wrong" for c, t in zip(chosen, truth, strict=True)
            ]
            rows = [row(name, q, label[q], people[q]) for q in range(n)]
            rate = judged_rates(rows, ["leaked", "wrong"], {}, only="leaked")["leaked"]
            rates[name] = Rated(rate, (0, 1), n)
            verdicts[name] = values(said)
        wrong += JudgedAxis("leaked", rates, verdicts, higher=False).better.any()
    assert wrong / draws < 0.05 + 3 * math.sqrt(0.05 * 0.95 / draws)


def test_a_difference_of_rates_covers_the_true_difference() -> None:
    rng, inside, draws, n = np.random.default_rng(6), 0, 200, 200
    for _ in range(draws):
        hard = rng.random(n)
        said = {"a": hard + rng.normal(0, 0.1, n) > 0.6, "b": hard + rng.normal(0, 0.1, n) > 0.7}
        rates = {
            name: Rated(
                judged_rates(
                    [row(name, q, "leaked" if s else "wrong", None) for q, s in enumerate(column)],
                    ["leaked", "wrong"], {}, only="leaked",
                )["leaked"], (0, 1), n,
            )
            for name, column in said.items()
        }  # fmt: skip
        told = JudgedAxis("leaked", rates, {k: values(v) for k, v in said.items()}, higher=False).difference(
            "a", "b"
        )
        inside += told.low <= 0.1 <= told.high
    assert inside / draws >= 0.95 - 3 * math.sqrt(0.05 * 0.95 / draws)


def test_the_means_are_those_of_the_questions() -> None:
    runs = {"a": values(np.linspace(0, 1, 9))}
    assert axis(runs).means["a"] == mean(runs["a"])
