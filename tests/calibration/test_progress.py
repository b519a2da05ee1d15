"""Labels of a pool as they come in, and the calibration that comes of them."""

from __future__ import annotations

import pytest

from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.draw import draw
from judgekit.calibration.pool import Pool, PoolItem, first_answer
from judgekit.calibration.progress import Asking, Progress
from judgekit.errors import InputError
from judgekit.records import CANNOT_TELL, EDITED, EvidenceRow, HumanLabel
from tests.calibration.pools import answered, ask, world

ASKED = {"agreement": 0.85, "delta": 0.1}


def progress(rows: list[EvidenceRow], pool: Pool) -> Progress:
    """Where the labels stand that the rows carry."""
    said = {row.key: answer.label for row in rows if (answer := first_answer(row.human))}
    return Asking(rows, pool).progress({key: [label] for key, label in said.items()})


def test_asked_until_finished_the_calibration_is_that_of_all_labels() -> None:
    rows, truth = world(sharp=1.2)
    pool = draw(rows, 250, **ASKED)
    asking = Asking(rows, pool)
    said = ask(asking, truth)
    assert 100 < len(said) < 250
    made = calibrate(answered(rows, said, pool), pools=[pool], **ASKED)
    whole = calibrate(answered(rows, {i.key: truth[i.key] for i in pool.items}, pool), pools=[pool], **ASKED)
    assert made.certified
    assert made.policy["threshold"] == whole.policy["threshold"]
    assert (made.certificate.labels, made.certificate.pool) == (len(said), 250)
    assert made.tries[-1] == whole.tries[-1] == asking.this
    assert made.reference == whole.reference
    assert len(made.reference.rows) == 250


def test_sentences_say_what_is_certified_what_is_ahead_and_when_to_stop() -> None:
    rows, truth = world()
    pool = draw(rows, 250, **ASKED)
    before = progress(rows, pool)
    assert (before.answered, before.items, before.certified) == (0, 250, "")
    assert before.ahead.startswith("Up to ")
    assert before.stop.startswith("You may stop at any time")
    after = progress(answered(rows, ask(Asking(rows, pool), truth), pool), pool)
    assert after.finished
    assert after.asked_at_most == 0
    assert after.certified.startswith("With 90% confidence, at least 85% of the verdicts agree")
    assert "as the pool of 250." in after.certified
    assert after.ahead == ""
    assert after.stop == "You are done: no further label of this pool is worth asking for."


def test_the_first_answer_counts_whoever_is_asked_after_it() -> None:
    """Else whoever asks one more person where a label displeases chooses labels."""
    rows, truth = world()
    pool = draw(rows, 250, **ASKED)
    said = {item.key: truth[item.key] for item in pool.items}
    one = calibrate(answered(rows, said, pool), pools=[pool], **ASKED)
    more = [
        HumanLabel(annotator=name, label="no", pool=pool.fingerprint, at=f"2026-01-0{day}T00:00:00Z")
        for day, name in ((3, "bea"), (2, "cy"))
    ]
    several = []
    for row in answered(rows, said, pool):
        first = [label.model_copy(update={"at": "2026-01-01T00:00:00Z"}) for label in row.human]
        several.append(row.model_copy(update={"human": (*more, *first) if first else ()}))
    made = calibrate(several, pools=[pool], **ASKED)
    assert made.policy["threshold"] == one.policy["threshold"]
    assert made.certificate.errors == one.certificate.errors
    assert progress(several, pool).certified == progress(answered(rows, said, pool), pool).certified


def test_people_who_cannot_tell_were_asked_and_count_as_errors() -> None:
    rows, truth = world()
    pool = draw(rows, 250, **ASKED)
    asking = Asking(rows, pool)
    first = asking.progress({}).next[0]
    for said in (["yes", "no"], [CANNOT_TELL, "yes"]):
        now = asking.progress({first.key: said})
        assert now.answered == 1
        assert first not in now.next
    every = {item.key: [truth[item.key]] for item in pool.items}
    wrong = {key: [CANNOT_TELL] if i % 3 == 0 else said for i, (key, said) in enumerate(every.items())}
    assert asking.progress(every).certificate.certified
    assert not asking.progress(wrong).certificate.certified


def test_other_labels_neither_certify_nor_change_the_path() -> None:
    rows, truth = world()
    pool = draw(rows, 200, **ASKED)
    said = ask(Asking(rows, pool), truth)
    alone = calibrate(answered(rows, said, pool), pools=[pool], **ASKED)
    beside = calibrate(answered(rows, truth | said, pool), pools=[pool], **ASKED)
    inside = {item.key for item in pool.items}
    stray = {key: one for key, one in truth.items() if key not in inside}
    mixed = calibrate(answered(rows, stray | said, pool), pools=[pool], **ASKED)
    assert mixed.policy == alone.policy
    assert mixed.certificate == alone.certificate
    assert mixed.prices == alone.prices == beside.prices


def test_labels_from_a_draw_that_is_not_fair_certify_nothing() -> None:
    rows, truth = world()
    items = tuple(PoolItem(id=row.id, model="m", question_id=row.question_id) for row in rows[:50])
    spot = Pool(kind="verdicts", items=items)
    fair = answered(rows, {row.key: truth[row.key] for row in rows[50:350]})
    mixed = answered(rows, {row.key: truth[row.key] for row in rows[:50]}, spot)[:50] + fair[50:]
    assert calibrate(mixed, pools=[spot], **ASKED).certificate == calibrate(fair, **ASKED).certificate


