"""What can go wrong that a user can mend: one class a cause, one line a message (what, where, how to fix)."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from judgekit.display import printable

P = ParamSpec("P")
T = TypeVar("T")

EXIT_DONE, EXIT_FAILED, EXIT_BAD_INPUT, EXIT_NOT_CERTIFIED, EXIT_UNSCORED_LEFT, EXIT_STOPPED = (
    0,
    1,
    2,
    3,
    4,
    130,
)
EXIT_FAULT = 70
"""A fault of judgekit's own, as sysexits(3) numbers it: Python's 1 is what a broken condition of a gate ends with."""
EXIT_UNREAD = 141
"""Whoever was to read the output is gone: what a shell says of a program that a closed pipe (SIGPIPE) has ended."""


class JudgekitError(Exception):
    """Base of all errors a user can mend; ``str(error)`` is one line, without what a terminal would obey."""

    exit_code = EXIT_BAD_INPUT

    def __str__(self) -> str:
        return printable(" ".join(super().__str__().split()))


class InputError(JudgekitError):
    """A file or a row of it is not what was expected.

    Parameters
    ----------
    what : str
        What is wrong and what was expected, in one sentence.
    path : object
        The file, if there is one.
    row : object
        1-based line (JSONL, CSV) or the key path (JSON) at which it was seen.
    """

    def __init__(self, what: str, *, path: object = None, row: object = None) -> None:
        where = "" if path is None else f"{path}" + ("" if row is None else f":{row}") + ": "
        super().__init__(f"{where}{what}")
        self.what, self.path, self.row = what, path, row


class ConfigError(JudgekitError):
    """A cascade file, rubric folder or option does not make sense."""


def known(what: str, value: T, those: Iterable[T]) -> T:
    """The same value, one of those known.

    Raises
    ------
    ConfigError
        It is none of them; they are named.
    """
    if value not in (names := list(those)):
        raise ConfigError(f"unknown {what} '{value}'; known: {', '.join(map(str, names))}")
    return value


def mendable(function: Callable[P, T]) -> Callable[P, T]:
    """The same function of the mathematics, whose ValueError (arrays, numbers) is said as an :class:`InputError`."""

    @wraps(function)
    def call(*args: P.args, **options: P.kwargs) -> T:
        try:
            return function(*args, **options)
        except ValueError as error:
            raise InputError(str(error)) from None

    return call


class MissingExtra(JudgekitError):
    """An optional dependency is not installed."""

    def __init__(self, what: str, extra: str, reason: object = None) -> None:
        tail = f" ({reason})" if reason else ""
        super().__init__(f"{what} needs the extra '{extra}': pip install 'judgekit-certified[{extra}]'{tail}")
        self.extra = extra


class StoreBusy(JudgekitError):
    """Another process is writing to the same run."""


class StoreFailed(JudgekitError):
    """Answers cannot be written down, so that none are asked for any more; ``kept``: those given were, this once."""

    exit_code = EXIT_FAILED

    def __init__(self, what: str, *, kept: bool = True) -> None:
        super().__init__(what)
        self.kept = kept  # a copy (in Ray's workers) is made without it, and then given it


class StoreTaken(StoreFailed):
    """Another process has opened the same run, whatever the lock says; what was answered is kept."""


class StoreGone(StoreFailed):
    """The file that answers are written to is no longer in the run's folder: it was moved or deleted meanwhile."""


class JudgeFailed(JudgekitError):
    """A judge fails on most of what it is asked; what was answered is kept, the same command goes on."""

    exit_code = EXIT_UNSCORED_LEFT


class BudgetSpent(JudgekitError):
    """The budget in money or calls is used up; what was answered is kept, the same command with more goes on."""

    exit_code = EXIT_UNSCORED_LEFT


class BatchPending(JudgekitError):
    """So many prompts are with the provider; the same command collects their answers once they are there."""

    exit_code = EXIT_UNSCORED_LEFT

    def __init__(self, prompts: int) -> None:
        super().__init__(
            f"{prompts:,} prompts are with the provider as a batch; "
            "run the same command again to collect the answers"
        )
        self.prompts = prompts


class FingerprintMismatch(JudgekitError):
    """A calibration was made for other judges, prompts or examples than those in use."""


class NotCertified(JudgekitError):
    """No policy could be certified from the labels given."""

    exit_code = EXIT_NOT_CERTIFIED


def at_least(least: float, **numbers: float | None) -> None:
    """Refuse numbers below the least that makes sense, by name; a ``ConfigError`` says which."""
    for name, number in numbers.items():
        if number is not None and not number >= least:
            raise ConfigError(f"{name} must be {least} or more, got {number}")


def renamed(**names: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Take keyword arguments by their old names for one release, with a warning that names the new one.

    Parameters
    ----------
    names : str
        Old name = new name.
    """

    def decorate(do: Callable[P, T]) -> Callable[P, T]:
        @wraps(do)
        def call(*args: P.args, **given: P.kwargs) -> T:
            kept: dict[str, Any] = dict(given)
            for old, new in names.items():
                if old in kept:
                    warnings.warn(f"'{old}' is now called '{new}'", DeprecationWarning, stacklevel=2)
                    kept[new] = kept.pop(old)
            return do(*args, **kept)

        return call

    return decorate
