"""What the audit says: never a pass in silence where nobody was asked, and never a license that nobody knows."""

from __future__ import annotations

import json
import subprocess
from typing import Any

import pytest

from tests.security import audit
from tests.security.audit import Audit, audited, is_allowed, read_answer, required, said

ANSWER = {
    "dependencies": [
        {"name": "jinja2", "version": "3.1.2", "vulns": [{"id": "GHSA-1", "fix_versions": ["3.1.3"]}]},
        {"name": "click", "version": "8.1.0", "vulns": []},
        {"name": "mine", "skip_reason": "Dependency not found on PyPI and could not be audited: mine (1)"},
    ]
}


def test_a_weakness_and_a_package_that_nobody_knows_are_told_apart() -> None:
    found = read_answer(ANSWER, "osv")
    assert found == Audit(["jinja2 3.1.2: GHSA-1, mended in 3.1.3"], ["mine"], "osv")
    lines = list(said({"jinja2": "3.1.2", "click": "8.1.0", "mine": "1"}, found, {}))
    assert lines[0] == "2 of 3 packages looked up at osv: 1 known weaknesses"
    assert lines[1] == "WARNING: no advisory service knows; not audited: mine"
    assert lines[2].startswith("VULNERABLE: jinja2")


@pytest.mark.parametrize(
    "answer", ["", "Traceback", json.dumps({"dependencies": [{"name": "click", "skip_reason": "not found"}]})]
)
def test_where_no_service_answers_that_is_a_warning_and_no_pass(
    answer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip-audit itself says "No known vulnerabilities found" of packages that it could not look up."""
    asked: list[str] = []

    def run(command: list[str], **_: Any) -> subprocess.CompletedProcess[str]:
        asked.append(command[command.index("-s") + 1])
        return subprocess.CompletedProcess(command, 0, answer, "")

    monkeypatch.setattr(audit, "_tool", lambda name: name)
    monkeypatch.setattr(audit.subprocess, "run", run)
    found = audited({"click": "8.1.0"})
    assert found == Audit([], ["click"], "") and asked == ["osv", "pypi"]
    [line] = said({"click": "8.1.0"}, found, {})
    assert line.startswith("WARNING: no advisory service could be asked; not audited: click")


@pytest.mark.parametrize(
    ("stated", "allowed"),
    [
        ("MIT License", True),
        ("Apache-2.0 AND MIT", True),
        ("Apache Software License; MIT License", True),
        ("GPL-3.0-or-later OR MIT", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("DFSG approved; MIT License", True),
        ("GPL-3.0-or-later", False),
        ("MIT AND AGPL-3.0-only", False),
        ("MIT License; GNU General Public License v3 (GPLv3)", False),
        ("UNKNOWN", False),
        ("", False),
        ("DFSG approved", False),
        ("Other/Proprietary License", False),
    ],
)
def test_which_licenses_are_allowed(stated: str, allowed: bool) -> None:
    assert is_allowed(stated) == allowed


def test_what_comes_with_judgekit_is_walked_to_its_end() -> None:
    found = required("judgekit-certified")
    if not found:
        pytest.skip("judgekit is not installed as a distribution here")
    assert {"numpy", "jinja2", "markupsafe", "multidict"} <= set(found) and "pytest" not in found
    assert "matplotlib" in required("judgekit-certified", ["report"])
