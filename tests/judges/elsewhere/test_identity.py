"""What tells a function from an earlier version of itself."""

from __future__ import annotations

import functools
import importlib
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from judgekit.errors import ConfigError
from judgekit.judges.elsewhere.identity import source_of
from judgekit.records import HumanLabel

HELPERS = """
import re
WORDS = {"a": 1, "b": {2, 3}}
def clean(text):
    return text.strip()
"""
MINE = """
import math
import helpers_of_the_test as helpers
from helpers_of_the_test import clean
LIMIT = 0.5
PATTERN = __import__("re").compile("x+", 2)
class Rule:
    def holds(self, text):
        return bool(PATTERN.search(text))
def judge(item, most=3):
    def inner(text):
        return math.exp(len(text)) > LIMIT
    return "right" if inner(clean(item.output)) and Rule().holds(item.output) else "wrong"
"""
Load = Callable[..., ModuleType]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def load(mine: str = MINE, helpers: str = HELPERS) -> ModuleType:
        import linecache

        for name, text in (("helpers_of_the_test", helpers), ("mine_of_the_test", mine)):
            (tmp_path / f"{name}.py").write_text(text)
            sys.modules.pop(name, None)
        importlib.invalidate_caches()
        linecache.clearcache()
        return importlib.import_module("mine_of_the_test")

    return load


def told(module: ModuleType) -> str:
    return source_of(module.judge)


def test_the_same_source_is_the_same_function(load: Load) -> None:
    assert told(load()) == told(load())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("LIMIT = 0.5", "LIMIT = 0.6"),
        ("most=3", "most=4"),
        ('"x+"', '"y+"'),
        ("math.exp(len(text))", "math.exp(len(text) + 1)"),
        ("bool(PATTERN.search(text))", "True"),
    ],
)
def test_whatever_it_uses_of_its_own_module_counts(load: Load, before: str, after: str) -> None:
    assert before in MINE
    assert told(load()) != told(load(MINE.replace(before, after)))


def test_a_helper_of_another_module_counts_and_what_it_does_not_use_does_not(load: Load) -> None:
    assert told(load()) != told(load(helpers=HELPERS.replace("text.strip()", "text")))
    assert told(load()) == told(load(MINE + "\ndef other():\n    return 1\n"))


def test_a_module_that_is_used_by_name_counts_whole(load: Load) -> None:
    mine = "import helpers_of_the_test as helpers\ndef judge(item):\n    return helpers.clean(item.output)\n"
    assert told(load(mine)) != told(load(mine, HELPERS.replace("text.strip()", "text")))
    inside = "def judge(item):\n    from helpers_of_the_test import clean\n    return clean(item.output)\n"
    assert told(load(inside)) != told(load(inside, HELPERS.replace("text.strip()", "text")))


IN_A_CLASS = """
from functools import cached_property, lru_cache
from helpers_of_the_test import WORDS
LIMIT = 1
class Rule:
    words = WORDS
    @held
    def most(self):
        return LIMIT
def judge(item):
    return Rule().most
"""


@pytest.mark.parametrize("held", ["cached_property", "lru_cache", "property", "staticmethod"])
def test_a_method_counts_whatever_holds_it_in_its_class(load: Load, held: str) -> None:
    mine = IN_A_CLASS.replace("held", held)
    assert told(load(mine)) == told(load(mine))
    assert told(load(mine)) != told(load(mine.replace("LIMIT = 1", "LIMIT = 2")))


def test_a_value_that_a_class_has_from_elsewhere_counts(load: Load) -> None:
    mine = IN_A_CLASS.replace("held", "property")
    assert told(load(mine)) != told(load(mine, HELPERS.replace('"a": 1', '"a": 2')))


def test_a_method_of_a_pattern_or_a_dict_counts_as_what_it_belongs_to(load: Load) -> None:
    mine = "import re\nFIND, OF = re.compile('x').search, {'a': 1}.get\ndef judge(item):\n    return FIND(item) or OF(item)\n"
    assert told(load(mine)) == told(load(mine))
    for before, after in (("'x'", "'y'"), ("'a': 1", "'a': 2")):
        assert told(load(mine)) != told(load(mine.replace(before, after)))


@pytest.mark.parametrize(
    "taken",
    [
        "from constants_of_the_test import LIMIT\ndef clean(text):\n    return LIMIT\n",
        "from constants_of_the_test import *\ndef clean(text):\n    return LIMIT\n",
        "def clean(text):\n    from constants_of_the_test import LIMIT\n    return LIMIT\n",
        "def clean(text):\n    import constants_of_the_test\n    return constants_of_the_test.LIMIT\n",
    ],
)
def test_what_a_module_takes_from_another_counts(load: Load, tmp_path: Path, taken: str) -> None:
    mine = "import helpers_of_the_test as helpers\ndef judge(item):\n    return helpers.clean(item.output)\n"

    def told_with(limit: int) -> str:
        (tmp_path / "constants_of_the_test.py").write_text(f"LIMIT = {limit}\n")
        sys.modules.pop("constants_of_the_test", None)
        return told(load(mine, taken))

    assert told_with(1) == told_with(1) != told_with(2)


