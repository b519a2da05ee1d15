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
from urllib.parse import quote, urlsplit

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

    def is_openai(self, url: str) -> bool:
        """Whether the user's key of OpenAI belongs to an address, and with it all else that the SDK sends there."""
        return (OPENAI_KEY, origin(url)) in self.pairs

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
        if where.startswith("http:") and not is_loopback(where):
            raise ConfigError(f"judge 'openai': {name} is not sent to {where} over plain http: use https")
        return key


def origin(url: str) -> str:
    """Scheme, host and port of a URL.

    Raises
    ------
    ConfigError
        It has none, or holds a password, or more behind a question mark: what is no part of the address may be a key,
        and addresses are written to run folders.
    """
    shown = url.rpartition("@")[2].partition("?")[0]
    if "@" in url:  # "https://user:a/b@host" has the host "user": no parser tells the password
        raise ConfigError(f"the address of '{shown}' holds a user name or password: give the key apart")
    if not url.isprintable() or " " in url or "\\" in url:
        raise ConfigError(f"'{shown}' holds blanks, or what no address holds")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ConfigError(f"'{shown}' is no http address: its host or port is none") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ConfigError(f"'{shown}' is no http address")
    if parts.query or parts.fragment:
        raise ConfigError(
            f"the address of '{parts.hostname}' goes on behind '?' or '#': give the address alone, and a key apart"
        )
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


def is_loopback(url: str) -> bool:
    """Whether an address is this machine's own."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def holds_key(content: bytes, key: str) -> bool:
    """Whether bytes hold a key, as it is or as a part of a URL."""
    return any(one.encode() in content for one in _spelled(key))


def scrub(value: Any, key: str) -> Any:
    """Text, or whatever was decoded from JSON, without a key that the other side sent back."""
    spelled = _spelled(key)
    return _without(value, spelled) if spelled else value


def _spelled(key: str) -> tuple[str, ...]:
    """A key as an honest server may say it back; none of one that is no secret."""
    return () if key == NO_KEY or len(key) < _SHORT else tuple(dict.fromkeys((key, quote(key, safe=""))))


def _without(value: Any, keys: tuple[str, ...]) -> Any:
    if isinstance(value, str):
        for key in keys:
            value = value.replace(key, SCRUBBED)
        return value
    if isinstance(value, list):
        return [_without(one, keys) for one in value]
    if isinstance(value, dict):
        return {_without(name, keys): _without(one, keys) for name, one in value.items()}
    return value
