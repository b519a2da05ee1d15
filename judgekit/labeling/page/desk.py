"""A sitting: people's answers go to the label file, and the sample says what they are worth.

What a page shows an annotator is made here, and holds nothing of judges, models or methods: whoever sees a verdict
leans to it.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from statistics import median
from typing import Any

from judgekit.errors import InputError
from judgekit.labeling.page.session import OVERLAP, Ask, Session
from judgekit.labeling.page.store import LabelFile
from judgekit.labeling.samples import Outcome, Sample, Standing
from judgekit.records import CANNOT_TELL, LabelRow

_LOG = logging.getLogger(__name__)

UNDO = 10
"""Answers that a person can take back."""

SECONDS = 7.0
"""What a label takes, until people have shown it."""

PAUSE = 0.1
"""Seconds from an answer until what is certified so far is worked out anew."""

_AGAIN = ".again"


class Conflict(Exception):
    """An answer that cannot be taken as things stand; ``told`` is what the page needs to know beside the reason."""

    def __init__(self, why: str, **told: Any) -> None:
        super().__init__(why)
        self.told = told


class Desk:
    """One sitting over one sample; its coroutines run in one event loop.

    Parameters
    ----------
    sample : Sample
    file : LabelFile
        Where labels go; those of this sample that it holds already count as given.
    overlap : float
        Share of the items that two people label, where several do.
    clock : callable
        Seconds, of a clock that runs evenly.
    """

    def __init__(
        self,
        sample: Sample,
        file: LabelFile,
        *,
        overlap: float = OVERLAP,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.sample, self._file, self._clock = sample, file, clock
        tasks = sample.tasks
        self.rubric, self.labels = tasks[0].rubric, tasks[0].choices
        self._keys = [_key(sample.fingerprint, task.item.key) for task in tasks]
        self._asks = {key: Ask(item) for item, key in enumerate(self._keys)}
        self.session = Session(self._keys, overlap)
        self._last: dict[str, deque[tuple[Ask, LabelRow]]] = {}
        self._seconds: dict[str, list[float]] = {}
        self._writing = asyncio.Lock()
        self._revision, self._known = 0, -1
        self.standing = Standing((), len(tasks))
        self._block: frozenset[int] = frozenset()
        self._following: asyncio.Task[None] | None = None
        self._awaited = asyncio.Event()
        self.outcome: Outcome | None = None  # of exactly these labels
        self._restore()

    def _restore(self) -> None:
        """Take up what the label file holds of this sample."""
        where = {task.item.key: item for item, task in enumerate(self.sample.tasks)}
        for row in self._file.rows:
            item = where.get((row.id, row.model, row.method))
            if item is not None and row.rubric in ("", self.rubric):
                self._note(Ask(item, row.again), row)

    def _note(self, ask: Ask, row: LabelRow) -> None:
        self.session.add(ask, row.annotator, row.label)
        self._last.setdefault(row.annotator, deque(maxlen=UNDO)).append((ask, row))
        if row.seconds is not None:
            self._seconds.setdefault(row.annotator, []).append(row.seconds)

    def setup(self) -> dict[str, Any]:
        """What the page shows beside every item."""
        meanings = self.sample.tasks[0].definitions
        return {
            "rubric": self.rubric,
            "instructions": self.sample.guidance,
            "labels": [{"name": name, "meaning": meanings.get(name, "")} for name in self.labels],
            "kind": self.sample.kind,
            "promise": self.sample.promise,
            "annotators": sorted(name for name, one in self.session.people.items() if one.answered),
        }

    async def next(self, name: str, have: Sequence[str]) -> dict[str, Any]:
        """Up to four items for a person whose page holds some already; none where nothing is left for them now."""
        held = [ask for key in have if (ask := self._ask(key)) is not None]
        found = self._turn(name, held)
        if not (found or held) and self._known < self._revision:  # the block is done: what comes now?
            await self.settled()
            found = self._turn(name, held)
        return {"items": [self._shown(ask) for ask in found], "progress": self.progress(name)}

    def _turn(self, name: str, held: Sequence[Ask]) -> list[Ask]:
        return self.session.turn(name, self.standing.block, held, self._clock())

    async def answer(
        self, name: str, key: str, label: str, seconds: float | None = None, note: str = ""
    ) -> dict[str, Any]:
        """Write an answer down; it is on the disk when this returns.

        Raises
        ------
        InputError
            No such item or label.
        Conflict
            This person answered the item already; their label is told.
        OSError
            The disk does not take it; then it does not count.
        """
        ask = self._ask(key)
        if ask is None:
            raise InputError("no such item in this sample: reload the page")
        if label not in (*self.labels, CANNOT_TELL):
            raise InputError(f"label '{label}' is none of {', '.join((*self.labels, CANNOT_TELL))}")
        async with self._writing:
            given = self.session.answered(ask, name)
            if given is not None:
                raise Conflict("you answered this item already", label=given)
            if ask.again and self.session.answered(Ask(ask.item), name) is None:
                raise InputError("an item is asked again only after it was answered")
            task = self.sample.tasks[ask.item]
            item = task.item
            row = LabelRow(
                id=item.id,
                model=item.model,
                method=item.method,
                rubric=self.rubric,
                annotator=name,
                label=label,
                at=datetime.now(UTC).isoformat(timespec="seconds"),
                pool=task.pool or self.sample.fingerprint,
                seconds=seconds,
                note=note,
                again=ask.again,
            )
            await asyncio.to_thread(self._file.append, row)
            self._note(ask, row)
            self._changed()
        return {"progress": self.progress(name)}

    async def undo(self, name: str) -> dict[str, Any]:
        """Take a person's last answer back; the item is shown to them again.

        Raises
        ------
        Conflict
            There is none, or they took back ten in a row.
        """
        async with self._writing:
            last = self._last.get(name)
            if not last:
                raise Conflict("there is no answer to take back (the last ten can be)")
            ask, row = last[-1]
            await asyncio.to_thread(self._file.remove, row)
            last.pop()
            self.session.take_back(ask, name, self._clock())
            if row.seconds is not None:
                self._seconds[name].pop()
            self._changed()
        return {
            "item": self._shown(ask),
            "label": row.label,
            "note": row.note,
            "progress": self.progress(name),
        }

    def progress(self, name: str) -> dict[str, Any]:
        """How far the sitting is, and what may be said so far."""
        labels, standing = self.session.labels, self.standing
        took = self._seconds.get(name) or [one for every in self._seconds.values() for one in every]
        seconds = median(took) if took else SECONDS
        return {
            "answered": len(labels),
            "by_you": len(self.session.person(name).answered),
            "remaining": standing.remaining,
            "block": {"done": sum(item in labels for item in self._block), "of": len(self._block)},
            "median_seconds": round(seconds, 1),
            "minutes_left": round(standing.remaining * seconds / 60 / self.session.active(self._clock()), 1),
            "certified": standing.certified,
            "next": standing.next,
            "stop": standing.stop,
            "finished": standing.finished,
        }

    async def finish(self) -> Outcome:
        """Make of the labels what they were given for; anybody may go on labeling after it.

        Raises
        ------
        JudgekitError
            Nothing can be made of them yet.
        """
        if not self.session.labels:
            raise InputError("nothing is labeled yet")
        async with self._writing:
            self.outcome = await asyncio.to_thread(self.sample.finish, self._file.path)
            return self.outcome

    async def settled(self) -> None:
        """Wait until the standing takes every answer of now into account."""
        wanted = self._revision
        while self._known < wanted:
            self._changed(by=0)
            self._awaited.set()
            assert self._following is not None
            await asyncio.shield(self._following)

    def _changed(self, by: int = 1) -> None:
        """Work out the standing anew, beside all else; answers that come in meanwhile are taken together."""
        self._revision += by
        if by:
            self.outcome = None
        is_idle = self._following is None or self._following.done()
        if is_idle and self._known < self._revision:
            self._following = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        with suppress(TimeoutError):  # the next item goes first, unless it waits for this
            await asyncio.wait_for(self._awaited.wait(), PAUSE)
        self._awaited.clear()
        at = self._revision
        given = {item: tuple(labels.values()) for item, labels in self.session.labels.items()}
        try:
            self.standing = await asyncio.to_thread(self.sample.standing, given)
        except Exception:
            _LOG.exception("what is certified so far could not be worked out; labels are kept")
            raise
        self._known = at
        if not self._block.issuperset(self.standing.block):
            self._block = frozenset(self.standing.block)
        self._following = None
        self._changed(by=0)  # for answers that came in meanwhile

    def _ask(self, key: str) -> Ask | None:
        found = self._asks.get(key.removesuffix(_AGAIN))
        return Ask(found.item, again=True) if found is not None and key.endswith(_AGAIN) else found

    def _shown(self, ask: Ask) -> dict[str, Any]:
        item = self.sample.tasks[ask.item].item
        return {
            "key": self._keys[ask.item] + (_AGAIN if ask.again else ""),
            "question": item.question,
            "references": list(item.references),
            "outputs": list(item.outputs),
            "hops": [hop.model_dump() for hop in item.hops],
            "again": ask.again,
        }


def _key(fingerprint: str, named: tuple[str, str, str]) -> str:
    """What a page calls an item: the same in every sitting, and nothing that tells whose output it is."""
    return hashlib.sha256(repr((fingerprint, *named)).encode("utf-8", "backslashreplace")).hexdigest()[:16]
