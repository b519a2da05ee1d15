"""How many prompts may be under way at one endpoint at once: more while that pays, fewer when it pushes back."""

from __future__ import annotations

import asyncio
import time
from collections import deque

START = 16
"""Prompts under way at first; the limit doubles from here for as long as the rate of answers rises with it."""


class Throttle:
    """Adaptive concurrency, pauses and rate limits of one endpoint.

    The limit doubles after every full window in which it was the bottleneck and the rate of answers had risen by
    5 %; a push-back (429, 5xx, a dropped connection) halves it, once for all that was under way, and from then on
    it grows by an eighth, and by one at least. Prompts wait in the order they came, those that failed before all
    others.

    Parameters
    ----------
    most : int
        Upper end of the limit. rpm, tpm : requests and tokens a minute, None for no limit.
    """

    def __init__(self, most: int, rpm: float | None = None, tpm: float | None = None) -> None:
        self.most = most
        self.limit = float(min(START, most))
        self.under_way = 0
        self._waiting: deque[tuple[int, asyncio.Future[None]]] = deque()
        self._resume_at = 0.0
        self._requests, self._tokens = Pace(rpm), Pace(tpm)
        self._growth = 2.0
        self._best_rate = 0.0
        self._new_window()

    @property
    def load(self) -> float:
        """Prompts under way and waiting, as a share of the limit."""
        return (self.under_way + len(self._waiting)) / self.limit

    @property
    def paused(self) -> bool:
        """Whether nothing is sent just now."""
        return self._resume_at > time.monotonic()

    async def acquire(self, prompts: int = 1, *, again: bool = False) -> None:
        """Wait for room for so many prompts, taken together; what is sent again goes first."""
        if not self._waiting and self._room(prompts):
            self.under_way += prompts
            return
        self._was_full = True
        turn = asyncio.get_running_loop().create_future()
        (self._waiting.appendleft if again else self._waiting.append)((prompts, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self.release(prompts, answered=False)
            raise

    async def green(self, tokens: int = 0) -> None:
        """Wait for the end of a pause and for the rate limits, then count one request of so many tokens."""
        while True:
            now = time.monotonic()
            until = max(self._resume_at, self._requests.free_at, self._tokens.free_at)
            if until <= now:
                break
            await asyncio.sleep(until - now)
        self._requests.take(1, now)
        self._tokens.take(tokens, now)

    def release(self, prompts: int = 1, *, answered: bool) -> None:
        """Give the room back; ``answered`` tells whether the endpoint did its work."""
        self.under_way -= prompts
        if answered:
            self._answers += prompts
            if self._answers >= 2 * self.limit:
                self._adapt()
        self._admit()

    def push_back(self, pause: float, sent: float) -> None:
        """The endpoint asked for less: halve the limit, and send nothing for ``pause`` seconds.

        What was ``sent`` (``time.monotonic``) before the last halving says nothing about the limit since then.
        """
        now = time.monotonic()
        self._resume_at = max(self._resume_at, now + pause)
        if sent >= self._halved_at:
            self.limit = max(1.0, self.limit / 2)
            self._growth = 1.125
            self._best_rate = 0.0
            self._new_window()
            self._halved_at = now

    def _room(self, prompts: int) -> bool:
        return self.under_way == 0 or self.under_way + prompts <= self.limit

    def _admit(self) -> None:
        while self._waiting and self._room(self._waiting[0][0]):
            prompts, turn = self._waiting.popleft()
            if not turn.cancelled():
                self.under_way += prompts
                turn.set_result(None)

    def _adapt(self) -> None:
        rate = self._answers / max(1e-9, time.monotonic() - self._since)
        if self._was_full and rate > 1.05 * self._best_rate:
            self._best_rate = rate
            self.limit = min(float(self.most), max(self.limit * self._growth, self.limit + 1))
        elif self._was_full:
            self._best_rate *= 0.95  # so that it is tried again later
        self._new_window()

    def _new_window(self) -> None:
        self._answers = 0
        self._since = time.monotonic()
        self._was_full = bool(self._waiting)

    _halved_at = 0.0


class Pace:
    """A rate a minute as a leaky bucket that holds a second's worth."""

    def __init__(self, per_minute: float | None) -> None:
        self._cost = 60 / per_minute if per_minute else 0.0
        self._level = 0.0
        self.free_at = 0.0

    def take(self, amount: int, now: float) -> None:
        """Count ``amount`` (requests, or tokens) at ``now``, in seconds; the next may go at ``free_at``."""
        if self._cost:
            self._level = max(self._level, now - 1.0) + amount * self._cost
            self.free_at = self._level
