"""Stores that are damaged between two runs."""

from __future__ import annotations

import random
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.faults.counted import Counts
from benchmarks.faults.world import PROMPTS, Worlds

Hurt = Callable[[bytes, random.Random], bytes]


def damaged(hurt: Hurt, times: int, worlds: Worlds, draw: random.Random) -> dict[str, Any]:
    """Damage the store of a finished run, and give the same command again.

    An answer is lost where its row stands in the damaged file byte by byte and was not saved: the digest beside it
    could have told that it is whole.
    """
    counts = Counts(tried=times)
    noticed = refused = again = 0
    with worlds.one() as world:
        world.finish()
        store = world.run / "store.sqlite"
        whole, rows = store.read_bytes(), _rows(store)
        for _ in range(times):
            for path in world.run.glob("store*"):
                path.unlink()
            bytes_left = hurt(whole, draw)
            store.write_bytes(bytes_left)
            before = world.calls
            code = world.finish()
            saved = re.search(r"was damaged: ([\d,]+) answers are saved", world.said)
            noticed += saved is not None
            if (
                code == 2 and "holds none" in world.said
            ):  # nothing is left, and that is not paid for without a word
                refused += 1
                code = world.finish("--replace")
            counts.survived += code == 0 and world.verdicts == worlds.reference
            asked = world.calls - before
            again += asked
            had = PROMPTS if saved is None else int(saved[1].replace(",", ""))
            counts.paid_twice += max(0, asked - (PROMPTS - had))
            counts.lost += max(0, sum(row in bytes_left for row in rows) - (PROMPTS - asked))
        return counts.told(world, noticed=noticed, refused_until_replace=refused, asked_again=again)


def _rows(store: Path) -> list[bytes]:
    """The bytes of every answer's row: sizes of its columns, and the columns one behind the other."""
    with closing(sqlite3.connect(store)) as db:
        rows = db.execute("SELECT key, judge, at, answer, top, digest FROM answers").fetchall()
    found = []
    for row in rows:
        texts = ["" if text is None else text for text in row]
        sizes = b"".join(
            _number(0 if text is None else 13 + 2 * len(text.encode())) for text in row
        )  # https://www.sqlite.org/fileformat2.html#record_format
        found.append(sizes + "".join(texts).encode())
    return found


def _number(value: int) -> bytes:
    """A number below 2¹⁴ as SQLite writes it."""
    return bytes([value]) if value < 128 else bytes([value >> 7 | 128, value & 127])


def cut(data: bytes, draw: random.Random) -> bytes:
    """A file that ends too early."""
    return data[: draw.randrange(1, len(data))]


def flipped(data: bytes, draw: random.Random) -> bytes:
    """A file with one bit that is another."""
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1 :]
