from __future__ import annotations

from pathlib import Path

import pytest

from tests.extensions.packages import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path / "site")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that install a package run processes of their own, which takes seconds; the drills take none."""
    for item in items:
        if "site" in getattr(item, "fixturenames", ()):
            item.add_marker("slow")
