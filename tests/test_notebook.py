"""What a person at a notebook does: every verb by its name, short things to look at, data frames."""

from __future__ import annotations

import builtins
import json
from html import escape
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.report import load

LABELS = ("leaked", "partial", "withheld", "wrong", "degenerate")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("notebook") / "outputs.jsonl"
    items = [
        jk.Item(
            id=str(i),
            question=f"Who wrote book {i}?",
            references=(f"Ana Berg{i}",),
            outputs=("word " * 3000 if i == 0 else f"Ana Berg{i}" if i % 2 else "I do not know.",),
            split="forget",
            human=(jk.HumanLabel(annotator="a", label="leaked" if i % 2 else "withheld"),),
        )
        for i in range(120)
    ]
    path.write_text("".join(json.dumps(item.to_row()) + "\n" for item in items))
    return path


@pytest.fixture(scope="module")
def scored(outputs: Path) -> Any:
    return jk.score(outputs, outputs.parent / "run")


@pytest.fixture(scope="module")
def calibration(scored: Any) -> jk.Calibration:
    return jk.calibrate(scored.folder, agreement=0.8)


def test_every_verb_of_the_command_line_has_its_twin(outputs: Path, scored: Any, tmp_path: Path) -> None:
    from judgekit.cli import cli

    twins = {name.replace("-", "_") for name in cli.commands} - {"rubrics", "judges"}
    assert twins <= set(jk.__all__)
    planned = jk.plan(outputs, limit=50)
    assert planned.items == 50 and planned.cost == 0
    assert jk.plan([jk.Item(id="1", question="?", outputs=("x",), split="forget")]).items == 1
    good, bad = jk.validate([outputs, tmp_path / "nowhere.jsonl"])
    assert good.sound and "120 items" in good.holds[0]
    assert not bad.sound and "nowhere.jsonl" in str(bad.faults[0])


def test_report_is_a_verb_and_a_package(scored: Any, tmp_path: Path) -> None:
    from judgekit import report

    files = {"json": tmp_path / "r.json", "markdown": tmp_path / "r.md", "csv": tmp_path / "r.csv"}
    summary = jk.report(scored.folder, **files)
    assert summary.findings == report.summarize(report.load(scored.folder)).findings
    assert json.loads(files["json"].read_text())["schema"] == "judgekit.report/2"
    assert all(path.stat().st_size for path in files.values())


def test_data_frames_of_verdicts_evidence_and_rates(scored: Any, calibration: jk.Calibration) -> None:
    verdicts = scored.verdicts.to_pandas()
    assert len(verdicts) == 120 and verdicts["label"].isin(LABELS).all()
    assert verdicts.loc[verdicts["id"] == "1", "human"].item() == ["leaked"]
    evidence = scored.evidence.to_pandas()
    assert set(evidence["tier"]) == {"lexical"}
    assert evidence[[f"p_{label}" for label in LABELS]].sum(axis=1).round(6).eq(1).all()
    decided = jk.decide(scored.folder, calibration)
    assert next(decided).id == "0"
    assert len(decided.to_pandas()) == 119, "what is left of it"
    rates = jk.report(scored.folder).to_pandas()
    leaked = rates[
        (rates["section"] == "judged") & (rates["name"] == "leaked") & (rates["split"] == "forget")
    ]
    assert 0.4 < leaked["value"].item() < 0.6 and leaked["low"].item() < leaked["high"].item()


def test_without_pandas_one_line_says_which_extra(scored: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(jk.JudgekitError, match=r"a data frame needs the extra 'pandas': pip install") as told:
        scored.verdicts.to_pandas()
    assert "\n" not in str(told.value)


def test_nothing_shown_is_longer_than_a_few_lines(scored: Any, calibration: jk.Calibration) -> None:
    run = load(scored.folder)[0]
    summary = jk.summarize(scored.folder)
    shown = [scored, scored.verdicts, calibration, calibration.certificate, summary, summary.runs[0], run]
    shown += [summary.runs[0].groups[0], run.rows[0].item, run.rows[0].evidence, run.rows[0].verdict]
    assert {type(one).__name__: len(repr(one)) for one in shown if len(repr(one)) > 1000} == {}
    assert "id='0'" in repr(run.rows[0].item) and "..." in repr(run.rows[0].item)
    assert str(run.rows[0].item) == repr(run.rows[0].item)


def test_pages_of_a_notebook_show_claims_and_rates_and_no_markup_of_texts(
    scored: Any, calibration: jk.Calibration, tmp_path: Path
) -> None:
    assert escape(calibration.certificate.claim) in calibration._repr_html_()
    page = jk.summarize(scored.folder)._repr_html_()
    assert "<th>run</th>" in page and "leaks" in page and "<script" not in page
    strange = jk.score(
        [jk.Item(id="1", question="?", references=("a",), outputs=("a",))],
        tmp_path / "<b>x",
        rubric="forgetting",
    )
    assert "<b>x" not in jk.summarize(strange.folder)._repr_html_()


def test_runs_plans_and_streams_are_small_tables_and_a_look_takes_nothing_away(
    scored: Any, outputs: Path, tmp_path: Path
) -> None:
    page = scored._repr_html_()
    assert "<th>run</th>" in page and "<td>120</td>" in page and "<td>$0.00</td>" in page
    assert "<th>tier</th>" in jk.plan(outputs)._repr_html_()
    for stream in (scored.verdicts, scored.evidence, scored.items):
        page = stream._repr_html_()
        assert page.count("<tr>") == 7 and len(page) < 5000, "a head and the next six"
        assert len(list(stream)) == 120
        assert stream._repr_html_().endswith("<p>Nothing is left.</p>")
    hostile = "<script>alert(1)</script>\x1b[2J"
    item = jk.Item(id=hostile, question=hostile, references=("a",), outputs=(hostile,), split=hostile)
    strange = jk.score([item], tmp_path / "run", rubric="forgetting")
    for shown in (strange, strange.verdicts, strange.evidence, strange.items):
        page = shown._repr_html_()
        assert "<script" not in page and "\x1b" not in page


def test_a_certificate_is_read_by_attribute_and_stays_what_files_hold(
    calibration: jk.Calibration, tmp_path: Path
) -> None:
    certificate = calibration.certificate
    assert (certificate.agreement, certificate.delta, certificate.status) == (0.8, 0.1, "certified")
    assert certificate.parts[0].status == "certified" and certificate.method.delta > 0
    assert certificate.labels == 120 and "coverage" in dir(certificate)
    with pytest.raises(AttributeError, match="agrement"):
        certificate.agrement  # noqa: B018
    calibration.save(tmp_path / "c.json")
    again = jk.Calibration.load(tmp_path / "c.json")
    assert again.certificate.claim == certificate.claim and again.fingerprint == calibration.fingerprint
    assert json.loads((tmp_path / "c.json").read_text())["certificate"] == certificate.to_dict()
