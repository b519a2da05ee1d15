"""A session for hosts that ask one item at a time, from any thread, and wait for the answer."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable
from typing import Unpack

from judgekit.cascade.spec import checked_cascade
from judgekit.engine.memory import GivenItem, Session, SessionOptions
from judgekit.records import ItemResult


class Background:
    """A session in a thread of its own; threads that ask at once are judged together.

    Parameters
    ----------
    **options
        Of :class:`judgekit.engine.memory.Session`.

    Raises
    ------
    ConfigError
        An option that makes no sense.
    FingerprintMismatch
        A calibration was made for other judges, or another rubric.
    """

    def __init__(self, **options: Unpack[SessionOptions]) -> None:
        rubric, calibrations = options.pop("rubric", None), options.pop("calibrations", ())
        spec = options["cascade"] = checked_cascade(options.get("cascade"), rubric, calibrations)
        self.tiers, self.promises = spec.file.tiers, spec.calibrations()
        allowed = options.get("allow_uncertified", False)
        spec.check(next(iter(spec.file.rubrics.values())), allow_uncertified=allowed)  # not at every item
        self._session = Session(**options)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="judgekit", daemon=True)
        self._thread.start()

    def judge(self, items: Iterable[GivenItem]) -> list[ItemResult]:
        """The results of items, in order; raises what :meth:`Session.judge` raises."""
        return asyncio.run_coroutine_threadsafe(self._session.judge(items), self._loop).result()

    def close(self) -> None:
        """Release judges, engines and store, and end the thread; waits for both, but where the thread itself asks."""
        closed = asyncio.run_coroutine_threadsafe(self._session.close(), self._loop)
        closed.add_done_callback(lambda _: self._loop.call_soon_threadsafe(self._loop.stop))
        if threading.current_thread() is not self._thread:  # it may be the one that collects garbage
            closed.result()
            self._thread.join()
