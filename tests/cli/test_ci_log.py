"""A CI run finds no command in what judgekit prints, but for those that judgekit gives itself."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.display import logged, unobeyed
from tests.cli.calling import judgekit

COMMANDS = (
    "::set-output name=passed::true",
    "  ::add-mask::leaked",
    "\u3000::stop-commands::x",
    "##[set-output name=passed;]true",
    "all is well ##[add-path]/tmp",
    "##vso[task.setvariable variable=passed]true",
    "##teamcity[buildStatus status='SUCCESS']",
    "a\n::error::b",
    "::::notice::x",
)


def obeyed(text: str) -> list[str]:
    """Lines that a runner would take for commands (actions/runner, ActionCommand.cs: TryParseV2 and TryParse)."""
    lines = re.split(r"\r\n|\r|\n", text)
    return [line for line in lines if line.lstrip().startswith("::") or re.search(r"##\w*\[", line)]


@pytest.mark.parametrize("text", COMMANDS)
def test_a_command_is_spelled_out_and_still_reads_as_itself_in_json(text: str) -> None:
    assert obeyed(text) and not obeyed(unobeyed(text))
    assert json.loads(unobeyed(json.dumps({"said": text}))) == {"said": text}
    assert not obeyed(unobeyed(json.dumps({"said": text})))


@given(st.lists(st.sampled_from(["::", ":", "##[", "#", "[", "\n", " ", "\t", "a", "##vso["])).map("".join))
def test_no_text_is_obeyed(text: str) -> None:
    assert not obeyed(unobeyed(text))
    if not obeyed(text):
        assert unobeyed(text) == text


@pytest.mark.parametrize("runner", ["GITHUB_ACTIONS", "TF_BUILD", ""])
def test_a_names_command_reaches_no_log_that_obeys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: str
) -> None:
    for name in ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    command = COMMANDS[3]
    place = tmp_path / f"{command}"
    place.mkdir()
    row = {"question": "Where?", "references": ["Ghent"], "outputs": ["Ghent"], "split": "forget"}
    rows = [row | {"id": f"{n}", "model": command, "method": command} for n in range(3)]
    (place / "o.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    env = {runner: "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md")} if runner else {}
    assert judgekit("score", place / "o.jsonl", "-o", place / "runs", cwd=tmp_path, env=env).returncode == 0
    for verb in (
        ("gate", place / "runs" / "o", "--leaked-below", "0.01"),
        ("gate", place / "runs" / "o", "--leaked-below", "0.01", "--json"),
        ("report", place / "runs" / "o"),
        ("score", place / "nowhere"),
        ("validate", place / "runs" / "o"),
    ):
        done = judgekit(*verb, cwd=tmp_path, env=env)
        said = [line for line in obeyed(done.stdout + done.stderr) if not line.startswith("::error title=")]
        assert not runner or not said, said
        assert runner or said or verb[0] not in ("gate", "report"), "elsewhere a name is said as it is"
        if "--json" in verb:
            assert json.loads(done.stdout)["gate"]["conditions"][0]["outcome"] == "fail"
    annotated = judgekit("gate", place / "runs" / "o", "--leaked-below", "0.01", cwd=tmp_path, env=env).stderr
    assert ("::error title=judgekit gate::" in annotated) == (runner == "GITHUB_ACTIONS")


def test_a_test_runs_lines_are_spelled_out_there_too(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "fail\n::error::x ##[add-path]/tmp \x1b[2J"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert not obeyed(logged(text)) and "\x1b" not in logged(text)
    for name in ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION"):
        monkeypatch.delenv(name, raising=False)
    assert logged(text) == text.replace("\x1b", "\\x1b")
