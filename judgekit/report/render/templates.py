"""The templates of the pages, what all of them share, and what a browser may run and apply on them."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template
from markupsafe import Markup

from judgekit.report.render.cells import in_words, money
from judgekit.report.render.drawing.palette import palette_css
from judgekit.report.words import estimate, limits

LONG = 20
"""Rows of a table above which only the first are shown until all are asked for."""

PAGE = files("judgekit.report.render") / "page"


def part(name: str) -> str:
    """A file of the folder ``page``."""
    return (PAGE / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda name: part(name) if (PAGE / name).is_file() else None),
    )
    environment.globals.update(estimate=estimate, limits=limits, in_words=in_words, money=money, LONG=LONG)
    return environment


def template(name: str) -> Template:
    """A template of the folder ``page``; what it is filled with is escaped."""
    return _environment().get_template(name)


def page(name: str, *, styles: Sequence[str], scripts: Sequence[str] = (), **filled: Any) -> str:
    """A page that is one file: it asks nothing of the network and obeys no script or style but its own.

    Parameters
    ----------
    name : str
        A template that extends ``shell.html.j2``.
    styles, scripts : sequence of str
        Files of the folder ``page``, in the order in which they are to be read.
    **filled
        What the template is filled with; text is escaped.
    """
    style = "\n".join((palette_css(), *map(part, styles)))
    script = "\n".join(map(part, scripts))
    return template(name).render(
        style=Markup(style), script=Markup(script), policy=Markup(policy(style, script)), **filled
    )


def policy(style: str, script: str = "") -> str:
    """The content-security policy of a page with one style element and one script, or none.

    It names them by their SHA-256 (CSP Level 3, section 6.7.3.2), so that neither a text under judgment nor whoever
    passes the file on can add one. Attributes such as ``style`` and ``onclick`` have no effect at all.
    """
    allowed = [f"style-src {_hashed(style)}", *([f"script-src {_hashed(script)}"] if script else [])]
    return "; ".join(
        ("default-src 'none'", *allowed, "img-src data:", "base-uri 'none'", "form-action 'none'")
    )


def _hashed(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
