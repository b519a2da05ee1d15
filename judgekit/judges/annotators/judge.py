"""The judge that asks a model: a panel of simulated annotators over a backend, with every answer in the store."""

from __future__ import annotations

import asyncio
import gc
import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from itertools import chain
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, ClassVar, Self

from judgekit.errors import JudgeFailed, JudgekitError, StoreFailed
from judgekit.judges.annotators.examples import Annotators, load_examples
from judgekit.judges.annotators.panel import Panel, combine
from judgekit.judges.base import NOTHING, Answer, Ask, Backend, Need
from judgekit.records import NO_OPINION, Evidence, Item, kind_of
from judgekit.rubrics import Prompt, Rubric
from judgekit.runs.store import Store

if TYPE_CHECKING:
    from judgekit.judges import Context

_MOST_TOGETHER = 500

CHARACTERS_PER_TOKEN = 4
"""A rule of thumb for English under common tokenizers; the server's own count replaces it once it answers."""

_ALIKE = 20
"""So many first calls that fail alike mean that the others would too."""


class ModelJudge:
    """A panel of simulated annotators over a backend, with every answer in the store.

    Parameters
    ----------
    name : str
        The tier's name.
    backend : Backend
        Answers prompts.
    store : Store | None
        None keeps nothing.
    annotators, folder
        As in the cascade file, and where its relative paths start.
    keep_going : bool
        Go on although the first calls all fail alike.
    """

    def __init__(
        self,
        name: str,
        backend: Backend,
        annotators: Annotators | None = None,
        *,
        store: Store | None = None,
        folder: Path = Path(),
        keep_going: bool = False,
    ) -> None:
        self.name, self.backend, self.store = name, backend, store
        self.first_failures: list[str] | None = None if keep_going else []
        self.annotators = annotators or Annotators()
        self.folder = folder
        self.stages = len(self.annotators.stages or (1,))
        self._identity = json.dumps(backend.identity(), sort_keys=True, default=str)
        self._panels: dict[str, Panel] = {}
        self._faults: dict[str, Answer] = {}

    def panel(self, rubric: Rubric) -> Panel:
        """The judge's annotators under a rubric."""
        if rubric.fingerprint not in self._panels:
            path = self.annotators.examples
            examples = load_examples(rubric, None if path is None else self.folder / path)
            self._panels[rubric.fingerprint] = Panel(self.annotators, rubric, examples, self._identity)
        return self._panels[rubric.fingerprint]

    def shown(self, rubric: Rubric) -> frozenset[str]:
        """Question ids of the examples in the prompts."""
        return self.panel(rubric).shown()

    def need(self, items: Sequence[Item], rubric: Rubric, stage: int) -> Need:
        """The prompts that a stage adds for items of the rubric; the cost is None without a price."""
        panel = self.panel(rubric)
        before = panel.heard[stage - 2] if stage > 1 else 0
        prompts = [ask.prompt for item in items for ask in panel.asks_until(item, stage)[before:]]
        if not prompts:
            return NOTHING
        each = fmean(map(_tokens, prompts))
        price = self.backend.price
        cost = None if price is None else len(prompts) * price.of(round(each), 0, 1)
        return Need(len(prompts), round(len(prompts) * each), cost, prompts[0])

    def fingerprint(self, rubric: Rubric) -> str:
        """See ``Judge.fingerprint``."""
        text = f"{self._identity}\n{self.panel(rubric).fingerprint()}"
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    async def evidence(self, items: Sequence[Item], rubric: Rubric, stage: int) -> list[Evidence]:
        """See ``Judge.evidence``. Asks go out by annotator and order, so that neighbors share their beginning."""
        panel = self.panel(rubric)
        until = len(panel.heard) if self.backend.slow else stage  # a stage must not cost a day
        reasons = [rubric.check(item) for item in items]
        labels, heard = rubric.labels, panel.heard[stage - 1]
        with _garbage_collected(False):
            asks = [
                [] if reason else panel.asks_until(item, until)
                for item, reason in zip(items, reasons, strict=True)
            ]
            if stage == 1:  # what failed for items that were judged before is tried again for these
                for ask in chain.from_iterable(asks):
                    self._faults.pop(ask.key, None)
            answers = await self._answers(chain.from_iterable(zip(*filter(None, asks), strict=True)))
            return [
                Evidence.missing(reason)
                if reason
                else combine([(ask, answers[ask.key]) for ask in row[:heard]], labels, len(panel.orders))
                for reason, row in zip(reasons, asks, strict=True)
            ]

    async def close(self) -> None:
        """See ``Judge.close``."""
        await self.backend.close()

    async def _answers(self, asks: Iterable[Ask]) -> dict[str, Answer]:
        """Answers by key: from the store, and from the backend what is not there. Later stages meet no fault again."""
        wanted = {ask.key: ask for ask in asks}
        stored = {} if self.store is None else self.store.get(list(wanted))
        answers = {key: Answer.from_row(row) for key, row in stored.items()}
        answers |= {key: self._faults[key] for key in wanted if key in self._faults}
        missing = [ask for key, ask in wanted.items() if key not in answers]
        if not missing:
            return answers
        if self.store is not None:
            self.store.make_room()
        fresh: list[tuple[str, Answer]] = []
        failures: list[JudgekitError] = []
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None

        def keep() -> None:
            if self.store is not None and fresh:
                try:
                    self.store.put(((key, answer.to_row()) for key, answer in fresh), self.name)
                except StoreFailed as failure:
                    stop(failure)
                    if not failure.kept:
                        return
            answers.update(fresh)
            fresh.clear()

        def stop(failure: JudgekitError) -> None:
            if not failures:
                task.cancel()  # as Ctrl-C does: no new calls, and those under way are waited for
            failures.append(failure)

        with _garbage_collected(True):
            try:
                async for ask, answer in self.backend.answer(missing):
                    if not fresh:  # what arrives together is committed together, once nothing more is waiting
                        loop.call_soon(keep)
                    fresh.append((ask.key, answer))
                    if answer.fault:
                        self._faults[ask.key] = answer
                    if failed := self._all_fail_alike(answer):
                        stop(failed)
                    if len(fresh) >= _MOST_TOGETHER and not failures:
                        keep()
            except asyncio.CancelledError:
                if not failures:
                    raise
            finally:
                keep()
                if failures:
                    with suppress(asyncio.CancelledError):
                        await asyncio.sleep(0)  # where the cancellation has not arrived yet
                    task.uncancel()
                    if fresh:
                        lost = f"{len(fresh):,} answers that were paid for are lost"
                        raise StoreFailed(f"{failures[0]}; {lost}", kept=False) from None
                    raise failures[0] from None
        return answers

    def _all_fail_alike(self, answer: Answer) -> JudgeFailed | None:
        """What to stop with once the first calls of a run have all failed, and for the same reason."""
        if self.first_failures is None:
            return None
        if answer.error in (None, NO_OPINION):
            self.first_failures = None
            return None
        self.first_failures.append(answer.error)
        if len(set(map(kind_of, self.first_failures))) > 1:
            self.first_failures = None
        elif len(self.first_failures) == _ALIKE:
            return JudgeFailed(
                f"judge '{self.name}': the first {_ALIKE} calls all failed alike: {answer.error}. "
                "Mend it, or go on without its answers: --keep-going"
            )
        return None


