"""What Hydra recorded of a training is found from the outputs of its evaluations, wherever open-unlearning put them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from judgekit import readers
from judgekit.cli.inputs import inputs
from judgekit.readers.hydra import PRETRAINED, overrides
from judgekit.readers.names import run_names
from judgekit.readers.settings import of_training, trained

ROW = {"input": "q", "ground_truth": "r", "generation": "o"}
TRAINED: dict[str, Any] = {
    "trainer": {
        "handler": "NPO",
        "method_args": {"beta": 0.1, "retain_loss_type": "NLL", "layers": [1], "delta": None, "x": "${y}"},
        "args": {"learning_rate": 1e-5, "num_train_epochs": 10, "logging_dir": "/secret", "bf16": True},
    },
    "model": {
        "model_args": {"pretrained_model_name_or_path": "open-unlearning/tofu_Llama-3.2-1B-Instruct_full"}
    },
    "forget_split": "forget05",
    "task_name": "mine",
}
FOUND = {
    "trainer": "NPO",
    "trainer.method_args.beta": "0.1",
    "trainer.method_args.retain_loss_type": "NLL",
    "trainer.args.learning_rate": "1e-05",
    "trainer.args.num_train_epochs": "10",
    "forget_split": "forget05",
}


def run(folder: Path, config: object = None, *said: str) -> None:
    (folder / ".hydra").mkdir(parents=True)
    (folder / ".hydra" / "overrides.yaml").write_text(yaml.safe_dump([*said]))
    if config is not None:
        (folder / ".hydra" / "config.yaml").write_text(yaml.safe_dump(config))


def log(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"forget_Q_A_ROUGE": {"agg_value": 0.5, "value_by_index": {"0": ROW}}}))
    return path


@pytest.fixture
def saves(tmp_path: Path) -> Path:
    """A tree as open-unlearning leaves it: one training, evaluated on the way, after it, and into another folder."""
    saves = tmp_path / "saves"
    run(saves / "unlearn" / "mine", TRAINED, "trainer=NPO", "task_name=mine")
    run(
        saves / "unlearn" / "mine" / "evals",
        {"eval": {}, "forget_split": "forget05"},
        "forget_split=forget05",
    )
    log(saves / "unlearn" / "mine" / "evals" / "TOFU_EVAL.json")
    log(saves / "unlearn" / "mine" / "checkpoint-60" / "evals" / "TOFU_EVAL.json")
    run(saves / "eval" / "later", None, f"{PRETRAINED}=saves/unlearn/mine/checkpoint-60", "task_name=later")
    log(saves / "eval" / "later" / "TOFU_EVAL.json")
    run(saves / "eval" / "tofu_Llama-3.2-1B-Instruct_full", None, "forget_split=forget05")
    log(saves / "eval" / "tofu_Llama-3.2-1B-Instruct_full" / "TOFU_EVAL.json")
    return saves


@pytest.mark.parametrize("path", ["unlearn/mine/evals", "unlearn/mine/checkpoint-60/evals", "eval/later"])
def test_every_evaluation_of_a_training_finds_its_method_and_settings(saves: Path, path: str) -> None:
    found = saves / path / "TOFU_EVAL.json"
    assert of_training(overrides(found)) == FOUND
    assert run_names(found).model == "Llama-3.2-1B-Instruct"
    said = run_names(found).method
    made = trained(said, readers.log(found).overrides)
    assert made.method == "NPO"
    assert (made.settings["lr"], made.settings["beta"], made.settings["data"]) == (1e-5, 0.1, "forget05")


def test_score_takes_the_whole_tree(saves: Path, capsys: pytest.CaptureFixture[str]) -> None:
    names = inputs([saves], {})
    assert sorted(names.values()) == [
        "eval-later-TOFU_EVAL",
        "eval-tofu_Llama-3.2-1B-Instruct_full",
        "unlearn-mine-TOFU_EVAL",
        "unlearn-mine-checkpoint-60-TOFU_EVAL",
    ]
    assert "4 files of outputs" in capsys.readouterr().err


def test_what_an_evaluation_was_made_on_is_no_setting_of_a_model_that_nothing_was_unlearned_from(
    saves: Path,
) -> None:
    found = saves / "eval" / "tofu_Llama-3.2-1B-Instruct_full" / "TOFU_EVAL.json"
    assert of_training(overrides(found)) == {}
    assert run_names(found).method == "full"


def test_what_was_overridden_goes_before_what_is_configured(tmp_path: Path) -> None:
    run(tmp_path, TRAINED, "trainer=NPO_mine", "trainer.args.learning_rate=2e-4", "+seed=3")
    found = of_training(overrides(log(tmp_path / "evals" / "TOFU_EVAL.json")))
    assert found == FOUND | {"trainer": "NPO_mine", "trainer.args.learning_rate": "2e-4", "seed": "3"}


def test_a_model_that_was_only_finetuned_has_no_method(tmp_path: Path) -> None:
    finetuned = TRAINED | {"trainer": {"handler": "FinetuneTrainer", "args": {"learning_rate": 1e-5}}}
    run(tmp_path / "x", finetuned)
    path = log(tmp_path / "x" / "TOFU_EVAL.json")
    assert of_training(overrides(path)) == {"trainer.args.learning_rate": "1e-05"}


@pytest.mark.parametrize(
    "content", ["{", "- a\n- b\n", "trainer: NPO", "trainer: {handler: [1], method_args: 3}", "\x00"]
)
def test_a_configuration_of_another_kind_says_nothing(tmp_path: Path, content: str) -> None:
    run(tmp_path / "x")
    (tmp_path / "x" / ".hydra" / "config.yaml").write_text(content)
    assert of_training(overrides(log(tmp_path / "x" / "TOFU_EVAL.json"))) in (
        {},
        {"trainer.method_args": "3"},
    )
