"""Other people's code runs only where the user has said so.

A cascade file may come from anybody, so that what it names is code to run only once the user has named it too, in the
environment (``JUDGEKIT_CODE``) or by passing the object itself from Python.
"""

from __future__ import annotations

import importlib
import os
from typing import Any

from judgekit.errors import ConfigError

CODE = "JUDGEKIT_CODE"


def consent(named: str, kind: str, *, trusted: bool) -> None:
    """Refuse what a cascade file names and its user has not: code, and scorers, which may ask a model with any key.

    Parameters
    ----------
    named : str
        As the entry says.
    kind : str
        The kind of judge, for messages.
    trusted : bool
        The entry was written in Python, by whoever runs it, and stands in no file.

    Raises
    ------
    ConfigError
        It is not in the environment either.
    """
    allowed = os.environ.get(CODE, "").replace(",", " ").split()
    if not trusted and not {named, named.partition(":")[0]} & set(allowed):
        raise ConfigError(
            f"judge '{kind}': {named} is not run, since only a cascade file says so. "
            f"If you trust it, with the arguments that the file gives it: {CODE}={named} in the environment"
        )


def imported(where: str, kind: str) -> Any:
    """The object at ``module:name``, as an entry of a kind of judge says.

    Raises
    ------
    ConfigError
        There is no such object.
    """
    module, _, name = where.partition(":")
    if not module or not name:
        raise ConfigError(f"judge '{kind}': expected package.module:name, found '{where}'")
    try:
        found: Any = importlib.import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except Exception as error:  # a module may raise anything while it is imported
        why = " ".join(str(error).split()) or type(error).__name__
        raise ConfigError(f"judge '{kind}': {where} cannot be loaded: {why}") from None
    return found
