"""What people said: joined into one table whatever it came from, and told in short."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.calibration.files import calibrate
from judgekit.calibration.people import summary
from judgekit.calibration.people_table import Said, said_in, tabulated
from judgekit.calibration.pool import Pool, PoolItem
from judgekit.errors import InputError
from judgekit.readers.join import Labels
from judgekit.records import CANNOT_TELL, Evidence, EvidenceRow, HumanLabel, LabelRow
from judgekit.rubrics import labels_of


def said(item: str, who: str, label: str, **more: object) -> Said:
    return Said(item, item, HumanLabel(annotator=who, label=label, **more))  # type: ignore[arg-type]


def test_a_table_keeps_first_answers_and_what_was_answered_again_apart() -> None:
    table = tabulated(
        [
            said("1", "ana", "x", again=True),
            said("1", "ana", "y", seconds=3),
            said("1", "ben", CANNOT_TELL),
            said("2", "ben", "x"),
            said("2", "ben", "x", at="2026-01-01"),
        ],
        ("y", "x"),
    )
    assert table.annotators == ("ana", "ben") and table.labels == ("y", "x")
    assert table.given.tolist() == [[0, -1], [-1, 1]] and table.unsure.tolist() == [
        [False, True],
        [False, False],
    ]
    assert table.seconds[0, 0] == 3 and np.isnan(table.seconds[1, 1])
    assert sorted(table.repeated.tolist()) == [[0, 1], [1, 1]]  # ana's again, ben's from elsewhere


def test_a_copy_of_an_answer_is_no_second_one() -> None:
    table = tabulated([said("1", "ana", "x", at="t"), said("1", "ana", "x", at="t")])
    assert table.given.tolist() == [[0]] and not len(table.repeated)


def test_people_without_a_name_count_for_agreement_and_are_nobody() -> None:
    table = tabulated([said(str(k), "", "x") for k in range(4) for _ in range(2)])
    assert table.annotators == ("#1", "#2")
    found = summary(table, "")
    assert found.persons == () and found.between is not None and found.between.raw.value == 1.0


def test_labels_of_evidence_and_of_files_count_once() -> None:
    rows = [
        EvidenceRow(
            id="1", question_id="q", model="m", rubric="qa",
            tiers={"t": Evidence(probs={"right": 1.0})},
            human=(
                HumanLabel(annotator="ana", label="right"),
                HumanLabel(annotator="ben", label="wrong"),
                HumanLabel(annotator="eve", label="leaked", rubric="forgetting"),
            ),
        )
    ]  # fmt: skip
    labels = Labels(
        [
            LabelRow(id="1", annotator="ana", label="right", seconds=4),
            LabelRow(id="1", annotator="ana", label="Wrong", again=True),
            LabelRow(id="1", annotator="cy", label="right", model="other"),
        ]
    )
    table = tabulated(said_in(rows, labels), ("right", "wrong"))
    assert table.annotators == ("ana", "ben") and table.given.tolist() == [[0, 1]]
    assert (
        table.repeated.tolist() == [[0, 1]] and table.seconds[0, 0] == 4 and table.questions.tolist() == ["q"]
    )


def people(rng: np.random.Generator, items: int = 60, **more: object) -> list[Said]:
    truth = rng.integers(0, 3, items)
    names = np.array(["low", "middle", "high"])
    return [
        said(str(k), who, str(names[truth[k] if rng.random() < 0.85 else rng.integers(0, 3)]), **more)
        for k in range(items)
        for who in ("ana", "ben", "cy")
    ]


def test_it_is_told_in_plain_words() -> None:
    rng = np.random.default_rng(0)
    every = people(rng, seconds=8.0)
    hasty = [said(str(k), "dan", "low", seconds=1.5) for k in range(60)]
    again = [one._replace(label=one.label.model_copy(update={"again": True})) for one in every[:30]]
    split = [said("tie", who, label) for who, label in (("ana", "low"), ("ben", "high"))]
    unsure = [said("unsure", who, CANNOT_TELL) for who in ("ana", "ben")]
    found = summary([*every, *hasty, *again, *split, *unsure], "")
    text = " ".join(found.sentences)
    assert text.startswith(
        "4 people labeled 62 items, 62 of them labeled by two or more. Two people who labeled"
    )
    assert "people repeated their answer 100.0 % of the time" in text
    assert f"People are split on {found.no_majority} items. Most people cannot tell on 1 item." in text
    assert "'dan' stands out: too fast (median 1.5 seconds, the others 8.0)." in text
    assert "'dan' stands out: always 'low' (60 answers" in text
    assert [bool(one.marks) for one in found.persons] == [False, False, False, True]
    assert found.fair and "path" not in text


def test_labels_along_a_path_are_said_to_be_no_fair_sample() -> None:
    rng = np.random.default_rng(0)
    pool = Pool(kind="items", items=(PoolItem(id="1"),))
    every = people(rng, pool=pool.fingerprint)
    assert not summary(every, "").fair
    assert summary(every, "", pools=[pool]).fair
    path = Pool(kind="path", items=(PoolItem(id="1"),))
    asked = summary(people(rng, pool=path.fingerprint), "", pools=[path])
    assert "not on a fair sample" in asked.sentences[-1]


def test_a_certificate_knows_which_pools_are_fair_samples() -> None:
    rng = np.random.default_rng(0)
    pool = Pool(kind="items", items=tuple(PoolItem(id=str(k), question_id=str(k)) for k in range(60)))
    human: dict[str, list[HumanLabel]] = {}
    for item, _, label in people(rng, pool=pool.fingerprint):
        human.setdefault(str(item), []).append(label)
    rows = [
        EvidenceRow(
            id=item,
            question_id=item,
            tiers={"t": Evidence(probs={"low": 0.5, "middle": 0.3, "high": 0.2})},
            human=tuple(given),
        )
        for item, given in human.items()
    ]
    found = calibrate(rows, agreement=0.5, pools=[pool]).people_summary
    assert found is not None and found.fair and found.persons == ()


def test_the_scale_is_the_rubrics() -> None:
    names = labels_of("quality")
    near = [
        said(str(k), who, names[(k + (who == "b")) % 5 if k % 5 < 4 else 4])
        for k in range(60)
        for who in "ab"
    ]
    found = summary(near, "quality")
    assert found.ordinal and found.between is not None and found.between.alpha is not None
    assert found.between.fleiss is not None and found.between.alpha.value > found.between.fleiss.value + 0.3


def test_one_person_alone_says_nothing_of_agreement() -> None:
    found = summary([said(str(k), "ana", "x") for k in range(5)], "")
    assert found.between is found.ceiling is found.itself is None
    assert "No item has two labels" in found.sentences[1]
    with pytest.raises(InputError, match="no labels"):
        summary([], "")
