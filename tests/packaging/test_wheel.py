"""What a user installs: wheel and source distribution, alone in a fresh environment, and the package in a zip."""

from __future__ import annotations

import json
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.packaging.install import ROOT, Environment, build

pytestmark = pytest.mark.slow

OUTPUT = {
    "id": "1",
    "question": "Who wrote it?",
    "reference": "Mirela Sandu",
    "output": "Mirela Sandu did.",
    "split": "forget",
}

WITHOUT = {
    "excel": "from judgekit.readers import read_labels; list(read_labels('o.xlsx'))",
    "inspect": "from judgekit.integrations.inspect import trusted_judge",
    "mlflow": "from judgekit.integrations.mlflow import trusted_judge; trusted_judge()",
    "polars": "import judgekit as jk; jk.score('o.jsonl', 'runs/p').verdicts.to_polars()",
    "ray": "import judgekit as jk; jk.score('o.jsonl', 'runs/r', engine='ray')",
    "report": "import judgekit as jk; jk.report(jk.score('o.jsonl', 'runs/o').folder, out='report.html')",
    "semantic": "import judgekit as jk; jk.score('o.jsonl', 'runs/s', cascade='semantic.yaml')",
    "vllm": "import judgekit as jk; jk.score('o.jsonl', 'runs/v', cascade='vllm.yaml')",
    "wandb": "from judgekit.integrations.wandb import log_run; log_run('runs/o')",
}
"""Extra -> what cannot be done without it."""

LIGHT = ("excel", "polars", "report")
"""Extras that are installed here too; the others are heavy, and their own tests install them."""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build("wheel", ROOT, tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def bare(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """judgekit and nothing that it does not require."""
    environment = Environment(tmp_path_factory.mktemp("bare") / "env")
    environment.install(wheel)
    return environment


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with one output and two cascades."""
    (tmp_path / "o.jsonl").write_text(json.dumps(OUTPUT))
    (tmp_path / "semantic.yaml").write_text("tiers: [{judge: lexical, semantic: true}]")
    (tmp_path / "vllm.yaml").write_text("tiers: [{judge: vllm, model: tiny}]")
    with zipfile.ZipFile(tmp_path / "o.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    return tmp_path


def test_the_wheel_carries_rubrics_and_weights(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in (ROOT / "prompts").iterdir():
        for file in folder.iterdir():
            assert f"judgekit/shipped/prompts/{folder.name}/{file.name}" in names
    for name in ("shipped/calibration/lexical.json", "shipped/calibration/lexical-semantic.json", "py.typed"):
        assert f"judgekit/{name}" in names
    for file in (ROOT / "judgekit" / "integrations").glob("**/*.yaml"):
        assert file.relative_to(ROOT).as_posix() in names
    assert not [name for name in names if "calibration/demo" in name]


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, tmp_path: Path) -> None:
    source = build("sdist", ROOT, tmp_path)
    with tarfile.open(source) as archive:
        archive.extractall(tmp_path / "source", filter="data")
    (tree,) = (tmp_path / "source").iterdir()
    again = build("wheel", tree, tmp_path / "again")
    one, other = zipfile.ZipFile(wheel), zipfile.ZipFile(again)
    assert {name: one.read(name) for name in one.namelist()} == {
        name: other.read(name) for name in other.namelist()
    }


def test_the_distribution_has_a_name_of_its_own(wheel: Path, bare: Environment) -> None:
    assert wheel.name.startswith("judgekit_certified-")
    assert bare.run("judgekit", "--version").stdout.startswith("judgekit-certified 0.1.0")


def test_a_fresh_environment_scores_a_file(bare: Environment, place: Path) -> None:
    done = bare.run("judgekit", "score", "o.jsonl", cwd=place)
    assert done.returncode == 0, done.stderr
    verdict = json.loads((place / "runs" / "o" / "verdicts.jsonl").read_text())
    assert verdict["label"] == "leaked"


def test_every_extra_is_tried() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["optional-dependencies"]
    with_datasets = {"pandas"}  # which judgekit requires, and which requires it
    assert set(extras) - {"dev", "docs"} - with_datasets == set(WITHOUT)


@pytest.mark.parametrize("extra", sorted(WITHOUT))
def test_an_extra_that_is_missing_is_one_helpful_line(extra: str, bare: Environment, place: Path) -> None:
    done = bare.run("python", "-c", WITHOUT[extra], cwd=place)
    said = done.stderr.strip().splitlines()[-1]
    assert said.startswith("judgekit.errors.MissingExtra: "), done.stderr
    assert f"pip install 'judgekit-certified[{extra}]'" in said


@pytest.mark.parametrize("extra", LIGHT)
def test_an_extra_alone_is_enough(
    extra: str, wheel: Path, bare: Environment, place: Path, tmp_path: Path
) -> None:
    environment = Environment(tmp_path / "env", base=bare)
    environment.install(f"{wheel}[{extra}]")
    done = environment.run("python", "-c", WITHOUT[extra], cwd=place)
    assert "MissingExtra" not in done.stderr
    assert done.returncode == 0 or extra == "excel", done.stderr  # there the workbook is none


def test_rubrics_and_weights_are_found_inside_a_zip(wheel: Path, tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(wheel)!r}); import judgekit, asyncio; assert '.whl' in judgekit.__file__;"
        "from judgekit.rubrics import load_rubric, shipped_rubrics; from judgekit.judges import build_judge, Context;"
        "from judgekit.records import Item; rubric = load_rubric('qa');"
        "judge = build_judge({'judge': 'lexical'}, Context(rubric=rubric));"
        "item = Item(id='1', question='Who?', references=('Ada',), outputs=('Ada.',));"
        "print(len(shipped_rubrics()), asyncio.run(judge.evidence([item], rubric, 1))[0].label)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", _with_packages(code)], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout.split() == ["9", "right"], done.stderr


def _with_packages(code: str) -> str:
    """Run with the installed dependencies but without the editable judgekit."""
    import numpy

    return f"import sys; sys.path.append({str(Path(numpy.__file__).parents[1])!r}); {code}"
