"""The labeling page over HTTP: the page itself, and the requests that its script makes (JSON in, JSON out).

::

    GET  /?token=T       sets the cookie and goes on to /
    GET  /               the page; its scripts and its style beside it
    GET  /api/setup      rubric, instructions, labels with meanings, kind of sample, promise, names of annotators
    GET  /api/next       ?annotator=N&have=KEY&have=KEY: up to four items not in have, and progress
    POST /api/answer     annotator, key, label, seconds, note: durable once it returns; 409 where answered before
    POST /api/undo       annotator: takes back their last answer; 409 where there is none
    GET  /api/progress   ?annotator=N
    POST /api/finish     annotator: what comes of the labels, and the command to go on with

An error is ``{"error": one line}`` with its status.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import socket
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from aiohttp import web
from jinja2 import Environment

from judgekit.display import printable
from judgekit.errors import InputError, JudgekitError
from judgekit.labeling.page.desk import Conflict, Desk
from judgekit.labeling.page.guard import HEADERS, Guard, Handler, policy
from judgekit.labeling.samples import Outcome

_LOG = logging.getLogger(__name__)

LARGEST = 1 << 16
"""Bytes of a request's body."""

NAME, NOTE = 64, 4000
"""Characters of an annotator's name, and of a note."""

_PARTS = {".js": "text/javascript", ".css": "text/css"}

DAY = 86_400
"""Seconds; no answer takes longer."""


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens on an address; port 0 takes any that is free.

    Raises
    ------
    InputError
        The address is not this machine's, or the port is taken.
    """
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise InputError(
            f"cannot listen on {host}, port {port}: {error.strerror or error}; choose others (--host, --port)"
        ) from None


async def serve(
    desk: Desk,
    guard: Guard,
    listener: socket.socket,
    *,
    opened: Callable[[], None] = lambda: None,
    finished: Callable[[Outcome], None] = lambda outcome: None,
) -> None:
    """Serve the page until cancelled (Ctrl-C).

    Parameters
    ----------
    desk, guard : Desk, Guard
        The sitting, and who may take part.
    listener : socket
        From :func:`listen`.
    opened : callable
        Called once the page can be opened.
    finished : callable
        Told what comes of the labels whenever somebody asks for it.
    """
    await desk.settled()
    runner = web.AppRunner(app(desk, guard, finished), access_log=None, shutdown_timeout=2)
    await runner.setup()
    try:
        await web.SockSite(runner, listener).start()
        opened()
        await asyncio.Event().wait()
    finally:
        await runner.cleanup()


def app(
    desk: Desk, guard: Guard, finished: Callable[[Outcome], None] = lambda outcome: None
) -> web.Application:
    """The page over a sitting, for whoever the guard lets in."""
    pages = _Pages(desk, finished)
    made = web.Application(middlewares=[_answering, guard.check], client_max_size=LARGEST)
    made.add_routes(
        [
            web.get("/", pages.page),
            *(web.get(f"/{name}", pages.part) for name in _parts()),
            web.get("/api/setup", pages.setup),
            web.get("/api/next", pages.next),
            web.get("/api/progress", pages.progress),
            web.post("/api/answer", pages.answer),
            web.post("/api/undo", pages.undo),
            web.post("/api/finish", pages.finish),
        ]
    )
    return made


@dataclass(frozen=True)
class _Pages:
    """What is answered to each request that was let in."""

    desk: Desk
    finished: Callable[[Outcome], None]

    async def page(self, _: web.Request) -> web.Response:
        nonce = secrets.token_urlsafe(16)
        text = Environment(autoescape=True).from_string(_static("page.html")).render(nonce=nonce)
        headers = {"Content-Security-Policy": policy(nonce)}
        return web.Response(text=text, content_type="text/html", headers=headers)

    async def part(self, request: web.Request) -> web.Response:
        name = request.path.removeprefix("/")
        return web.Response(text=_static(name), content_type=_PARTS[Path(name).suffix])

    async def setup(self, _: web.Request) -> web.Response:
        return web.json_response(self.desk.setup())

    async def next(self, request: web.Request) -> web.Response:
        name = _name(request.query.get("annotator"))
        return web.json_response(await self.desk.next(name, request.query.getall("have", [])))

    async def progress(self, request: web.Request) -> web.Response:
        return web.json_response({"progress": self.desk.progress(_name(request.query.get("annotator")))})

    async def answer(self, request: web.Request) -> web.Response:
        body = await _body(request, "annotator", "key", "label", "seconds", "note")
        return web.json_response(
            await self.desk.answer(
                _name(body.get("annotator")),
                _text(body.get("key"), "key", 64),
                _text(body.get("label"), "label", 200),
                _seconds(body.get("seconds")),
                _text(body.get("note") or "", "note", NOTE),
            )
        )

    async def undo(self, request: web.Request) -> web.Response:
        body = await _body(request, "annotator")
        return web.json_response(await self.desk.undo(_name(body.get("annotator"))))

    async def finish(self, request: web.Request) -> web.Response:
        await _body(request, "annotator")
        outcome = await self.desk.finish()
        self.finished(outcome)
        return web.json_response(
            {
                "certified": outcome.certified,
                "sentence": outcome.sentence,
                "command": outcome.command,
                "written": [str(path) for path in outcome.written],
            }
        )


async def _body(request: web.Request, *keys: str) -> dict[str, Any]:
    """The object that a request brings; only these keys."""
    if request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="expected a body of type application/json")
    try:
        body = json.loads(await request.read())
    except (ValueError, RecursionError):
        raise InputError("the request's body is not JSON") from None
    if not isinstance(body, dict):
        raise InputError(f"expected an object with {', '.join(keys)}, found {type(body).__name__}")
    if strange := set(body) - set(keys):
        raise InputError(f"unknown key '{min(strange)[:40]}'; known keys: {', '.join(keys)}")
    return body


def _text(value: object, what: str, longest: int) -> str:
    """A text, without what no file holds."""
    if not isinstance(value, str):
        raise InputError(f"'{what}' must be a text")
    if len(value) > longest:
        raise InputError(f"'{what}' is longer than {longest:,} characters")
    return value.encode("utf-8", "replace").decode()


def _name(value: object) -> str:
    """An annotator's name, the same however it is typed."""
    name = unicodedata.normalize("NFC", " ".join(_text(value, "annotator", NAME).split()))
    if not name or not name.isprintable():
        raise InputError("'annotator' must be a name of 1 or more letters")
    return name


