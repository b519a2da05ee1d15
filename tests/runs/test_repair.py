"""A store that was damaged: what is whole in it is kept, nothing else is believed, and it is said in one line."""

from __future__ import annotations

import hashlib
import json
import logging
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from judgekit.errors import InputError, StoreFailed
from judgekit.runs import repair, schema
from judgekit.runs.budget import Spent
from judgekit.runs.store import Store, kept
from tests.cli.calling import judgekit
from tests.judges.asking import some_items
from tests.judges.server import ChatServer

COST = 0.00123
PAGE = schema.PAGE


def key(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:32]


ROWS: dict[str, dict[str, Any]] = {
    key(n): {"logprobs": {"A": -0.1 * n, "B": -3.0}, "text": "x" * (6000 if n % 40 == 0 else 3), "cost": COST}
    for n in range(240)
}
"""Answers, some too long for one page."""


def fill(folder: Path) -> None:
    with Store(folder) as store:
        rows = [(name, row | {"top": [["A", -1.0]] * 8}) for name, row in ROWS.items()]
        for at in range(0, len(rows), 20):
            store.put(rows[at : at + 20], "small")
        store.put([("late", {"error": "500", "fault": True, "cost": None, "reserved": 0.5})], "small")
        store.set_state("batch", {"id": "b1"})


SPENT = pytest.approx((241, 240 * COST, 1, 0.5))


def numbers(spent: Spent) -> tuple[int, float, int, float]:
    return spent.calls, spent.dollars, spent.unpriced, spent.reserved


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("whole")
    fill(folder)
    return (folder / "store.sqlite").read_bytes()


def flipped(data: bytes, at: int, bit: int = 0) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def flip(data: bytes, rng: random.Random) -> bytes:
    return flipped(data, rng.randrange(PAGE, len(data)), rng.randrange(8))


def flip_in_header(data: bytes, rng: random.Random) -> bytes:
    return flipped(data, rng.choice([*range(60), *range(64, 100)]), rng.randrange(8))


def cut(data: bytes, rng: random.Random) -> bytes:
    return data[: rng.randrange(1, len(data))]


def zero_page(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) // PAGE) * PAGE
    return data[:at] + bytes(PAGE) + data[at + PAGE :]


