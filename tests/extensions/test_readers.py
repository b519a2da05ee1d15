"""A file format from another package."""

from __future__ import annotations

import json
from pathlib import Path

from judgekit.readers.base import Format
from judgekit.readers.formats import SHIPPED
from tests.extensions.packages import ROOT, Site, example, verdicts

ROWS = [
    {"asked": "Where?", "gold": "Ghent", "said": "In Ghent."},
    {"asked": "Who?", "gold": "Ada", "said": "Bo."},
]


def write(path: Path, rows: object) -> Path:
    path.write_text(json.dumps(rows), "utf-8")
    return path


def test_the_format_of_the_manual_is_detected_and_read(site: Site, tmp_path: Path) -> None:
    path = write(tmp_path / "answers.json", ROWS)
    assert "format not recognized (first keys: asked, gold, said)" in site.judgekit("validate", path, code=2)
    site.install("judgekit-transcript", example("A reader"))
    assert "2 items" in site.judgekit("validate", path)
    site.judgekit("score", path, "--method", "npo", "--split", "forget", "--out", tmp_path / "run")
    assert [(one["method"], one["label"]) for one in verdicts(tmp_path / "run")] == [
        ("npo", "leaked"),
        ("npo", "wrong"),
    ]
    broken = write(tmp_path / "broken.json", [{"asked": "Where?", "gold": "Ghent", "said": 7}])
    assert "broken.json:0: key 'said': expected a text, found int" in site.judgekit(
        "validate", broken, code=2
    )
    listed = site.python("from judgekit import readers; print(readers.formats()['transcript'])")
    assert listed.strip() == "transcripts: asked, gold, said; JSON or JSONL (package judgekit-transcript)"


def test_a_broken_package_leaves_every_other_file_readable(site: Site, tmp_path: Path) -> None:
    site.install("judgekit-broken", {}, {"judgekit.readers": {"bad": "nowhere:FORMAT"}})
    known = [
        {"id": "1", "question": "Where?", "reference": "Ghent", "output": "In Ghent.", "split": "forget"}
    ]
    folder = tmp_path / "logs"
    folder.mkdir()
    write(folder / "known.json", known)
    unknown = write(folder / "unknown.json", ROWS)
    site.judgekit("score", folder, "--out", tmp_path / "run")  # the unknown one is passed over, as ever
    for options in ((), ("--format", "bad")):
        said = site.judgekit("validate", unknown, *options, code=2)
        assert (
            "entry point 'bad' (judgekit.readers) of package judgekit-broken: nowhere:FORMAT cannot be"
            in said
        )


def test_a_format_is_whole() -> None:
    """The drill: a module in SHIPPED, a row in docs/files.md, a test in tests/readers/formats."""
    package = ROOT / "judgekit" / "readers" / "formats"
    manual = (ROOT / "docs" / "files.md").read_text("utf-8")
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests" / "readers").rglob("*.py"))
    modules = {form.read.__module__.rpartition(".")[2] for form in SHIPPED.values()}
    missing = {path.stem for path in package.glob("*.py")} - modules - {"__init__"}
    assert not missing, f"judgekit/readers/formats/__init__.py: SHIPPED lacks {', '.join(sorted(missing))}"
    for name, form in SHIPPED.items():
        assert isinstance(form, Format) and form.description, f"format '{name}' has no description"
        assert f"| `{name}` |" in manual, f"format '{name}': no row in docs/files.md"
        assert f'"{name}"' in tests, f"format '{name}': no test in tests/readers names it"
