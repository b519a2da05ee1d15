"""The notebooks of the manual, run by the real kernel: on the demo, and on recorded data where it is."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from tests.shared_data import shared

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]


def run(path: Path, monkeypatch: pytest.MonkeyPatch, data: Path | None = None) -> str:
    """What a notebook shows from its first cell to its last, as text and HTML; it must not fail."""
    nbclient = pytest.importorskip("nbclient", reason="nbclient is not installed: make test-integrations")
    pytest.importorskip("ipykernel", reason="ipykernel is not installed: make test-integrations")
    nbformat = pytest.importorskip("nbformat")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]))
    monkeypatch.delenv("JUDGEKIT_SHARED", raising=False)
    if data is not None:
        monkeypatch.setenv("JUDGEKIT_SHARED", str(data))
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    client = nbclient.NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )
    client.execute()
    outputs: list[Any] = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    return "\n".join(
        str(output.get("text", "")) + "".join(map(str, output.get("data", {}).values())) for output in outputs
    )


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_holds_no_outputs_and_its_links_lead_somewhere(path: Path) -> None:
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [] and cell["execution_count"] is None
        else:
            for link in re.findall(r"\]\(([^)]+)\)", "".join(cell["source"])):
                assert (path.parent / link).is_file(), link


@pytest.mark.integrations
@pytest.mark.slow
def test_judge_and_certify(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(NOTEBOOKS[NAMES.index("judge_and_certify")], monkeypatch)
    assert "at least 90% of the verdicts agree with the people" in shown
    found = re.search(r"(\d+) of (\d+) labeled verdicts agree with people", shown)
    assert found is not None and int(found[1]) / int(found[2]) >= 0.9
    assert '<progress max="360" value="360">' in shown and "<td>lexical</td>" in shown


@pytest.mark.integrations
@pytest.mark.slow
def test_rates_of_a_rare_leak(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(NOTEBOOKS[NAMES.index("rates_of_a_rare_leak")], monkeypatch)
    assert re.search(r"the judge calls [\d.]+% a leak", shown)
    assert len(re.findall(r"between [\d.]+% and [\d.]+%", shown)) == 2


@pytest.mark.integrations
@pytest.mark.slow
def test_compare_methods(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run(NOTEBOOKS[NAMES.index("compare_methods")], monkeypatch)
    assert shown.count("at least 90% of the verdicts agree") >= 2
    assert "collapsed is degenerate" in shown and "unlearned does best" in shown


@pytest.mark.integrations
@pytest.mark.slow
def test_a_promise_on_recorded_answers_holds_on_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    data = shared("data/judges/openqa_nq301.jsonl").parents[2]
    shown = run(NOTEBOOKS[NAMES.index("judge_and_certify")], monkeypatch, data)
    assert "at least 85% of the verdicts agree with the people" in shown and "<td>gpt-4</td>" in shown
    found = re.search(r"(\d+) of (\d+) labeled verdicts agree with people", shown)
    assert found is not None and int(found[1]) / int(found[2]) >= 0.85


@pytest.mark.integrations
@pytest.mark.slow
def test_the_interval_holds_the_recorded_truth_that_the_judge_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    data = shared("data/humans/xstest_gpt4.csv").parents[2]
    shown = run(NOTEBOOKS[NAMES.index("rates_of_a_rare_leak")], monkeypatch, data)
    judge = re.search(r"the judge calls ([\d.]+)% a leak", shown)
    interval = re.search(r"between ([\d.]+)% and ([\d.]+)% \(95", shown)
    truth = re.search(r"people say of all 200: ([\d.]+)%", shown)
    assert judge and interval and truth
    assert float(interval[1]) <= float(truth[1]) <= float(interval[2]) < float(judge[1])


@pytest.mark.integrations
@pytest.mark.slow
def test_recorded_methods_are_compared_without_a_promise(monkeypatch: pytest.MonkeyPatch) -> None:
    data = shared("data/outputs/open_unlearning/duet_NPO_lr1e-5").parents[3]
    shown = run(NOTEBOOKS[NAMES.index("compare_methods")], monkeypatch, data)
    assert (
        "no certificate" in shown and "NPO lr 1e-5" in shown and "GradAscent lr 1e-4 is degenerate" in shown
    )
