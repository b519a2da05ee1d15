"""Shipped data are found in a checkout, and in a package that carries them."""

from __future__ import annotations

from pathlib import Path

import pytest

from judgekit import resources

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("folder", ["prompts", "calibration"])
def test_a_checkout_has_them_at_the_top(folder: str) -> None:
    assert {one.name for one in resources.data(folder).iterdir()} == {
        path.name for path in (ROOT / folder).iterdir()
    }


def test_a_package_has_them_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "shipped" / "prompts").mkdir(parents=True)
    (tmp_path / "shipped" / "prompts" / "own.yaml").write_text("", "utf-8")
    monkeypatch.setattr(resources, "files", lambda _: tmp_path)
    assert [one.name for one in resources.data("prompts").iterdir()] == ["own.yaml"]
