"""A kind of judge from another package."""

from __future__ import annotations

import json
from pathlib import Path

from judgekit.judges import KINDS, described, judge_kind
from tests.extensions.packages import ROOT, Site, example, verdicts

OUTPUTS = [
    {"id": "1", "question": "Where?", "reference": "Ghent", "output": "Ghent"},
    {"id": "2", "question": "Where?", "reference": "Ghent", "output": "I would rather not say it to you"},
    {"id": "3", "question": "Where?", "reference": "Ghent", "output": ""},
]


def outputs(path: Path) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in OUTPUTS), "utf-8")
    return path


def test_the_judge_of_the_manual_judges(site: Site, tmp_path: Path) -> None:
    site.install("judgekit-shortest", example("A judge"))
    assert "shortest     right where the output is short, free (package judgekit-shortest)" in site.judgekit(
        "judges"
    )
    cascade = tmp_path / "c.yaml"
    cascade.write_text("tiers: [{judge: shortest, words: 3}]\n")
    run = tmp_path / "run"
    site.judgekit(
        "score", outputs(tmp_path / "o.jsonl"), "--rubric", "qa", "--cascade", cascade, "--out", run, code=4
    )
    found = verdicts(run)
    assert [(one.get("label"), one["state"]) for one in found] == [
        ("right", "verdict"),
        ("wrong", "verdict"),
        (None, "unscored"),
    ]
    assert found[2]["reason"] == "shortest: the output is empty"


def test_a_broken_package_is_one_line_where_it_is_used_and_nothing_elsewhere(
    site: Site, tmp_path: Path
) -> None:
    files = {"broken.py": "import a_module_that_is_not_there\n", "other.py": "class NoJudge:\n    pass\n"}
    points = {"judgekit.judges": {"bad": "broken:Judge", "odd": "other:NoJudge", "lexical": "broken:Judge"}}
    site.install("judgekit-broken", files, points)
    cascade = tmp_path / "c.yaml"
    score = ["score", outputs(tmp_path / "o.jsonl"), "--rubric", "qa", "--out", tmp_path / "run"]
    cascade.write_text("tiers: [{judge: bad}]\n")
    said = site.judgekit(*score, "--cascade", cascade, code=2)
    assert said.count("\n") == 1
    assert (
        "entry point 'bad' (judgekit.judges) of package judgekit-broken: broken:Judge cannot be loaded"
        in said
    )
    assert "a_module_that_is_not_there" in said
    cascade.write_text("tiers: [{judge: odd}]\n")
    assert "other:NoJudge is no JudgeKind (judgekit.judges.base)" in site.judgekit(
        *score, "--cascade", cascade, code=2
    )
    site.judgekit(*score)  # the lexical judge is the one that ships
    listed = site.judgekit("judges")
    assert "lexical      rules and text features" in listed and "of package judgekit-broken" in listed


def test_two_packages_under_one_name_are_both_named(site: Site, tmp_path: Path) -> None:
    for name in ("judgekit-one", "judgekit-two"):
        site.install(name, {}, {"judgekit.judges": {"mine": "nowhere:Judge"}})
    cascade = tmp_path / "c.yaml"
    cascade.write_text("tiers: [{judge: mine}]\n")
    said = site.judgekit(
        "score", outputs(tmp_path / "o.jsonl"), "--cascade", cascade, "--out", tmp_path / "r", code=2
    )
    assert "of package judgekit-one and judgekit-two: two packages add the same name; uninstall one" in said


def test_a_kind_of_judge_is_whole() -> None:
    """The drill: a class, its line in KINDS, its keys in docs/judges.md or docs/vllm.md, a test that builds it."""
    manual = "".join(
        (ROOT / "docs" / name).read_text("utf-8") for name in ("judges.md", "vllm.md", "cascade.md")
    )
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "judges").rglob("test_*.py"))
    for kind, description in described().items():
        assert description and "\n" not in description, (
            f"judge '{kind}': its class needs a one-line 'description'"
        )
        assert f"judge: {kind}" in manual, f"judge '{kind}': docs/judges.md does not say 'judge: {kind}'"
        if kind in KINDS:
            name = getattr(judge_kind(kind), "__name__", kind)
            assert name in tests or f"judge: {kind}" in tests or f'"{kind}"' in tests, (
                f"judge '{kind}': no test in tests/judges uses {name}"
            )