@pytest.mark.parametrize(("package", "init"), [("bare_of_the_test", None), ("with_init_of_the_test", "")])
@pytest.mark.parametrize(
    "mine",
    [
        "def judge(item):\n    from . import constants\n    return constants.LIMIT\n",
        "def judge(item):\n    from .constants import LIMIT\n    return LIMIT\n",
        "import PACKAGE.constants\ndef judge(item):\n    return PACKAGE.constants.LIMIT\n",
    ],
)
def test_a_module_of_a_package_counts(
    load: Load, tmp_path: Path, mine: str, package: str, init: str | None
) -> None:
    folder = tmp_path / package
    folder.mkdir()
    (folder / "judging.py").write_text(mine.replace("PACKAGE", package))
    if init is not None:
        (folder / "__init__.py").write_text(init)

    def told_with(limit: int) -> str:
        (folder / "constants.py").write_text(f"LIMIT = {limit}\n")
        for name in [name for name in sys.modules if name.startswith(package)]:
            del sys.modules[name]
        return told(load(f"from {package}.judging import judge\n"))

    assert told_with(1) == told_with(1) != told_with(2)


def test_values_in_a_closure_and_in_defaults_count() -> None:
    def made(limit: float) -> Any:
        def judge(item: Any) -> str:
            return "right" if len(item.output) > limit else "wrong"

        return judge

    assert source_of(made(1)) == source_of(made(1)) != source_of(made(2))


WRAPPED = """
import functools
def doubled(function):
    @functools.wraps(function)
    def call(item):
        return function(item) * 2
    return call
@doubled
@functools.lru_cache
def judge(item):
    return item.output
"""


def test_a_wrapper_counts_as_what_it_wraps_does(load: Load) -> None:
    before = told(load(WRAPPED))
    assert before == told(load(WRAPPED))
    for old, new in (("* 2", "* 3"), ("item.output", "item.question")):
        assert told(load(WRAPPED.replace(old, new))) != before


def test_what_cannot_be_told_needs_a_version() -> None:
    client = object()

    def asks(item: Any) -> str:
        return str(client)

    with pytest.raises(
        ConfigError, match=r"'client' \(object\) cannot be told .* state the judge's 'version'"
    ):
        source_of(asks)
    with pytest.raises(ConfigError, match="state the judge's 'version'"):
        source_of(eval("lambda item: 'right'"))


def test_a_function_of_an_installed_package_is_told_by_its_version() -> None:
    tokenize = importlib.import_module("rouge_score.tokenize").tokenize
    assert re.fullmatch(r"rouge_score\.tokenize:tokenize rouge.score [\d.]+", source_of(tokenize))


def test_what_a_function_of_an_installed_package_was_made_with_counts() -> None:
    def made(*patterns: str) -> str:
        return source_of(shutil.ignore_patterns(*patterns))

    assert made("*.a") == made("*.a") != made("*.b")


def test_a_loaded_object_in_what_an_installed_package_made_needs_a_version() -> None:
    def made(value: object) -> str:
        """As a package's own function would hold it: ``shutil.ignore_patterns`` keeps what it is given."""
        return source_of(shutil.ignore_patterns(*[value]))  # type: ignore[list-item]

    with pytest.raises(
        ConfigError, match=r"'patterns 1' \(Client\) cannot be told .* state the judge's 'version'"
    ):
        made(Client())
    told = [made(HumanLabel(label=label)) for label in ("a", "a", "b")]
    assert told[0] == told[1] != told[2]
    part = [made(functools.partial(shutil.which, mode)) for mode in (1, 1, 2)]
    assert part[0] == part[1] != part[2]


class Client:
    """What only its memory tells."""


OF_A_DATACLASS = """
from dataclasses import dataclass, field
LEAST = {least}
def words():
    return {words!r}
@dataclass(frozen=True)
class Settings:
    least: float = LEAST
    words: list = field(default_factory=words)
    def holds(self, text):
        return len(text) > self.least{more}
SETTINGS = Settings({given})
def judge(item):
    return "right" if SETTINGS.holds(item.output) else "wrong"
"""


def test_a_dataclass_is_told_by_its_fields_its_text_and_what_it_holds(load: Load) -> None:
    usual = {"least": 1, "words": ["a"], "more": "", "given": ""}
    changes = ({}, {"least": 2}, {"words": ["b"]}, {"more": " + 1"}, {"given": "least=3"})
    told = [source_of(load(OF_A_DATACLASS.format(**{**usual, **change})).judge) for change in changes]
    assert len(set(told)) == len(told)
    assert told[0] == source_of(load(OF_A_DATACLASS.format(**usual)).judge)
