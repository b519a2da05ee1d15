from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hmean

from judgekit.errors import InputError
from judgekit.readers import read
from judgekit.report.paired import mean
from judgekit.report.per_question import QuestionValues, question_values
from judgekit.report.recipes import (
    Candidate,
    Chain,
    Edit,
    Relearned,
    Round,
    Row,
    Table,
    closer_look,
    eco,
    edit_reversal,
    formats,
    multi_hop,
    pick,
    precise,
    read_rtt,
    relearning,
    rtt,
    unierase,
    uwc,
)
from judgekit.report.recipes.relearning import best_epoch, recovery
from judgekit.report.recipes.rtt import ratio
from tests.shared_data import shared

OUTPUTS = "data/outputs/open_unlearning"


def _all(value: float, n: int = 100, prefix: str = "q") -> dict[str, float]:
    return {f"{prefix}{i}": value for i in range(n)}


def _share(hits: int, n: int = 100) -> dict[str, float]:
    return {f"q{i}": float(i < hits) for i in range(n)}


def test_a_table_with_a_hole_is_refused() -> None:
    with pytest.raises(ValueError, match="lacks gap"):
        Table("eco", ("gap",), (Row("a", {}),))


# Closer Look
# -------------------------------------------------------------------------------------------------------


def _closer_look_log(path: Path, forget_answer: str) -> Path:
    """A log as Closer Look writes it: lists, and four strings a row."""

    def section(answer: str, loss: float, cosine: float, label: str, entropy: float) -> dict[str, object]:
        rows = [[f"Question: Who is person {i}?\nAnswer: ", answer, "a gold answer", "was"] for i in range(4)]
        same = answer == "a gold answer"
        return {
            "avg_gt_loss": [loss] * 4,
            "gt_loss": [loss * 5] * 4,
            "num_token_gt": [5] * 4,
            "generated_text": rows,
            "rouge1_recall": [float(same)] * 4,
            "rougeL_recall": [float(same)] * 4,
            "average_perturb_loss": [[2.0, 3.0]] * 4,
            "avg_paraphrased_loss": [1.5] * 4,
            "cosine_similarity": [cosine] * 4,
            "entailment_labels": [label, label, label, "neutral"],
            "token_entropy": [entropy] * 4,
        }

    log = {
        "eval_log.json": section("a gold answer", 0.2, 0.9, "entailment", 0.9),
        "eval_real_author_wo_options.json": section("a gold answer", 0.5, 0.8, "entailment", 0.95),
        "eval_real_world_wo_options.json": section("a gold answer", 0.4, 0.85, "entailment", 0.9),
        "eval_log_forget.json": section(forget_answer, 4.0, 0.1, "none", 0.1),
    }
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(log), encoding="utf-8")
    return path


def test_closer_look_reproduces_its_formulas_and_flags_gibberish(tmp_path: Path) -> None:
    items = list(read(_closer_look_log(tmp_path / "ME_GD" / "eval_log_aggregated.json", "lo lo lo lo lo")))
    labels = {item.id: "degenerate" for item in items if item.split == "forget"}
    run = question_values("ME+GD", items, labels)
    table = closer_look([run])
    cells = table.rows[0].cells

    p, wrong = np.exp(-np.array([0.2, 0.5, 0.4])), np.exp(-2.0) + np.exp(-3.0)
    clipped = 1 - np.exp(1.5 - 2.5)
    six = [[1, p[0], clipped, 0.9, 0.9, 0.75]]
    six += [[1, q / (q + wrong), clipped, e, c, 0.75] for q, e, c in ((p[1], 0.95, 0.8), (p[2], 0.9, 0.85))]
    assert cells["model_utility_closer_look"].value == pytest.approx(hmean(np.ravel(six)), abs=1e-12)
    assert cells["model_utility_retain_closer_look"].value == pytest.approx(hmean(six[0]), abs=1e-12)
    known = 1 - np.exp(1.5 - 2.5)
    assert cells["forget_efficacy"].value == pytest.approx(
        1 - np.mean([0, np.exp(-4), known, 0.1, 0]), abs=1e-12
    )
    assert cells["judged degenerate"].value == 1
    assert cells["forget_efficacy"].low <= cells["forget_efficacy"].value <= cells["forget_efficacy"].high
    assert cells["rougeL_recall"].low == 0 < cells["rougeL_recall"].high
    assert table.rows[0].notes == ("a high Forget Efficacy by degenerate output is no forgetting",)


