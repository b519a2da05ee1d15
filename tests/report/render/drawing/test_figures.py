"""Charts as files for a paper."""

from __future__ import annotations

import errno
import re
import struct
import zlib
from dataclasses import replace
from xml.etree import ElementTree

import pytest

from judgekit.report.render.charts import charts
from judgekit.report.render.drawing.figures import CAPTIONS, COLUMN, DPI, PAGE, write_figures
from judgekit.report.render.drawing.palette import colors
from tests.report.render.charts.drawings import made_up, of_many

SVG = "{http://www.w3.org/2000/svg}"
KINDS = ("svg", "pdf", "png")


@pytest.fixture(scope="module")
def summary(tmp_path_factory):
    return made_up(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def files(summary, tmp_path_factory):
    folder = tmp_path_factory.mktemp("paper") / "figures"
    return {path.name: path.read_bytes() for path in write_figures(summary, folder)}


def of(files, kind):
    return {name: data for name, data in files.items() if name.endswith(kind)}


def test_every_chart_of_the_page_in_every_form(summary, files):
    names = {chart.name for chart in charts(summary)}
    assert {"plane", "breakdown-forget", "breakdown-keep", "sweep"} <= names
    assert set(files) == {CAPTIONS, *(f"{name}.{kind}" for name in names for kind in KINDS)}


def test_captions_say_what_the_page_prints_around_the_charts(summary, tmp_path):
    many = replace(of_many(summary, 50), comparisons=())
    for _ in write_figures(many, tmp_path):
        pass
    told = (tmp_path / CAPTIONS).read_text("utf-8")
    for chart in charts(many):
        assert f"{chart.name}: {chart.title}\n{chart.caption.strip()}\n" in told
    assert re.search(r"Judge's opinion|judge's opinion", told)
    assert re.search(r"\d+ of 50 names found no place: run \d+ of a method, .* more\.\n", told)


def test_a_figure_that_cannot_be_written_leaves_the_old_one_and_no_part(summary, tmp_path, monkeypatch):
    (tmp_path / "plane.pdf").write_text("as it was", "utf-8")

    def fails(self, file, *, format, **_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("matplotlib.figure.Figure.savefig", fails)
    with pytest.raises(OSError, match=r"No space left.*plane\.pdf"):
        list(write_figures(summary, tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"plane.pdf", "plane.svg"}
    assert (tmp_path / "plane.pdf").read_text("utf-8") == "as it was"


def test_png_is_as_wide_as_a_column_at_300_dpi(files):
    for name, data in of(files, "png").items():
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        width = struct.unpack(">I", data[16:20])[0]
        assert width in (round(COLUMN * DPI), round(PAGE * DPI)), name
        at = data.index(b"pHYs")
        assert struct.unpack(">II", data[at + 4 : at + 12]) == (11811, 11811)  # dots a meter


def test_pdf_holds_its_fonts_as_truetype_and_no_date(files):
    for name, data in of(files, "pdf").items():
        assert data.startswith(b"%PDF-")
        box = re.search(rb"/MediaBox \[ ?0 0 ([\d.]+) ", data)
        assert float(box[1]) in (pytest.approx(72 * COLUMN), pytest.approx(72 * PAGE)), name
        assert b"/Subtype /CIDFontType2" in data or b"/Subtype /TrueType" in data
        assert b"/FontFile2" in data and b"/Subtype /Type3" not in data
        assert not re.search(rb"CreationDate|ModDate|/URI", data)


def test_text_of_pdf_is_text(files):
    streams = re.findall(rb"stream\n(.*?)\nendstream", files["plane.pdf"], re.DOTALL)
    said = b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
    assert said.count(b"Tj") + said.count(b"TJ") > 10


def test_svg_needs_no_page(files):
    real = colors("light")
    for name, data in of(files, "svg").items():
        text = data.decode()
        root = ElementTree.fromstring(text)
        assert "var(--" not in text and "#items" not in text and "judgekit:" not in text
        assert not root.findall(f".//{SVG}a")
        assert len(root.findall(f".//{SVG}text")) > 5, name
        assert not re.search(r"\d{4}-\d\d-\d\d", text)
    assert real["label-leaked"] in files["breakdown-forget.svg"].decode()


def test_labels_have_patterns_beside_their_colors(files):
    drawn = ElementTree.fromstring(files["breakdown-forget.svg"].decode())
    fills = {pattern.find(f"{SVG}rect").get("fill") for pattern in drawn.iter(f"{SVG}pattern")}
    real = colors("light")
    assert {real["label-wrong"], real["label-withheld"], real["label-degenerate"]} <= fills
    assert real["label-leaked"] not in fills


def test_the_same_summary_gives_the_same_bytes(summary, files, tmp_path):
    again = {path.name: path.read_bytes() for path in write_figures(summary, tmp_path)}
    assert again == files


def test_names_may_hold_anything(summary, tmp_path):
    names = [f"{number} \x00 \ud800 $x$ <b>&" for number in range(len(summary.runs))]
    runs = tuple(replace(run, title=name) for run, name in zip(summary.runs, names, strict=True))
    for path in write_figures(replace(summary, runs=runs), tmp_path):
        if path.name in ("plane.svg", "breakdown-keep.svg"):
            assert "\\x00 \\xd800 $x$ &lt;b&gt;&amp;" in path.read_text("utf-8")
