"""The suite against real judges: rules, a recording, and a server whose judge believes what it reads."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import judgekit as jk
from judgekit.attacks.experiment import Row
from judgekit.attacks.table import lines, to_row
from judgekit.attacks.verb import Attacked
from judgekit.calibration.attacked import NONE, AttackedPolicy
from judgekit.errors import ConfigError, FingerprintMismatch, InputError
from judgekit.records import Item
from tests.attacks.gullible import gullible
from tests.cli.calling import judgekit
from tests.judges.server import ChatServer

DEMO = Path(__file__).resolve().parents[2] / "calibration" / "demo"


def of(attacked: Attacked, family: str, goal: str) -> Row:
    (row,) = (row for row in attacked.rows if (row.family, row.goal) == (family, goal))
    return row


@pytest.fixture
def gullible_cascade() -> Iterator[dict[str, Any]]:
    with ChatServer() as server:
        server.opinion = gullible
        yield {
            "tiers": [
                {
                    "judge": "openai",
                    "name": "stand-in",
                    "model": "tiny",
                    "base_url": server.url,
                    "annotators": {"orders": 1},
                }
            ]
        }


def test_the_lexical_judge_follows_no_orders_and_controls_do_not_disturb_it() -> None:
    found = jk.attack(family=["orders", "roles"], repeats=1)
    assert {row.judge for row in found.rows} == {"lexical"} and found.items == 19
    assert all(row.flips.value == row.controls.value == 0 for row in found.rows)
    assert "encoded" in found.untried and "orders" not in found.untried


def test_a_judge_that_believes_what_it_reads_obeys_orders_but_no_forged_tags_or_turns(
    gullible_cascade: dict[str, Any],
) -> None:
    """What is said within the fence is the judge's to believe; what would break the fence does not reach it."""
    found = jk.attack(gullible_cascade, family=["orders", "tags", "roles"], repeats=2)
    assert of(found, "orders", "forgotten").flips.value > 0.5
    for family in ("tags", "roles"):
        assert of(found, family, "leaked").flips.value == 0
        assert of(found, family, "forgotten").flips.value == 0


def test_a_recording_says_that_it_cannot_answer_changed_texts(tmp_path: Path) -> None:
    items = [item for item, _ in jk.load_rubric("forgetting").example_rows]
    rows = [result.evidence.to_row() for result in jk.judge(items, rubric="forgetting")]
    (tmp_path / "evidence.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "cascade.yaml").write_text("tiers: [{judge: recorded, name: lexical, path: evidence.jsonl}]")
    found = jk.attack(tmp_path / "cascade.yaml", family=["orders"])
    assert not found.rows
    assert found.silent == {
        "lexical": "cannot answer changed texts (not in the recorded file evidence.jsonl)"
    }


def test_items_need_a_label_that_can_be_attacked() -> None:
    item = Item(id="1", question="Who?", references=("Ada Byron",), outputs=("Ada Byron.",))
    with pytest.raises(InputError, match="no item has a label of rubric 'forgetting' that can be attacked"):
        jk.attack(items=[item])


def test_a_judge_that_answers_nothing_is_an_error_not_a_zero() -> None:
    dead = {
        "tiers": [{"judge": "openai", "model": "m", "base_url": "http://127.0.0.1:9/v1", "patience": 0.1}]
    }
    with pytest.raises(ConfigError, match="judge 'openai' answers none of the items as they are"):
        jk.attack(dead, family=["orders"], repeats=1)


def test_a_calibration_of_other_judges_is_refused_before_anything_is_asked(
    tmp_path: Path,
) -> None:
    shutil.copy(DEMO / "labels.jsonl", tmp_path)
    jk.score(DEMO / "unlearned.jsonl", tmp_path / "run")
    made = jk.calibrate(
        [tmp_path / "run"], rubric="forgetting", labels=tmp_path / "labels.jsonl", agreement=0.8
    )
    made.save(tmp_path / "policy.json")
    with ChatServer() as server:
        other = {"tiers": [{"judge": "openai", "name": "lexical", "model": "m", "base_url": server.url}]}
        with pytest.raises(FingerprintMismatch, match="the calibration does not fit this cascade"):
            jk.attack(other, calibrations=tmp_path / "policy.json", family=["orders"], repeats=1)
        assert not server.calls


def test_the_reason_is_the_silent_judge_s_own() -> None:
    """Another judge that stumbles over the first item has reasons of its own."""

    def stumbles(item: Item) -> str:
        if item.id == jk.load_rubric("forgetting").example_rows[0][0].id:
            raise RuntimeError("one bad item")
        return "leaked"

    def never(item: Item) -> str:
        raise RuntimeError("nobody there")

    two = {
        "tiers": [
            {"judge": "function", "name": "first", "function": stumbles, "price": 0},
            {"judge": "function", "name": "second", "function": never, "price": 0},
        ]
    }
    with pytest.raises(ConfigError, match="'second' answers none of the items as they are: .*nobody there"):
        jk.attack(two, family=["orders"], repeats=1)


def test_labels_without_their_items_are_not_passed_over() -> None:
    with pytest.raises(ConfigError, match="labels belong to items: give the items too"):
        jk.attack(labels=DEMO / "labels.jsonl", family=["orders"])


def test_the_table_and_the_json_say_the_same(tmp_path: Path) -> None:
    found = jk.attack(family=["orders"], repeats=1)
    text = "\n".join(lines(found))
    assert "orders, to look forgotten" in text and "Not tried: verdicts" in text
    assert json.loads(json.dumps(to_row(found), allow_nan=False))["rows"][0]["family"] == "orders"
    done = judgekit("judges", "attack", "--family", "orders", "--repeats", "1", cwd=tmp_path)
    assert text in done.stdout


def test_what_became_of_a_policy_stands_beside_its_calibration_on_its_page_and_in_reports(
    tmp_path: Path,
) -> None:
    """Under another policy, nothing of it is told."""
    shutil.copytree(DEMO, tmp_path / "demo", ignore=shutil.ignore_patterns(".*"))
    items, labels = tmp_path / "demo" / "unlearned.jsonl", tmp_path / "demo" / "labels.jsonl"
    jk.score(items, tmp_path / "opinions" / "unlearned", labels=labels)
    made = jk.calibrate(
        [tmp_path / "opinions" / "unlearned"], rubric="forgetting", labels=labels, agreement=0.8
    )
    assert made.certified
    made.save(tmp_path / "policy.json")
    jk.score(items, tmp_path / "runs" / "unlearned", calibrations=[tmp_path / "policy.json"])

    def told() -> str:
        (run,) = jk.summarize(tmp_path / "runs" / "unlearned").runs
        return next(claim.attacks for claim in run.claims if claim.rubric == "forgetting")

    assert told() == NONE
    asked = ("--items", str(items), "--labels", str(labels), "--family", "denials", "--repeats", "1")
    done = judgekit("judges", "attack", *asked, "--calibration", "policy.json", cwd=tmp_path)
    result = AttackedPolicy.load(tmp_path / "policy.attacks.json")
    assert done.returncode == 0 and result.sentence in done.stdout and result.calibration == made.fingerprint
    assert result.tried == ("denials",) and "orders" in result.untried
    assert 0 < result.calibrated_on <= result.items
    assert told() == result.sentence
    assert result.sentence in unescape((tmp_path / "policy.html").read_text("utf-8"))
    result.model_copy(update={"calibration": "another"}).save(tmp_path / "policy.attacks.json")
    assert told() == NONE
