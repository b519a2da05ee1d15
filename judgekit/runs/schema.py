"""The tables of a run's store, and the digest beside every row by which a damaged one is told from a whole one."""

from __future__ import annotations

import hashlib
import sqlite3
from pathlib import Path

from judgekit.errors import InputError, StoreFailed

VERSION = 3
_MOST_VERSIONS = 99
PAGE = 4096
"""Bytes of a page, so that rows are found in a file whose header is gone too (:mod:`judgekit.runs.salvage`)."""

COLUMNS = {
    "answers": ("key", "judge", "at", "answer", "top"),
    "attempts": ("key", "judge", "at", "answer"),
    "spent": ("judge", "calls", "dollars", "unpriced", "reserved"),
    "state": ("name", "value"),
}
"""Table -> its columns without the last, ``digest``."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, judge TEXT, at TEXT, answer TEXT, top TEXT, digest TEXT);
CREATE TABLE IF NOT EXISTS attempts (key TEXT, judge TEXT, at TEXT, answer TEXT, digest TEXT);
CREATE TABLE IF NOT EXISTS spent
  (judge TEXT PRIMARY KEY, calls INTEGER, dollars REAL, unpriced INTEGER, reserved REAL NOT NULL DEFAULT 0, digest TEXT)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT, digest TEXT) WITHOUT ROWID;
"""

_SAFE = "PRAGMA trusted_schema = OFF"
"""A store may come from somebody else: nothing that it defines is run (https://www.sqlite.org/security.html).

A rollback journal beside it is none of ours, for a store has a write-ahead log. It is removed unread, since SQLite
deletes any file that a journal names as the one above it (https://www.sqlite.org/atomiccommit.html, 5.3).
"""

_MACHINE = (
    sqlite3.SQLITE_PERM,
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOLFS,
)
"""What SQLite fails with that says nothing of the file."""


class Damaged(Exception):
    """A store does not hold what was written to it."""


def digest(table: str, *columns: object) -> str:
    """What stands beside a row of a table: 64 bits of BLAKE2b, which no flipped bit leaves the same.

    Returns
    -------
    str
        16 hex digits.
    """
    text = "\0".join((table, *map(str, columns)))
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def opened(path: Path) -> sqlite3.Connection:
    """A store, made where there is none, of this version and whole.

    Raises
    ------
    Damaged
        It is not what was written, or no store at all.
    InputError
        It is of a newer version.
    StoreFailed
        The machine fails: no room, no right to write.
    """
    path.with_name(path.name + "-journal").unlink(missing_ok=True)  # see _SAFE
    db = sqlite3.connect(path, isolation_level=None, cached_statements=64, check_same_thread=False)
    try:  # one thread at a time, though not always the one that opened it
        _prepare(db, path)
        if version_1_or_2 := not _has_digests(db):
            _check_structure(db)
        _upgrade(db) if version_1_or_2 else check(db)
    except (sqlite3.DatabaseError, UnicodeDecodeError) as error:  # SQLite quotes what it does not understand
        db.close()
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in _MACHINE:
            raise StoreFailed(f"{path}: {error}", kept=True) from None
        raise Damaged(str(error)) from None
    except BaseException:
        db.close()
        raise
    return db


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    db.execute(_SAFE)
    db.execute(f"PRAGMA page_size = {PAGE}")
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if not 0 <= version <= _MOST_VERSIONS:
        raise Damaged(f"version {version}")
    if version > VERSION:
        raise InputError(f"store of version {version}; this judgekit reads version {VERSION}", path=path)
    kinds = {kind for (kind,) in db.execute("SELECT type FROM sqlite_schema")}
    if others := kinds - {"table", "index"}:
        raise Damaged(f"it defines a {min(others)}")
    if not kinds:
        db.executescript(f"BEGIN; {_SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")


def _has_digests(db: sqlite3.Connection) -> bool:
    return any(column[1] == "digest" for column in db.execute("PRAGMA table_info(answers)"))


def _check_structure(db: sqlite3.Connection) -> None:
    (said,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    if said != "ok":
        raise Damaged(said)


def check(db: sqlite3.Connection) -> None:
    """See whether every page, index and row is as it was written; 100,000 answers take about a second.

    Raises
    ------
    Damaged, sqlite3.DatabaseError
        One is not.
    """
    _check_structure(db)
    for table, columns in COLUMNS.items():
        for *row, found in db.execute(f"SELECT {', '.join(columns)}, digest FROM {table}"):
            if found != digest(table, *row):
                raise Damaged(f"a row of {table} is not what was written")


def _upgrade(db: sqlite3.Connection) -> None:
    """Give the rows of an older version their digests: from here on they are what they are now."""
    (broken,) = db.execute("SELECT count(*) FROM answers WHERE NOT json_valid(answer)").fetchone()
    if broken:
        raise Damaged("an answer is not JSON")
    db.create_function("digest_of", -1, digest, deterministic=True)
    db.execute("BEGIN")
    if all(column[1] != "reserved" for column in db.execute("PRAGMA table_info(spent)")):
        db.execute("ALTER TABLE spent ADD COLUMN reserved REAL NOT NULL DEFAULT 0")
    for table, columns in COLUMNS.items():
        db.execute(f"ALTER TABLE {table} ADD COLUMN digest TEXT")
        db.execute(f"UPDATE {table} SET digest = digest_of('{table}', {', '.join(columns)})")
    db.execute(f"PRAGMA user_version = {VERSION}")
    db.execute("COMMIT")
