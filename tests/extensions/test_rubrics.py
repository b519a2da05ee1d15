"""A rubric from another package, with a role in the report; and what a rubric's name may be."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from judgekit.errors import ConfigError
from judgekit.rubrics import default_by_split, default_of, labels_of, load_rubric, role_of, shipped_rubrics
from tests.extensions.packages import ROOT, Site, example

FINGERPRINTS = {
    "entailment": "54341d2cf22a",
    "forgetting": "6a378a84f43c",
    "multihop": "0ba01f5f95ce",
    "preference": "cb6f60ac17f8",
    "preference-tie": "aaa4832ee726",
    "qa": "dfb48059d1d5",
    "quality": "9443e3b1490f",
    "refusal": "a86136375d8d",
    "utility": "c5071e1fcb15",
}
"""Calibrations and a trained judge depend on them: a role is no part of what a judge is shown."""

CASCADE = """
tiers:
  - {judge: recorded, path: evidence.jsonl, tier: model}
"""


def copy(name: str, folder: Path, old: str, new: str) -> Path:
    shutil.copytree(ROOT / "prompts" / name, folder, ignore=shutil.ignore_patterns("examples.jsonl"))
    path = folder / "rubric.yaml"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")
    return folder


def test_the_rubric_of_the_manual_is_asked_and_counted_on_its_side(site: Site, tmp_path: Path) -> None:
    site.install("judgekit-hints", example("A rubric"))
    assert "hints            reveals / silent" in site.judgekit("rubrics")
    said = {"1": 0.9, "2": 0.1, "3": 0.2, "4": 0.3}
    rows = [
        {"id": key, "question": f"q{key}", "reference": "r", "output": "o", "split": "forget"} for key in said
    ]
    evidence = [
        {"id": key, "rubric": "hints", "tiers": {"model": {"probs": {"reveals": p, "silent": 1 - p}}}}
        for key, p in said.items()
    ]
    for name, lines in (("outputs.jsonl", rows), ("evidence.jsonl", evidence)):
        (tmp_path / name).write_text("".join(json.dumps(row) + "\n" for row in lines), "utf-8")
    (tmp_path / "c.yaml").write_text(CASCADE)
    outputs, cascade = tmp_path / "outputs.jsonl", tmp_path / "c.yaml"
    assert "Does the output give the reference away?" in site.judgekit("rubrics", "hints", outputs)
    site.judgekit("score", outputs, "--rubric", "hints", "--cascade", cascade, "--out", tmp_path / "runs")
    run = tmp_path / "runs" / "outputs"
    printed = site.judgekit("report", run, "--json", tmp_path / "r.json", "--out", tmp_path / "r.html")
    (told,) = json.loads((tmp_path / "r.json").read_text("utf-8"))["runs"]
    group = told["groups"][0]
    assert group["side"] == "forget" and group["counts_as"] == {"reveals": "leaked", "silent": "withheld"}
    assert group["rates"]["leaked"]["value"] == 0.25 and group["rates"]["forgotten well"]["value"] == 0.75
    assert "degenerate" not in group["rates"]  # nobody was asked
    assert "leaks 25.0 %" in printed


def test_a_broken_package_is_one_line_where_it_is_used_and_nothing_elsewhere(
    site: Site, tmp_path: Path
) -> None:
    files = {"other/__init__.py": "from importlib.resources import files\nRUBRIC = files(__name__)\n"}
    files |= {
        f"other/{name}": (ROOT / "prompts" / "qa" / name).read_text("utf-8")
        for name in ("rubric.yaml", "template.j2")
    }
    points = {"judgekit.rubrics": {"bad": "nowhere:RUBRIC", "odd": "other:RUBRIC"}}
    site.install("judgekit-broken", files, points)
    path = tmp_path / "o.jsonl"
    path.write_text('{"id": "1", "question": "q", "reference": "r", "output": "r", "split": "forget"}\n')
    said = site.judgekit("score", path, "--rubric", "bad", "--out", tmp_path / "run", code=2)
    assert (
        "entry point 'bad' (judgekit.rubrics) of package judgekit-broken: nowhere:RUBRIC cannot be loaded"
        in said
    )
    said = site.judgekit("rubrics", "odd", code=2)
    assert "its rubric.yaml says 'name: qa'; both must be the same" in said
    assert "of package judgekit-broken" in site.judgekit("rubrics")
    site.judgekit("score", path, "--out", tmp_path / "run")


def test_the_name_of_a_shipped_rubric_means_its_labels(tmp_path: Path) -> None:
    other = copy("utility", tmp_path / "other", "name: refused", "name: declined")
    with pytest.raises(
        ConfigError, match=r"other/rubric\.yaml: the rubric 'utility' is another one, .* 'name' of its own"
    ):
        load_rubric(other)
    meant = copy("utility", tmp_path / "meant", "right in part, or", "right, or")
    with pytest.raises(ConfigError, match="other labels, meanings or role"):
        load_rubric(meant)
    renamed = copy("utility", tmp_path / "renamed", "name: utility", "name: helpful")
    assert load_rubric(renamed).role.side == "keep" and labels_of("helpful") == ()


def test_a_copy_in_other_words_is_the_same_rubric_and_older_files_have_its_role(tmp_path: Path) -> None:
    old = copy("forgetting", tmp_path / "old", "role: forget\ndefault_for: [forget, relearned]\n", "")
    assert load_rubric(old).role.side == "forget"
    assert load_rubric(old).fingerprint == load_rubric("forgetting").fingerprint
    template = old / "template.j2"
    template.write_text(template.read_text("utf-8").replace("output", "answer", 1), "utf-8")
    assert load_rubric(old).fingerprint != load_rubric("forgetting").fingerprint


def test_a_run_of_another_rubric_under_a_shipped_name_has_not_its_role() -> None:
    assert role_of("forgetting").side == "forget"
    assert role_of("forgetting", labels=labels_of("forgetting")[::-1]).side == "forget"  # before runs said it
    assert role_of("forgetting", labels=["yes", "no"]).side == "other"
    assert role_of("mine", {"side": "keep", "counts_as": {"yes": "correct"}}).of("yes") == "correct"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("role: forget\n", "no label counts as leaked or forgotten well"),
        ("role: keep\n", "no label counts as correct"),
        ("role: both\n", "role"),
    ],
)
def test_a_role_that_its_labels_do_not_fill_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "rubric.yaml").write_text(
        f"name: x\nlabels: [{{name: a, meaning: m}}, {{name: b, meaning: m}}]\n{text}"
    )
    (tmp_path / "template.j2").write_text(
        "{% block instruction %}{% endblock %}{% block item %}{% endblock %}"
    )
    with pytest.raises(ConfigError, match=said):
        load_rubric(tmp_path)


def test_roles_leave_fingerprints_as_they_were() -> None:
    assert {name: load_rubric(name).fingerprint for name in FINGERPRINTS} == FINGERPRINTS


def test_a_rubric_is_whole() -> None:
    """The drill: a folder with examples of every label, a row in docs/cascade.md; two never claim one split."""
    manual = (ROOT / "docs" / "cascade.md").read_text("utf-8")
    table = manual[manual.index("## Rubrics") :]
    claimed: dict[tuple[str, str], str] = {}
    for name in shipped_rubrics():
        rubric = load_rubric(name)
        assert rubric.name == name, f"prompts/{name}/rubric.yaml says 'name: {rubric.name}'"
        lacking = set(rubric.labels) - {label for _, label in rubric.example_rows}
        assert not lacking, f"prompts/{name}/examples.jsonl has no example of {', '.join(sorted(lacking))}"
        assert f"`{name}`" in table, f"rubric '{name}': no row in docs/cascade.md"
        for split in rubric.file.default_for:
            other = claimed.setdefault((rubric.file.kind, split), name)
            assert other == name, f"rubrics '{other}' and '{name}' are both default_for '{split}'"
    assert default_by_split() == {"forget": "forgetting", "relearned": "forgetting", "*": "utility"}
    assert (default_of("chain"), default_of("pairwise")) == ("multihop", "preference")
