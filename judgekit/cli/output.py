"""How every verb speaks: text for people, nothing (``--quiet``), or one JSON object (``--json``).

A verb prints what people read and tells :func:`result` what a program would want of it. With ``--json`` the text goes
to standard error, where progress is, and standard output holds one object: the verb, its exit code, and what it told.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from contextlib import redirect_stdout
from dataclasses import asdict, is_dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from judgekit.display import printable
from judgekit.errors import EXIT_DONE, JudgekitError

STDOUT = Path("-")
_RESULT, _QUIET = "judgekit.result", "judgekit.quiet"


def result(**told: Any) -> None:
    """Tell what ``--json`` should print of this verb; told again, a key is replaced."""
    click.get_current_context().meta.setdefault(_RESULT, {}).update(told)


def echo(text: str = "", *, err: bool = False) -> None:
    """Print a line that may hold text of a file: what a terminal would obey is spelled out."""
    click.echo(printable(text), err=err)


def quiet() -> bool:
    """Whether nothing but errors is to be said."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.meta.get(_QUIET))


def speaking(command: click.Command) -> click.Command:
    """Give a verb ``--quiet`` and ``--json``, and its subcommands too."""
    names = {option for param in command.params for option in param.opts}
    if "--quiet" in names or command.callback is None:
        return command
    command.params.append(click.Option(["--quiet"], is_flag=True, help="Print nothing but errors."))
    if "--json" not in names:
        command.params.append(
            click.Option(
                ["--json", "as_json"],
                is_flag=True,
                help="Print one JSON object; text goes to standard error.",
            )
        )
    command.callback = _spoken(command.callback)
    for sub in getattr(command, "commands", {}).values():
        speaking(sub)
    return command


def _spoken(callback: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(callback)
    def call(*args: Any, quiet: bool, as_json: bool = False, **given: Any) -> Any:
        context = click.get_current_context()
        as_json = as_json or given.get("json_out") == STDOUT
        context.meta[_QUIET] = quiet or context.meta.get(_QUIET, False)
        if as_json and context.invoked_subcommand is None:
            return _as_json(context, lambda: callback(*args, **given))
        if context.meta[_QUIET]:
            with Path(os.devnull).open("w", encoding="utf-8") as nowhere, redirect_stdout(nowhere):
                return callback(*args, **given)
        return callback(*args, **given)

    return call


def _as_json(context: click.Context, call: Callable[[], Any]) -> Any:
    error: JudgekitError | None = None
    with redirect_stdout(sys.stderr):
        try:
            code = call()
        except JudgekitError as failure:
            error, code = failure, failure.exit_code
    told = context.meta.get(_RESULT, {})
    head = {"verb": context.command_path, "exit_code": code or EXIT_DONE}
    if error is not None:
        head["error"] = str(error)
    text = json.dumps(
        {**head, **told}, default=_plain
    )  # in ASCII, which standard output holds in any encoding
    click.echo(text)
    if error is not None:
        raise error
    return code


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if hasattr(value, "to_row"):
        return value.to_row()
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, set | frozenset):
        return sorted(value)
    return str(value)
