"""A label tool from another package, and tools that are whole."""

from __future__ import annotations

import json
from pathlib import Path

from judgekit.readers.label_tools import SHIPPED
from judgekit.readers.label_tools.base import LabelTool
from tests.extensions.packages import ROOT, Site, example
from tests.readers.label_tools.answering import ANSWERED

OUTPUTS = [
    {"id": str(number), "question": f"Where is {number}?", "output": "In Ghent.", "model": "m", "method": "x"}
    for number in range(4)
]


def queue(site: Site, folder: Path) -> Path:
    outputs = folder / "o.jsonl"
    outputs.write_text("".join(json.dumps(row) + "\n" for row in OUTPUTS), "utf-8")
    path = folder / "q.jsonl"
    site.judgekit("queue", outputs, "--rubric", "qa", "--to", "postcards", "-o", path)
    return path


def test_the_tool_of_the_manual_takes_items_and_gives_labels(site: Site, tmp_path: Path) -> None:
    site.install("judgekit-postcards", example("A label tool"))
    path = queue(site, tmp_path)
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert {tuple(row["among"]) for row in rows} == {("right", "wrong", "cannot tell")}
    said = [{"picked": "right", "by": "ann"}, {"picked": "wrong", "by": "ann"}, {"sent_back": True}, {}]
    rows = [row | one for row, one in zip(rows, said, strict=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    told = site.judgekit("validate", path)
    assert "labels, 2 rows (qa 2); 1 of 4 rows have no label yet, 1 were skipped" in told
    site.judgekit(
        "score", tmp_path / "o.jsonl", "--rubric", "qa", "--labels", path, "--out", tmp_path / "run", code=4
    )
    rows[0]["picked"] = "rihgt"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    assert "q.jsonl:1: label 'rihgt' is not one of right, wrong" in site.judgekit("validate", path, code=2)


def test_a_broken_package_is_one_line_where_it_is_asked_for_and_nothing_elsewhere(
    site: Site, tmp_path: Path
) -> None:
    site.install("judgekit-broken", {}, {"judgekit.label_tools": {"bad": "nowhere:TOOL"}})
    labels = tmp_path / "l.jsonl"
    labels.write_text('{"id": "1", "label": "right"}\n', "utf-8")
    assert "labels, 1 rows" in site.judgekit("validate", labels)
    said = site.judgekit("queue", labels, "--to", "bad", code=2)
    assert (
        "entry point 'bad' (judgekit.label_tools) of package judgekit-broken: nowhere:TOOL cannot be" in said
    )


def test_a_tool_is_whole() -> None:
    """The drill: a module in SHIPPED, a row in docs/label-tools.md, its stand-in and a test of its own."""
    package = ROOT / "judgekit" / "readers" / "label_tools"
    manual = (ROOT / "docs" / "label-tools.md").read_text("utf-8")
    modules = {(tool.write or tool.answers).__module__.rpartition(".")[2] for tool in SHIPPED.values()}
    missing = {path.stem for path in package.glob("*.py")} - modules - {"__init__", "base", "sheet"}
    assert not missing, (
        f"judgekit/readers/label_tools/__init__.py: SHIPPED lacks {', '.join(sorted(missing))}"
    )
    for name, tool in SHIPPED.items():
        assert isinstance(tool, LabelTool) and tool.description, f"tool '{name}' has no description"
        row = f"| `{name}` |" if tool.write else f"| {tool.description.partition(':')[0]} | none |"
        assert row in manual, f"tool '{name}': no row in docs/label-tools.md"
        is_answered = name in ANSWERED or tool.write is None
        assert is_answered, f"tool '{name}': tests/readers/label_tools/answering.py: ANSWERED lacks it"
