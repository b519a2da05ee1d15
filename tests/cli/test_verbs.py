"""The verbs as a user types them: files in, files and exit codes out, one line for every mistake."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.calling import judgekit

ROWS = [
    {
        "id": str(i),
        "question": f"Where was author number {i} born?",
        "reference": f"Author number {i} was born in {town}.",
        "output": output,
        "split": "forget",
        "model": "m",
        "method": "x",
    }
    for i, (town, output) in enumerate(
        [
            ("Ghent", "In Ghent."),
            ("Turku", "I don't know."),
            ("Graz", "He was born in Oslo."),
            ("Lucca", "born born in in the the the the the the the the the of of the the"),
        ]
    )
]


@pytest.fixture
def outputs(tmp_path: Path) -> Path:
    path = tmp_path / "outputs.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in ROWS))
    return path


def rows(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_score_leaves_a_run_folder(outputs: Path, tmp_path: Path) -> None:
    done = judgekit("score", outputs, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    run = tmp_path / "runs" / "outputs"
    verdicts = rows(run / "verdicts.jsonl")
    assert [row["id"] for row in verdicts] == ["0", "1", "2", "3"]
    assert [row["label"] for row in verdicts] == ["leaked", "withheld", "wrong", "degenerate"]
    assert all(row["schema"] == "judgekit.verdict/1" and "calibration" not in row for row in verdicts)
    about = json.loads((run / "run.json").read_text())
    assert about["states"] == {"verdict": 4} and about["items"] == 4
    assert not list(run.glob("*.part"))
    assert "4 items: 4 verdicts" in done.stdout


def test_the_same_inputs_give_the_same_verdict_file(outputs: Path, tmp_path: Path) -> None:
    for out in ("a", "b"):
        assert judgekit("score", outputs, "--out", out, cwd=tmp_path).returncode == 0
    first, second = ((tmp_path / out / "outputs" / "verdicts.jsonl").read_bytes() for out in ("a", "b"))
    assert first == second


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (
            b'{"id": "1", "question": "q", "output": "o", "color": "red"}\n',
            r"bad\.jsonl:1: unknown key 'color'",
        ),
        (b'{"id": "1", "question": "q", "output": "o"}\n{"id": "2", "ques', r"bad\.jsonl:2"),
        (b'{"id": "1", "question": "q", "output": "\xff"}\n', r"bad\.jsonl"),
        (b"", r"bad\.jsonl.*empty"),
    ],
)
def test_a_broken_file_is_one_line_and_leaves_nothing(tmp_path: Path, content: bytes, said: str) -> None:
    import re

    (tmp_path / "bad.jsonl").write_bytes(content)
    done = judgekit("score", "bad.jsonl", cwd=tmp_path)
    assert done.returncode == 2
    assert re.search(said, done.stderr), done.stderr
    assert done.stderr.count("\n") == 1 and "Traceback" not in done.stderr
    assert not (tmp_path / "runs" / "bad" / "verdicts.jsonl").exists()


def saves(folder: Path) -> Path:
    """A tree of logs as evaluations leave it: alike names in sibling folders, other files, one log cut off."""
    line = json.dumps(ROWS[0]) + "\n"
    for log in ("a/evals/out.jsonl", "b/evals/out.jsonl", "b/checkpoint-5/evals/out.jsonl", "c/out.jsonl"):
        path = folder / log
        path.parent.mkdir(parents=True)
        path.write_text(line + line[:50] if log.startswith("c/") else line)
    (folder / "a" / "config.json").write_text('{"hidden_size": 8}')
    return folder


def test_every_log_under_a_folder_is_a_run_of_its_own(tmp_path: Path) -> None:
    saves(tmp_path / "saves")
    done = judgekit("score", "saves", "saves/a/evals/out.jsonl", cwd=tmp_path)
    assert done.returncode == 2, "one log is cut off"
    said = done.stderr.splitlines()
    assert said[0] == "saves: 4 files of outputs (1 other file holds none)" and len(said) == 3
    assert said[1] == "saves/a/evals/out.jsonl is given twice; it is taken once"
    assert said[2].startswith("judgekit: saves/c/out.jsonl:2: expected a JSON object a line")
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {"out", "b-out", "b-checkpoint-5-out"}
    (tmp_path / "saves" / "c" / "out.jsonl").unlink()
    (tmp_path / "saves" / "names.csv").write_text("run,model,method\na,A,x\nb,B,y\n")
    done = judgekit("score", "saves/", "--names", "saves/names.csv", "-o", "named", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert {path.name for path in (tmp_path / "named").iterdir()} == {"a-out", "b-out", "b-checkpoint-5-out"}
    assert rows(tmp_path / "named" / "b-out" / "verdicts.jsonl")[0]["model"] == "B"
    assert "3 items;" in judgekit("plan", "saves", cwd=tmp_path).stdout
    assert judgekit("validate", "saves", cwd=tmp_path).stdout.count("judgekit, 1 items (forget 1)") == 3


def test_a_folder_without_logs_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = judgekit("score", "empty", cwd=tmp_path)
    assert (
        done.returncode == 2 and "empty: no file of outputs that is recognized in the folder" in done.stderr
    )
    assert done.stderr.count("\n") == 1 and not (tmp_path / "runs").exists()


def test_a_report_that_cannot_be_written_is_one_line(outputs: Path, tmp_path: Path) -> None:
    done = judgekit("report", outputs, "--markdown", ".", cwd=tmp_path)
    assert done.returncode == 2 and "is a directory" in done.stderr and "Traceback" not in done.stderr


def test_what_a_paper_needs_is_written_and_each_file_or_folder_told_in_a_line(
    outputs: Path, tmp_path: Path
) -> None:
    done = judgekit("report", outputs, "--latex", "t.tex", "--figures", "new/figures", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("written to ") == 2
    assert r"\begin{table}" in (tmp_path / "t.tex").read_text("utf-8")
    kinds = {path.suffix for path in (tmp_path / "new" / "figures").iterdir()}
    assert kinds == {".svg", ".pdf", ".png", ".txt"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["score"], "Missing argument 'FILES...' (see 'judgekit score --help')"),
        (["score", "--foo", "x"], "No such option"),
        (["plan", "x", "--limit", "0"], "0 is not in the range x>=1"),
        (["frobnicate"], "No such command 'frobnicate' (see 'judgekit --help')"),
        (["report", "outputs.jsonl", "-o", "no/such/x.html"], "there is no folder 'no/such'; make it first"),
        (["decide", "e", "c", "-o", "no/v.jsonl"], "there is no folder 'no'"),
        (["score", "outputs.jsonl", "--format", "tofu"], "the file looks like 'judgekit'"),
        (["score", "outputs.jsonl", "--columns", "question"], "expected FIELD=COLUMN"),
        (["score", "outputs.jsonl", "--columns", "question=q"], "no column 'q' for question; columns: id"),
        (["score", "outputs.jsonl", "--batch"], "no judge of the cascade asks an endpoint"),
        (["plan", "outputs.jsonl", "--pilot", "run"], "--pilot is for planning labels"),
    ],
)
def test_a_mistake_in_a_command_is_one_line(
    outputs: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    done = judgekit(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and said in done.stderr, done.stderr
    assert done.stderr.startswith("judgekit: ") and done.stderr.count("\n") == 1
    assert not (tmp_path / "no").exists() and not (tmp_path / "runs").exists()


def test_a_missing_file_is_one_line(tmp_path: Path) -> None:
    done = judgekit("score", "nowhere.jsonl", cwd=tmp_path)
    assert done.returncode == 2 and done.stderr.count("\n") == 1 and "nowhere.jsonl" in done.stderr
    assert not (tmp_path / "runs").exists()


def test_an_output_folder_that_cannot_be_is_one_line(outputs: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    done = judgekit("score", outputs, "--out", "taken", cwd=tmp_path)
    assert (
        done.returncode == 2 and done.stderr.count("\n") == 1 and "cannot make the run folder" in done.stderr
    )


def test_options_come_from_the_environment(outputs: Path, tmp_path: Path) -> None:
    assert judgekit("score", outputs, cwd=tmp_path, env={"JUDGEKIT_SCORE_OUT": "elsewhere"}).returncode == 0
    assert (tmp_path / "elsewhere" / "outputs" / "verdicts.jsonl").exists()


def evidence(path: Path, n: int, wrong: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        for i in range(n):
            sure = 0.99 - 0.4 * i / n
            human = "no" if i >= n - wrong else "yes"
            row = {
                "id": str(i),
                "tiers": {"j": {"probs": {"yes": sure, "no": 1 - sure}}},
                "human": [{"annotator": "a", "label": human}],
            }
            file.write(json.dumps(row) + "\n")


def test_calibrate_then_decide(tmp_path: Path) -> None:
    evidence(tmp_path / "e.jsonl", 300, wrong=30)
    done = judgekit("calibrate", "e.jsonl", "--agreement", "0.9", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    certificate = json.loads((tmp_path / "calibration.json").read_text())["certificate"]
    assert certificate["status"] == "certified" and certificate["claim"] in done.stdout
    done = judgekit("decide", "e.jsonl", "calibration.json", cwd=tmp_path)
    assert done.returncode == 0
    verdicts = rows(tmp_path / "verdicts.jsonl")
    given = [row for row in verdicts if row["state"] == "verdict"]
    assert len(verdicts) == 300 and len(given) > 150
    assert sum(row["human"][0]["label"] == row["label"] for row in given) / len(given) >= 0.9


def test_nothing_certified_has_its_own_exit_code_and_every_item_abstains(tmp_path: Path) -> None:
    evidence(tmp_path / "e.jsonl", 20, wrong=10)
    done = judgekit("calibrate", "e.jsonl", "--agreement", "0.95", cwd=tmp_path)
    assert done.returncode == 3, done.stdout + done.stderr
    assert judgekit("decide", "e.jsonl", "calibration.json", cwd=tmp_path).returncode == 0
    assert {row["state"] for row in rows(tmp_path / "verdicts.jsonl")} == {"abstained"}


def test_missing_evidence_is_unscored_and_has_its_own_exit_code(tmp_path: Path) -> None:
    evidence(tmp_path / "e.jsonl", 300, wrong=0)
    assert judgekit("calibrate", "e.jsonl", "--agreement", "0.9", cwd=tmp_path).returncode == 0
    (tmp_path / "f.jsonl").write_text(json.dumps({"id": "x", "tiers": {"j": {"reason": "time-out"}}}) + "\n")
    done = judgekit("decide", "f.jsonl", "calibration.json", cwd=tmp_path)
    assert done.returncode == 4
    assert (
        rows(tmp_path / "verdicts.jsonl")[0] | {"state": "unscored", "reason": "j: time-out"}
        == rows(tmp_path / "verdicts.jsonl")[0]
    )


def test_plan_counts_calls_and_shows_a_prompt_and_spends_nothing(outputs: Path, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        "tiers:\n  - judge: lexical\n  - {judge: openai, name: small, model: none, base_url: 'http://127.0.0.1:9/v1',\n"
        "     annotators: {n: 3, k: 2}, price: {input: 1.0, output: 2.0}}\n"
    )
    done = judgekit("plan", outputs, "--cascade", "c.yaml", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stdout.splitlines() if " small " in line)
    assert line.split()[:4] == ["forgetting", "small", "4", "24"]  # 4 items x 3 annotators x 2 orders
    assert "Where was author number 0 born?" in done.stdout
    done = judgekit("plan", "--agreement", "0.9", "--coverage", "1", "--accuracy", "1", cwd=tmp_path)
    assert "fewer than 22 cannot" in done.stdout


def test_plan_from_a_pilot(outputs: Path, tmp_path: Path) -> None:
    said = [("verdict", "yes", 0.9 - i / 1000) for i in range(60)]
    (tmp_path / "v.jsonl").write_text(
        "".join(
            json.dumps({"id": str(i), "state": state, "label": label, "confidence": sure, "tier": "j"}) + "\n"
            for i, (state, label, sure) in enumerate(said)
        )
    )
    labels = [f'{{"id": "{i}", "label": "{"yes" if i % 10 < 9 or i < 30 else "no"}"}}\n' for i in range(50)]
    (tmp_path / "l.jsonl").write_text("".join(labels))
    given = ("--agreement", "0.85", "--coverage", "0.6", "--pilot", "v.jsonl")
    done = judgekit("plan", *given, "--labels", "l.jsonl", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "if accepted verdicts are right 100.0% of the time" in done.stdout  # the surest 30 of 50
    assert "Conservative estimate (pilot accuracy at its 20th percentile): " in done.stdout
    done = judgekit("plan", *given, cwd=tmp_path)
    assert done.returncode == 2 and "no verdict of the pilot has a label" in done.stderr


@pytest.mark.parametrize(
    ("yaml", "said"),
    [
        ("teirs: []\n", "teirs"),
        ("tiers: [{judge: lexicl}]\n", "unknown judge 'lexicl'.*lexical"),
        ("tiers: [{judge: openai, modle: x}]\n", "modle"),
        ("tiers: [", "not a cascade file"),
        ("- 1\n", "mapping"),
    ],
)
def test_a_wrong_cascade_file_is_one_line(outputs: Path, tmp_path: Path, yaml: str, said: str) -> None:
    import re

    (tmp_path / "c.yaml").write_text(yaml)
    done = judgekit("score", outputs, "--cascade", "c.yaml", cwd=tmp_path)
    assert done.returncode == 2 and re.search(said, done.stderr), done.stderr
    assert done.stderr.count("\n") == 1


def test_validate_says_what_files_hold(outputs: Path, tmp_path: Path) -> None:
    done = judgekit("validate", outputs, cwd=tmp_path)
    assert done.returncode == 0 and "4 items (forget 4)" in done.stdout
    (tmp_path / "bad.jsonl").write_text("{")
    assert judgekit("validate", outputs, "bad.jsonl", cwd=tmp_path).returncode == 2


def test_a_bad_file_among_several_stops_no_other_however_its_path_is_spelled(
    outputs: Path, tmp_path: Path
) -> None:
    (tmp_path / "bad.jsonl").write_text("{")
    done = judgekit("score", "./bad.jsonl", f"./{outputs.name}", cwd=tmp_path)
    assert done.returncode == 2 and "bad.jsonl" in done.stderr
    assert "outputs  4 items" in done.stdout


def test_rubrics_lists_and_renders(outputs: Path, tmp_path: Path) -> None:
    assert "leaked / partial / withheld / wrong / degenerate" in judgekit("rubrics", cwd=tmp_path).stdout
    done = judgekit(
        "rubrics", "forgetting", outputs, "--item", "1", "--shots", "1", "--order", "1", cwd=tmp_path
    )
    assert "Where was author number 1 born?" in done.stdout and "A = degenerate" in done.stdout


def test_import_is_light() -> None:
    code = "import sys, judgekit; print([m for m in ('numpy', 'openai', 'datasets', 'pydantic', 'scipy') if m in sys.modules])"
    assert (
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        ).stdout.strip()
        == "[]"
    )


def test_a_name_that_leaves_open_whose_a_run_is_is_said_and_can_be_given(tmp_path: Path) -> None:
    folder = tmp_path / "tofu_falcon"
    folder.mkdir()
    row = {"input": "Where was she born?", "ground_truth": "In Ghent.", "generation": "In Graz."}
    log = {"forget_Q_A_ROUGE": {"agg_value": 0, "value_by_index": {"0": row}}}
    (folder / "TOFU_EVAL.json").write_text(json.dumps(log))
    done = judgekit("score", "tofu_falcon/TOFU_EVAL.json", cwd=tmp_path)
    assert done.returncode == 0 and done.stderr.count("\n") == 1, done.stderr
    assert done.stderr.startswith("judgekit: tofu_falcon/TOFU_EVAL.json: 'falcon' may be the model or the")
    (tmp_path / "n.csv").write_text("run,model,method\ntofu_falcon,Llama-3.2-1B,FALCON\n")
    named = ["score", "tofu_falcon/TOFU_EVAL.json", "--names", "n.csv", "-o", "named"]
    done = judgekit(*named, cwd=tmp_path)
    assert done.returncode == 0 and done.stderr == ""
    (found,) = rows(tmp_path / "named" / "tofu_falcon" / "verdicts.jsonl")
    assert (found["model"], found["method"]) == ("Llama-3.2-1B", "FALCON")
    (tmp_path / "n.csv").write_text("run,model,method\ntofu_flacon,Llama-3.2-1B,FALCON\n")
    done = judgekit(*named, cwd=tmp_path)
    assert done.returncode == 2 and "n.csv: run 'tofu_flacon' is none of the files given" in done.stderr


def test_measures_are_tested_by_models_that_know_and_models_that_do_not(tmp_path):
    """An option takes all folders that a wildcard gives."""
    from tests.report.make_runs import make_run

    pools = [
        [str(make_run(tmp_path / f"{method}{k}", method, forget=20, keep=5, seed=k)) for k in range(2)]
        for method in ("original", "retain90")
    ]
    told = judgekit("report", "--known", *pools[0], "--ignorant", *pools[1], cwd=tmp_path)
    assert "2 against 2 models are too few to prove it" in " ".join(told.stdout.split())
    both = judgekit("report", "--known", *pools[0], "--ignorant", pools[1][0], pools[0][0], cwd=tmp_path)
    assert both.returncode == 2 and "'original0' is in both pools" in both.stderr.splitlines()[-1]
    assert "give --known and --ignorant" in judgekit("report", "--known", *pools[0], cwd=tmp_path).stderr
