"""What a method's settings change: the order of its runs, the best of them, and the cliff behind it."""

from __future__ import annotations

import pytest

from judgekit.records import Verdict
from judgekit.report import summarize
from judgekit.report.comparison.records import Sweep
from judgekit.report.render.tables.sweeps import sweep_tables
from judgekit.report.run import JudgedItem, Run
from judgekit.report.summary import Summary


def run(method: str, forget: dict[str, int], keep: dict[str, int] | None = None, model: str = "") -> Run:
    """A run by how many of its outputs have which label; 200 forget outputs."""
    rows = []
    for rubric, counts in (("forgetting", forget), ("utility", keep or {"correct": 200})):
        labels = [label for label, count in counts.items() for _ in range(count)]
        rows += [
            JudgedItem(
                Verdict(
                    id=f"{rubric}{k}",
                    question_id=f"{rubric}{k}",
                    split="forget" if rubric == "forgetting" else "retain",
                    rubric=rubric,
                    state="abstained" if label == "abstained" else "verdict",
                    label=None if label == "abstained" else label,
                    model=model,
                    method=method,
                )
            )
            for k, label in enumerate(labels)
        ]
    return Run(f"{method} {model}", rows)


KNOWS = {"leaked": 180, "wrong": 20}
FORGOT = {"leaked": 60, "wrong": 140}
GONE = {"degenerate": 200}


def told(*runs: Run) -> Summary:
    return summarize([run("original", KNOWS), *runs])


def swept(*runs: Run) -> Sweep:
    (found,) = told(*runs).comparisons
    (sweep,) = found.sweeps
    return sweep


def test_runs_stand_in_the_order_of_their_setting_and_a_cliff_is_told():
    sweep = swept(
        run("GA_lr5e-4", GONE, {"degenerate": 200}),
        run("GA_lr1e-5", KNOWS),
        run("GA_lr5e-5", FORGOT),
    )
    assert (sweep.method, sweep.setting) == ("GA", "lr")
    assert sweep.lines == (("GA_lr1e-5 ", "GA_lr5e-5 ", "GA_lr5e-4 "),)
    assert (sweep.best, sweep.controlled, sweep.tied) == ("GA_lr5e-5 ", "GA_lr5e-5 ", ())
    assert sweep.text == (
        "GA, 3 runs with lr 1e-5 to 5e-4: GA lr 5e-5 forgets best of those that still answer (70.0 % forgotten well)."
    )
    first, second = sweep.cliffs
    assert first.text == "Between lr 1e-5 and 5e-5 GA leaks less: leaked 90.0 % to 30.0 %."
    assert (second.before, second.after, second.rates) == (
        "GA_lr5e-5 ",
        "GA_lr5e-4 ",
        ("degenerate", "correct", "leaked"),
    )
    assert second.text.startswith(
        "Between lr 5e-5 and 5e-4 GA turns degenerate: degenerate 0.0 % to 100.0 %, kept 100.0 % to 0.0 %"
    )


def test_a_cliff_that_comes_as_the_setting_falls_is_told_that_way():
    sweep = swept(run("NPO_beta0.1", GONE, {"degenerate": 200}), run("NPO_beta0.5", FORGOT))
    (cliff,) = sweep.cliffs
    assert cliff.text.startswith("Between beta 0.5 and 0.1 NPO turns degenerate:")


def test_neighbors_that_the_data_do_not_tell_apart_are_no_cliff():
    few = [run("GA_lr1e-5", {"leaked": 2, "wrong": 1}), run("GA_lr1e-4", {"leaked": 1, "wrong": 2})]
    (found,) = summarize(few).comparisons
    assert found.sweeps[0].cliffs == () and found.sweeps[0].tied == ("GA_lr1e-5 ",)


