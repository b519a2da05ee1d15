"""Labels of a pool count where they are a fair sample: along a path what it came by, of its rest what was drawn."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from judgekit.calibration.pool import Pool, PoolItem, pool_file
from judgekit.records import EDITED, HumanLabel, Verdict
from judgekit.report.claims.fair import FairLabels, fair_labels
from judgekit.report.run import JudgedItem
from judgekit.report.verb import summarize
from tests.report.make_runs import make_run

ACCEPTED = np.arange(40) < 20


def pool(kind: str, members: range | list[int]) -> Pool:
    return Pool(kind=kind, items=tuple(PoolItem(id=str(i)) for i in members))


def rows(*asked: tuple[Pool | None, range | list[int]]) -> list[JudgedItem]:
    """Forty items; which were labeled, and from which pool they were asked."""
    given: dict[int, list[HumanLabel]] = {}
    for source, items in asked:
        for i in items:
            name = source.fingerprint if source else ""
            given.setdefault(i, []).append(HumanLabel(annotator="ada", label="leaked", pool=name))
    return [
        JudgedItem(Verdict(state="abstained", id=str(i), rubric="forgetting", human=tuple(given.get(i, ()))))
        for i in range(40)
    ]


def speaks(labeled: list[JudgedItem], pools: list[Pool]) -> np.ndarray:
    """Which of the labels count."""
    return of(labeled, pools).speaks


def of(labeled: list[JudgedItem], pools: list[Pool]) -> FairLabels:
    return fair_labels(labeled, ACCEPTED, np.array([bool(row.human) for row in labeled]), pools)


def counted(found: np.ndarray, items: range | list[int]) -> int:
    return int(found[list(items)].sum())


def test_labels_of_no_pool_and_of_a_fair_one_all_count() -> None:
    fair = pool("items", range(40))
    assert speaks(rows((None, range(5)), (fair, range(10, 25))), [fair]).all()


def test_edited_verdicts_speak_for_nothing() -> None:
    said = (HumanLabel(label="leaked", pool=EDITED), HumanLabel(label="withheld"))
    verdict = Verdict(state="abstained", id="1", rubric="forgetting", human=said)
    assert JudgedItem(verdict).human == [said[1]] and JudgedItem(verdict).majority == "withheld"
    assert not JudgedItem(verdict.model_copy(update={"human": said[:1]})).human


def test_along_a_path_the_pool_is_the_sample_and_who_was_not_asked_could_be_anything() -> None:
    path = pool("path", range(10, 40))  # all ten accepted members were asked, and eight of the open ones
    found = of(rows((path, range(10, 28))), [path])
    assert counted(found.speaks, range(10, 28)) == 18
    assert np.flatnonzero(found.unanswered).tolist() == list(range(28, 40))


def test_a_class_of_which_nobody_was_asked_stays_silent() -> None:
    path = pool("path", range(10, 40))
    assert np.flatnonzero(of(rows((path, range(11, 20))), [path]).unanswered).tolist() == [10]


def test_of_the_open_as_large_a_part_counts_as_of_the_rest_was_asked() -> None:
    path = pool("path", range(10, 40))
    rest = pool("rest", range(28, 34))  # six of the twelve that the path did not ask
    found = speaks(rows((path, range(10, 28)), (rest, range(28, 34))), [path, rest])
    assert counted(found, range(28, 34)) == 6
    assert counted(found, range(20, 28)) == 4
    assert counted(found, range(10, 20)) == 10


def test_a_rest_without_the_labels_of_its_path_speaks_for_nothing() -> None:
    path, rest = pool("path", range(10, 40)), pool("rest", range(28, 34))
    labeled = rows((rest, range(28, 34)))  # what was asked before the rest was drawn is not here
    assert counted(speaks(labeled, [path, rest]), range(28, 34)) == 0
    assert counted(speaks(labeled, [rest]), range(28, 34)) == 0


def test_a_path_that_was_labeled_to_its_end_is_a_fair_sample() -> None:
    path = pool("path", range(10, 40))
    assert speaks(rows((path, range(10, 40))), [path]).all()


def test_spot_checks_speak_for_verdicts_and_open_items_for_open_ones() -> None:
    checks, opened = pool("verdicts", range(15, 25)), pool("open", range(15, 25))
    for source, right in ((checks, range(15, 20)), (opened, range(20, 25))):
        found = speaks(rows((source, range(15, 25))), [source])
        assert counted(found, range(15, 25)) == counted(found, right) == 5


def test_labels_of_a_pool_that_is_not_there_speak_for_nothing() -> None:
    path = pool("path", range(10, 40))
    assert counted(speaks(rows((path, range(10, 40))), []), range(10, 40)) == 0


@pytest.fixture
def labeled(tmp_path: Path) -> tuple[Path, Path]:
    """A run whose judge stands alone, a pool of half of its forget outputs, and labels on its first ten."""
    run = make_run(tmp_path / "run", forget=60, keep=10)
    verdicts = [json.loads(line) for line in (run / "verdicts.jsonl").read_text().splitlines()]
    forget = [row for row in verdicts if row["rubric"] == "forgetting"][:30]
    drawn = Pool(
        rubric="forgetting",
        kind="path",
        items=tuple(PoolItem(id=row["id"], model=row["model"], method=row["method"]) for row in forget),
    )
    labels = tmp_path / "labels.jsonl"
    drawn.save(pool_file(labels))
    with labels.open("w") as file:
        for row in forget[:10]:
            given = {"id": row["id"], "model": row["model"], "method": row["method"], "rubric": "forgetting"}
            file.write(
                json.dumps({**given, "annotator": "ada", "label": "leaked", "pool": drawn.fingerprint}) + "\n"
            )
    return run, labels


def test_a_report_counts_items_of_a_pool_without_a_label_as_anything(labeled: tuple[Path, Path]) -> None:
    run, labels = labeled
    summary = summarize(str(run), labels=str(labels))
    group = next(group for group in summary.runs[0].groups if group.side == "forget" and not group.split)
    rate = group.rates["leaked"]
    assert rate.kind == "people" and rate.value is None and rate.left_out == 0
    assert rate.low < 10 / 30 < 0.9 < rate.high  # ten of thirty were asked, and all ten leak
    assert "20 items of the pool without a label could be anything" in rate.basis
    said = [one.text for one in summary.findings if "count 20 items of the pool" in one.text]
    assert len(said) == 1 and "judgekit label RUNS --rubric forgetting --rates 50 -o rates.jsonl" in said[0]


def test_a_fair_sample_of_the_rest_lets_them_count(labeled: tuple[Path, Path]) -> None:
    run, labels = labeled
    path = Pool.load(pool_file(labels))
    rest = path.model_copy(update={"kind": "rest", "items": path.items[10:]})
    beside = labels.with_name("rates.jsonl")
    rest.save(pool_file(beside))
    with beside.open("w") as file:
        for item in rest.items[:8]:
            given = {"id": item.id, "model": item.model, "method": item.method, "rubric": "forgetting"}
            file.write(
                json.dumps({**given, "annotator": "ada", "label": "wrong", "pool": rest.fingerprint}) + "\n"
            )
    summary = summarize(str(run), labels=[str(labels), str(beside)])
    group = next(group for group in summary.runs[0].groups if group.side == "forget" and not group.split)
    rate = group.rates["leaked"]
    assert rate.kind == "people" and rate.left_out == 6  # eight of twenty were asked: so four of ten count
    assert rate.value == pytest.approx(4 / 12, abs=0.2)
