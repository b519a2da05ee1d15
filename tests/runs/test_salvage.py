"""Pages are read as SQLite writes them: every record of any table comes back, whatever its length."""

from __future__ import annotations

import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.runs.salvage import FRAME, Pages, before_digests, damaged_key, joined, records, whole
from judgekit.runs.schema import PAGE, digest

VALUES = st.one_of(
    st.none(),
    st.integers(-(2**63), 2**63 - 1),
    st.floats(allow_nan=False),
    st.binary(max_size=40),
    st.text(st.characters(exclude_categories=("Cs",)), max_size=60),
    st.builds(lambda size, tail: "é" * size + tail, st.integers(0, 9000), st.sampled_from(["", "x"])),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(VALUES, VALUES, VALUES, VALUES), max_size=30), st.booleans())
def test_every_record_is_found(rows: list[tuple[object, ...]], by_key: bool) -> None:
    """In a table of rows, and in one that is its own index, whose records stand on pages above the leaves too."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(f"PRAGMA page_size = {PAGE}")
            kind = "n INTEGER PRIMARY KEY, a, b, c, d" if by_key else "n, a, b, c, d"
            db.execute(f"CREATE TABLE t ({kind}) {'WITHOUT ROWID' if by_key else ''}")
            db.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", [(n, *row) for n, row in enumerate(rows)])
            kept = db.execute("SELECT n, a, b, c, d FROM t").fetchall()
        with closing(Pages(path, b"")) as pages:
            found = [row for row in records(pages.filed(), pages) if row[0] != "table"]
    assert Counter(map(repr, found)) == Counter(map(repr, kept))


@settings(deadline=None)
@given(st.binary(max_size=2 * PAGE))
def test_noise_holds_no_row_and_ends(noise: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        path.write_bytes(noise)
        with closing(Pages(path, noise)) as pages:
            found = [*records(pages.filed(), pages), *records(pages.logged, pages)]
    assert not [row for row in found if whole(row)]


def test_the_last_page_of_a_file_that_ends_too_early_holds_whole_rows() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.sqlite"
        with closing(sqlite3.connect(path, isolation_level=None)) as db:
            db.execute(f"PRAGMA page_size = {PAGE}")
            db.execute("CREATE TABLE t (n, a)")
            db.executemany("INSERT INTO t VALUES (?, ?)", [(n, "x" * 900) for n in range(4)])
        path.write_bytes(path.read_bytes()[:-1000])  # rows are written from the end of a page
        with closing(Pages(path, b"")) as pages:
            assert [row[0] for row in records(pages.filed(), pages) if row[0] != "table"] == [1, 2, 3]


def frame(number: int) -> bytes:
    return number.to_bytes(4, "big") + bytes(FRAME - 4)


def test_two_logs_are_one_also_where_the_first_ends_too_early() -> None:
    header = bytes(32)
    both = joined(header + frame(1) + frame(2)[:700], header + frame(3))
    with closing(Pages(Path("none"), both)) as pages:
        assert [number for number, _ in pages.logged] == [1, 2, 3]
    assert joined(b"", header) == joined(header, b"") == header


def test_a_row_is_known_by_its_digest_and_a_damaged_answer_by_its_key() -> None:
    row = ("k", "small", "2026-11-26T10:00:00+00:00", "{}", None)
    assert whole((*row, digest("answers", *row))) == ("answers", row)
    assert whole(("q", *row[1:], digest("answers", *row))) is None
    assert damaged_key("answers", ("q", *row[1:], digest("answers", *row))) == "q"
    assert damaged_key("answers", ("small", 3, 0.5, 0, 0.0, "no digest")) is None
    spent = ("small", 3, 2.0, 0, 0.0)
    assert whole(("small", 3, 2, 0, 0, digest("spent", *spent))) == ("spent", spent)


@pytest.mark.parametrize("calls", [2.5, b"2", None, "2"])
def test_what_a_judge_cost_is_believed_of_an_older_store_only_where_it_is_a_number(calls: object) -> None:
    assert before_digests(("small", 2, 0.5, 0, 0.0)) == ("spent", ("small", 2, 0.5, 0, 0.0))
    assert before_digests(("small", 2, 1, 0)) == ("spent", ("small", 2, 1.0, 0, 0.0))
    assert before_digests(("small", calls, 0.5, 0, 0.0)) is None