def _tokens(prompt: Prompt) -> float:
    return sum(len(message["content"]) for message in prompt.messages) / CHARACTERS_PER_TOKEN


@contextmanager
def _garbage_collected(wanted: bool) -> Iterator[None]:
    """Garbage collection on or off: it would walk the block's many new objects, none of them garbage, over and over."""
    was = gc.isenabled()
    (gc.enable if wanted else gc.disable)()
    try:
        yield
    finally:
        (gc.enable if was else gc.disable)()


class ConfiguredJudge(ModelJudge, ABC):
    """A model judge that an entry of a cascade file describes.

    Attributes
    ----------
    kind : ClassVar[str]
        What the entry calls it; the tier's name where the entry gives none.
    description : ClassVar[str]
        One line for ``judgekit judges``.
    """

    kind: ClassVar[str]
    description: ClassVar[str]

    @classmethod
    def from_spec(cls, options: Mapping[str, Any], context: Context) -> Self:
        """Make the judge from its entry in a cascade file; what is not the panel's is the backend's."""
        spec = dict(options)
        name = str(spec.pop("name", cls.kind))
        annotators = Annotators.model_validate(spec.pop("annotators", {}))
        backend = cls.make_backend(spec, context)
        judge = cls(
            name,
            backend,
            annotators,
            store=context.store,
            folder=context.folder,
            keep_going=context.keep_going,
        )
        judge.panel(context.rubric)
        return judge

    @classmethod
    @abstractmethod
    def make_backend(cls, spec: Mapping[str, Any], context: Context) -> Backend:
        """Make the backend from what is not the panel's."""


class OpenAIJudge(ConfiguredJudge):
    """A model behind an OpenAI-compatible endpoint (``judge: openai``)."""

    kind = "openai"
    description = "any OpenAI-compatible endpoint"

    @classmethod
    def make_backend(cls, spec: Mapping[str, Any], context: Context) -> Backend:
        """Clients of the endpoints that the entry names, under the run's budget."""
        from judgekit.judges.openai import backend

        return backend(spec, context.budget, context.store, context.keys)


class VLLMJudge(ConfiguredJudge):
    """A model in a vLLM engine of this process (``judge: vllm``)."""

    kind = "vllm"
    description = "a vLLM engine in this process (extra 'vllm')"

    @classmethod
    def make_backend(cls, spec: Mapping[str, Any], context: Context) -> Backend:
        """The engine that the entry describes; it starts when it is first asked."""
        from judgekit.judges.vllm.backend import backend, check_engine

        check_engine(spec, trusted=context.trusted)
        return backend(spec, context.budget)
