from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import asdict, replace

import pytest

from judgekit.judges.lexical import LexicalJudge
from judgekit.readers import read, recorded_metrics
from judgekit.records import HumanLabel, Item, Verdict
from judgekit.report.comparison.records import Comparison
from judgekit.report.comparison.roles import role
from judgekit.report.render.cells import in_words
from judgekit.report.render.tables.runs import tables
from judgekit.report.run import JudgedItem, Run
from judgekit.report.summary import summarize
from judgekit.rubrics import load_rubric
from judgekit.runs.about import RunAbout
from tests.shared_data import shared


@pytest.mark.parametrize(
    ("method", "part"),
    [
        ("original", "original"),
        ("full", "original"),
        ("target", "original"),
        ("retain90", "retrained"),
        ("retrain", "retrained"),
        ("forget10_full", "original"),
        ("retain90_seed1", "retrained"),
        ("full_lr1e-5", "unlearned"),
        ("retrain_epoch5_beta0.1", "unlearned"),
        ("full_lora", "unlearned"),
        ("original lr=1e-4", "unlearned"),
        ("NPO_lr1e-5", "unlearned"),
        ("", "unlearned"),
        ("RetainGrad", "unlearned"),
    ],
)
def test_roles(method: str, part: str) -> None:
    assert role(Run(method, [])) == part


def test_a_finetuned_model_is_told_by_its_name_and_not_by_what_hydra_recorded() -> None:
    of_finetuning = RunAbout(overrides={"trainer.args.learning_rate": "1e-5"})
    assert role(Run("retain90", [], of_finetuning)) == "retrained"
    assert role(Run("full", [], RunAbout(overrides={"trainer": "NPO"}))) == "unlearned"


def _run(
    name: str,
    labels: Mapping[str, str | None],
    utility: Mapping[str, str],
    rouge: float = 0.5,
    model: str = "",
) -> Run:
    rows = []
    for split, rubric, given in (("forget", "forgetting", labels), ("retain", "utility", utility)):
        for question, label in given.items():
            item = Item(
                id=f"{split}-{question}",
                question_id=f"{split}-{question}",
                question=f"What of {question}?",
                references=("the secret",),
                outputs=(f"{name} says {label}",),
                method=name.split(" · ")[0],
                model=model,
                split=split,
                recorded={"rougeL_recall": rouge},
            )
            state = "abstained" if label is None else "verdict"
            verdict = Verdict(
                id=item.id,
                question_id=item.question_id,
                split=split,
                method=name.split(" · ")[0],
                model=model,
                rubric=rubric,
                state=state,
                label=label,
            )
            rows.append(JudgedItem(verdict, item))
    return Run(name, rows)


def _labels(label: str, n: int = 60, prefix: str = "q", **others: int) -> dict[str, str | None]:
    column = [other for other, count in others.items() for _ in range(count)]
    column += [label] * (n - len(column))
    return {f"{prefix}{i}": one for i, one in enumerate(column)}


def comparisons(*runs: Run) -> tuple[Comparison, ...]:
    return summarize(runs).comparisons


KEPT = 100  # as many correct answers as it takes to be sure of 95 % by exact limits

ORIGINAL = _run("original", _labels("leaked"), _labels("correct", KEPT), 0.9)
RETRAINED = _run("retain90", _labels("wrong"), _labels("correct", KEPT), 0.4)
GENTLE = _run("GA_lr1e-5", _labels("leaked", withheld=20), _labels("correct", KEPT), 0.7)
HARSH = _run("GA_lr1e-4", _labels("degenerate"), _labels("degenerate", KEPT), 0.0)
REFUSER = _run("IDK", _labels("withheld"), _labels("correct", KEPT, refused=20), 0.1)


@pytest.fixture(scope="module")
def five() -> Comparison:
    (found,) = comparisons(ORIGINAL, RETRAINED, GENTLE, HARSH, REFUSER)
    return found


def test_roles_and_sides_are_found(five: Comparison) -> None:
    assert set(five.original.values()) == {"original"} and set(five.retrained.values()) == {"retain90"}
    assert len(five.retrained) == 5 and not five.unpaired
    assert (five.forgetting, five.utility) == ("judged forgotten well", "judged correct")
    assert five.revealed == "judged leaked" and five.questions == 60


def test_control_changes_the_pick_and_says_so(five: Comparison) -> None:
    (control,) = five.control
    assert (control.method, control.controlled, control.uncontrolled) == ("GA", "GA_lr1e-5", "GA_lr1e-4")
    assert control.text.startswith(
        "GA: the pick is GA lr 1e-5. GA lr 1e-4 reveals less, but keeps less than 95 % of the original's utility"
    )