def _seconds(value: object) -> float | None:
    """How long an answer took; None where the page does not say, or a clock that was set tells nonsense."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise InputError("'seconds' must be a number")
    return round(float(value), 2) if 0 <= value <= DAY else None


def _parts() -> list[str]:
    """The files that the page is made of, beside itself."""
    names = [entry.name for entry in files(__package__).joinpath("static").iterdir()]
    return sorted(name for name in names if Path(name).suffix in _PARTS)


@cache
def _static(name: str) -> str:
    return files(__package__).joinpath("static", name).read_text("utf-8")


@web.middleware
async def _answering(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Every answer with the headers of a page that nobody caches or frames; every error as one line of JSON."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            error.headers.update(HEADERS)
            raise
        response = _error(error.status, error.text or error.reason)
    except Conflict as error:
        response = _error(409, str(error), **error.told)
    except JudgekitError as error:
        response = _error(400, str(error))
    except OSError as error:
        _LOG.error("an answer could not be written: %s", error)
        response = _error(507, f"{error.strerror or error}, where the labels go; make room there")
    except Exception:
        _LOG.exception("%s %s failed", request.method, request.path)
        response = _error(500, "this request failed; what went wrong is said where 'judgekit label' runs")
    response.headers.update(HEADERS)
    return response


def _error(status: int, why: str, **told: Any) -> web.Response:
    return web.json_response({"error": printable(" ".join(why.split())), **told}, status=status)
