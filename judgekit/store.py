"""The evidence store: every answer of a model, kept in a run's folder the moment it is there.

One SQLite file a run (``store.sqlite``, write-ahead log), readable with any SQLite tool. An answer is
committed before it is handed on, so ``kill -9`` loses nothing that was answered and the next run pays for
nothing twice. (A commit reaches the operating system, which outlives the process; a power cut may cost the
last moments.) Answers are final and never overwritten. Failed attempts are logged beside them and tried again.
"""

from __future__ import annotations

import fcntl
import json
import math
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from judgekit.errors import BudgetSpent, InputError, StoreBusy

Row = Mapping[str, Any]

_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, judge TEXT, at TEXT, answer TEXT, top TEXT);
CREATE TABLE IF NOT EXISTS attempts (key TEXT, judge TEXT, at TEXT, answer TEXT);
CREATE TABLE IF NOT EXISTS spent
  (judge TEXT PRIMARY KEY, calls INTEGER, dollars REAL, unpriced INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
_SPEND = """
INSERT INTO spent VALUES (?, ?, ?, ?) ON CONFLICT (judge) DO UPDATE SET
calls = calls + excluded.calls, dollars = dollars + excluded.dollars, unpriced = unpriced + excluded.unpriced
"""


@dataclass(frozen=True)
class Spent:
    """What a run has cost so far: calls, US dollars, and how many of the calls had no known price."""

    calls: int = 0
    dollars: float = 0.0
    unpriced: int = 0


_NOTHING = Spent()


class Budget:
    """A hard limit, in dollars and in calls, on a run: all its judges, and all commands that resumed it.

    What a call may cost is set aside before it is sent and replaced by what it did cost afterwards, so the
    limit holds with any number of calls in flight. A call is a prompt that is sent; a retry is not a new one.

    Parameters
    ----------
    dollars, calls : the limits; None: no limit.
    spent : what the run has used before (``Store.spent()``).
    """

    def __init__(
        self, dollars: float | None = None, calls: int | None = None, *, spent: Spent = _NOTHING
    ) -> None:
        self.dollars, self.calls = dollars, calls
        self.spent_dollars, self.spent_calls = spent.dollars, spent.calls
        self._held, self._holders = 0.0, 0

    def hold(self, calls: int, estimate: float) -> bool:
        """Set aside so many calls and the dollars they may cost together.

        Returns
        -------
        False where there is no room now, but there may be once other calls have cost less than was set aside.

        Raises
        ------
        BudgetSpent : there is no room, and will not be.
        """
        if self.calls is not None and self.spent_calls + calls > self.calls:
            raise BudgetSpent(f"the budget of {self.calls} calls is used up")
        if self.dollars is not None and self.spent_dollars + self._held + estimate > self.dollars:
            if self._holders and self.spent_dollars + estimate <= self.dollars:
                return False
            raise BudgetSpent(f"the budget of ${self.dollars:g} is used up: ${self.spent_dollars:.4f} spent")
        self._holders += 1
        self._held += estimate
        self.spent_calls += calls
        return True

    def charge(self, calls: int, dollars: float) -> None:
        """Count what was spent, or bound to be, without having been set aside by this process."""
        self.spent_calls += calls
        self.spent_dollars += dollars

    def settle(self, estimate: float, cost: float | None) -> None:
        """Replace what was set aside by what the call did cost; where that is not known, by the estimate."""
        self._holders -= 1
        self._held = self._held - estimate if self._holders else 0.0
        self.spent_dollars += estimate if cost is None else cost


class Store:
    """The answers of one run.

    Parameters
    ----------
    folder : the run's folder; made if absent.

    Raises
    ------
    StoreBusy : another process has this run open.
    InputError : the file there is not a store, or one of a newer version.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make the run folder: {error.strerror}", path=folder) from None
        self._lock: int | None = _lock(self.folder)
        path = self.folder / "store.sqlite"
        self._db = sqlite3.connect(
            path, isolation_level=None, cached_statements=64, check_same_thread=False
        )  # one thread at a time, though not always the one that opened it
        try:
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version not in (0, _VERSION):
                raise InputError(
                    f"store of version {version}; this judgekit reads version {_VERSION}", path=path
                )
            self._db.executescript(_SCHEMA)
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
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

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

    def put(self, answers: Iterable[tuple[str, Row]], judge: str) -> None:
        """Keep answers for good, all in one commit; the first answer to a key stays.

        An answer with a true ``fault`` is the record of a failed attempt: it is logged, answers nothing, and the
        key stays open.

        Parameters
        ----------
        answers : pairs of content key and the answer as a JSON object; its ``top`` is kept apart, since
            only a person reads it, and its ``cost`` (None: unknown) is added up.
        judge : name of the judge that pays.
        """
        now, costs = _now(), list[float | None]()
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
            if costs:
                dollars = math.fsum(cost for cost in costs if cost is not None)
                self._db.execute(_SPEND, (judge, len(costs), dollars, costs.count(None)))

    def spent(self, judge: str | None = None) -> Spent:
        """What this run has cost since its folder was made, all judges together or one of them."""
        where, values = ("", ()) if judge is None else ("WHERE judge = ?", (judge,))
        row = self._db.execute(
            "SELECT coalesce(sum(calls), 0), coalesce(sum(dollars), 0.0), coalesce(sum(unpriced), 0) "
            f"FROM spent {where}",
            values,
        )
        return Spent(*row.fetchone())

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

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._db.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


def answers_kept(folder: Path) -> int:
    """How many answers a run's folder holds, also while a process has the run open."""
    path = folder / "store.sqlite"
    if not path.is_file():
        return 0
    with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
        return int(db.execute("SELECT count(*) FROM answers").fetchone()[0])


def _json(value: Any) -> str:
    return _ENCODER.encode(value).encode("utf-8", "replace").decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _lock(folder: Path) -> int:
    """Hold the folder for this process; the lock goes with the process, however that ends."""
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o644)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid = os.read(handle, 32).decode(errors="replace").strip() or "unknown"
        os.close(handle)
        raise StoreBusy(
            f"run {folder} is in use by process {pid}; wait for it, or give another run name"
        ) from None
    os.ftruncate(handle, 0)
    os.write(handle, f"{os.getpid()}\n".encode())
    return handle