def test_a_run_of_which_it_is_not_sure_is_not_said_to_reveal_less() -> None:
    weak = _run("GA_lr1e-4", _labels("leaked", withheld=21), _labels("correct", KEPT, refused=20), 0.6)
    (found,) = comparisons(ORIGINAL, GENTLE, weak)
    (control,) = found.control
    assert (control.controlled, control.uncontrolled) == ("GA_lr1e-5", "GA_lr1e-4")
    assert "GA lr 1e-4 seems to reveal less (the two are not told apart), but keeps less than" in control.text


@pytest.mark.parametrize(
    ("refused", "says"), [(6, "but is not shown to keep 95 %"), (60, "but keeps less than")]
)
def test_what_is_not_shown_to_be_kept_is_not_said_to_be_lost(refused: int, says: str) -> None:
    weak = _run("GA_lr1e-4", _labels("withheld"), _labels("correct", KEPT, refused=refused), 0.1)
    (found,) = comparisons(ORIGINAL, GENTLE, weak)
    (control,) = found.control
    assert says in control.text


@pytest.mark.parametrize(("refused", "says"), [(6, "is shown to keep"), (60, "keeps")])
def test_where_no_run_is_picked_it_is_said_whether_all_surely_keep_less(refused: int, says: str) -> None:
    runs = [
        _run(name, _labels("withheld"), _labels("correct", KEPT, refused=refused), 0.1)
        for name in ("GA_lr1e-4", "GA_lr1e-3")
    ]
    (found,) = comparisons(ORIGINAL, *runs)
    assert found.control[0].text.startswith(f"No GA run {says} 95 % of the original's utility")


def test_gibberish_is_on_no_front(five: Comparison) -> None:
    plane = {point.run: point for point in five.plane}
    assert plane["GA_lr1e-4"].forgetting.value == 0
    assert plane["GA_lr1e-4"].behind == 4 and "retain90" in plane["GA_lr1e-4"].behind_of
    assert plane["retain90"].behind == 0


def test_ties_stay_ties(five: Comparison) -> None:
    leaked = next(r for r in five.rankings if r.measure == "judged leaked")
    places = {place.run: (place.best, place.worst) for place in leaked.places}
    assert places["retain90"] == places["IDK"] == places["GA_lr1e-4"] == (1, 3)
    assert places["original"] == (5, 5)
    tied = next(
        g for g in five.gaps if {g.first, g.second} == {"retain90", "IDK"} and g.measure == "judged leaked"
    )
    assert not tied.told_apart


def test_a_changed_conclusion_shows_what_both_models_said(five: Comparison) -> None:
    change = next(
        c
        for c in five.changed
        if set(c.runs) == {"GA_lr1e-5", "GA_lr1e-4"} and "ROUGE" in c.measures[0] and c.reversed
    )
    assert change.measures[1] == "judged forgotten well"
    assert change.forgot_better == ("GA_lr1e-4", "GA_lr1e-5")
    shown = change.examples[0]
    assert shown.question.startswith("What of") and shown.reference == "the secret"
    assert shown.outputs == ("GA_lr1e-5 says withheld", "GA_lr1e-4 says degenerate")


def test_distance_to_the_retrained_model(five: Comparison) -> None:
    rouge = {away.run: away for away in five.distances if away.measure == "rougeL_recall"}
    assert rouge["GA_lr1e-5"].gap.value == pytest.approx(0.3)
    assert rouge["GA_lr1e-5"].way == pytest.approx(0.4)
    assert rouge["IDK"].way == pytest.approx(1.6)
    assert "retain90" not in rouge
    assert five.quality[0].reason == "no truth ratio on the forget split of this run"


def _of(model: str, *methods: str, rouge: Mapping[str, float] = {}) -> list[Run]:
    return [
        _run(
            f"{method} · {model}",
            _labels("wrong"),
            _labels("correct"),
            rouge.get(method, 0.5),
            f"org/{model}",
        )
        for method in methods
    ]


