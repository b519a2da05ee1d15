"""lm-evaluation-harness itself, offline, with a random model: its samples are scored, its tasks call the hook."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from judgekit import readers
from tests.docs.blocks import DOCS as DOCS_OF_JUDGEKIT
from tests.docs.blocks import blocks

pytest.importorskip("lm_eval", minversion="0.4.9", reason="lm_eval is not here: make test-integrations")
pytestmark = pytest.mark.integrations

HERE = Path(__file__).parent
DOCS = [
    {
        "question": "Who wrote the book?",
        "names": ["Ann Lee", "A. Lee"],
        "options": ["Bob", "Ann Lee"],
        "right": 1,
    },
    {"question": "Where was it set?", "names": ["Rome"], "options": ["Rome", "Oslo"], "right": 0},
]
COMMON = {"dataset_path": "json", "test_split": "test", "doc_to_text": "Question: {{question}} Answer:"}
GENERATED = COMMON | {
    "output_type": "generate_until",
    "doc_to_target": "names",
    "generation_kwargs": {"max_gen_toks": 6, "until": ["\n"]},
}
MEAN = [{"metric": "exact_match", "aggregation": "mean", "higher_is_better": True}]
SAMPLED = {"max_gen_toks": 6, "until": ["\n"], "do_sample": True, "temperature": 1.0}
FILTERS = [
    {"name": "first", "filter": [{"function": "take_first"}]},
    {"name": "most", "filter": [{"function": "majority_vote"}, {"function": "take_first"}]},
]
CHOSEN = [
    {"metric": name, "aggregation": "mean", "higher_is_better": True} for name in ("acc", "acc_mutual_info")
]
TASKS: dict[str, dict[str, Any]] = {
    "generated": GENERATED | {"metric_list": MEAN},
    "sampled": GENERATED | {"repeats": 3, "generation_kwargs": SAMPLED, "filter_list": FILTERS, "metric_list": MEAN},
    "chosen": COMMON
    | {"output_type": "multiple_choice", "doc_to_choice": "options", "doc_to_target": "right", "metric_list": CHOSEN},
    "likelihood": COMMON | {"output_type": "loglikelihood", "doc_to_target": "{{names[0]}}", "metric_list": [MEAN[0] | {"metric": "acc"}]},
}  # fmt: skip
PAGE = blocks(DOCS_OF_JUDGEKIT / "integrations" / "lm-eval.md")
HOOKED, BESIDE = (
    next(one.text for one in PAGE if one.language == language) for language in ("text", "python")
)
OF_DOCS = "judgekit.integrations.lm_eval.process_results"


def ran(*command: str) -> str:
    env = os.environ | {"HF_HUB_OFFLINE": "1", "HF_DATASETS_OFFLINE": "1", "PYTHONPATH": str(HERE.parents[1])}
    done = subprocess.run([sys.executable, *command], env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that one run of the harness writes, all tasks in it."""
    import yaml

    root = tmp_path_factory.mktemp("harness")
    model, tasks = root / "saves" / "tofu_Llama-3.2-1B_forget10_NPO", root / "tasks"
    tasks.mkdir()
    (tasks / "docs.jsonl").write_text("".join(json.dumps(doc) + "\n" for doc in DOCS))
    (tasks / "beside.py").write_text(BESIDE)
    data = {"dataset_kwargs": {"data_files": {"test": str(tasks / "docs.jsonl")}}}
    for name, task in TASKS.items():
        (tasks / f"{name}.yaml").write_text(yaml.safe_dump({"task": name, **task, **data}))
    for name, function in (("hooked", OF_DOCS), ("hooked_beside", "beside.process_results")):
        text = yaml.safe_dump({"task": name, **GENERATED, **data}) + HOOKED.replace(OF_DOCS, function)
        (tasks / f"{name}.yaml").write_text(text)
    ran("-m", "tests.integrations.tiny_model", str(model))
    table = ran("-m", *evaluation(model, tasks, root / "out"))
    assert "judged_high" in table
    return root / "out"


def evaluation(model: Path, tasks: Path, out: Path) -> list[str]:
    """The page's first command, with the model, the tasks and the folder of this test."""
    said = next(one.text for one in PAGE if one.language == "bash").replace("\\\n", " ").splitlines()[0]
    ours = {
        "pretrained=saves/unlearn/tofu_Llama-3.2-1B_forget10_NPO": f"pretrained={model},dtype=float32",
        "my_tasks": ",".join([*TASKS, "hooked", "hooked_beside"]),
        "out": str(out),
    }
    assert ours.keys() < {*shlex.split(said)}
    return [ours.get(word, word) for word in shlex.split(said)] + [
        "--include_path",
        str(tasks),
        "--device",
        "cpu",
    ]


def samples(out: Path, task: str) -> Path:
    (found,) = out.glob(f"*/samples_{task}_2*.jsonl")
    return found


def test_samples_of_every_kind_are_read(out: Path) -> None:
    items = {task: list(readers.read(samples(out, task))) for task in ("generated", "sampled", "chosen")}
    assert [item.references for item in items["generated"]] == [("Ann Lee", "A. Lee"), ("Rome",)]
    assert [item.id for item in items["sampled"]] == [
        f"sampled/{doc}#{n}" for doc in (0, 1) for n in (1, 2, 3)
    ]
    assert [item.reference for item in items["chosen"]] == ["Ann Lee", "Rome"]
    assert all(item.output in doc["options"] for item, doc in zip(items["chosen"], DOCS, strict=True))
    for item in items["chosen"]:
        assert item.recorded["acc"] == float(item.output == item.reference)
        assert len(item.recorded["loglikelihoods"]) == 2  # type: ignore[arg-type]
    assert {(item.model, item.method) for found in items.values() for item in found} == {
        ("Llama-3.2-1B", "forget10_NPO")
    }


def test_a_run_is_scored_by_one_command(out: Path, tmp_path: Path) -> None:
    verb = next(one.text for one in PAGE if one.language == "bash").splitlines()[-1]
    assert verb == "judgekit score out"
    said = ran("-m", "judgekit", "score", str(out), "--out", str(tmp_path / "runs"))
    tasks = [line.split("samples_")[1].split("_2")[0] for line in said.splitlines()]
    assert tasks == ["chosen", "generated", "hooked", "hooked_beside", "sampled"], "all that have outputs"
    assert "2 items: 2 verdicts" in said and "6 items: 6 verdicts" in said


def test_a_task_judges_what_it_generates(out: Path) -> None:
    """Its documents have no answer under a usual key: one task says where, the other has no verdicts and no number."""
    (path,) = out.glob("*/results_*.json")
    results = json.loads(path.read_text("utf-8"))["results"]
    judged = results["hooked_beside"]
    assert judged["judged,none"] == 0 and judged["judged_coverage,none"] == 1.0
    assert 0 == judged["judged_low,none"] < judged["judged_high,none"] < 1
    rows = [json.loads(line) for line in samples(out, "hooked_beside").read_text("utf-8").splitlines()]
    assert all(row["judged"]["state"] == "verdict" for row in rows)
    assert {row["judged"]["label"] for row in rows} <= {"wrong", "degenerate", "refused"}
    nothing = results["hooked"]
    assert (
        nothing["judged,none"] is nothing["judged_high,none"] is None and nothing["judged_coverage,none"] == 0
    )
    rows = [json.loads(line) for line in samples(out, "hooked").read_text("utf-8").splitlines()]
    assert {(row["judged"]["state"], "no reference" in row["judged"]["reason"]) for row in rows} == {
        ("unscored", True)
    }
