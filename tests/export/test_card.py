"""The card of a data set: what was judged by whom, what is promised, and nothing private."""

from __future__ import annotations

from pathlib import Path

import yaml

import judgekit as jk
from judgekit.export.card import Seen, card
from judgekit.export.table import rows
from judgekit.runs.about import CascadeAbout, RunAbout
from judgekit.runs.folder import RunFolder
from tests.export.made import EVERY, SURE, folder, result

ABOUT = RunAbout(
    source="/home/ann/secret place/outputs.jsonl",
    tiers=(
        {"judge": "lexical"},
        {"judge": "openai", "name": "small", "model": "m|1", "base_url": "https://in.house"},
    ),
    cascades={
        "forgetting": CascadeAbout(
            tiers=("lexical", "small"), fingerprints={"lexical": "abc", "small": "def"}
        )
    },
)


def of(run: Path) -> str:
    """The card of a run folder."""
    seen = Seen()
    for row in rows(RunFolder(run)):
        seen.count(row)
    return card(RunFolder(run), seen, "verdicts.parquet")


def test_the_card_says_what_was_judged_by_whom_and_what_is_promised(tmp_path: Path) -> None:
    text = (jk.export(folder(tmp_path / "run", EVERY, ABOUT), tmp_path / "set") / "README.md").read_text(
        "utf-8"
    )
    _, front, body = text.split("---\n", 2)
    [config] = yaml.safe_load(front)["configs"]
    assert config["data_files"] == [{"split": "test", "path": "verdicts.parquet"}]
    assert "judgekit" in yaml.safe_load(front)["tags"]
    assert "| forgetting | 2 | 1 | 1 | leaked 1, wrong 1 |" in body
    assert "| forgetting | small | openai m\\|1 | def |" in body
    assert "- split: forget (2) and retain (2)" in body and "- method: NPO (4)" in body
    assert "**forgetting**: Nothing. No calibration decided" in body
    assert "no promise" in body and "leaves out what was abstained from" in body
    assert "outputs.jsonl" in body
    assert "secret place" not in text and "in.house" not in text, (
        "a card is published: no paths, no addresses"
    )


def test_a_certificate_is_in_the_card(tmp_path: Path) -> None:
    items = [
        jk.Item(
            id=str(k),
            question=f"Where is {k}?",
            references=(f"Town {k}",),
            outputs=(f"Town {k}",),
            split="forget",
        )
        for k in range(120)
    ]
    run = jk.score(items, tmp_path / "run").folder
    rows = [
        row.model_copy(update={"human": (jk.HumanLabel(label="leaked"),)})
        for row in jk.score(items, run).evidence
    ]
    made = jk.calibrate(rows, agreement=0.8)
    made.save(tmp_path / "c.json")
    again = jk.score(items, tmp_path / "again", calibrations=tmp_path / "c.json").folder
    text = of(again)
    assert made.certified and made.certificate.claim in text and made.fingerprint in text
    assert "Other questions, models or methods are other items." in text
    assert "Whether it stands for these outputs is not checked here" in text


def test_names_cannot_be_mark_up(tmp_path: Path) -> None:
    text = of(folder(tmp_path / "run", [result("1", SURE, method="a|b\n# c <img src=x> [d](e)")]))
    assert (
        "\n# c" not in text and "<img" not in text.replace("\\<", "") and "[d]" not in text.replace("\\[", "")
    )