def test_retrained_and_original_are_of_the_same_base_model() -> None:
    small = _of("Small-1B", "retain90", "original", "NPO", rouge={"retain90": 0.2})
    large = _of("Large-8B", "original", "NPO", "retain90", rouge={"retain90": 0.4})
    alone = _of("Other-3B", "NPO")
    for runs in (small + large + alone, alone + large + small):
        (found,) = comparisons(*runs)
        away = {(a.run, a.retrained): a for a in found.distances if a.measure == "rougeL_recall"}
        assert set(away) == {
            (f"{method} · {model}", f"retain90 · {model}")
            for method in ("original", "NPO")
            for model in ("Small-1B", "Large-8B")
        }
        assert away["NPO · Small-1B", "retain90 · Small-1B"].gap.value == pytest.approx(0.3)
        assert away["NPO · Large-8B", "retain90 · Large-8B"].gap.value == pytest.approx(0.1)
        assert {q.run for q in found.quality} == {run for run, _ in away}
        assert found.unpaired == {"org/Other-3B": ("NPO · Other-3B",)}
        assert found.original["NPO · Large-8B"] == "original · Large-8B"
        assert "NPO · Other-3B" not in found.original


def test_where_no_retrained_run_of_a_model_is_there_the_report_says_so() -> None:
    runs = _of("Small-1B", "retain90", "NPO") + _of("Other-3B", "NPO", "original")
    said = [finding.text for finding in summarize(runs).findings]
    (one,) = [text for text in said if "retrained" in text]
    assert one.startswith("NPO · Other-3B and original")
    assert "No retrained run of org/Other-3B is among the runs" in one


def test_utility_is_kept_of_the_models_own_original() -> None:
    """The small model never had more than half; its sweep is held against that, not against the large original."""
    half = _labels("wrong", correct=30)
    small = [
        _run(f"{m} · S-1B", _labels("wrong"), half, model="S-1B")
        for m in ("original", "GA_lr1e-5", "GA_lr1e-4")
    ]
    large = [_run("original · L-8B", _labels("leaked"), _labels("correct"), model="L-8B")]
    (found,) = comparisons(*large, *small)
    (control,) = found.control
    assert control.method == "GA on S-1B"
    assert control.margins["GA_lr1e-5 · S-1B"].value == pytest.approx(0.5 - 0.95 * 0.5)


def test_of_several_retrained_runs_the_one_on_the_same_questions_counts() -> None:
    few = {f"q{i}": "wrong" for i in range(40)}
    runs = [
        _run("retain90", _labels("wrong"), _labels("correct")),
        _run("retain95", few, _labels("correct")),
        _run("NPO_small", few, _labels("correct")),
        _run("NPO_large", _labels("wrong"), _labels("correct")),
    ]
    (found,) = comparisons(*runs)
    assert (found.retrained["NPO_small"], found.retrained["NPO_large"]) == ("retain95", "retain90")


def _labeled(run: Run, rubric: str, says: Mapping[str, str], every: int = 2) -> Run:
    """People labeled every second item: what the judge calls x, they call says[x]."""
    rows = []
    for number, row in enumerate(run.rows):
        verdict = row.verdict
        if verdict.rubric == rubric and number % every == 0 and verdict.label:
            given = HumanLabel(annotator="a", label=says.get(verdict.label, verdict.label))
            row = row._replace(verdict=verdict.model_copy(update={"human": (given,)}))
        rows.append(row)
    return replace(run, rows=rows)


def test_every_table_rests_on_the_same_corrected_rates() -> None:
    """The judge calls all outputs of the refuser withheld; people find that they leak. No table says otherwise."""
    refuser = _labeled(REFUSER, "forgetting", {"withheld": "leaked"})
    original = _labeled(ORIGINAL, "forgetting", {})
    summary = summarize([refuser, original])
    (found,) = summary.comparisons
    rates = {run.name: run.side("forget").rates["leaked"] for run in summary.runs}
    assert rates["IDK"].value == 1 and rates["IDK"].kind == "people"
    (ranking,) = [r for r in found.rankings if r.measure == "judged leaked"]
    for place in ranking.places:
        rate = rates[place.run]
        assert (place.number.value, place.number.low, place.number.high) == (rate.value, rate.low, rate.high)
    assert {(place.best, place.worst) for place in ranking.places} == {(1, 2)}, "people see no difference"
    for point in found.plane:
        group = next(run for run in summary.runs if run.name == point.run).side("forget")
        assert point.forgetting.value == group.rates["forgotten well"].value == 0
    printed = {table.name: table for table in tables(summary)}
    first = {run.title: in_words(rates[run.name]) for run in summary.runs}
    column = printed["compare-1-ranks"].columns.index("Judged leaked")
    for row in printed["compare-1-ranks"].rows:
        assert row[column] == f"rank 1–2: {first[row[0]]}"


