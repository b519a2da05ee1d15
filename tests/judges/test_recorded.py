import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from judgekit.cascade.run import Cascade
from judgekit.errors import ConfigError, InputError
from judgekit.judges import Context, build_judge
from judgekit.judges import rows as index
from judgekit.judges.recorded import RecordedJudge
from judgekit.records import Evidence, Item
from judgekit.rubrics import load_rubric

QA = load_rubric("qa")


def row(identity: str, right: float = 0.8, tier: str = "small", **more: Any) -> dict[str, Any]:
    return {"id": identity, "tiers": {tier: {"probs": {"right": right, "wrong": 1 - right}, **more}}}


def write(path: Path, *rows: Any) -> Path:
    path.write_text("".join(json.dumps(r) + "\n" for r in rows), "utf-8")
    return path


def ask(judge: RecordedJudge, *ids: str) -> list[Evidence]:
    items = [Item(id=identity, question="q", outputs=("o",)) for identity in ids]
    return asyncio.run(judge.evidence(items, QA, 1))


def test_answers_by_id_in_the_order_asked(tmp_path: Path) -> None:
    judge = RecordedJudge(write(tmp_path / "e.jsonl", row("ä", 0.9), row("b", 0.2), row("c", 0.5)), "small")
    found = ask(judge, "c", "ä", "b")
    assert [e.probs["right"] for e in found] == [0.5, 0.9, 0.2]


def test_ids_that_share_a_hash_are_told_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "hash", lambda identity: len(identity), raising=False)
    path = write(tmp_path / "e.jsonl", row("b", 0.2), row("a", 0.9), row("cc", 0.5))
    found = ask(RecordedJudge(path, "small"), "a", "b", "cc", "d")
    assert [e.probs.get("right") for e in found] == [0.9, 0.2, 0.5, None]
    twice = write(tmp_path / "twice.jsonl", row("a"), row("b"), row("a"))
    with pytest.raises(InputError, match="twice.jsonl:3: id 'a' stands twice .first in line 1"):
        RecordedJudge(twice, "small")


def test_an_item_that_was_not_recorded_is_missing_not_wrong(tmp_path: Path) -> None:
    failed = {"id": "b", "tiers": {"small": {"reason": "timed out"}}}
    other_tier = row("c", tier="big")
    judge = RecordedJudge(write(tmp_path / "e.jsonl", row("a"), failed, other_tier), "small")
    found = ask(judge, "b", "c", "d")
    assert [e.probs for e in found] == [{}, {}, {}]
    assert found[0].reason == "timed out"
    assert "no tier 'small'" in (found[1].reason or "") and "not in the recorded file e.jsonl" in (
        found[2].reason or ""
    )


def test_evidence_of_another_model_is_missing(tmp_path: Path) -> None:
    """Runs of one benchmark have the same ids: what was said of one model is not said of the next."""
    judge = RecordedJudge(write(tmp_path / "e.jsonl", {**row("a"), "model": "m", "method": "npo"}), "small")
    asked = [
        Item(id="a", question="q", outputs=("o",), model="m", method=method) for method in ("npo", "rmu")
    ]
    found = asyncio.run(judge.evidence(asked, QA, 1))
    assert found[0].probs and not found[1].probs and "has this id of m npo" in (found[1].reason or "")


def test_examples_of_the_recorded_judge_are_kept_out_of_calibration(tmp_path: Path) -> None:
    judge = RecordedJudge(write(tmp_path / "evidence.jsonl", row("a")), "small")
    assert Cascade(QA, [judge]).examples == frozenset()
    (tmp_path / "run.json").write_text('{"schema": "judgekit.run/1", "examples": ["q1", "q2"]}')
    assert Cascade(QA, [judge]).examples == {"q1", "q2"}


def test_evidence_under_another_rubric_is_missing(tmp_path: Path) -> None:
    named = {**row("a"), "rubric": "forgetting"}
    foreign = {"id": "b", "tiers": {"small": {"probs": {"leaked": 1.0}}}}
    judge = RecordedJudge(write(tmp_path / "e.jsonl", named, foreign), "small")
    found = ask(judge, "a", "b")
    assert "'forgetting'" in (found[0].reason or "") and "'leaked'" in (found[1].reason or "")


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([row("a"), row("a")], ["e.jsonl:2", "'a'", "line 1"]),
        ([row("a", tier="big")], ["no row has the tier 'small'", "big"]),
        ([["a"]], ["e.jsonl:1", "one JSON object a line"]),
        ([], ["no row has the tier"]),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_line(
    tmp_path: Path, rows: list[Any], words: list[str]
) -> None:
    with pytest.raises(InputError) as caught:
        RecordedJudge(write(tmp_path / "e.jsonl", *rows), "small")
    assert all(word in str(caught.value) for word in words) and "\n" not in str(caught.value)


def test_a_bad_row_names_file_line_and_key(tmp_path: Path) -> None:
    judge = RecordedJudge(write(tmp_path / "e.jsonl", row("a"), {**row("b"), "lable": "x"}), "small")
    with pytest.raises(InputError, match=r"e\.jsonl:2: unknown key 'lable'"):
        ask(judge, "b")


def test_fingerprint_is_that_of_the_recorded_judge(tmp_path: Path) -> None:
    one = RecordedJudge(
        write(tmp_path / "1.jsonl", row("a", fingerprint="abc"), row("b", fingerprint="abc")), "small"
    )
    other_items = RecordedJudge(write(tmp_path / "2.jsonl", row("z", fingerprint="abc")), "small")
    mixed = RecordedJudge(write(tmp_path / "3.jsonl", row("a", fingerprint="abc"), row("b")), "small")
    untold = RecordedJudge(write(tmp_path / "4.jsonl", row("a")), "small")
    assert one.fingerprint(QA) == other_items.fingerprint(QA) == "abc"
    assert len({one.fingerprint(QA), mixed.fingerprint(QA), untold.fingerprint(QA)}) == 3


def test_from_a_cascade_file(tmp_path: Path) -> None:
    write(tmp_path / "e.jsonl", row("a"))
    context = Context(QA, folder=tmp_path)
    judge = build_judge({"judge": "recorded", "path": "e.jsonl", "name": "cheap", "tier": "small"}, context)
    assert judge.name == "cheap"
    assert build_judge({"judge": "recorded", "path": "e.jsonl", "name": "small"}, context).name == "small"
    with pytest.raises(ConfigError, match="unknown key 'teir'"):
        build_judge({"judge": "recorded", "path": "e.jsonl", "teir": "small"}, context)
    with pytest.raises(InputError, match="none.jsonl"):
        build_judge({"judge": "recorded", "path": "none.jsonl"}, context)


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.floats(0, 1)), min_size=1, unique_by=lambda pair: pair[0]))
def test_whatever_the_ids_each_gets_its_own_row(
    tmp_path_factory: Any, pairs: list[tuple[str, float]]
) -> None:
    path = tmp_path_factory.mktemp("rows") / "e.jsonl"
    lines = [json.dumps(row(i, p), ensure_ascii=True) + ("\n\n" if len(i) % 2 else "\n") for i, p in pairs]
    path.write_text("".join(lines), "utf-8")
    judge = RecordedJudge(path, "small")
    found = ask(judge, *(i for i, _ in reversed(pairs)))
    assert [e.probs["right"] for e in found] == pytest.approx([p for _, p in reversed(pairs)])
    asyncio.run(judge.close())
