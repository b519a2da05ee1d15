"""The metrics under open-unlearning's real evaluator, with a random model on a CPU.

``JUDGEKIT_OPEN_UNLEARNING`` names a checkout of github.com/locuslab/open-unlearning; its requirements have to be
installed beside judgekit, except deepspeed.
"""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.docs.blocks import DOCS, blocks

CHECKOUT = os.environ.get("JUDGEKIT_OPEN_UNLEARNING", "")
if not CHECKOUT:
    pytest.skip("no checkout of open-unlearning: JUDGEKIT_OPEN_UNLEARNING=DIR", allow_module_level=True)
for package in ("transformers", "hydra_plugins.hydra_colorlog", "sklearn", "accelerate", "lm_eval"):
    pytest.importorskip(package, reason=f"open-unlearning needs {package}: make test-integrations")
pytestmark = pytest.mark.integrations

HERE = Path(__file__).parent
QUESTIONS = [
    {"question": "Who wrote the book?", "answer": "Ann Lee"},
    {"question": "Where was it set?", "answer": "Rome"},
    {"question": "When was it sold?", "answer": "In 1999, at an auction in Oslo"},
]
DATA = {
    "forget_Q_A_ROUGE": "TOFU_QA_forget",
    "retain_correct.pre_compute.retain_Q_A_ROUGE": "TOFU_QA_retain_eval",
}
"""Metric that generates -> its data set; TOFU's own configuration has no ROUGE of the retain side by itself."""
WITHOUT = (
    "forget_truth_ratio",
    "forget_quality",
    "forget_Q_A_Prob",
    "model_utility",
    "privleak",
    "extraction_strength",
)
"""TOFU's metrics that need data from the hub."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("model")
    ran("-m", "tests.integrations.tiny_model", str(folder))
    return folder


def ran(*command: str) -> str:
    env = os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "PYTHONPATH": str(HERE.parents[2])}
    done = subprocess.run([sys.executable, *command], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout + done.stderr


def shown(number: int) -> list[str]:
    """The arguments of one of the page's commands that launch an evaluation, with this checkout."""
    bash = [
        one.text for one in blocks(DOCS / "integrations" / "open-unlearning.md") if one.language == "bash"
    ]
    python, option, module, *rest = shlex.split(bash[number].replace("\\\n", " "))
    assert (python, option, module) == ("python", "-m", "judgekit.integrations.open_unlearning")
    assert rest[:2] == ["--checkout", "open-unlearning"]
    return [f"--checkout={CHECKOUT}", *rest[2:]]


def launched(model: Path, out: Path, data: Path, command: Sequence[str], *overrides: str) -> str:
    """Run the launcher with a local model and local data in place of the hub's, on a CPU."""
    local = [
        one for metric, group in DATA.items() for one in _data(f"eval.tofu.metrics.{metric}", group, data)
    ]
    return ran(
        *("-m", "tests.integrations.open_unlearning.without_deepspeed"),
        *command,
        f"paths.output_dir={out}",
        f"model.model_args.pretrained_model_name_or_path={model}",
        f"model.tokenizer_args.pretrained_model_name_or_path={model}",
        "++model.model_args.device_map=cpu",
        "model.model_args.torch_dtype=float32",
        "~model.model_args.attn_implementation",
        "model.template_args.apply_chat_template=False",
        *(f"~eval.tofu.metrics.{name}" for name in WITHOUT),
        *(one for one in local if "retain_judged" in " ".join(command) or "retain_correct" not in one),
        *overrides,
    )


def _data(at: str, group: str, file: Path) -> list[str]:
    source = f"{at}.datasets.{group}.args.hf_args"
    return [*_local(source, file), f"{source}.split=train", f"{at}.generation_args.max_new_tokens=8"]


def _local(source: str, file: Path) -> list[str]:
    """The overrides that read a file in the place of a data set of the hub."""
    return [f"{source}.path=json", f"~{source}.name", f"+{source}.data_files={file}"]


def loaded(path: Path) -> dict[str, Any]:
    return dict(json.loads(path.read_text("utf-8")))