def noise(data: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(data) - 512)
    return data[:at] + rng.randbytes(512) + data[at + 512 :]


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("damage", [flip, flip_in_header, cut, zero_page, noise])
def test_no_damage_is_believed_and_none_is_silent(
    damage: Callable[[bytes, random.Random], bytes],
    seed: int,
    whole: bytes,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    path = tmp_path / "store.sqlite"
    hurt = damage(whole, random.Random(seed))
    path.write_bytes(hurt)
    with caplog.at_level(logging.WARNING), Store(tmp_path) as store:
        found, spent = store.get(list(ROWS)), store.spent()
    assert all(row == ROWS[name] for name, row in found.items())
    said = caplog.text
    if len(found) < len(ROWS):
        assert "store.sqlite was damaged" in said and "not" in said and "will be asked again" in said
    if "may have been more" not in said:
        assert numbers(spent) == SPENT
    if said:
        assert f"{len(found):,} answers are saved" in said and caplog.text.count("\n") == 1
        assert (tmp_path / "store.damaged.sqlite").read_bytes() == hurt
    caplog.clear()
    with Store(tmp_path) as store:  # it is mended for good
        assert store.get(list(ROWS)) == found and not caplog.text
        store.put([(name, row) for name, row in ROWS.items() if name not in found], "small")
        assert store.get(list(ROWS)) == ROWS
    assert not list(tmp_path.glob("*.part*"))


def test_what_sqlite_quotes_of_a_damaged_schema_need_not_be_text(whole: bytes, tmp_path: Path) -> None:
    start = whole.index(b"CREATE TABLE")
    for at in range(start, start + 100, 3):
        (tmp_path / "store.sqlite").write_bytes(flipped(whole, at, 7))
        with Store(tmp_path) as store:
            assert store.get(list(ROWS)) == ROWS and numbers(store.spent()) == SPENT


@pytest.mark.parametrize("damage", [flip, zero_page, noise])
def test_a_little_damage_costs_a_few_rows_at_most(
    damage: Callable[[bytes, random.Random], bytes], whole: bytes, tmp_path: Path
) -> None:
    for seed in range(20):
        folder = tmp_path / str(seed)
        folder.mkdir()
        (folder / "store.sqlite").write_bytes(damage(whole, random.Random(seed)))
        with Store(folder) as store:
            assert len(store.get(list(ROWS))) >= len(ROWS) - (1 if damage is flip else 20)


@pytest.mark.parametrize("what", ["answer", "key", "judge"])
def test_a_flipped_bit_that_leaves_a_valid_row_is_noticed_and_named(
    what: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The kind that changes a label: the file is sound, the JSON is valid, and the text is another."""
    fill(tmp_path)
    path, seven = tmp_path / "store.sqlite", key(7)
    change = {
        "answer": "answer = replace(answer, '-3.0', '-2.0')",
        "key": "key = '!' || substr(key, 2)",
        "judge": "judge = 'smalm'",
    }[what]
    with sqlite3.connect(path) as db:
        db.execute(f"UPDATE answers SET {change} WHERE key = ?", (seven,))
    db.close()
    with Store(tmp_path) as store:
        assert store.get(list(ROWS)) == {name: row for name, row in ROWS.items() if name != seven}
        assert numbers(store.spent()) == SPENT
        assert store.state("batch") == {"id": "b1"}
    named = ("!" + seven[1:])[:12] if what == "key" else seven[:12]
    assert f"239 answers are saved, 1 is not and will be asked again (damaged: '{named}')" in caplog.text


def test_what_was_spent_is_counted_again_where_its_row_is_damaged(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tmp_path)
    with sqlite3.connect(tmp_path / "store.sqlite") as db:
        db.execute("UPDATE spent SET dollars = 0")
    db.close()
    with Store(tmp_path) as store:
        assert numbers(store.spent()) == SPENT and len(store) == len(ROWS)
    assert "counted from the answers that are saved: it may have been more" in caplog.text


def test_a_batch_that_may_be_submitted_twice_is_said(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    fill(tmp_path)
    with sqlite3.connect(tmp_path / "store.sqlite") as db:
        db.execute("UPDATE state SET value = replace(value, 'b1', 'b2') WHERE name = 'batch'")
    db.close()
    with Store(tmp_path) as store:
        assert store.state("batch") is None and len(store) == len(ROWS)
    assert "noted of batches is damaged: look at the provider's" in caplog.text


def test_the_next_damage_keeps_the_first_file_too(whole: bytes, tmp_path: Path) -> None:
    for seed in range(2):
        (tmp_path / "store.sqlite").write_bytes(cut(whole, random.Random(seed)))
        Store(tmp_path).close()
    assert {path.name for path in tmp_path.glob("store.damaged*")} == {
        "store.damaged.sqlite",
        "store.damaged.2.sqlite",
    }


def killed(folder: Path, copy: Path, log: Callable[[bytes], bytes] = lambda log: log) -> int:
    """A copy of a run's files as kill -9 leaves them, the write-ahead log changed; how long the log is."""
    copy.mkdir()
    with Store(folder) as store:
        store.put(list(ROWS.items()), "small")
        shutil.copy(folder / "store.sqlite", copy)
        whole_log = (folder / "store.sqlite-wal").read_bytes()
    (copy / "store.sqlite-wal").write_bytes(log(whole_log))
    return len(whole_log)


def test_answers_behind_a_damaged_frame_of_the_log_are_not_lost(tmp_path: Path) -> None:
    """SQLite ends at the first frame that is not as it was written, without a word."""
    size = killed(tmp_path / "a", tmp_path / "whole")
    with Store(tmp_path / "whole") as store:
        assert store.get(list(ROWS)) == ROWS
        assert store.spent().calls == len(ROWS)
    killed(tmp_path / "b", tmp_path / "hurt", lambda log: flipped(log, size // 3))
    with Store(tmp_path / "hurt") as store:
        found = store.get(list(ROWS))
        assert len(found) >= len(ROWS) - 20 and all(row == ROWS[name] for name, row in found.items())
        assert store.spent().calls == len(found)
        assert store.spent().dollars == pytest.approx(len(found) * COST)


def version_2(folder: Path, broken: str | None = None) -> Path:
    """A store as judgekit 0.2 left it."""
    fill(folder)
    path = folder / "store.sqlite"
    with sqlite3.connect(path) as db:
        for table in schema.COLUMNS:
            db.execute(f"ALTER TABLE {table} DROP COLUMN digest")
        if broken is not None:
            db.execute("UPDATE answers SET answer = ? WHERE key = ?", (broken, key(3)))
        db.execute("PRAGMA user_version = 2")
        db.commit()
        db.execute("VACUUM")
    db.close()
    return path


def test_a_store_of_version_2_is_changed_in_place(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = version_2(tmp_path)
    for _ in range(2):
        with Store(tmp_path) as store:
            assert store.get(list(ROWS)) == ROWS and numbers(store.spent()) == SPENT
            assert store.state("batch") == {"id": "b1"}
    with sqlite3.connect(path) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (3,)
        assert not db.execute("SELECT count(*) FROM answers WHERE digest IS NULL").fetchone()[0]
    db.close()
    assert not caplog.text and not list(tmp_path.glob("store.damaged*"))


def test_a_damaged_store_of_version_2_is_saved_too(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    data = version_2(tmp_path / "a").read_bytes()
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "store.sqlite").write_bytes(data[: len(data) * 3 // 4])
    with Store(tmp_path / "b") as store:
        found = store.get(list(ROWS))
    assert len(ROWS) / 2 < len(found) < len(ROWS)
    assert all(row == ROWS[name] for name, row in found.items())
    assert "store.sqlite was damaged" in caplog.text
    version_2(tmp_path / "c", broken='{"text": ')
    with Store(tmp_path / "c") as store:
        assert store.get(list(ROWS)) == {name: row for name, row in ROWS.items() if name != key(3)}


def test_where_there_is_no_room_for_a_new_store_nothing_is_changed(
    whole: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurt = zero_page(whole, random.Random(3))
    (tmp_path / "store.sqlite").write_bytes(hurt)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(repair.shutil, "copy2", full)
    with pytest.raises(StoreFailed, match=r"is damaged, and a new one cannot be written: .*No space"):
        Store(tmp_path)
    assert (tmp_path / "store.sqlite").read_bytes() == hurt
    assert not list(tmp_path.glob("*.part*")) and not list(tmp_path.glob("store.damaged*"))


def test_a_store_damaged_under_an_open_run_is_one_line(tmp_path: Path) -> None:
    fill(tmp_path)
    with Store(tmp_path) as store:
        (tmp_path / "store.sqlite").write_bytes(b"x" * PAGE * 4)
        store._db.execute("PRAGMA shrink_memory")  # what it has read it would not read again
        with pytest.raises(StoreFailed, match=r"store\.sqlite: .*; the same command saves what is whole"):
            store.get(list(ROWS))
        with pytest.raises(StoreFailed, match=r"store\.sqlite: "):
            store.put([("new", {"text": "A"})], "small")
    with pytest.raises(StoreFailed, match="the same command saves what is whole"):
        kept(tmp_path)


def test_a_run_on_a_damaged_store_asks_again_what_is_lost_and_nothing_else(tmp_path: Path) -> None:
    rows = [item.to_row() for item in some_items(60)]
    (tmp_path / "outputs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    run = tmp_path / "runs" / "outputs"
    with ChatServer() as server:
        (tmp_path / "cascade.yaml").write_text(
            f"tiers: [{{judge: openai, model: tiny, base_url: '{server.url}'}}]\nrubrics: {{'*': forgetting}}\n"
        )
        score = ("score", "outputs.jsonl", "--cascade", "cascade.yaml")
        assert judgekit(*score, cwd=tmp_path).returncode == 0
        before = (run / "verdicts.jsonl").read_bytes()
        data = (run / "store.sqlite").read_bytes()
        at = data.index(b'"logprobs"') + 3
        (run / "store.sqlite").write_bytes(flipped(data, at))
        done = judgekit(*score, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert "119 answers are saved, 1 is not" in done.stderr
        assert sum(server.calls.values()) == 121
    assert (run / "verdicts.jsonl").read_bytes() == before


def test_what_never_was_a_store_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.sqlite"
    path.write_text("my notes\n" * 2000)
    with pytest.raises(InputError, match="not a judgekit store"):
        Store(tmp_path)
    assert path.read_text() == "my notes\n" * 2000 and not list(tmp_path.glob("store.damaged*"))
