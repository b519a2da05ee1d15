"""MLflow, the real one, on a store in a folder: scorer, assessments of traces, runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.runs.about import CascadeAbout, RunAbout
from tests.docs.blocks import DOCS, blocks
from tests.export.made import EVERY, folder

mlflow = pytest.importorskip("mlflow", reason="MLflow is not installed: make test-integrations")

from judgekit.integrations.mlflow import log_assessments, log_run, trace_items, trusted_judge

pytestmark = pytest.mark.integrations

REFERENCE = "The author was born in Ghent."


@pytest.fixture(autouse=True)
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An experiment in a store of its own."""
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "MLFLOW_DISABLE_TELEMETRY": "true",
        "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
        "MLFLOW_GENAI_EVAL_MAX_WORKERS": "2",
        "MLFLOW_GENAI_EVAL_ENABLE_SCORER_TRACING": "false",
    }.items():
        monkeypatch.setenv(name, value)
    mlflow.set_tracking_uri(f"sqlite:///{tmp_path}/mlflow.db")
    yield mlflow.set_experiment("judged")
    while mlflow.active_run():
        mlflow.end_run()
    mlflow.set_tracking_uri(None)


def rows(*outputs: str) -> list[dict[str, Any]]:
    return [
        {
            "inputs": {"question": f"Where was author {number} born?", "split": "forget"},
            "outputs": output,
            "expectations": {"expected_response": REFERENCE},
        }
        for number, output in enumerate(outputs)
    ]


def assessments(run_id: str, name: str = "trusted_judge") -> dict[str, Any]:
    """By what the model said."""
    found = mlflow.search_traces(run_id=run_id, return_type="list")
    return {
        trace.data.spans[0].outputs: one for trace in found for one in trace.search_assessments(name=name)
    }


def silent(tmp_path: Path, **evidence: Any) -> Path:
    """A cascade of one recorded judge that says this of every output, so that a policy abstains or has nothing."""
    row = {"schema": "judgekit.evidence/2", "id": "other", "tiers": {"recorded": evidence}}
    (tmp_path / "other.jsonl").write_text(json.dumps(row) + "\n")
    path = tmp_path / "cascade.yaml"
    path.write_text("tiers:\n  - {name: recorded, judge: recorded, path: other.jsonl}\n")
    return path


def test_a_scorer_gives_labels_and_who_gave_them() -> None:
    done = mlflow.genai.evaluate(
        data=rows("He was born in Ghent.", "I don't know."), scorers=[trusted_judge()]
    )
    found = assessments(done.run_id)
    assert {output: one.value for output, one in found.items()} == {
        "He was born in Ghent.": "leaked",
        "I don't know.": "withheld",
    }
    leaked = found["He was born in Ghent."]
    assert (leaked.source.source_type, leaked.source.source_id) == ("CODE", "judgekit/lexical")
    assert (
        leaked.metadata["label"] == "leaked"
        and leaked.metadata["state"] == "verdict"
        and 0 < float(leaked.metadata["confidence"]) <= 1
    )
    assert leaked.rationale.startswith("Judge 'lexical' says leaked")
    assert "certificate" not in leaked.metadata, "nothing is promised without a calibration"


def test_what_could_not_be_judged_is_an_error_with_its_reason(tmp_path: Path) -> None:
    cascade = silent(tmp_path, probs={"leaked": 1.0})
    judge = trusted_judge(cascade=cascade, rubric="forgetting", keep_going=True, name="mine")
    found = assessments(mlflow.genai.evaluate(data=rows("x"), scorers=[judge]).run_id, "mine")["x"]
    assert found.value is None and found.feedback.error.error_code == "UNSCORED"
    assert "recorded" in found.feedback.error.error_message
    assert found.source.source_type == "LLM_JUDGE"


def test_promise_and_abstention_of_a_calibration(tmp_path: Path) -> None:
    """The policy gives verdicts only where it is sure; those carry the certificate, the others say that they abstain."""
    sure = [
        jk.Item(
            id=f"s{k}",
            question=f"Where is {k}?",
            references=(f"Town {k}",),
            outputs=(f"Town {k}",),
            split="forget",
        )
        for k in range(150)
    ]
    unsure = [
        jk.Item(
            id=f"u{k}",
            question=f"Who is {k}?",
            references=(f"The author wrote {k} books in Ghent.",),
            outputs=("Somebody wrote something somewhere.",),
            split="forget",
        )
        for k in range(50)
    ]
    run = jk.score([*sure, *unsure], tmp_path / "run").folder
    labels = [
        {"id": one.id, "label": "leaked" if one.id[0] == "s" else "partial"} for one in [*sure, *unsure]
    ]
    (tmp_path / "l.jsonl").write_text("".join(json.dumps(row) + "\n" for row in labels))
    made = jk.calibrate(run, labels=tmp_path / "l.jsonl", agreement=0.9)
    assert made.certified
    made.save(tmp_path / "c.json")
    again = {one.item.id: one for one in jk.judge([*sure, *unsure], calibrations=tmp_path / "c.json")}
    states = {one.verdict.state for one in again.values()}
    assert states == {"verdict", "abstained"}, "the example has both"
    given = [
        next(one.item for one in again.values() if one.verdict.state == state)
        for state in ("verdict", "abstained")
    ]
    data = [
        {
            "inputs": {"question": one.question, "split": "forget"},
            "outputs": one.output,
            "expectations": {"references": list(one.references)},
        }
        for one in given
    ]
    judge = trusted_judge(calibrations=tmp_path / "c.json")
    found = assessments(mlflow.genai.evaluate(data=data, scorers=[judge]).run_id)
    covered, open_ = found[given[0].output], found[given[1].output]
    assert covered.metadata["certificate"] == made.certificate.claim
    assert covered.metadata["calibration"] == made.fingerprint
    assert open_.value == "abstained" and open_.feedback.error is None
    assert "certificate" not in open_.metadata and open_.rationale.startswith("Abstained: ")