def test_edited_verdicts_certify_nothing() -> None:
    rows, truth = world()
    fair = answered(rows, {row.key: truth[row.key] for row in rows[50:350]})
    edited = [
        row.model_copy(update={"human": (HumanLabel(label=truth[row.key], pool=EDITED),)})
        for row in rows[:50]
    ]
    assert calibrate(edited + fair[50:], **ASKED).certificate == calibrate(fair, **ASKED).certificate
    both = [
        row.model_copy(update={"human": (*row.human, HumanLabel(annotator="b", label="no", pool=EDITED))})
        for row in fair
    ]
    assert calibrate(both, **ASKED).certificate == calibrate(fair, **ASKED).certificate


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"agreement": 0.8}, "agreement 0.85, and here it is 0.8"),
        ({"agreement": 0.85, "delta": 0.2}, "delta 0.1"),
        ({"agreement": 0.85, "per_label": {"yes": 0.9}}, "per_label none"),
        ({"agreement": 0.85, "tiers": ["large"]}, "tiers"),
        ({"agreement": 0.85, "people": "random"}, "people majority"),
    ],
)
def test_labels_asked_for_one_promise_certify_no_other(options: dict[str, object], named: str) -> None:
    rows, truth = world(150)
    pool = draw(rows, 100, **ASKED)
    with pytest.raises(InputError, match="labels asked for along a path") as caught:
        calibrate(answered(rows, truth, pool), pools=[pool], **options)  # type: ignore[arg-type]
    assert named in str(caught.value)


def test_a_pool_that_is_not_there_or_lacks_evidence_and_two_pools_are_refused() -> None:
    rows, truth = world(300)
    first = draw(rows, 100, **ASKED)
    second = draw(rows, 100, without=first.questions, **ASKED)
    assert first.questions.isdisjoint(second.questions)
    said = answered(rows, truth, first)
    with pytest.raises(InputError, match="would pass for a fair sample"):
        calibrate(said, **ASKED)
    with pytest.raises(InputError, match="have no evidence here"):
        calibrate(
            [row for row in said if row.question_id != first.items[3].question_id], pools=[first], **ASKED
        )
    both = [
        row if row.key in {item.key for item in first.items} else other
        for row, other in zip(said, answered(rows, truth, second), strict=True)
    ]
    with pytest.raises(InputError, match="2 pools along the path"):
        calibrate(both, pools=[first, second], **ASKED)
    twice = first.model_copy(update={"items": (*first.items, first.items[0])})
    with pytest.raises(InputError, match="holds 2 outputs of the question"):
        progress(rows, twice)


def test_more_labels_are_the_same_try_and_other_evidence_is_another() -> None:
    rows, truth = world()
    pool = draw(rows, 200, **ASKED)
    asking = Asking(rows, pool)
    some = calibrate(answered(rows, ask(asking, truth, most=50), pool), pools=[pool], **ASKED)
    more = calibrate(answered(rows, ask(asking, truth), pool), pools=[pool], earlier=[some], **ASKED)
    assert more.tries == some.tries == (asking.this,)
    fewer = answered(rows, ask(asking, truth), pool)[:-1]
    if rows[-1].question_id in pool.questions:
        fewer = [row for row in answered(rows, truth, pool) if row.question_id in pool.questions]
    with pytest.raises(InputError, match="was drawn from other evidence than this"):
        calibrate(fewer, pools=[pool], earlier=[asking.this], **ASKED)


def test_a_label_that_judges_never_give_does_not_change_the_path() -> None:
    rows, truth = world(150)
    pool = draw(rows, 100, **ASKED)
    said = answered(rows, truth, pool)
    place = next(i for i, row in enumerate(said) if row.question_id in pool.questions)
    odd = HumanLabel(annotator="x", label="maybe", pool=pool.fingerprint)
    said[place] = said[place].model_copy(update={"human": (odd,)})
    with pytest.raises(InputError, match="holds label 'maybe'; expected one of no, yes"):
        calibrate(said, pools=[pool], **ASKED)


@pytest.mark.parametrize(
    "options",
    [
        {"group_by": "split"},
        {"per_label": {"yes": 0.9}},
        {"at_most": {"yes:no": 0.15}, "agreement": None},
        {"people": "random"},
        {"per": "item"},
        {"costs": {"small": 0.1, "large": 1.0}, "max_mean_cost": 0.9},
    ],
)
def test_every_kind_of_promise_is_asked_for_along_its_path(options: dict[str, object]) -> None:
    rows, truth = world(500, sharp=4.0)
    asked = {"agreement": 0.8, "delta": 0.2} | options
    pool = draw(rows, 300, **asked)  # type: ignore[arg-type]
    said = ask(Asking(rows, pool), truth)
    assert len(said) <= 300
    made = calibrate(answered(rows, said, pool), pools=[pool], **asked)  # type: ignore[arg-type]
    whole = calibrate(answered(rows, truth, pool), pools=[pool], **asked)  # type: ignore[arg-type]
    assert made.certified
    assert made.policy["threshold"] == whole.policy["threshold"]
