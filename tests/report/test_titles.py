"""The short name of a run: what tells it apart, and nothing else."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from judgekit.records import Verdict
from judgekit.report.run import JudgedItem, Run
from judgekit.report.titles import differing, titles
from judgekit.runs.about import RunAbout


def run(name: str, method: str, model: str = "Llama-3.1-8B", **about: object) -> Run:
    verdict = Verdict(id="1", state="verdict", label="wrong", tier="lexical", model=model, method=method)
    return Run(name, [JudgedItem(verdict)], RunAbout(**about))


def titled(*runs: Run) -> list[str]:
    return list(titles(runs).values())


def test_settings_that_do_not_differ_say_nothing():
    lora = "lora_r32_lalpha64_ldrop0p0"
    names = [
        f"city_forget_5_ga_{lora}_lr1e-4",
        f"city_forget_5_npo_{lora}_lr1e-3_beta0p5_alpha1p0",
        f"city_forget_5_npo_{lora}_lr5e-5_beta0p5_alpha1p0",
        "original",
    ]
    assert titled(*(run(name, name) for name in names)) == [
        "ga lr 1e-4",
        "npo lr 1e-3",
        "npo lr 5e-5",
        "original",
    ]
    assert titled(run("a", names[1])) == ["npo"]


def test_a_methods_own_setting_is_named_where_its_runs_differ_in_it():
    """Beta of one method is not beta of another; what was to be forgotten is the same under all."""
    found = titled(
        run("a", "NPO_beta0.1"),
        run("b", "NPO_beta0.5"),
        run("c", "SimNPO_beta2.5"),
        run("d", "DPO_lora"),
        run("e", "DPO"),
    )
    assert found == ["NPO beta 0.1", "NPO beta 0.5", "SimNPO", "DPO lora", "DPO"]
    assert titled(run("a", "forget05_NPO"), run("b", "forget10_GradDiff")) == [
        "NPO forget05",
        "GradDiff forget10",
    ]


def test_the_model_is_named_where_models_differ():
    small = "meta-llama/Llama-3.2-1B"
    assert titled(run("a", "NPO"), run("b", "NPO", small)) == ["NPO · Llama-3.1-8B", "NPO · Llama-3.2-1B"]
    assert titled(run("a", "NPO", small), run("b", "DPO", "llama-3.2-1b")) == ["NPO", "DPO"]


def test_runs_that_nothing_tells_apart_keep_their_names():
    assert titled(run("x", "NPO"), run("y", "NPO"), run("z", "DPO")) == ["x", "y", "DPO"]
    assert titled(run("DPO", "NPO"), run("y", "NPO"), run("z", "DPO")) == ["DPO", "y", "z"]
    assert titled(run("x", "", "")) == ["x"]


def test_one_model_asked_about_several_forget_splits_is_called_by_them():
    paths = [f"saves/eval/tofu_full/evals_forget{size}/TOFU_EVAL.json" for size in ("01", "05")]
    assert titled(*(run(path, "full", source=path) for path in paths)) == ["full forget01", "full forget05"]
    assert titled(run(paths[0], "full", source=paths[0]), run("b", "NPO")) == ["full", "NPO"]


def test_what_hydra_recorded_tells_runs_apart_whose_names_do_not():
    ran = {"trainer": "NPO", "trainer.args.learning_rate": "1e-3"}
    other = ran | {"trainer.args.learning_rate": "5e-4"}
    assert titled(run("a", "NPO_run", overrides=ran), run("b", "NPO_run", overrides=other)) == [
        "NPO lr 1e-3",
        "NPO lr 5e-4",
    ]
    paths = [f"saves/NPO/checkpoint-{step}/evals/TOFU_EVAL.json" for step in (60, 120)]
    assert titled(*(run(path, "NPO", source=path) for path in paths)) == [
        "NPO checkpoint 60",
        "NPO checkpoint 120",
    ]


def test_a_setting_that_only_some_name_differs():
    assert differing([{"lr": 1e-4, "beta": 0.1}, {"lr": 1e-4}]) == ["beta"]


words = st.sampled_from(
    ["NPO", "npo", "NPO_lr1e-4", "NPO lr=1e-4", "lr1e-5", "", "forget10_NPO", "NPO_lr1e-4_lora"]
)


@given(st.lists(st.tuples(words, st.sampled_from(["", "m", "o/m", "n"])), min_size=1, max_size=8))
def test_titles_are_unique(given_runs):
    runs = [
        run(f"NPO {k}" if k % 2 else f"name{k}", method, model)
        for k, (method, model) in enumerate(given_runs)
    ]
    found = titles(runs)
    assert list(found) == [one.name for one in runs]
    assert len(set(found.values())) == len(runs) and all(found.values())
