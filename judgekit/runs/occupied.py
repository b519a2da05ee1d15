"""Whether a run folder may be written to: a finished run of something else is not replaced without a word."""

from __future__ import annotations

import errno
import hashlib
import shutil
from array import array
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path

from judgekit.documents.lines import decode_row
from judgekit.errors import (
    BatchPending,
    BudgetSpent,
    InputError,
    JudgeFailed,
    JudgekitError,
    StoreBusy,
    StoreFailed,
)
from judgekit.records import EvidenceRow, Item, parse
from judgekit.runs.about import RunAbout
from judgekit.runs.atomic import PART
from judgekit.runs.folder import EVIDENCE, STORE, RunFolder, is_finished
from judgekit.runs.store import Store, kept
from judgekit.runs.writer import line

_WORTH_KEEPING = (BudgetSpent, BatchPending, JudgeFailed, StoreBusy, StoreFailed)


class Occupied(InputError):
    """Where a run would go, a finished run of something else is."""


def check(folder: Path, about: RunAbout, rubric: str, fingerprints: Mapping[str, str]) -> None:
    """Refuse to replace a finished run by one of another source, cascade or rubric.

    Parameters
    ----------
    folder : Path
        Where the run would go.
    about : RunAbout
        What ``run.json`` would say of the source.
    rubric, fingerprints
        Of the first item: its rubric, and what its judges are (tier -> fingerprint).

    Raises
    ------
    Occupied
        What is there is another run; how to go on.
    """
    try:
        was = RunFolder(folder).about
    except (OSError, InputError) as error:
        if is_finished(folder):
            raise _occupied(folder, f"and what it is of cannot be read ({error})") from None
        return
    differs = []
    if "source_digest" in was.model_fields_set and was.source_digest != about.source_digest:
        changed = " as it was before it changed" if was.source == about.source else ""
        differs.append(f"of {was.source or 'other items'}{changed}")
    elif was.model_fields_set and about.source and not was.source:
        differs.append("of items that were given without a file")
    if was.cascades and rubric not in was.cascades:
        differs.append(f"judged by rubric {', '.join(sorted(was.cascades))}, not {rubric}")
    elif was.cascades and was.cascades[rubric].fingerprints != dict(fingerprints):
        differs.append(f"by other judges ({', '.join(was.cascades[rubric].tiers)})")
    if differs:
        raise _occupied(folder, " and ".join(differs))


def as_before(folder: Path, items: Iterable[Item]) -> Iterator[Item]:
    """Items that come from no file, held one by one against those of a finished run of such items.

    Parameters
    ----------
    folder : Path
        Where the run would go.
    items : iterable of Item
        Those of the finished run, in its order, or these and more; labels may differ.

    Yields
    ------
    Item
        The same.

    Raises
    ------
    Occupied
        The finished run holds another item at this place, or more items.
    """
    were = _digests(folder)
    number = 0
    for number, item in enumerate(items, 1):
        if number <= len(were) and were[number - 1] != _digest(item):
            raise _occupied(folder, f"of other items (number {number:,} is another than '{item.id}')")
        yield item
    if number < len(were):
        raise _occupied(folder, f"of {len(were):,} items, not {number:,}")


def _digests(folder: Path) -> array[int]:
    """A number for each item of a finished run that was not read from a file, as far as they can be read."""
    found = array("Q")
    with suppress(OSError, InputError):  # the same items write it again
        if is_finished(folder) and not RunFolder(folder).about.source:
            found.extend(map(_digest, RunFolder(folder).items()))
    return found


def _digest(item: Item) -> int:
    """64 bits that tell an item from others, whatever people said of it."""
    text = line(item.model_copy(update={"human": ()}))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest())


def _occupied(folder: Path, by: str) -> Occupied:
    return Occupied(
        f"a finished run is there, {by}. Give another place (--out), or --replace to lose it", path=folder
    )


def check_answers(folder: Path, store: Store, elsewhere: Collection[str] = ()) -> None:
    """Refuse to pay again for answers that are gone.

    Parameters
    ----------
    folder : Path
        Where the run would go.
    store : Store
        Its answers.
    elsewhere : collection of str
        Tiers whose answers stand in another run.

    Raises
    ------
    InputError
        The evidence in the folder, finished or not, is from answers, and the store holds none.
    """
    if len(store):
        return
    for path in (folder / EVIDENCE, folder / (EVIDENCE + PART)):
        if path.is_file() and _tells_of_answers(path, elsewhere):
            raise InputError(
                f"its rows are made from answers, and {STORE} beside it holds none: put it back, "
                "or pay for the answers again (--replace)",
                path=path,
            )


def _tells_of_answers(path: Path, elsewhere: Collection[str]) -> bool:
    with path.open("rb") as lines:
        return any(
            b'"calls": ["' in line and (not elsewhere or _asked(line, path, elsewhere)) for line in lines
        )


def _asked(line: bytes, path: Path, elsewhere: Collection[str]) -> bool:
    """Whether a row of evidence has answers of other tiers than those; one that is cut off has none."""
    try:
        row = parse(EvidenceRow, decode_row(line, path, 0))
    except InputError:
        return False
    return any(said.calls for tier, said in row.tiers.items() if tier not in elsewhere)


@contextmanager
def cleared_if_nothing_came_of_it(folder: Path) -> Iterator[None]:
    """Leave nothing behind where a start fails before anything was asked; what was there stays."""
    there = set(folder.iterdir()) if folder.is_dir() else None
    first = next((parent for parent in reversed([folder, *folder.parents]) if not parent.exists()), folder)
    try:
        yield
    except (JudgekitError, OSError) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC and error.filename is None:
            error.filename = str(folder)  # what fails in the middle of a file does not say which
        if not isinstance(error, _WORTH_KEEPING):
            _clear(folder, there, first)
        raise


def _clear(folder: Path, there: set[Path] | None, first: Path) -> None:
    """Remove what was not there; a store with answers stays."""
    with suppress(OSError, StoreFailed):  # what failed first is what is said
        answered = kept(folder)[0]
        if there is None and not answered:
            shutil.rmtree(folder, ignore_errors=True)
            for parent in takewhile(lambda one: one != first.parent, folder.parents):
                parent.rmdir()  # unless another run was begun beside this one
            return
        for path in set(folder.iterdir()) - (there or set()):
            if path.suffix == PART or not answered:
                path.unlink()