def test_closer_look_without_its_measures_says_what_is_missing() -> None:
    cells = closer_look([QuestionValues("bare")]).rows[0].cells
    assert cells["forget_efficacy"].value is None
    assert cells["rougeL_recall"].reason == "not measured: rougeL_recall"


# Unlearning with Control
# -------------------------------------------------------------------------------------------


def _duet(name: str) -> Candidate:
    run = question_values(name, read(next(shared(f"{OUTPUTS}/duet_{name}").glob("*_EVAL.json"))))
    return Candidate(name, run.values["forget"]["rougeL_recall"], run.values["holdout"]["rougeL_recall"])


def test_on_the_learning_rate_sweeps_control_changes_the_pick() -> None:
    runs = {
        method: [_duet(f"{method}_lr1e-5"), _duet(f"{method}_lr1e-4")] for method in ("GradAscent", "NPO")
    }
    unchanged = runs["GradAscent"][0].utility  # the original is not published; this run is hardly changed
    ascent = pick("GradAscent", runs["GradAscent"], unchanged)
    assert ascent.uncontrolled is not None and ascent.uncontrolled.name == "GradAscent_lr1e-4"
    assert ascent.controlled is not None and ascent.controlled.name == "GradAscent_lr1e-5"
    assert ascent.changed
    assert ascent.margins["GradAscent_lr1e-4"].high < 0
    table = uwc(runs, unchanged)
    assert [row.name for row in table.rows] == ["NPO", "GradAscent"]
    assert "without control it would be GradAscent_lr1e-4" in table.rows[1].notes


def test_a_run_needs_to_be_sure_that_it_kept_enough() -> None:
    original = _share(80)
    barely = Candidate("barely", _all(0.0), _share(77))
    surely = Candidate("surely", _all(0.4), _share(80))
    found = pick("m", [barely, surely], original, tau=0.95)
    assert found.margins["barely"].value == pytest.approx(0.77 - 0.95 * 0.8)
    assert found.margins["barely"].low < 0
    assert found.controlled == surely
    assert found.uncontrolled == barely


def test_without_a_run_that_kept_enough_nothing_is_picked() -> None:
    gone = Candidate("gone", _all(0.0), _all(0.0))
    found = pick("m", [gone], _share(90))
    assert found.controlled is None and found.changed
    table = uwc({"m": [gone]}, _share(90))
    assert "no run keeps 95%" in table.rows[0].cells["revealed"].reason


def test_a_run_that_lost_its_utility_is_rarely_picked() -> None:
    rng = np.random.default_rng(0)
    wrong = 0
    for _ in range(500):
        kept = rng.random(150) < 0.8
        runs = [
            Candidate(
                f"lr{i}",
                _all(0.1 * i, 150),
                {f"q{j}": float(x) for j, x in enumerate(kept & (rng.random(150) < 0.93))},
            )
            for i in range(4)
        ]
        original = {f"q{j}": float(x) for j, x in enumerate(kept)}
        wrong += pick("m", runs, original, tau=0.95).controlled is not None
    # Every run keeps 93 % in truth: any pick is an error, and all four together may err in 5 of 100 studies.
    assert wrong / 500 < 0.05 + 3 * (0.05 * 0.95 / 500) ** 0.5


def test_a_share_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="tau is 95"):
        pick("m", [], {}, tau=95)


# ECO ---------------------------------------------------------------------------------------------------------------


def test_eco_measures_the_gap_to_the_retrained_model() -> None:
    folder = shared("data/outputs/tofu_original_format")
    log = "eval_log_aggregated.json"
    retrained = question_values("retain90", read(folder / "llama2-7b_retain90" / log))
    original = question_values("original", read(folder / "llama2-7b_original" / log), retrained=retrained)
    itself = question_values("itself", read(folder / "llama2-7b_retain90" / log), retrained=retrained)
    table = eco([original, itself], retrained)
    far, near = table.rows
    assert far.cells["rougeL_recall"].decided == 1
    assert far.cells["mean absolute gap"].value > 0.3
    assert near.cells["mean absolute gap"].value == 0
    assert far.cells["cosine_similarity"].value is None
    assert far.cells["forget_quality_folded"].value == pytest.approx(7.4e-15, rel=0.05)
    assert near.cells["forget_quality_raw"].value == pytest.approx(1.0)
    assert "not public" in table.notes[0]


# UniErase ----------------------------------------------------------------------------------------------------------


