"""The launcher, with a stand-in for open-unlearning: its registry's interface and a script that calls one metric.

The real evaluator, configurations and all, runs in ``test_checkout.py``.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from judgekit.errors import ConfigError
from judgekit.integrations.open_unlearning.__main__ import CONFIGS, main, with_configs
from judgekit.integrations.open_unlearning.metric import HANDLERS

STAND_IN = {
    "src/evals/__init__.py": "",
    "src/evals/metrics/__init__.py": "METRICS_REGISTRY = {}\n",
    "src/evals/metrics/base.py": """
class UnlearningMetric:
    def __init__(self, name, metric_fn):
        self.name, self.metric_fn = name, metric_fn

class unlearning_metric:
    def __init__(self, name):
        self.name = name

    def __call__(self, metric_fn):
        return UnlearningMetric(self.name, metric_fn)
""",
    "src/eval.py": """
import json, os, sys
from evals.metrics import METRICS_REGISTRY

if __name__ == "__main__":
    row = {"input": "Who wrote it?", "ground_truth": "Ann Lee", "generation": "Ann Lee."}
    rouge = {"agg_value": 1.0, "value_by_index": {0: row}}
    found = METRICS_REGISTRY["judgekit"].metric_fn(None, pre_compute={"forget_Q_A_ROUGE": rouge})
    names = [metric.name for metric in METRICS_REGISTRY.values()]
    print(json.dumps([os.getcwd(), sys.argv, names, found["agg_value"]]))
""",
}


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name, text in STAND_IN.items():
        path = tmp_path / "a checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "a checkout"


def launched(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "judgekit.integrations.open_unlearning", *arguments]
    env = {"PYTHONPATH": str(Path(__file__).parents[3]), "PATH": "", "SYSTEMROOT": "C:\\Windows"}
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, env=env, check=False)


def test_the_script_runs_in_its_checkout_with_the_metrics_registered(tmp_path: Path, checkout: Path) -> None:
    done = launched(
        "--checkout", checkout.name, "task_name=x", "+eval/tofu_metrics=forget_judged", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    cwd, argv, names, value = json.loads(done.stdout)
    assert Path(cwd) == checkout.resolve()
    assert argv[1:] == [*with_configs([]), "task_name=x", "+eval/tofu_metrics=forget_judged"]
    assert names == [*HANDLERS]
    assert value == 1.0


def test_what_is_missing_is_one_line(tmp_path: Path, checkout: Path) -> None:
    with pytest.raises(ConfigError, match=r"no checkout of open-unlearning \(no src/eval.py\); say where"):
        main(["--checkout", str(tmp_path)])
    with pytest.raises(ConfigError, match="no src/train.py"):
        main(["--checkout", str(checkout), "--script", "train"])
    (checkout / "src" / "evals" / "metrics" / "__init__.py").write_text("import torch_that_is_not_here\n")
    done = launched(cwd=checkout)
    assert done.returncode == ConfigError.exit_code
    assert done.stderr.startswith(
        "judgekit: open-unlearning cannot be imported here (No module named 'torch_"
    )
    assert done.stderr.count("\n") == 1


def test_places_that_a_user_names_stay_places_where_hydra_looks() -> None:
    own = f"'file://{CONFIGS.as_posix()}'"
    assert with_configs(["a=1"]) == [f"hydra.searchpath=[{own}]", "a=1"]
    assert with_configs(["hydra.searchpath=[file://mine, pkg://x]", "a=1"]) == [
        f"hydra.searchpath=[file://mine, pkg://x,{own}]",
        "a=1",
    ]
    assert with_configs(["--config-name=unlearn.yaml", "~x", "a=1", "-m"]) == [
        "--config-name=unlearn.yaml",
        "~x",
        f"hydra.searchpath=[{own}]",
        "a=1",
        "-m",
    ]
    assert with_configs(["--cfg", "job"]) == ["--cfg", "job", f"hydra.searchpath=[{own}]"]


@pytest.mark.parametrize(
    "path", sorted(CONFIGS.glob("eval/*/*.yaml")), ids=lambda path: f"{path.parent.name}-{path.stem}"
)
def test_configurations_name_handlers_that_there_are(path: Path) -> None:
    """Each metric rests on the one before it, so that the generations are judged once."""
    config = yaml.safe_load(path.read_text("utf-8"))
    benchmark = path.parent.name.removesuffix("_metrics")
    assert path.read_text("utf-8").startswith(f"# @package eval.{benchmark}.metrics\n")
    defaults = config.pop("defaults")
    first, *others = config
    assert defaults[1] == "_self_" and next(iter(defaults[0])).startswith(f".@{first}.pre_compute.")
    assert config[first]["handler"] == "judgekit"
    assert first == f"{path.stem.removesuffix('_judged')}_{config[first]['share']}"
    assert [config[name]["handler"] for name in others] == [
        "judgekit_low",
        "judgekit_high",
        "judgekit_judged",
    ]
    for name in others:
        assert config[name]["pre_compute"] == {first: {"handler": "judgekit"}}
