"""The templates of the pages, and what all of them share."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

from judgekit.report.render.cells import in_words
from judgekit.report.words import estimate, limits

PAGE = files("judgekit.report.render") / "page"


def part(name: str) -> str:
    """A file that a page carries in itself, such as its style."""
    return (PAGE / name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(part),
    )
    environment.globals.update(estimate=estimate, limits=limits, in_words=in_words, part=part)
    return environment


def template(name: str) -> Template:
    """A template of the folder ``page``; what it is filled with is escaped."""
    return _environment().get_template(name)
