"""The evidence store: every answer of a model, kept in a run's folder the moment it is there.

One SQLite file a run (``store.sqlite``, write-ahead log), readable with any SQLite tool. An answer is
committed before it is handed on, so ``kill -9`` loses nothing that was answered and the next run pays for
nothing twice. (A commit reaches the operating system, which outlives the process; a power cut may cost the
last moments.) Answers are final and never overwritten. Failed attempts are logged beside them and tried again.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from judgekit.errors import InputError, StoreFailed
from judgekit.runs.budget import Spent
from judgekit.runs.lock import Lock

Row = Mapping[str, Any]

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

_VERSION = 2
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, judge TEXT, at TEXT, answer TEXT, top TEXT);
CREATE TABLE IF NOT EXISTS attempts (key TEXT, judge TEXT, at TEXT, answer TEXT);
CREATE TABLE IF NOT EXISTS spent
  (judge TEXT PRIMARY KEY, calls INTEGER, dollars REAL, unpriced INTEGER, reserved REAL NOT NULL DEFAULT 0)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
_SPEND = """
INSERT INTO spent VALUES (?, ?, ?, ?, ?) ON CONFLICT (judge) DO UPDATE SET
calls = calls + excluded.calls, dollars = dollars + excluded.dollars, unpriced = unpriced + excluded.unpriced,
reserved = reserved + excluded.reserved
"""
_SPENT = ", ".join(
    f"coalesce(sum({name}), {zero})"
    for name, zero in (("calls", "0"), ("dollars", "0.0"), ("unpriced", "0"), ("reserved", "0.0"))
)

BALLAST = 4 << 20
"""Bytes held back in a run's folder while answers come in, so that the last ones have room when the disk is full."""


class Store:
    """The answers of one run.

    Parameters
    ----------
    folder : str | Path
        The run's folder; made if absent.

    Raises
    ------
    StoreBusy
        Another process has this run open.
    InputError
        The file there is not a store, or one of a newer version.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make the run folder: {error.strerror}", path=folder) from None
        self._ballast: Path | None = None
        self._lock = Lock(self.folder / "lock", f"run {self.folder}", "give another run name")
        path = self.folder / "store.sqlite"
        self._db = sqlite3.connect(
            path, isolation_level=None, cached_statements=64, check_same_thread=False
        )  # one thread at a time, though not always the one that opened it
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version not in (0, 1, _VERSION):
                raise InputError(
                    f"store of version {version}; this judgekit reads version {_VERSION}", path=path
                )
            self._db.executescript(_SCHEMA)
            if version == 1:
                self._db.execute("ALTER TABLE spent ADD COLUMN reserved REAL NOT NULL DEFAULT 0")
            self._db.execute(f"PRAGMA user_version = {_VERSION}")
        except sqlite3.DatabaseError as error:
            self.close()
            raise InputError(f"not a judgekit store ({error}); give another folder", path=path) from None
        except InputError:
            self.close()
            raise

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and let other processes have the run; closing again does nothing."""
        self._db.close()
        self._drop_ballast()
        self._lock.release()

    def get(self, keys: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The stored answers among ``keys``, without their ``top`` lists."""
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._db.execute(
                f"SELECT key, answer FROM answers WHERE key IN ({marks})", part
            ).fetchall()
            decoded = json.loads(
                f"[{','.join(answer for _, answer in rows)}]"
            )  # one by one takes twice as long
            found.update(zip((key for key, _ in rows), decoded, strict=True))
        return found

    def make_room(self) -> None:
        """Hold room back on the disk for the last answers; called before anything is asked.

        Raises
        ------
        StoreFailed
            There is none.
        """
        if self._ballast is not None:
            return
        self._ballast = self.folder / "store.ballast"
        try:
            self._ballast.write_bytes(b"\0" * BALLAST)
        except OSError as error:
            self._drop_ballast()
            raise StoreFailed(
                f"{self.folder}: no room for a run's answers ({_said(error)})", kept=True
            ) from None

    def put(self, answers: Iterable[tuple[str, Row]], judge: str) -> None:
        """Keep answers for good, all in one commit; the first answer to a key stays.

        An answer with a true ``fault`` is the record of a failed attempt: it is logged, answers nothing, and the
        key stays open.

        Parameters
        ----------
        answers : Iterable[tuple[str, Row]]
            Pairs of content key and the answer as a JSON object; its ``top`` is kept apart, since only
            a person reads it, and its ``cost`` (None: unknown) is added up.
        judge : str
            Name of the judge that pays.

        Raises
        ------
        StoreFailed
            There is no room for them, or only what was held back for this moment (then they are
            ``kept``).
        """
        answers = list(answers)
        try:
            self._keep(answers, judge)
        except (sqlite3.Error, OSError) as error:
            self._drop_ballast()
            kept = _succeeds(lambda: self._keep(answers, judge))
            raise StoreFailed(f"{self.folder / 'store.sqlite'}: {_said(error)}", kept=kept) from None

    def _keep(self, answers: Sequence[tuple[str, Row]], judge: str) -> None:
        now, costs, reserved = _now(), list[float | None](), 0.0
        with self._transaction():
            for key, answer in answers:
                row = dict(answer)
                top = row.pop("top", None)
                if row.get("fault"):
                    self._db.execute(
                        "INSERT INTO attempts VALUES (?, ?, ?, ?)", (key, judge, now, _json(row))
                    )
                else:
                    kept = self._db.execute(
                        "INSERT OR IGNORE INTO answers VALUES (?, ?, ?, ?, ?)",
                        (key, judge, now, _json(row), None if top is None else _json(top)),
                    )
                    if not kept.rowcount:
                        continue
                costs.append(row.get("cost"))
                reserved += row.get("reserved", 0.0)
            if costs:
                dollars = math.fsum(cost for cost in costs if cost is not None)
                self._db.execute(_SPEND, (judge, len(costs), dollars, costs.count(None), reserved))

    def spent(self, judge: str | None = None) -> Spent:
        """What this run has cost since its folder was made, all judges together or one of them."""
        where, values = ("", ()) if judge is None else ("WHERE judge = ?", (judge,))
        return Spent(*self._db.execute(f"SELECT {_SPENT} FROM spent {where}", values).fetchone())

    def state(self, name: str) -> Any:
        """A named JSON value that outlives the process (a batch that was submitted, say), or None."""
        row = self._db.execute("SELECT value FROM state WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def set_state(self, name: str, value: Any) -> None:
        """Keep a named JSON value; None forgets it."""
        if value is None:
            self._db.execute("DELETE FROM state WHERE name = ?", (name,))
        else:
            self._db.execute("INSERT OR REPLACE INTO state VALUES (?, ?)", (name, _json(value)))

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM answers").fetchone()[0])

    def _drop_ballast(self) -> None:
        if self._ballast is not None:
            self._ballast.unlink(missing_ok=True)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:  # a full disk has SQLite roll back by itself
                self._db.execute("ROLLBACK")
            raise


def kept(folder: Path) -> tuple[int, Spent]:
    """How many answers a run's folder holds and what they cost, also while a process has the run open."""
    path = folder / "store.sqlite"
    if not path.is_file():
        return 0, Spent()
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        answers = int(db.execute("SELECT count(*) FROM answers").fetchone()[0])
        return answers, Spent(*db.execute(f"SELECT {_SPENT} FROM spent").fetchone())


def _succeeds(do: Callable[[], None]) -> bool:
    try:
        do()
    except (sqlite3.Error, OSError):
        return False
    return True


def _said(error: sqlite3.Error | OSError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _json(value: Any) -> str:
    return _ENCODER.encode(value).encode("utf-8", "replace").decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
