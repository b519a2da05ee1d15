"""The page of a certificate says what the calibration file holds: of every kind of promise, and where nothing is won."""

from __future__ import annotations

import re
import sys
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from judgekit.calibration import files
from judgekit.calibration.record import Calibration
from judgekit.report.certificate.page import beside, to_html, write
from tests.calibration.pools import ask, world
from tests.calibration.pools import write as labels
from tests.calibration.test_version_1 import written
from tests.report.certificate.certificates import HOSTILE, IMAGE, LABELS, certificate, opinions, write_rows

KINDS: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "certified": ({"labeled": 400, "unlabeled": 150}, ("--agreement", "0.9")),
    "budget": (
        {"labeled": 400},
        (
            "--agreement",
            "0.8",
            "--max-mean-cost",
            "0.5",
            "--cost",
            "lexical=0",
            "--cost",
            "small=0.2",
            "--cost",
            "large=1",
        ),
    ),
    "groups": ({"labeled": 400}, ("--agreement", "0.8", "--group-by", "method")),
    "per_label": ({"labeled": 600}, ("--agreement", "0.8", "--per-label", "leaked=0.85")),
    "at_most": ({"labeled": 600}, ("--at-most", "withheld:leaked=0.05")),
    "shares": ({"labeled": 400, "people": 3}, ("--agreement", "0.75", "--people", "random")),
    "nothing": ({"labeled": 150, "strength": (0.3, 0.45, 0.6)}, ("--agreement", "0.9")),
    "hopeless": ({"labeled": 80, "strength": (0.0, 0.0, 0.1)}, ("--agreement", "0.95")),
    "few": ({"labeled": 10}, ("--agreement", "0.95")),
}


