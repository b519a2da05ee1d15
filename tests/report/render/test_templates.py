"""What a page may run and apply: its own script and style, named by their hash, and nothing else."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256
from html import unescape

import pytest

from judgekit.report import load, summarize, to_html
from judgekit.report.render.templates import policy
from tests.report.certificate.certificates import certificate, opinions
from tests.report.make_runs import HOSTILE, make_run


def hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@pytest.fixture(scope="module", params=["report", "certificate"])
def page(request, tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp(request.param)
    if request.param == "report":
        runs = load(
            [make_run(folder / name, name, outputs=HOSTILE, human=0.3) for name in ("IDK", "original")]
        )
        return to_html(summarize(runs), runs)
    certificate(folder, opinions(300), "--agreement", "0.8")
    return (folder / "calibration.html").read_text("utf-8")


def allowed(page: str) -> dict[str, str]:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert found is not None
    return dict(part.split(" ", 1) for part in unescape(found[1]).split("; "))


def test_the_policy_allows_the_page_its_own_script_and_style_by_their_hash(page):
    styles = re.findall(r"<style[^>]*>(.*?)</style>", page, flags=re.DOTALL)
    scripts = re.findall(r"<script>(.*?)</script>", page, flags=re.DOTALL)
    rules = allowed(page)
    assert (
        rules["default-src"] == "'none'"
        and rules["base-uri"] == "'none'"
        and rules["form-action"] == "'none'"
    )
    assert [rules["style-src"]] == [hashed(text) for text in styles]
    assert [rules[key] for key in ("script-src",) if key in rules] == [hashed(text) for text in scripts]
    assert "unsafe" not in " ".join(rules.values())


def test_no_element_has_inline_style_or_a_handler(page):
    tags = re.findall(r"<[a-zA-Z][^<>]*>", re.sub(r"<(script|style)\b.*?</\1>", "", page, flags=re.DOTALL))
    assert len(tags) > 100
    assert [tag for tag in tags if re.search(r"\s(style|on\w+)\s*=", tag)] == []


def test_a_page_without_a_script_allows_none():
    assert "script-src" not in policy("a {}")
    assert policy("a {}") != policy("b {}")
