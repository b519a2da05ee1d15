"""Which key goes to which address: only where the user has put the two together, never a cascade file alone.

A cascade file may come from anybody. It names the variable that holds a key, and the address to send it to; whether
that variable belongs to that address is said outside of it: in the environment (``JUDGEKIT_KEYS``), by a flag
(``--key``), or in Python. ``OPENAI_API_KEY`` belongs to OpenAI, and to where ``OPENAI_BASE_URL`` points.
"""

from __future__ import annotations

import ipaddress
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from judgekit.errors import ConfigError

KEYS = "JUDGEKIT_KEYS"
OPENAI, OPENAI_KEY = "https://api.openai.com/v1", "OPENAI_API_KEY"
SCRUBBED = "[key]"
NO_KEY = "none"
"""What is sent where no key is: the SDK wants one."""

_PORTS = {"http": 80, "https": 443}
_SHORT = 6
"""A shorter key would be taken out of words it has nothing to do with."""


@dataclass(frozen=True)
class Keys:
    """Variables of the environment and the addresses that each belongs to, as ``(variable, origin)``."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, named: Iterable[str] = ()) -> Keys:
        """What the environment says and, first, what is given as ``VARIABLE=URL``.

        Raises
        ------
        ConfigError
            A pair that is none.
        """
        said = [*named, *os.environ.get(KEYS, "").replace(",", " ").split()]
        pairs = []
        for text in said:
            variable, _, url = text.partition("=")
            if not (variable.isidentifier() and url):
                raise ConfigError(
                    f"'{text}' puts no key and address together: expected VARIABLE=https://ADDRESS"
                )
            pairs.append((variable, origin(url if "://" in url else f"https://{url}")))
        pairs.append((OPENAI_KEY, origin(OPENAI)))
        if base := os.environ.get("OPENAI_BASE_URL"):
            pairs.append((OPENAI_KEY, origin(base)))
        return cls(tuple(pairs))

    def key(self, url: str, variable: str | None) -> str:
        """The key for an address: that of the variable a cascade file names, or of the one that belongs there.

        Raises
        ------
        ConfigError
            The variable holds no key, does not belong to the address, or would go over plain http.
        """
        where = origin(url)
        mine = [name for name, place in self.pairs if place == where]
        name = variable or next(iter(mine), None)
        if name is None:
            return NO_KEY
        key = os.environ.get(name, "")
        if not key and (variable is not None or where == origin(OPENAI)):
            raise ConfigError(f"judge 'openai': environment variable {name} holds no key for {url}")
        if not key:
            return NO_KEY
        if name not in mine:
            raise ConfigError(
                f"judge 'openai': {name} is not sent to {where}, since only a cascade file says so. "
                f"If the key belongs there: --key {name}={where}, or {KEYS}={name}={where} in the environment"
            )
        if where.startswith("http:") and not _loopback(where):
            raise ConfigError(f"judge 'openai': {name} is not sent to {where} over plain http: use https")
        return key


def origin(url: str) -> str:
    """Scheme, host and port of a URL.

    Raises
    ------
    ConfigError
        It has none, or holds a password.
    """
    parts = urlsplit(url)
    try:
        port = parts.port
    except ValueError:
        port = None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigError(f"'{url}' is no http address")
    if parts.username or parts.password:
        raise ConfigError(
            f"the address of '{parts.hostname}' holds a user name or password: give the key apart"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


def _loopback(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def scrub(value: Any, key: str) -> Any:
    """Text, or whatever was decoded from JSON, without a key that the other side sent back."""
    if key == NO_KEY or len(key) < _SHORT:
        return value
    if isinstance(value, str):
        return value.replace(key, SCRUBBED)
    if isinstance(value, list):
        return [scrub(one, key) for one in value]
    if isinstance(value, dict):
        return {scrub(name, key): scrub(one, key) for name, one in value.items()}
    return value
