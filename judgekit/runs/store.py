"""The evidence store: every answer of a model, kept in a run's folder the moment it is there.

One SQLite file a run (``store.sqlite``, write-ahead log), readable with any SQLite tool. An answer is
committed before it is handed on, so ``kill -9`` loses nothing that was answered and the next run pays for
nothing twice. (A commit reaches the operating system, which outlives the process; a power cut may cost the
last moments.) Answers are final and never overwritten. Failed attempts are logged beside them and tried again.
Every row has a digest beside it (:mod:`judgekit.runs.schema`). All are compared when a run is opened, so that no row
is believed that is not what was written; what is whole in a damaged file is kept (:mod:`judgekit.runs.repair`).
"""

from __future__ import annotations

import json
import logging
import os
import platform
import sqlite3
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from judgekit.errors import InputError, StoreFailed, StoreGone, StoreTaken
from judgekit.runs.atomic import check_no_links
from judgekit.runs.budget import Spent
from judgekit.runs.lock import Lock
from judgekit.runs.repair import NoStore, forget_log, logged, mend, rows_of_log
from judgekit.runs.schema import Damaged, digest, opened

Row = Mapping[str, Any]

_LOG = logging.getLogger(__name__)
_ENCODER = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)

_SPENT = ", ".join(
    f"coalesce(sum({name}), {zero})"
    for name, zero in (("calls", "0"), ("dollars", "0.0"), ("unpriced", "0"), ("reserved", "0.0"))
)

_OWNER = "owner"
"""Name of the state that says which process has the run open."""

