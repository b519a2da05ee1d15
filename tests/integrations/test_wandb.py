"""Weights & Biases, the real one, offline: what it wrote to its folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.export.made import EVERY, folder
from tests.integrations.test_tracked import ABOUT

wandb = pytest.importorskip("wandb", reason="W&B is not installed: make test-integrations")

from judgekit.integrations.wandb import log_run

pytestmark = pytest.mark.integrations


@pytest.fixture(autouse=True)
def offline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """W&B without a network, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    for name, value in {"WANDB_MODE": "offline", "WANDB_SILENT": "true", "WANDB_DIR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    wandb.teardown()  # settings are read once a process
    yield
    wandb.teardown()


def files(place: Path, suffix: str) -> list[Path]:
    return sorted((place / "wandb").glob(f"offline-run-*/files/media/**/*{suffix}"))


def test_a_run_is_logged_with_its_table_and_page(tmp_path: Path) -> None:
    log_run(folder(tmp_path / "npo", EVERY, ABOUT))
    assert wandb.run is None, "it was started here, and ended"
    [table] = files(tmp_path, ".table.json")
    held = json.loads(table.read_text("utf-8"))
    state, label = held["columns"].index("state"), held["columns"].index("label")
    assert [(row[state], row[label]) for row in held["data"]] == [
        ("verdict", "leaked"),
        ("abstained", None),
        ("unscored", None),
        ("verdict", "wrong"),
    ]
    [page] = files(tmp_path, ".html")
    assert "judgekit" in page.read_text("utf-8")


def test_a_run_goes_to_the_one_under_way(tmp_path: Path) -> None:
    run = folder(tmp_path / "npo", EVERY, ABOUT)
    with wandb.init(project="mine") as mine:
        assert log_run(run) == mine.id
        assert dict(mine.summary)["forgetting/abstained"] == 1
        assert mine.summary["forgetting/leaked.high"] > mine.summary["forgetting/leaked.low"]
        assert mine.config["judgekit"]["forgetting promise"].startswith("judge's opinion only")
        assert wandb.run is mine, "whoever started it ends it"