def test_people_who_contradict_the_judge_turn_the_order_round() -> None:
    """By the judge IDK forgot best; by people it leaks, and the gentle run does not."""
    refuser = _labeled(REFUSER, "forgetting", {"withheld": "leaked"})
    gentle = _labeled(GENTLE, "forgetting", {"leaked": "wrong", "withheld": "wrong"})
    (found,) = comparisons(refuser, gentle)
    (gap,) = [gap for gap in found.gaps if gap.measure == "judged leaked"]
    assert gap.told_apart and gap.number.value == 1
    assert [point.run for point in found.plane if not point.behind] == ["GA_lr1e-5"]


def test_all_runs_that_tie_leak_least() -> None:
    said = [finding.text for finding in summarize([ORIGINAL, RETRAINED, GENTLE, HARSH, REFUSER]).findings]
    (least,) = [text for text in said if "leak least" in text]
    assert least.startswith("3 runs leak least and are not told apart: ")
    assert all(name in least for name in ("retain90", "GA lr 1e-4", "IDK"))
    assert not any("leaks least" in text for text in said)


def test_a_leader_is_told_apart_from_every_other_run_that_still_answers(five: Comparison) -> None:
    """The collapsed run leaks as little as IDK and takes no lead from it; of what is kept the data decide for GA."""
    assert five.leaders == {"leaked": "IDK", "forgotten well": "IDK", "correct": "GA_lr1e-5"}
    tied = _run("NPO", _labels("withheld"), _labels("correct", KEPT, refused=20), 0.1)
    (found,) = comparisons(ORIGINAL, GENTLE, REFUSER, tied)
    assert found.leaders == {"correct": "GA_lr1e-5"}, "of IDK and NPO neither leads"
    (found,) = comparisons(ORIGINAL, HARSH, REFUSER)
    assert not found.leaders, "a run that competes with none does not lead"


def test_a_model_that_the_measures_are_tested_by_takes_no_lead() -> None:
    runs = [ORIGINAL, GENTLE, HARSH, REFUSER]
    (found,) = summarize(runs, known=[ORIGINAL], ignorant=[REFUSER]).comparisons
    assert "IDK" in found.runs and not found.leaders
    (found,) = summarize(runs, known=[ORIGINAL], ignorant=[RETRAINED]).comparisons
    assert found.leaders["leaked"] == "IDK"


def test_nothing_is_behind_a_run_that_it_ties_with() -> None:
    """A little better on both sides, by the figures; the data do not tell."""
    near = _run("NPO", _labels("wrong", leaked=2), _labels("correct", KEPT, refused=3))
    best = _run("RMU", _labels("wrong", leaked=1), _labels("correct", KEPT, refused=2))
    (found,) = comparisons(near, best, ORIGINAL)
    plane = {point.run: point for point in found.plane}
    assert plane["NPO"].behind == 0 and plane["NPO"].tied_with == ("RMU",)
    assert plane["original"].behind == 2
    said = " ".join(finding.text for finding in summarize([near, best, ORIGINAL]).findings)
    assert "RMU is on the Pareto front" in said and "NPO is not told apart from it" in said
    assert "original is behind" in said


@pytest.mark.slow
def test_many_runs_are_compared_without_writing_every_pair_down() -> None:
    rng = random.Random(0)
    runs = []
    for k in range(120):
        labels = {f"q{i}": rng.choice(["leaked", "wrong", "withheld"]) for i in range(20)}
        runs.append(_run(f"m{k}", labels, _labels("correct", 20), rng.random()))
    (found,) = comparisons(*runs)
    assert max(sum(gap.measure == r.measure for gap in found.gaps) for r in found.rankings) <= 120
    assert len(found.changed) <= 40 < found.n_changed
    assert all(len(point.behind_of) <= 5 and len(point.tied_with) <= 5 for point in found.plane)
    assert "are shown" in next(t for t in tables(summarize(runs)) if t.name == "compare-1-gaps").note


def test_everything_can_be_written_as_json(five: Comparison) -> None:
    assert json.loads(json.dumps(asdict(five), allow_nan=False))["runs"][0] == "original"


def test_open_items_are_counted_and_in_no_judged_figure() -> None:
    labels = {**_labels("withheld"), "q0": None, "q1": None}
    (found,) = comparisons(ORIGINAL, _run("IDK", labels, _labels("correct")))
    assert found.undecided == {"original": 0, "IDK": 2}
    gap = next(gap for gap in found.gaps if gap.measure == "judged leaked")
    assert gap.number.value is None, "the open items may be leaks"
    assert gap.number.low < 1 - 2 / 60 and gap.number.high == 1
    place = next(
        p for r in found.rankings if r.measure == "judged leaked" for p in r.places if p.run == "IDK"
    )
    assert (place.number.value, place.number.bounds) == (None, (0, 2 / 60))