class Tables(HTMLParser):
    """The cells of every table, by the table's class; and the text of the page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tables: dict[str, list[list[str]]] = {}
        self.text, self._skip, self._rows, self._cell = "", False, list[list[str]](), False
        self.feed(page)
        self.text = " ".join(self.text.split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._skip = self._skip or tag == "style"
        if tag == "table":
            self._rows = self.tables.setdefault(str(dict(attrs)["class"]), [])
        elif tag == "tr":
            self._rows.append([])
        elif tag in ("th", "td"):
            self._rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._skip = self._skip and tag != "style"
        self._cell = self._cell and tag not in ("th", "td")

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.text += data
        if self._cell:
            self._rows[-1][-1] += data.strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[str, Calibration]]:
    folder = tmp_path_factory.mktemp("certificates")
    found = {}
    for kind, (known, options) in KINDS.items():
        page, _ = certificate(folder / kind, opinions(**known), *options)
        found[kind] = page, Calibration.load(folder / kind / "calibration.json")
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_the_sentence_comes_first_and_the_identity_is_there(
    kind: str, made: dict[str, tuple[str, Calibration]]
) -> None:
    page, calibration = made[kind]
    said = Tables(page)
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", page, re.DOTALL)
    assert heading is not None
    assert heading[1] == escape(calibration.certificate.claim).replace("&#x27;", "&#39;").replace(
        "&quot;", "&#34;"
    )
    for text in (
        calibration.fingerprint,
        f"{calibration.made}, judgekit {calibration.version}",
        "leak check",
    ):
        assert text in said.text
    assert [row[:2] for row in said.tables["judges"][1:]] == [
        [tier, calibration.fingerprints[tier]] for tier in calibration.tiers
    ]
    assert ("What it does not say" in said.text) == calibration.certified
    assert ("Why nothing is certified" in said.text) == (not calibration.certified)


@pytest.mark.parametrize("kind", KINDS)
def test_it_needs_nothing_but_itself_and_runs_nothing(
    kind: str, made: dict[str, tuple[str, Calibration]]
) -> None:
    page, _ = made[kind]
    assert re.search(r"default-src 'none'; style-src 'sha256-[^']+'; img-src data:", page)
    assert "<script" not in page and "@import" not in page
    assert not re.findall(r"""(?:src|href)=["']?(?!#|data:)[^"'> ]+""", page)


def test_figures_are_those_of_the_certificate(made: dict[str, tuple[str, Calibration]]) -> None:
    page, calibration = made["certified"]
    said, found = Tables(page), calibration.certificate
    assert found.observed is not None and found.bound is not None
    for text in (
        f"{found.coverage:.1%}",
        f"{found.observed:.1%}",
        f"{found.bound:.1%}",
        f"{found.accepted:,} verdicts",
    ):
        assert text.replace(".0%", "%") in said.text
    assert "Items that look unlike 150 unlabeled ones get no verdict" in said.text
    assert "NPO and RMU of Llama-3.1-8B, split forget" in said.text
    assert "one promise for all runs together" in said.text


def test_the_path_is_drawn_told_in_words_and_tabled(made: dict[str, tuple[str, Calibration]]) -> None:
    for kind in ("certified", "nothing"):
        page, calibration = made[kind]
        said, found = Tables(page), calibration.diagnosis
        assert found is not None
        (trail,) = found.trails
        rows = said.tables["tests-0"][1:]
        assert (
            rows[0][1] == f"{trail.tested[0].accepted:,}" and rows[-1][1] == f"{trail.tested[-1].accepted:,}"
        )
        assert [row[-1] for row in rows].count("fails: the test stops") == trail.stopped
        described = re.search(r'<svg [^>]*role="img" aria-labelledby="path-0-title path-0-text"', page)
        assert described is not None
        assert f"{len(trail.tested)} tests were made" in said.text
        if calibration.certified:
            (last,) = [row for row in rows if row[-1] == "passes, the last"]
            assert last[1] == f"{calibration.certificate.accepted:,}"


def test_verdicts_and_what_is_left_open_add_up(made: dict[str, tuple[str, Calibration]]) -> None:
    page, calibration = made["certified"]
    head, *rows = Tables(page).tables["verdicts"]
    assert head == ["People", *LABELS, "Left open", "All"]
    counts = [[0 if cell == "·" else int(cell) for cell in row[1:]] for row in rows[:-1]]
    *people, every = counts
    assert [sum(column) for column in zip(*people, strict=True)] == every
    assert every[-1] == calibration.certificate.labels == 400
    assert every[-2] == 400 - calibration.certificate.accepted
    assert rows[-1] == [
        "errors",
        *(str(sum(row[v] for p, row in enumerate(people) if p != v)) for v in range(4)),
        "",
        str(int(calibration.certificate.errors)),
    ]


def test_errors_are_counted_in_the_eyes_of_the_promise(made: dict[str, tuple[str, Calibration]]) -> None:
    page, calibration = made["at_most"]
    *_, errors = Tables(page).tables["verdicts"]
    assert errors[-1] == f"{calibration.certificate.errors:g}"
    assert "at most 5% of the verdicts 'withheld' are 'leaked'" in Tables(page).text


def test_every_part_has_its_row_and_its_path(made: dict[str, tuple[str, Calibration]]) -> None:
    page, _ = made["groups"]
    assert [row[0] for row in Tables(page).tables["parts"]] == ["Part", "NPO", "RMU"]
    assert page.count("<figure") == 2
    page, calibration = made["per_label"]
    said = Tables(page)
    assert [row[0] for row in said.tables["parts"][1:]] == [
        f"verdict {label}" for label in calibration.labels
    ]
    assert [row[1] for row in said.tables["parts"][1:]] == ["85%", "80%", "80%", "80%"]
    assert "It holds for all 4 parts together" in said.text


def test_where_people_differ_no_exact_bound_is_claimed(made: dict[str, tuple[str, Calibration]]) -> None:
    said = Tables(made["shares"][0])
    assert "Exact bound" not in said.tables["tests-0"][0] and "lower confidence bound" not in said.text
    assert "drawn at random" in said.text


def test_agreement_between_people_is_there_where_several_labeled_an_item(
    made: dict[str, tuple[str, Calibration]],
) -> None:
    page, calibration = made["shares"]
    found = calibration.people_summary
    assert found is not None and found.between is not None and (found.annotators, found.twice) == (3, 400)
    assert len(found.sentences) >= 3 and all(text in Tables(page).text for text in found.sentences)
    assert f"{100 * found.between.raw.value:.1f} %" in Tables(page).text
    assert found.persons == () and "p0" not in page
    page, calibration = made["certified"]
    assert calibration.people_summary is None and "How far people agree" not in page


def test_what_further_labels_are_likely_to_buy_is_told(made: dict[str, tuple[str, Calibration]]) -> None:
    for kind in ("certified", "nothing", "per_label"):
        page, calibration = made[kind]
        rows, labels = Tables(page).tables["outlook"][1:], calibration.certificate.labels
        assert [row[0] for row in rows] == [f"{labels:,} labels", f"{2 * labels:,} labels"]
        found = calibration.outlook
        assert found is not None and found.path[0].coverage <= 1
    once, twice = made["nothing"][1].outlook.path  # type: ignore[union-attr]
    assert once.certified < 1 and once.coverage <= twice.coverage + 0.1
    for kind in ("groups", "shares", "at_most", "budget", "few"):
        assert made[kind][1].outlook is None and "outlook" not in Tables(made[kind][0]).tables


def test_of_a_pool_the_page_shows_how_far_people_were_asked(tmp_path: Path) -> None:
    rows, truth = world()
    write_rows(rows, tmp_path / "evidence.jsonl")
    drawn = files.draw(tmp_path / "evidence.jsonl", 250, to=tmp_path / "labels.jsonl", agreement=0.85)
    said = ask(files.asking(tmp_path / "evidence.jsonl", drawn), truth, most=180)
    labels(tmp_path / "labels.jsonl", said, drawn.items, drawn.fingerprint)
    page, _ = certificate(tmp_path, rows, "--agreement", "0.85", "--labels", "labels.jsonl")
    shown = Tables(page)
    assert f"People labeled {len(said)} of 250 items of the pool" in shown.text
    assert f"250 items, drawn before anybody labeled any of them: {drawn.fingerprint}" in shown.text
    head, *people, unlabeled, every, _ = shown.tables["verdicts"]
    assert head == ["People", "no", "yes", "Left open", "All"] and len(people) == 2
    assert (unlabeled[0], unlabeled[-1], every[-1]) == ("no label", str(250 - len(said)), "250")
    assert "not asked</text>" in page


def test_where_nothing_is_certified_the_page_says_why_and_what_would_help(
    made: dict[str, tuple[str, Calibration]],
) -> None:
    page, calibration = made["nothing"]
    (part,), said = calibration.certificate.parts, Tables(page)
    assert part.nearest is not None and calibration.diagnosis is not None
    assert f"The surest {part.nearest.accepted} of 150 labeled items come nearest" in said.text
    assert f"first of all on the label '{calibration.diagnosis.weakest}'" in said.text
    assert [row[0] for row in said.tables["targets"][1:]] == ["80%", "85%", "90%, asked", "95%"]
    assert said.tables["verdicts"][0][-2:] == ["Silent", "All"]
    assert "more labels alone will hardly help" in Tables(made["hopeless"][0]).text
    assert (
        "There are too few labels" in Tables(made["few"][0]).text
        or "too few labels" in Tables(made["few"][0]).text
    )


def test_names_are_text_and_never_markup(tmp_path: Path) -> None:
    rows = opinions(300, labels=HOSTILE, methods=(IMAGE,), tiers=("<b>judge</b>", "t&t", "z"))
    page, made = certificate(tmp_path, rows, "--agreement", "0.8")
    assert "<script>" not in page and "<b>judge" not in page and "<img" not in page
    said = Tables(page)
    assert said.tables["verdicts"][0][1:5] == [label.strip() for label in made["labels"]]  # type: ignore[attr-defined]
    assert "49" not in said.tables["verdicts"][0][4]
    assert said.tables["judges"][1][0] == "<b>judge</b>"
    assert IMAGE in said.text


def test_a_file_made_before_paths_were_kept_has_a_page_too(tmp_path: Path) -> None:
    calibration = Calibration.model_validate(written())
    page = write(calibration, tmp_path / "old.json")
    said = Tables(page.read_text("utf-8"))
    assert page == tmp_path / "old.html"
    assert calibration.fingerprint in said.text and "date not recorded" in said.text
    assert "How the labels were tested" not in said.text


def test_the_page_never_takes_the_place_of_the_calibration() -> None:
    assert beside(Path("a/c.json")) == Path("a/c.html")
    assert beside(Path("c.html")) == Path("c.html.html")


def test_earlier_calibrations_on_the_labels_are_told(tmp_path: Path) -> None:
    rows = opinions(300)
    certificate(tmp_path, rows, "--agreement", "0.8", "--tries", "2")
    page, made = certificate(tmp_path, rows, "--agreement", "0.85", "--tries", "2")
    _, row = Tables(page).tables["tries"]
    assert row == [made["tries"][0]["digest"], "300 of 300", "10%", "2"]  # type: ignore[index]


def test_without_matplotlib_the_tables_stand_for_the_picture(
    made: dict[str, tuple[str, Calibration]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, calibration = made["certified"]
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    page = to_html(calibration)
    assert "<figure" not in page and "No picture: " in page and "[report]" in page
    assert "<details open>" in page
