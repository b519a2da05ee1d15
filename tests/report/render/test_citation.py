from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import yaml

from judgekit.report.about import About
from judgekit.report.render.citation import METHOD, citation

ABOUT = About(
    2,
    80,
    40,
    ("Llama",),
    ("lexical", "small (qwen3)"),
    ("2026-05-02", "2026-05-02"),
    "1.2",
    (),
    (),
    None,
    None,
)


def test_one_line_says_version_day_judges_certificates_and_paper() -> None:
    made = replace(ABOUT, certificates=("1a2b", "3c4d"), judged=("2026-05-02", "2026-05-04"))
    assert citation(made) == (
        "judgekit 1.2; judged 2026-05-02–2026-05-04 by lexical, small (qwen3); certificates 1a2b, 3c4d. "
        f"Method: {METHOD}."
    )


def test_what_is_not_known_is_left_out_and_no_certificate_is_said() -> None:
    assert citation(replace(ABOUT, judged=None)).startswith(
        "judgekit 1.2; judged by lexical, small (qwen3); no certificate"
    )
    assert "2026-05-02 by" in citation(ABOUT)


def test_the_paper_is_the_one_of_the_citation_file() -> None:
    given = yaml.safe_load((Path(__file__).parents[3] / "CITATION.cff").read_text("utf-8"))
    (paper,) = given["references"]
    assert paper["title"] in METHOD and str(paper["year"]) in METHOD
    assert all(author["family-names"] in METHOD for author in paper["authors"])
