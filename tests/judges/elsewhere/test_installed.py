"""The user's own code is told from Python's and that of installed packages."""

from __future__ import annotations

import importlib
import json
import math
import sys
from pathlib import Path

import pytest

from judgekit.judges.elsewhere.installed import in_installed, is_found_installed, is_installed, version_of


def test_pythons_and_packages_code_is_installed() -> None:
    numpy = importlib.import_module("numpy")
    assert all(map(is_installed, (json, json.dumps, math.sqrt, Path, numpy, numpy.ndarray)))
    assert in_installed(json.__file__) and is_found_installed("numpy")


def test_the_users_is_not_and_neither_is_an_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine_of_this_test.py").write_text("def f():\n    pass\n\n\nclass C:\n    pass\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    assert not is_found_installed("mine_of_this_test")
    mine = importlib.import_module("mine_of_this_test")
    try:
        assert not any(map(is_installed, (mine, mine.f, mine.C, mine.C(), "text")))
    finally:
        del sys.modules["mine_of_this_test"]


def test_a_package_that_is_not_there_is_nobodys_own() -> None:
    assert is_found_installed("no_such_package_anywhere")


def test_a_version_is_that_of_the_distribution() -> None:
    assert version_of("yaml").lower().startswith("pyyaml ") and version_of("json") == ""