@pytest.mark.parametrize("name", ["seed", "steps", "checkpoint"])
def test_nothing_falls_off_a_cliff_by_its_seed(name: str):
    sweep = swept(run(f"NPO_{name}1", KNOWS), run(f"NPO_{name}2", FORGOT))
    assert (sweep.setting, sweep.cliffs) == (name, ())


@pytest.mark.parametrize(
    ("forget", "keep", "text"),
    [
        ({"leaked": 200}, None, "none of those that still answer forgot anything well"),
        (FORGOT, None, "all of those that still answer forgot as much well (70.0 %)"),
        (FORGOT, {"degenerate": 200}, "none of them still answers what it should keep"),
    ],
)
def test_no_run_forgets_best_where_none_is_better(forget, keep, text):
    sweep = swept(run("GA_lr1e-4", forget, keep), run("GA_lr1e-5", forget, keep))
    assert (sweep.best, sweep.tied) == (None, ())
    assert sweep.text == f"GA, 2 runs with lr 1e-5 to 1e-4: {text}."


def test_a_run_that_may_still_answer_is_not_said_to():
    unsure = {"correct": 80, "abstained": 120}
    gone = run("GA_lr1e-3", GONE, {"degenerate": 200})
    pair = run("GA_lr1e-4", FORGOT, unsure), run("GA_lr1e-5", KNOWS)
    assert "forgets best of those that may still answer (70.0 %" in swept(*pair, gone).text
    assert "forgets best (70.0 %" in swept(*pair).text


def test_runs_that_differ_in_two_settings_make_a_line_for_each_value_of_the_second():
    runs = [
        run(f"NPO_beta{beta}_lr{lr}", KNOWS) for lr in ("1e-4", "1e-5", "5e-5") for beta in ("0.5", "0.1")
    ]
    sweep = swept(*runs)
    assert sweep.setting == "lr"
    assert sweep.lines == tuple(
        tuple(f"NPO_beta{beta}_lr{lr} " for lr in ("1e-5", "5e-5", "1e-4")) for beta in ("0.1", "0.5")
    )
    assert (
        swept(*(run(f"NPO_lr{lr}_seed{seed}", KNOWS) for lr in ("1e-4", "1e-5") for seed in range(3))).setting
        == "lr"
    )


def test_a_method_is_swept_on_each_model_apart():
    small, large = "S-1B", "L-8B"
    made = {"1e-4": FORGOT, "1e-5": KNOWS}
    runs = [
        run(f"NPO_lr{lr}", forget, model=model) for model in (small, large) for lr, forget in made.items()
    ]
    (found,) = summarize([run("original", KNOWS, model=small), *runs]).comparisons
    assert [sweep.method for sweep in found.sweeps] == ["NPO on S-1B", "NPO on L-8B"]
    assert (
        found.sweeps[0].controlled in found.sweeps[0].lines[0]
        and found.sweeps[1].best in found.sweeps[1].lines[0]
    )


def test_runs_of_one_setting_or_of_different_methods_are_no_sweep():
    (found,) = told(run("NPO_lr1e-4", KNOWS), run("GA_lr1e-5", KNOWS), run("retain90", FORGOT)).comparisons
    assert found.sweeps == ()


def test_the_table_has_a_row_a_run_and_names_the_picks():
    (table,) = sweep_tables(told(run("GA_lr1e-4", GONE, {"degenerate": 200}), run("GA_lr1e-5", FORGOT)))
    assert [row[0] for row in table.rows] == ["GA lr 1e-5", "GA lr 1e-4"]
    assert [row[-1] for row in table.rows] == ["controlled pick, forgets best", "–"]
    assert table.place == "sweep"


def test_what_was_found_is_said_in_its_section():
    summary = told(run("GA_lr1e-4", GONE, {"degenerate": 200}), run("GA_lr1e-5", FORGOT))
    said = [finding.text for finding in summary.findings if finding.about == "sweep"]
    assert any("turns degenerate" in text for text in said) and any("forgets best" in text for text in said)