def test_rounds_give_a_curve_with_its_balance() -> None:
    rounds = [
        Round("after 40", _share(90), _share(80)),
        Round("after 80", _share(85), _share(60), earlier=_share(70)),
    ]
    first, second = unierase(rounds, original_ability=_share(82)).rows
    assert first.cells["harmonic balance"].value == pytest.approx(hmean([0.9, 0.8]))
    assert first.cells["earlier rounds"].reason == "no earlier round"
    assert second.cells["earlier rounds"].value == 0.7
    assert second.cells["change of ability"].value == pytest.approx(-0.22)
    assert second.cells["change of ability"].decided == -1


def test_precise_edits_count_every_edit_and_each_ability_question_once() -> None:
    edits = {f"e{i}": Round(f"e{i}", {"q": float(i > 0)}, _all(0.5 + 0.5 * (i % 2), 20)) for i in range(10)}
    row = precise(edits).rows[0]
    assert row.cells["forgetting"].n == 10 and row.cells["forgetting"].value == 0.9
    assert row.cells["ability"].n == 20 and row.cells["ability"].value == pytest.approx(0.75)


# Relearning
# --------------------------------------------------------------------------------------------------------


def test_relearning_takes_the_best_epoch_and_relates_it_to_the_original() -> None:
    attack = Relearned(
        "RMU",
        before=_share(27),
        after={1: _share(50), 2: _share(66), 3: _share(60)},
        original_after={1: _share(75)},
    )
    row = relearning([attack]).rows[0]
    assert row.cells["recovery rate"].value == pytest.approx(0.88)
    assert row.cells["recovery rate"].low < 0.88 < row.cells["recovery rate"].high <= 1
    assert row.cells["gain"].value == pytest.approx(0.39) and row.cells["gain"].decided == 1
    assert row.notes == ("best epochs 2 and 1 of 3",)


def test_nothing_to_recover_is_no_rate() -> None:
    assert recovery(_share(30), _share(0)).value is None
    with pytest.raises(ValueError, match="no epoch"):
        best_epoch({})


@pytest.mark.slow
def test_coverage_of_the_recovery_rate() -> None:
    rng = np.random.default_rng(2)
    covered = 0
    for seed in range(150):
        easy = rng.random(157)
        after, original = (easy + 0.3 * rng.random(157) > cut for cut in (0.75, 0.5))
        as_values = [{str(i): float(x) for i, x in enumerate(column)} for column in (after, original)]
        found = recovery(*as_values, seed=seed)
        covered += found.low <= TRUE_RATIO <= found.high
    assert covered / 150 > 0.95 - 3 * (0.05 * 0.95 / 150) ** 0.5


def _true_ratio() -> float:
    sums = np.random.default_rng(0).random((2, 4_000_000))
    total = sums[0] + 0.3 * sums[1]
    return float((total > 0.75).mean() / (total > 0.5).mean())


TRUE_RATIO = _true_ratio()


def test_the_attacks_own_files_give_the_published_rate(tmp_path: Path) -> None:
    def write(name: str, *rows: dict[int, float]) -> Path:
        lines = "".join(f'YEARS,"{row}",models/{name}\n' for row in rows)
        path = tmp_path / f"{name}.csv"
        path.write_text("dataset,forget_accs_local,base_model\n" + lines)
        return path

    unlearned = read_rtt(write("rmu", {0: 0.25, 1: 0.6, 2: 0.7}, {0: 0.27, 1: 0.62, 2: 0.5}))
    original = read_rtt(write("original", {0: 0.8, 1: 0.75}, {0: 0.7, 1: 0.75}))
    assert [model.best for model in unlearned] == [0.7, 0.62]
    assert unlearned[0].model == "models/rmu"
    cells = rtt("RMU", unlearned, original).rows[0].cells
    assert cells["recovery rate"].value == pytest.approx(0.66 / 0.75)
    assert cells["recovery rate"].low < 0.88 < cells["recovery rate"].high
    assert cells["before"].value == pytest.approx(0.26) and cells["before"].n == 314


def test_accuracies_written_by_a_newer_numpy_are_read(tmp_path: Path) -> None:
    path = tmp_path / "ft.csv"
    path.write_text('forget_accs_local,base_model\n"{0: np.float64(0.25), 1: 1.0}",m\n')
    assert read_rtt(path)[0].accuracies == {0: 0.25, 1: 1.0}


def test_another_csv_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "ft.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(InputError, match="no column 'forget_accs_local'"):
        read_rtt(path)
    path.write_text("forget_accs_local,b\n{},2\n")
    with pytest.raises(InputError, match=r"ft.csv:2.*no epoch"):
        read_rtt(path)


