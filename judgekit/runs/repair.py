"""A damaged store: what is whole in it goes into a new one, and the damaged file stays beside it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import astuple, dataclass, field
from itertools import chain
from pathlib import Path

from judgekit.errors import StoreFailed
from judgekit.runs import salvage
from judgekit.runs.atomic import PART, replacing_bytes
from judgekit.runs.budget import Spent
from judgekit.runs.schema import COLUMNS, digest, opened

_EXAMPLES = 3
_ASIDE = "store.damaged.sqlite"


class NoStore(Exception):
    """A file is no store, and never was one."""


@dataclass
class Saved:
    """What was found in a damaged store.

    Attributes
    ----------
    answers, attempts : int
        Rows that are whole.
    damaged : mapping
        Keys of answers that are not what was written, in the order found.
    notes : mapping
        Names of states that are not what was written.
    spent : mapping
        Judge -> its row, as it was written.
    counted : mapping
        Judge -> what its answers and attempts say that they cost.
    """

    answers: int = 0
    attempts: int = 0
    damaged: dict[str, None] = field(default_factory=dict)
    notes: dict[str, None] = field(default_factory=dict)
    spent: dict[str, salvage.Row] = field(default_factory=dict)
    counted: dict[str, Spent] = field(default_factory=lambda: defaultdict(Spent))

    @property
    def spent_is_guessed(self) -> bool:
        """Whether what a judge cost is known by its saved answers alone."""
        return not self.spent or bool(self.counted.keys() - self.spent.keys())

    def told(self, path: Path, aside: Path) -> str:
        """What there is to say of it."""
        said = f"{path} was damaged: {self.answers:,} answers are saved"
        calls = sum(int(str(row[1])) for row in self.spent.values())
        lost = calls - self.answers - self.attempts
        shown = ", ".join(repr(key[:12]) for key in list(self.damaged)[:_EXAMPLES])
        if self.spent_is_guessed:
            said += "; what is not will be asked again"
        elif lost > 0:
            said += f", {lost:,} {'is' if lost == 1 else 'are'} not and will be asked again"
        if shown:
            said += f" (damaged: {shown}{', …' if len(self.damaged) > _EXAMPLES else ''})"
        said += f". The damaged file is kept as {aside.name}"
        if self.spent_is_guessed:
            said += ". What was spent is counted from the answers that are saved: it may have been more"
        if any(name.startswith("batch") for name in self.notes):
            said += ". What was noted of batches is damaged: look at the provider's whether one is under way"
        return said


def mend(path: Path, log: bytes) -> str:
    """Put a store with all whole rows in the place of a damaged one.

    Parameters
    ----------
    path : Path
        The store; no process may have it open.
    log : bytes
        Its write-ahead log before it was opened.

    Returns
    -------
    str
        What was saved and what not, for people.

    Raises
    ------
    NoStore
        The file is something else.
    StoreFailed
        There is no room for the new one; nothing was changed.
    """
    part = path.with_name(path.name + PART)
    try:
        _remove(part)
        saved = _collected(path, log, part, salvage.whole)
        if not saved.answers + saved.attempts:
            _remove(part)
            saved = _collected(path, log, part, salvage.before_digests)
        if not saved.answers + saved.attempts and not _looks_like_one(path):
            raise NoStore
        aside = _beside(path)
        shutil.copy2(path, aside)
        if log:
            aside.with_name(aside.name + "-wal").write_bytes(log)
        for ending in ("-wal", "-shm"):  # SQLite would take them for the new file's
            path.with_name(path.name + ending).unlink(missing_ok=True)
        part.replace(path)
    except (OSError, sqlite3.Error) as error:
        raise StoreFailed(f"{path} is damaged, and a new one cannot be written: {error}", kept=True) from None
    finally:
        with suppress(OSError):
            _remove(part)
    return saved.told(path, aside)


def logged(path: Path) -> bytes:
    """The write-ahead log of a store that was not closed; nothing where there is none.

    SQLite takes it in only as far as it is whole, and writes over the rest; so a copy stays beside it until
    :func:`forget_log`, whatever becomes of this process by then.

    Raises
    ------
    StoreFailed
        There is no room for the copy.
    """
    log, copy = path.with_name(path.name + "-wal"), _copy_of_log(path)
    try:
        new, before = (file.read_bytes() if file.is_file() else b"" for file in (log, copy))
        found = salvage.joined(before, new)
        if new:
            with replacing_bytes(copy) as file:
                file.write(found)
    except OSError as error:
        raise StoreFailed(f"{copy}: {error.strerror}", kept=True) from None
    return found


def forget_log(path: Path) -> None:
    """Remove the copy of a write-ahead log: what it held is in the store."""
    _copy_of_log(path).unlink(missing_ok=True)


def _copy_of_log(path: Path) -> Path:
    return path.with_name("store.log")


def rows_of_log(path: Path, log: bytes) -> Iterator[salvage.Found]:
    """Whole answers and attempts in a log: SQLite takes in none behind a frame that is not as it was written."""
    with closing(salvage.Pages(path, log)) as pages:
        for record in salvage.records(pages.logged, pages):
            found = salvage.whole(record)
            if found is not None and found[0] in ("answers", "attempts"):
                yield found


def _collected(
    path: Path, log: bytes, part: Path, told: Callable[[Sequence[object]], salvage.Found | None]
) -> Saved:
    """Copy every whole row, whatever is around it."""
    saved, attempts = Saved(), set[salvage.Row]()
    with closing(opened(part)) as db, closing(salvage.Pages(path, log)) as pages:
        db.execute("BEGIN")
        for record in salvage.records(chain(pages.logged[::-1], pages.filed()), pages):
            found = told(record)
            if found is None:
                for kind, names in (("answers", saved.damaged), ("state", saved.notes)):
                    if (key := salvage.damaged_key(kind, record)) is not None:
                        names[key] = None
                continue
            table, row = found
            if table == "spent":
                before = saved.spent.get(str(row[0]))
                if before is None or int(str(row[1])) > int(str(before[1])):
                    saved.spent[str(row[0])] = row
            elif table != "attempts" or row not in attempts:
                new = _insert(db, table, row)
                if table == "attempts":
                    attempts.add(row)
                if new and table != "state":
                    saved.answers += table == "answers"
                    saved.attempts += table == "attempts"
                    saved.counted[str(row[1])] += Spent.of(json.loads(str(row[3])))
        for judge in saved.counted.keys() | saved.spent.keys():
            _insert(db, "spent", saved.spent.get(judge) or (judge, *astuple(saved.counted[judge])))
        for key in [key for key in saved.damaged if _has(db, key)]:
            del saved.damaged[key]  # an older copy of a page, beside a whole one
        db.execute("COMMIT")
    return saved


def _insert(db: sqlite3.Connection, table: str, row: salvage.Row) -> bool:
    marks = ", ".join("?" * (len(COLUMNS[table]) + 1))
    done = db.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", (*row, digest(table, *row)))
    return bool(done.rowcount)


def _has(db: sqlite3.Connection, key: str) -> bool:
    return db.execute("SELECT 1 FROM answers WHERE key = ?", (key,)).fetchone() is not None


def _looks_like_one(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(16).startswith(b"SQLite format 3")


def _beside(path: Path) -> Path:
    """A name for the damaged file that no other has."""
    place, number = path.with_name(_ASIDE), 1
    while place.exists():
        number += 1
        place = path.with_name(_ASIDE.replace(".sqlite", f".{number}.sqlite"))
    return place


def _remove(part: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        part.with_name(part.name + ending).unlink(missing_ok=True)
