"""What is asked through a tool comes back as labels of the same items, whatever their texts are."""

from __future__ import annotations

import csv
import json
import logging
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit import readers
from judgekit.errors import ConfigError, InputError
from judgekit.labeling.sheet import asked, write_sheet
from judgekit.readers.detect import head
from judgekit.readers.files.cells import fitting, unescaped
from judgekit.readers.join import Labels
from judgekit.readers.label_tools import SHIPPED, TAKES_ITEMS, base, tool_of
from judgekit.readers.label_tools.base import NoLabel
from judgekit.records import CANNOT_TELL
from tests.readers.label_tools.answering import ANN, ANSWERED, KEEPS_SKIPS, KEEPS_TIME, Given, task

TOOLS = sorted(TAKES_ITEMS)
POOL = "0123456789ab"


@pytest.mark.parametrize("tool", TOOLS)
def test_labels_come_back(tool: str, tmp_path: Path) -> None:
    tasks = [task(f"forget/{number}", pool=POOL) for number in range(5)]
    (path, *_) = write_sheet(tmp_path / f"queue{SHIPPED[tool].suffix}", tasks, tool)
    said = [
        Given("right", 'well, "so"\nit is'),
        Given(CANNOT_TELL),
        Given(None, skip=True),
        Given(None),
        Given("Wrong"),
    ]
    path = ANSWERED[tool](path, said)
    assert tool_of(head(path)) is SHIPPED[tool]
    rows = [row for _, row in readers.numbered_labels(path)]
    labels = [row for row in rows if not isinstance(row, NoLabel)]
    assert [(row.id, row.label, row.note) for row in labels] == [
        ("forget/0", "right", 'well, "so"\nit is'),
        ("forget/1", CANNOT_TELL, ""),
        ("forget/4", "wrong", ""),
    ]
    assert {(row.model, row.method, row.rubric, row.pool) for row in labels} == {("m", "npo", "qa", POOL)}
    assert {row.annotator for row in labels} == {ANN}
    skipped = NoLabel.SKIPPED if tool in KEEPS_SKIPS else NoLabel.OPEN
    assert rows[2:4] == [skipped, NoLabel.OPEN]
    if tool in KEEPS_TIME:
        assert {(row.at or "")[:11] for row in labels} == {"2026-11-26T"}
    assert all(label.seconds == (12.5 if tool == "label-studio" else None) for label in labels)


@pytest.mark.parametrize("tool", TOOLS)
def test_what_nobody_answered_is_said_to_be_so(tool: str, tmp_path: Path) -> None:
    (path, *_) = write_sheet(tmp_path / f"queue{SHIPPED[tool].suffix}", [task("1"), task("2")], tool)
    with pytest.raises(InputError, match=r"no labels \(2 of 2 rows have no label yet\)"):
        list(readers.read_labels(path))


@pytest.mark.parametrize("tool", sorted(KEEPS_SKIPS))
def test_skips_are_counted_and_said(tool: str, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    tasks = [task(str(number)) for number in range(4)]
    (path, *_) = write_sheet(tmp_path / f"queue{SHIPPED[tool].suffix}", tasks, tool)
    said = [Given("right"), Given(None, skip=True), Given(None, skip=True), Given(None)]
    path = ANSWERED[tool](path, said)
    with caplog.at_level(logging.WARNING):
        Labels.read([path])
    assert caplog.messages == [f"{path}: 1 of 4 rows have no label yet, 2 were skipped"]


@pytest.mark.parametrize("tool", TOOLS)
def test_every_label_can_be_chosen_and_none_is_suggested(tool: str, tmp_path: Path) -> None:
    files = write_sheet(tmp_path / f"queue{SHIPPED[tool].suffix}", [task("1")], tool)
    texts = []
    for path in files:
        if path.suffix == ".xlsx":
            cells = [
                str(cell) for page in openpyxl.load_workbook(path) for row in page.values for cell in row
            ]
            texts.append("\n".join(cells))
        else:
            texts.append(path.read_text("utf-8"))
    assert all(label in "\n".join(texts) for label in ("right", "wrong", CANNOT_TELL))
    assert "prediction" not in "\n".join(texts)


@pytest.mark.parametrize("tool", [name for name in TAKES_ITEMS if SHIPPED[name].one_rubric])
def test_a_tool_with_one_list_of_labels_takes_one_rubric(tool: str, tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=f"{tool} takes items of one rubric, not of forgetting, qa; say which"
    ):
        write_sheet(tmp_path / "q", [task("1"), task("2", rubric="forgetting")], tool)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("tool", TOOLS)
def test_a_name_that_no_file_holds_is_refused(tool: str, tmp_path: Path) -> None:
    for name in ("a\ud800", "a\0b"):
        with pytest.raises(InputError, match="holds characters that no file of text can"):
            write_sheet(tmp_path / "q", [task(name)], tool)


def _shown(tool: str, path: Path) -> str:
    """The question that people are shown of the only item."""
    if tool == "xlsx":
        rows = list(openpyxl.load_workbook(path)["items"].values)
        return unescaped(str(dict(zip(*rows, strict=True))["question"] or ""))
    if tool == "csv":
        with path.open(encoding="utf-8", newline="") as file:
            (row,) = csv.DictReader(file)
        return row["question"]
    text = path.read_text("utf-8")
    (row,) = json.loads(text) if path.suffix == ".json" else [json.loads(text)]
    for key in ("data", "fields"):
        row = row.get(key, row)
    return str(row.get("question", row.get("text")))


names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), min_size=1, max_size=12)
texts = st.text(max_size=40)
notes = st.text('aé🙂 ,;"\n\t|<&{[', max_size=12)


@pytest.mark.parametrize("tool", TOOLS)
@settings(max_examples=40, deadline=None)
@given(id_=names, question=texts, output=texts, note=notes)
def test_any_text_survives_the_way(
    tool: str, id_: str, question: str, output: str, note: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    if tool in ("csv", "xlsx"):
        id_ = id_.strip() or "1"
    item = task(id_, question=question, output=output, pool=POOL)
    folder = tmp_path_factory.mktemp("any")
    (path, *_) = write_sheet(folder / f"queue{SHIPPED[tool].suffix}", [item], tool)
    shown = _shown(tool, path)
    held = asked(item)
    if tool == "csv":
        assert shown.lstrip("'") == held.question.lstrip("'")
    elif tool == "xlsx":
        assert shown == held.question
    else:
        assert shown in (held.question, held.one_text)
    (label,) = readers.read_labels(ANSWERED[tool](path, [Given("right", note)]))
    assert (label.id, label.pool, label.label) == (id_, POOL, "right")
    assert label.note == (note.strip() if tool in ("csv", "xlsx") else note)


@given(texts.filter(lambda text: not any("\ud800" <= one <= "\udfff" for one in text)))
def test_a_cell_gives_back_its_text(text: str) -> None:
    assert unescaped(fitting(text)) == text


def test_the_one_text_leaves_out_an_empty_reference() -> None:
    item = base.Asked("1", "", "", "qa", "", "Where?", "", "", {})
    assert item.one_text == "QUESTION\nWhere?\n\nOUTPUT\n"
    assert item.named == {"item_id": "1", "rubric": "qa"}