def test_runs_that_share_no_question_are_not_compared() -> None:
    other = _run("IDK", _labels("withheld", prefix="other"), _labels("correct"))
    assert comparisons(ORIGINAL, other) == ()


def _lexical(folder: str) -> Run:
    path = next(shared(f"data/outputs/open_unlearning/{folder}").glob("*_EVAL.json"))
    items = list(read(path))
    forget = [item for item in items if item.split == "forget"]
    evidence = LexicalJudge().judge(forget, load_rubric("forgetting"))
    said = {item.id: found.label for item, found in zip(forget, evidence, strict=True)}
    rows = []
    for item in items:
        label = said.get(item.id)
        verdict = Verdict(
            id=item.id,
            question_id=item.question_id,
            split=item.split,
            method=item.method,
            model=item.model,
            rubric="forgetting" if item.split == "forget" else "utility",
            state="verdict" if label else "unscored",
            label=label,
            reason=None if label else "not asked",
        )
        rows.append(JudgedItem(verdict, item))
    return Run(folder.removeprefix("duet_"), rows, RunAbout(recorded=recorded_metrics(path)))


@pytest.mark.slow
def test_each_recorded_model_against_its_own_retrained_one() -> None:
    names = [f"tofu_Llama-{m}-Instruct_{k}" for k in ("retain90", "original") for m in ("3.2-1B", "3.1-8B")]
    (found,) = comparisons(*(_lexical(name) for name in names))
    quality = {made.run: made for made in found.quality}
    assert set(quality) == {"tofu_Llama-3.2-1B-Instruct_original", "tofu_Llama-3.1-8B-Instruct_original"}
    for name, made in quality.items():  # as each log's own summary has it
        said = json.loads(shared(f"data/outputs/open_unlearning/{name}/TOFU_SUMMARY.json").read_text())
        assert made.raw == pytest.approx(said["forget_quality"], rel=1e-9)
        assert made.leakage == pytest.approx(said["privleak"], abs=1e-9)


@pytest.mark.slow
def test_real_sweeps_of_two_benchmarks() -> None:
    names = [f"duet_{method}_lr1e-{i}" for method in ("GradAscent", "NPO") for i in (5, 4)]
    names += [f"tofu_Llama-3.1-8B-Instruct_{method}" for method in ("original", "retain90")]
    duet, tofu = comparisons(*(_lexical(name) for name in names))
    assert len(duet.runs) == 4 and len(tofu.runs) == 2
    assert set(tofu.retrained.values()) == {"tofu_Llama-3.1-8B-Instruct_retain90"}
    assert duet.unpaired == {"": tuple(duet.runs)} and not duet.quality and not duet.distances
    (quality,) = tofu.quality
    assert quality.raw == pytest.approx(1.585318521208402e-27, rel=1e-9)  # as the log's own summary has it
    assert quality.folded is not None and quality.folded > quality.raw
    assert quality.leakage == pytest.approx(-99.93849440804397, abs=1e-9)
    ascent = next(control for control in duet.control if control.method == "GradAscent")
    assert (ascent.controlled, ascent.uncontrolled) == ("GradAscent_lr1e-5", "GradAscent_lr1e-4")
    assert "stands in for it" in ascent.text
    assert "what it keeps itself is not put to the test" in ascent.text
    npo = next(control for control in duet.control if control.method == "NPO")
    assert "not told apart from every other run" in npo.text  # 47 and 49 % leaked
    assert any(change.reversed for change in duet.changed)
    rouge = next(r for r in duet.rankings if r.measure == "ROUGE-L recall")
    assert [(p.run, p.best, p.worst) for p in rouge.places[:2]] == [
        ("GradAscent_lr1e-4", 1, 1),
        ("NPO_lr1e-4", 2, 2),
    ]
    assert [(p.best, p.worst) for p in rouge.places[2:]] == [(3, 4), (3, 4)]


def test_runs_without_their_items_are_compared_by_their_verdicts() -> None:
    bare = [replace(run, rows=[JudgedItem(row.verdict) for row in run.rows]) for run in (RETRAINED, GENTLE)]
    (found,) = comparisons(*bare)
    assert found.retrained["GA_lr1e-5"] == "retain90"
    assert found.gaps and not found.distances