_AGAIN = "the same command saves what is whole in it and goes on"

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
        The file there is not a store, or one of a newer version; or a name in the folder is a link.
    StoreFailed
        The machine fails, or a damaged store cannot be mended for want of room.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"cannot make the run folder: {error.strerror}", path=folder) from None
        check_no_links(self.folder)
        self._ballast: Path | None = None
        self._lock = Lock(self.folder / "lock", f"run {self.folder}", "give another run name")
        try:
            self._db = self._opened()
        except BaseException:
            self._lock.release()
            raise

    @property
    def _path(self) -> Path:
        return self.folder / "store.sqlite"

    def _opened(self) -> sqlite3.Connection:
        """The file, with all that is whole in it and in its log; a damaged one is mended with a warning."""
        path = self._path
        log = logged(path)
        try:
            self._db = opened(path)
        except Damaged as damage:
            try:
                _LOG.warning("%s", mend(path, log))
            except NoStore:
                raise InputError(f"not a judgekit store ({damage}); give another folder", path=path) from None
            self._db = opened(path)
        for table, row in list(rows_of_log(path, log)):
            with self._transaction():
                if not self._holds(table, row):
                    self._insert(table, *row)
                    self._spend(str(row[1]), Spent.of(json.loads(str(row[3]))))
        self._owner = f"process {os.getpid()} on {platform.node()} ({uuid.uuid4().hex[:8]})"
        try:
            self.set_state(_OWNER, self._owner)
        except sqlite3.Error as error:
            self._db.close()
            raise StoreFailed(f"{path}: {_said(error)}", kept=True) from None
        forget_log(path)
        self._is_at = _place(path)
        return self._db

    def check_owner(self) -> None:
        """See whether no other process opened the run since: a lock file may be deleted, or lock nothing on a network.

        Raises
        ------
        StoreTaken
            One did; it is named.
        StoreGone
            The file is no longer in its place: what is written goes where nobody finds it.
        """
        if _place(self._path) != self._is_at:
            raise StoreGone(
                f"{self._path} was moved or deleted while it was written to: put it back, then go on"
            )
        try:
            owner = self.state(_OWNER)
        except (sqlite3.Error, ValueError) as error:
            raise StoreFailed(f"{self._path}: {error}; {_AGAIN}", kept=True) from None
        if owner != self._owner:
            raise StoreTaken(
                f"{self.folder} was opened by {owner} while this process had it; let one of them end, then go on"
            )

    def _holds(self, table: str, row: Sequence[object]) -> bool:
        """Whether a row of answers or attempts is there; one attempt is like another but for the time and the fault."""
        where, values = (
            ("key = ?", row[:1])
            if table == "answers"
            else ("key = ? AND at = ? AND answer = ?", (row[0], *row[2:4]))
        )
        return self._db.execute(f"SELECT 1 FROM {table} WHERE {where}", values).fetchone() is not None

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
        """The stored answers among ``keys``, without their ``top`` lists.

        Raises
        ------
        StoreFailed
            The file was damaged since it was opened.
        """
        found: dict[str, dict[str, Any]] = {}
        for start in range(0, len(keys), 500):
            part = keys[start : start + 500]
            marks = ",".join("?" * len(part))
            try:
                rows = self._db.execute(
                    f"SELECT key, answer FROM answers WHERE key IN ({marks})", part
                ).fetchall()
                decoded = json.loads(
                    f"[{','.join(answer for _, answer in rows)}]"
                )  # one by one takes twice as long
            except (sqlite3.Error, ValueError) as error:
                raise StoreFailed(f"{self._path}: {error}; {_AGAIN}", kept=True) from None
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
            There is no room for them, or only what was held back for this moment (then they are ``kept``).
        StoreTaken, StoreGone
            Another process has the run open too, or the file is no longer in its place; they are kept in it.
        """
        answers = list(answers)
        try:
            self._keep(answers, judge)
        except (sqlite3.Error, OSError) as error:
            self._drop_ballast()
            kept = _succeeds(lambda: self._keep(answers, judge))
            raise StoreFailed(f"{self._path}: {_said(error)}", kept=kept) from None
        self.check_owner()

    def _keep(self, answers: Sequence[tuple[str, Row]], judge: str) -> None:
        now, spent = _now(), Spent()
        with self._transaction():
            for key, answer in answers:
                row = dict(answer)
                top = row.pop("top", None)
                if row.get("fault"):
                    self._insert("attempts", key, judge, now, _json(row))
                elif not self._insert(
                    "answers", key, judge, now, _json(row), None if top is None else _json(top)
                ):
                    continue
                spent += Spent.of(row)
            if spent.calls:
                self._spend(judge, spent)

    def _spend(self, judge: str, more: Spent) -> None:
        self._insert("spent", judge, *astuple(self.spent(judge) + more), how="REPLACE")

    def _insert(self, table: str, *row: object, how: str = "IGNORE") -> bool:
        """Add a row with its digest; False where its key is there and stays."""
        marks = "?, " * len(row)
        added = self._db.execute(
            f"INSERT OR {how} INTO {table} VALUES ({marks}?)", (*row, digest(table, *row))
        )
        return bool(added.rowcount)

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
            self._insert("state", name, _json(value), how="REPLACE")

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
    """How many answers a run's folder holds and what they cost, also while a process has the run open.

    Raises
    ------
    StoreFailed
        The file is damaged.
    """
    path = folder / "store.sqlite"
    if not path.is_file():
        return 0, Spent()
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as db:
            if db.execute("SELECT count(*) FROM sqlite_schema").fetchone() == (0,):
                return 0, Spent()  # stopped before there were tables
            answers = int(db.execute("SELECT count(*) FROM answers").fetchone()[0])
            return answers, Spent(*db.execute(f"SELECT {_SPENT} FROM spent").fetchone())
    except (sqlite3.Error, UnicodeDecodeError) as error:  # SQLite quotes what it does not understand
        raise StoreFailed(f"{path}: {error}; {_AGAIN}", kept=True) from None


def _succeeds(do: Callable[[], None]) -> bool:
    try:
        do()
    except (sqlite3.Error, OSError):
        return False
    return True


def _said(error: sqlite3.Error | OSError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or str(error)


def _place(path: Path) -> tuple[int, int] | None:
    """Which file a path leads to; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _json(value: Any) -> str:
    return _ENCODER.encode(value).encode("utf-8", "replace").decode()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
