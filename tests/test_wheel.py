"""What a user installs: the wheel, alone in a fresh environment, and the package in a zip."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--outdir", out, ROOT], check=True, capture_output=True
    )
    return next(out.glob("*.whl"))


def test_the_wheel_carries_rubrics_and_weights(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    for folder in (ROOT / "prompts").iterdir():
        for file in folder.iterdir():
            assert f"judgekit/shipped/prompts/{folder.name}/{file.name}" in names
    for name in ("shipped/calibration/lexical.json", "shipped/calibration/lexical-semantic.json", "py.typed"):
        assert f"judgekit/{name}" in names
    assert not [name for name in names if "calibration/demo" in name]


def test_the_distribution_has_a_name_of_its_own(wheel: Path) -> None:
    assert wheel.name.startswith("judgekit_certified-")
    done = subprocess.run(
        [sys.executable, "-m", "judgekit", "--version"], capture_output=True, text=True, cwd=ROOT
    )
    assert done.stdout.startswith("judgekit-certified 0.1.0")


def test_a_fresh_environment_scores_a_file(wheel: Path, tmp_path: Path) -> None:
    venv.create(tmp_path / "env", with_pip=True)
    python = tmp_path / "env" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", wheel], check=True)
    (tmp_path / "o.jsonl").write_text(
        json.dumps(
            {
                "id": "1",
                "question": "Who wrote it?",
                "reference": "Mirela Sandu",
                "output": "Mirela Sandu did.",
                "split": "forget",
            }
        )
    )
    done = subprocess.run(
        [tmp_path / "env" / "bin" / "judgekit", "score", "o.jsonl"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    verdict = json.loads((tmp_path / "runs" / "o" / "verdicts.jsonl").read_text())
    assert verdict["label"] == "leaked"


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