def test_a_calibration_for_other_judges_is_refused_before_any_row(tmp_path: Path) -> None:
    rows = [
        jk.EvidenceRow(
            id=str(k),
            question_id=str(k),
            tiers={"other": jk.Evidence(probs={"leaked": 1.0})},
            human=(jk.HumanLabel(label="leaked"),),
            rubric="forgetting",
        )
        for k in range(100)
    ]
    jk.calibrate(rows, agreement=0.8).save(tmp_path / "c.json")
    with pytest.raises(jk.JudgekitError, match="other"):
        trusted_judge(calibrations=tmp_path / "c.json", store=tmp_path / "answers")
    assert not (tmp_path / "answers").exists(), "nothing was opened"


def test_traces_are_judged_and_the_verdicts_go_back_to_them(tmp_path: Path) -> None:
    @mlflow.trace
    def ask(question: str) -> dict[str, str]:
        return {"answer": "He was born in Ghent."}

    ask(question="Where was the author born?")
    [trace] = mlflow.search_traces(return_type="list")
    mlflow.log_expectation(trace_id=trace.info.trace_id, name="expected_response", value=REFERENCE)
    traces = mlflow.search_traces(return_type="list")
    run = jk.score(trace_items(traces), tmp_path / "run", rubric="forgetting").folder
    assert log_assessments(run, name="again") == 1
    [said] = mlflow.get_trace(trace.info.trace_id).search_assessments(name="again")
    assert said.value == "leaked" and said.source.source_type == "CODE"


ABOUT = RunAbout(
    tiers=({"judge": "lexical"},),
    cascades={"forgetting": CascadeAbout(labels=("leaked", "partial", "withheld", "wrong", "degenerate"), tiers=("lexical",))},
)  # fmt: skip


def test_a_run_is_logged_with_limits_report_and_verdicts(tmp_path: Path) -> None:
    run = folder(tmp_path / "npo", EVERY, ABOUT)
    logged = mlflow.get_run(log_run(run))
    assert logged.info.run_name == "npo" and logged.info.status == "FINISHED"
    assert logged.data.tags["mlflow.note.content"].startswith("- ")
    metrics = logged.data.metrics
    assert (metrics["forgetting/verdicts"], metrics["forgetting/abstained"]) == (2, 1)
    assert (
        metrics["forgetting/leaked.low"] < metrics["forgetting/leaked.high"]
        and "forgetting/leaked" not in metrics
    )
    assert logged.data.tags["judgekit.forgetting promise"].startswith("judge's opinion only")
    kept = mlflow.artifacts.download_artifacts(run_id=logged.info.run_id, artifact_path="judgekit")
    assert sorted(path.name for path in Path(kept).iterdir()) == [
        "report.html",
        "verdicts.json",
        "verdicts.parquet",
    ]
    table = mlflow.load_table("judgekit/verdicts.json", run_ids=[logged.info.run_id])
    assert table["state"].tolist() == ["verdict", "abstained", "unscored", "verdict"]
    assert table["output"][1] == "=1+1"


def test_a_run_goes_to_the_active_one(tmp_path: Path) -> None:
    with mlflow.start_run(run_name="sweep") as active:
        assert log_run(folder(tmp_path / "npo", EVERY, ABOUT)) == active.info.run_id
        assert mlflow.active_run() is not None, "whoever started it ends it"


def test_the_page_runs_with_weights_and_biases_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    wandb = pytest.importorskip("wandb", reason="W&B is not installed: make test-integrations")
    wandb.teardown()  # settings are read once a process
    monkeypatch.setenv("WANDB_MODE", "offline")
    monkeypatch.setenv("WANDB_SILENT", "true")
    names: dict[str, Any] = {}
    for block in blocks(DOCS / "integrations" / "tracking.md"):
        exec(compile(block.text, block.place, "exec"), names)
    again = [
        trace.search_assessments(name="judged again") for trace in mlflow.search_traces(return_type="list")
    ]
    assert sum(map(len, again)) == len(names["rows"])
