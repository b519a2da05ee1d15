"""The scorers: ``trusted_judge`` judges a sample, ``outcomes`` says of every sample what became of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import contextmanager
from functools import cache
from weakref import WeakKeyDictionary

from inspect_ai._util.error import PrerequisiteError
from inspect_ai.scorer import Score, Scorer, Target
from inspect_ai.solver import TaskState
from rich.markup import escape

from judgekit.cascade.spec import load_cascade
from judgekit.engine.memory import Session
from judgekit.errors import ConfigError, JudgekitError
from judgekit.integrations.inspect import samples
from judgekit.rubrics import load_rubric


def trusted_judge(
    cascade: str | None = None,
    rubric: str | None = None,
    calibration: str | list[str] | None = None,
    store: str | None = None,
    budget: float | None = None,
    max_calls: int | None = None,
    allow_uncertified: bool = False,
    keep_going: bool = False,
) -> Scorer:
    """Judge outputs by a cascade, under the promise of a calibration where there is one.

    Samples that are scored at the same time are judged together. A score's value is the label. A sample on which the
    cascade abstains, or that no judge could score, is unscored, and its metadata says which and why.

    Parameters
    ----------
    cascade : str, optional
        The cascade file; by default the lexical judge alone.
    rubric : str, optional
        Judge everything by this rubric instead of one by the ``split`` in a sample's metadata.
    calibration : str or list of str, optional
        Calibration files; each is used for the rubric it names.
    store : str, optional
        A folder in which answers are kept, so that none is paid for twice.
    budget, max_calls : float, int, optional
        Stop before more US dollars, or calls, are spent.
    allow_uncertified : bool
        Go on without a promise where a calibration does not fit.
    keep_going : bool
        Go on where a judge fails on most of what it is asked.

    Raises
    ------
    PrerequisiteError
        A file or an option is not as it should be; in one line.
    """
    with _in_one_line():
        spec = load_cascade(cascade, rubric, () if calibration is None else calibration)
        promises = spec.calibrations()
        spec.check(next(iter(spec.file.rubrics.values())), allow_uncertified=allow_uncertified)
    labels_of = cache(lambda rubric: load_rubric(rubric).labels)
    open_ones: WeakKeyDictionary[asyncio.AbstractEventLoop, Session] = WeakKeyDictionary()
    held: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncGenerator[Session]] = WeakKeyDictionary()

    async def session() -> Session:
        """The one session of the running loop, which closes it at its end: it ends the generators it began."""
        loop = _running_loop()
        if loop not in open_ones:
            open_ones[loop] = Session(
                spec,
                store=store,
                budget=budget,
                max_calls=max_calls,
                allow_uncertified=allow_uncertified,
                keep_going=keep_going,
            )
            held[loop] = _closed_with_its_loop(open_ones[loop])
            await anext(held[loop])
        return open_ones[loop]

    async def score(state: TaskState, target: Target) -> Score:
        with _in_one_line():
            item = samples.item(state, target)
            [result] = await (await session()).judge([item])
        labels = labels_of(spec.rubric_for(item))
        return samples.score(result, labels, promises.get(result.verdict.calibration or ""))

    return score


def outcomes(of: str = "trusted_judge") -> Scorer:
    """What became of every sample: the label of its verdict, or ``abstained`` or ``unscored``.

    inspect's metrics see no unscored sample; they see these scores all. To be run after the scorer that it reads:
    ``scorer=[trusted_judge(), outcomes()]``, or a second ``inspect score --action append``.

    Parameters
    ----------
    of : str
        The name of the score in the log.

    Raises
    ------
    PrerequisiteError
        A sample has no such score.
    """

    async def score(state: TaskState, target: Target) -> Score:
        found = (state.scores or {}).get(of)
        if found is None:
            there = ", ".join(state.scores or ()) or "none"
            raise PrerequisiteError(
                f"sample {escape(str(state.sample_id))} has no score '{escape(of)}' (scores there: {escape(there)}); "
                "run judgekit/trusted_judge first, or name the score: -S of=NAME"
            )
        said = found.metadata or {}
        value = said.get("state", "unscored") if _is_unscored(found) else found.as_str()
        return Score(value=value, answer=found.answer, explanation=found.explanation, metadata=said)

    return score


def _is_unscored(score: Score) -> bool:
    return isinstance(score.value, float) and score.value != score.value


def _running_loop() -> asyncio.AbstractEventLoop:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        raise ConfigError(
            "judges run on asyncio, and inspect runs on trio: unset INSPECT_ASYNC_BACKEND, or set it to asyncio"
        ) from None


async def _closed_with_its_loop(session: Session) -> AsyncGenerator[Session]:
    async with session:
        yield session


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Say what a user can mend as inspect says such things: without a traceback."""
    try:
        yield
    except JudgekitError as error:
        raise PrerequisiteError(f"judgekit: {escape(str(error))}") from error
