"""A measure from another package."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

from judgekit.metrics import AGGREGATES, Rule, catalog
from tests.extensions.packages import ROOT, Site, example

OUTPUTS = ["Ghent", "In the city of Ghent", "I do not know it", ""]


def scored(site: Site, folder: Path) -> Path:
    rows = [
        {"id": str(k), "question": f"Where {k}?", "reference": "Ghent", "output": output, "split": "retain"}
        for k, output in enumerate(OUTPUTS)
    ]
    path = folder / "o.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    site.judgekit("score", path, "--out", folder / "runs")
    return folder / "runs" / "o"


def test_the_measure_of_the_manual_is_in_the_report(site: Site, tmp_path: Path) -> None:
    site.install("judgekit-brevity", example("A measure"))
    out = tmp_path / "r.csv"
    page = tmp_path / "r.md"
    site.judgekit("report", scored(site, tmp_path), "--csv", out, "--markdown", page)
    with out.open(encoding="utf-8", newline="") as file:
        (row,) = [
            row for row in csv.DictReader(file) if (row["section"], row["name"]) == ("measure", "brevity")
        ]
    assert (row["section"], row["split"], row["items"]) == ("measure", "retain", "3")  # one output is empty
    assert abs(float(row["value"]) - (1 + 1 / 5 + 1 / 5) / 3) < 1e-12
    assert "| Brevity ↑ |" in page.read_text("utf-8")


def test_a_broken_package_stops_reports_with_one_line_and_nothing_else(site: Site, tmp_path: Path) -> None:
    site.install(
        "judgekit-broken",
        {"broken.py": "MEASURE = 'a text'\n"},
        {"judgekit.measures": {"bad": "broken:MEASURE"}},
    )
    run = scored(site, tmp_path)
    said = site.judgekit("report", run, code=2)
    assert said.count("\n") == 1
    assert (
        "entry point 'bad' (judgekit.measures) of package judgekit-broken: broken:MEASURE is no Entry "
        "(judgekit.metrics.entry) but str"
    ) in said


def test_a_measure_is_whole() -> None:
    """The drill: an entry whose rules come after what they need, a row in docs/measures.md, a test."""
    manual = set(re.findall(r"`([a-z0-9A-Z_*]+)`", (ROOT / "docs" / "measures.md").read_text("utf-8")))
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    entries = catalog()
    assert {made.name for made in AGGREGATES} <= set(entries), (
        "an aggregate has no entry in metrics/catalog.py"
    )
    names = list(entries)
    for place, (name, entry) in enumerate(entries.items()):
        assert entry.label and entry.range and entry.source and entry.needs, (
            f"measure '{name}': its entry is not whole"
        )
        assert name in manual or (name.startswith("mia_") and "mia_*" in manual), (
            f"measure '{name}': no row in docs/measures.md"
        )
        formulas = {rule.compute.__name__ for rule in entry.rules if isinstance(rule, Rule)} - {
            "float",
            "<lambda>",
        }
        assert name.startswith("mia_") or name in tests or any(formula in tests for formula in formulas), (
            f"measure '{name}': no test names it"
        )
        for rule in entry.rules:
            late = {need for need in rule.needs if need in names and names.index(need) > place}
            assert not late, (
                f"measure '{name}' needs {', '.join(late)}, which stands after it in metrics/catalog.py"
            )