@pytest.mark.parametrize(("p", "q"), [(0.3, 0.8), (0.75, 0.8), (0.05, 0.5)])
def test_coverage_of_the_unpaired_ratio(p: float, q: float) -> None:
    rng, n = np.random.default_rng(1), 157
    pairs = rng.binomial(n, [p, q], size=(2000, 2)) / n
    found = [ratio(a, n, b, n) for a, b in pairs]
    covered = np.mean([f.low <= p / q <= f.high for f in found])
    assert covered > 0.95 - 3 * (0.05 * 0.95 / 2000) ** 0.5


# Multi-hop ---------------------------------------------------------------------------------------------------------

labels = st.sampled_from(["leaked", "withheld", "wrong", None])


@given(st.lists(st.tuples(labels, st.lists(labels, max_size=3)), min_size=1, max_size=10))
def test_a_chain_leaks_if_any_part_leaks_and_is_open_if_it_still_could(
    parts: list[tuple[str | None, list[str | None]]],
) -> None:
    chains = {str(i): Chain(whole, tuple(hops)) for i, (whole, hops) in enumerate(parts)}
    for chain in chains.values():
        everything = [chain.whole, *chain.hops]
        assert chain.leaks == (True if "leaked" in everything else None if None in everything else False)
    row = multi_hop({"run": chains}).rows[0]
    leaks = [chain.leaks for chain in chains.values()]
    known = [leak for leak in leaks if leak is not None]
    assert row.cells["chain leaks"].n == len(known)
    assert bool(row.notes) == (None in leaks)
    if known:
        assert row.cells["chain leaks"].value == pytest.approx(sum(known) / len(known))


def test_a_leak_by_a_hop_alone_is_told_apart() -> None:
    chains = {
        "a": Chain("withheld", ("leaked", "withheld")),
        "b": Chain("leaked", ("wrong",)),
        "c": Chain("wrong", ("wrong",)),
        "d": Chain("wrong", ()),
    }
    cells = multi_hop({"run": chains}).rows[0].cells
    assert cells["chain leaks"].value == 0.5
    assert cells["only a hop leaks"].value == 0.25
    assert cells["whole question leaks"].value == 0.25


# Edit reversal
# -----------------------------------------------------------------------------------------------------


def test_reversal_is_counted_where_the_edit_took_hold() -> None:
    edits = {
        "back": Edit("Paris", "Rome", "paris."),
        "stays": Edit("Paris", "Rome", "Rome"),
        "third": Edit("Paris", "Rome", "Oslo"),
        "never edited": Edit("Paris", "Paris", "Paris"),
    }
    row = edit_reversal({"reversal tokens": edits}).rows[0]
    assert row.cells["edit took hold"].value == 0.75
    assert row.cells["reversed"].value == pytest.approx(1 / 3)
    assert row.cells["still edited"].value == pytest.approx(1 / 3)
    assert "3 of 4" in row.notes[0]


# Any method, over formats
# ------------------------------------------------------------------------------------------


def test_forgetting_that_another_format_undoes_is_seen() -> None:
    def say(leaks: int, n: int = 100) -> dict[str, str | None]:
        return {f"q{i}": "leaked" if i < leaks else "withheld" for i in range(n)}

    run = QuestionValues("edit", labels={"forget": say(2), "multiple_choice": say(60), "paraphrase": say(5)})
    bare = QuestionValues("bare", labels={"forget": {**say(0, 3), "q9": None}})
    table = formats([run, bare], ["multiple_choice", "paraphrase"])
    first, second = table.rows
    assert first.notes == ("worst split: multiple_choice",)
    assert first.cells["worst split"].value == 0.6
    assert first.cells["worst - forget"].value == pytest.approx(0.58)
    assert first.cells["worst - forget"].decided == 1
    assert first.cells["forgotten well"].value == 0.98
    assert second.cells["worst split"].reason == "no other split is judged"
    assert second.cells["forget"].n == 3


# The way in
# --------------------------------------------------------------------------------------------------------


def test_an_outcome_keeps_open_items_apart() -> None:
    items = [
        item for item in read(shared(f"{OUTPUTS}/muse_books_target/MUSE_EVAL.json")) if item.split == "forget"
    ]
    run = question_values("target", items, {items[0].id: None, items[1].id: "leaked"})
    assert run.labels["forget"] == {items[0].question_id: None, items[1].question_id: "leaked"}
    assert mean(run.values["forget"]["rougeL_f1"]).n == len({item.question_id for item in items})