@pytest.fixture(scope="module")
def saves(model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree of one training, with its evaluations on the way and one after it."""
    saves = tmp_path_factory.mktemp("tree") / "saves"
    data = saves.parent / "data.jsonl"
    data.write_text("".join(json.dumps(row) + "\n" for row in QUESTIONS))
    run = saves / "unlearn" / "mine"
    training = ["--script=train", "--config-name=unlearn.yaml", "experiment=unlearn/tofu/default.yaml"]
    launched(
        model,
        run,
        data,
        [
            f"--checkout={CHECKOUT}",
            *training,
            "trainer=NPO",
            "task_name=mine",
            "+eval/tofu_metrics=forget_judged",
        ],
        *_local("data.forget.TOFU_QA_forget.args.hf_args", data),
        *_local("data.retain.TOFU_QA_retain.args.hf_args", data),
        "~trainer.args.warmup_epochs",  # it divides by the number of GPUs
        *(f"trainer.args.{one}" for one in ("optim=adamw_torch", "bf16=False", "bf16_full_eval=False")),
        *("trainer.args.report_to=none", "+trainer.args.use_cpu=True", "trainer.args.num_train_epochs=1"),
    )
    launched(model, run / "evals", data, shown(1))
    return saves


def test_judged_figures_stand_beside_rouge(saves: Path) -> None:
    summary = loaded(saves / "unlearn" / "mine" / "evals" / "TOFU_SUMMARY.json")
    assert {
        "forget_Q_A_ROUGE",
        "forget_leaked",
        "forget_leaked_low",
        "forget_leaked_high",
        "forget_judged",
    } < {*summary}
    assert summary["forget_leaked"] == 0 and summary["forget_judged"] == 1.0
    assert 0 < summary["forget_leaked_high"] < 1
    assert summary["retain_correct"] == 0 and summary["retain_judged"] == 1.0


def test_every_generation_has_a_verdict(saves: Path) -> None:
    metrics = loaded(saves / "unlearn" / "mine" / "evals" / "TOFU_EVAL.json")
    rows = metrics["forget_leaked"]["value_by_index"]
    assert [*rows] == [*metrics["forget_Q_A_ROUGE"]["value_by_index"]] == ["0", "1", "2"]
    assert all(row["state"] == "verdict" and row["score"] == 0.0 for row in rows.values())


def test_the_tree_is_scored_with_method_and_settings(saves: Path, tmp_path: Path) -> None:
    ran("-m", "judgekit", "score", str(saves), "--out", str(tmp_path))
    runs = {path.name: loaded(path / "run.json") for path in tmp_path.iterdir()}
    last, *on_the_way = (
        "unlearn-mine-TOFU_EVAL",
        *(f"unlearn-mine-checkpoint-{step}-TOFU_EVAL" for step in (0, 1)),
    )
    assert runs.keys() == {last, *on_the_way}
    assert [runs[name]["items"] for name in (last, *on_the_way)] == [6, 3, 3]
    for about in runs.values():
        found = about["overrides"]
        assert (found["trainer"], found["forget_split"]) == ("NPO", "forget10")
        assert float(found["trainer.args.learning_rate"]) == 1e-5, "as configured: nobody overrode it"
        assert float(found["trainer.method_args.beta"]) == 0.1
        assert about["recorded"]["forget_leaked"] == 0, "the trainer's own evaluations are judged too"


def test_options_reach_the_judges_and_what_nobody_judged_is_no_number(
    model: Path, saves: Path, tmp_path: Path
) -> None:
    """A cascade that has no verdict on anything here; its path starts from the checkout, as all paths there."""
    other = {"schema": "judgekit.evidence/2", "id": "x", "tiers": {"recorded": {"probs": {"leaked": 1.0}}}}
    (tmp_path / "other.jsonl").write_text(json.dumps(other) + "\n")
    (tmp_path / "c.yaml").write_text(
        "tiers:\n  - name: recorded\n    judge: recorded\n    path: other.jsonl\n"
    )
    command = [one.replace("cascade.yaml", str(tmp_path / "c.yaml")) for one in shown(2)]
    said = launched(model, tmp_path / "out", saves.parent / "data.jsonl", command)
    assert "forget_Q_A_ROUGE: none of 3 generations has a verdict" in said
    summary = loaded(tmp_path / "out" / "TOFU_SUMMARY.json")
    assert summary.keys() == {"forget_Q_A_ROUGE", "forget_judged"} and summary["forget_judged"] == 0
    assert (tmp_path / "out" / ".judgekit").is_dir(), "answers are kept, and hidden from who looks for logs"
