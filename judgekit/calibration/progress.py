"""Labels of a pool as they come in: what is certified so far, whom to ask next, and what that may add."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from judgekit import trust
from judgekit.calibration.grounds import Grounds
from judgekit.calibration.pool import Pool, PoolItem
from judgekit.calibration.tries import Try
from judgekit.errors import mendable
from judgekit.records import EvidenceRow
from judgekit.trust.risk import percent

Key = tuple[str, str, str]
"""Id, model and method of an output."""


@dataclass(frozen=True)
class Progress:
    """Where the labels of a pool stand.

    Attributes
    ----------
    next : tuple[PoolItem, ...]
        Which items to ask next, those of most use first; empty where asking ends.
    asked_at_most : int
        No more labels than so many can be of use.
    answered, items : int
        Items with a label, and all of the pool.
    certificate : trust.Certificate
        What is certified so far, whatever is asked later or not.
    parts : tuple[trust.Ahead, ...]
        How far each part of the promise has come.
    """

    next: tuple[PoolItem, ...]
    asked_at_most: int
    answered: int
    items: int
    certificate: trust.Certificate
    parts: tuple[trust.Ahead, ...]

    @property
    def finished(self) -> bool:
        """Whether asking ends: no test that is left may pass, or none is worth the labels that it takes."""
        return not self.next

    @property
    def certified(self) -> str:
        """What is certified so far, in one sentence; empty where nothing is."""
        if not self.certificate.certified:
            return ""
        return f"{self.certificate.claim} {percent(self.certificate.coverage)} of the items get a verdict."

    @property
    def ahead(self) -> str:
        """What the next block may add, in one sentence; empty where nothing is left to ask."""
        open_ = [part for part in self.parts if not part.ended]
        if not open_:
            return ""
        so_far = sum(part.coverage * part.items for part in self.parts)
        then = sum(part.next_coverage * part.items for part in self.parts)
        waiting = sum(part.waiting for part in open_)
        return (
            f"Up to {waiting:,} more labels, and {percent(round(then / self.items, 3))} of the items or more may get "
            f"a verdict, instead of {percent(round(so_far / self.items, 3))}, if people agree often enough."
        )

    @property
    def stop(self) -> str:
        """When to stop, in one sentence."""
        if self.finished:
            return "You are done: no further label of this pool is worth asking for."
        return "You may stop at any time: what is certified so far stays, and items without a label count as errors."


class Asking:
    """A pool whose items people are asked about along the path.

    Parameters
    ----------
    rows : Iterable[EvidenceRow]
        The evidence that the pool was drawn from; labels that it holds are not looked at.
    pool : Pool
        Of the kind ``path``.
    exclude : Collection[str]
        Question ids (or item ids) that stood as examples in prompts.

    Raises
    ------
    InputError
        As there.
    """

    def __init__(
        self,
        rows: Iterable[EvidenceRow],
        pool: Pool,
        *,
        exclude: Collection[str] = (),
    ) -> None:
        self._pool = pool
        self._grounds = Grounds.of(rows, exclude=exclude, pool=pool, **pool.options)
        self._evidence, self._promised = self._grounds.evidence, self._grounds.promised

    @property
    def this(self) -> Try:
        """The try that a calibration on this pool is."""
        return self._grounds.this

    def progress(self, given: Mapping[Key, Sequence[str]]) -> Progress:
        """Where the labels stand.

        Parameters
        ----------
        given : Mapping[Key, Sequence[str]]
            output -> the labels that people gave it, the first of which is its answer; items of no pool
            are passed over.
        """
        items = self._pool.items
        said = [next(iter(given.get(item.key, ())), "") for item in items]
        human = self._grounds.answers([item.id for item in items], said)
        now = mendable(trust.progress)(self._evidence, human, **self._promised)
        assert now.policy.certificate is not None
        return Progress(
            next=tuple(items[i] for i in now.next),
            asked_at_most=now.asked_at_most,
            answered=sum(map(bool, said)),
            items=len(items),
            certificate=now.policy.certificate,
            parts=now.parts,
        )
