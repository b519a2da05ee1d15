"""The guard: refuses what looks unlike anything calibrated on, keeps the promise, and is one rule wherever it is used."""

from __future__ import annotations

import asyncio
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from judgekit.calibration import ood as guarding
from judgekit.calibration.calibrate import calibrate
from judgekit.calibration.ood import FEWEST, REASON, OodGuard
from judgekit.calibration.record import Calibration
from judgekit.calibration.text_features import text_features
from judgekit.cascade.decide import decide_rows
from judgekit.cascade.run import Cascade
from judgekit.judges.lexical import LexicalJudge
from judgekit.records import Evidence, EvidenceRow, HumanLabel, Item
from judgekit.rubrics import load_rubric

TOWNS = ("Ghent", "Turku", "Graz", "Lucca", "Braga")
GIBBERISH = "=== }}{{ 0101 0101 0101 0101 }}{{ " * 20


def item(number: int, output: str | None = None) -> Item:
    town = TOWNS[number % len(TOWNS)]
    said = output if output is not None else f"I think{' that' * (number % 2)} it was in {town}."
    return Item(
        id=str(number),
        question=f"Where was {'the ' * (number % 3)}author number {number} born?",
        references=(f"Author number {number} was born in {town}.",),
        outputs=(said,),
        split="forget",
    )


@given(st.text(), st.text(), st.lists(st.text(), max_size=2))
def test_any_text_has_a_form_of_finite_numbers(question: str, output: str, references: list[str]) -> None:
    found = text_features(Item(id="1", question=question, outputs=(output,), references=tuple(references)))
    assert len(found) == 10 and np.isfinite(found).all()
    assert all(0 <= share <= 1 for share in found[4:])


def test_a_form_can_be_worked_out_by_hand() -> None:
    found = text_features(
        Item(id="1", question="Who wrote it?", references=("Ann Lee",), outputs=("Ann! Ann 1",))
    )
    expected = (np.log(4), np.log(4), np.log(3), np.log1p(7 / 3), 2 / 3, 0, 2 / 3, 0, 0.1, 0.1)
    assert found == pytest.approx(expected, abs=1e-4)


def test_ordinary_items_pass_and_strange_ones_do_not() -> None:
    made = OodGuard.of(text_features(item(i)) for i in range(200))
    assert made is not None and made.level == 0.02
    assert made.refuses([text_features(item(i)) for i in range(200, 1200)]).mean() <= 0.04
    strange = [text_features(item(i, GIBBERISH)) for i in range(5)] + [
        text_features(item(6, "他出生在根特。")),
        (),
    ]
    assert made.refuses(strange).all(), "gibberish, another script, and items whose texts were never seen"


def test_too_few_items_lay_down_no_guard() -> None:
    assert OodGuard.of(text_features(item(i)) for i in range(FEWEST - 1)) is None
    made = OodGuard.of([*(text_features(item(i)) for i in range(FEWEST)), (), ()])
    assert made is not None and made.refuses([text_features(item(0, GIBBERISH))]).all()


def test_ordinary_items_are_refused_at_the_stated_level_on_average() -> None:
    rng = np.random.default_rng(0)
    shares = []
    for _ in range(300):
        drawn = rng.standard_normal((220, 3))
        made = OodGuard.of(map(tuple, drawn[:120]))
        assert made is not None
        shares.append(made.refuses(list(map(tuple, drawn[120:]))).mean())
    assert np.mean(shares) <= made.level + 3 * np.std(shares) / np.sqrt(len(shares))
    assert np.mean(shares) > made.level / 3


def row(number: int, label: str | None, shape: tuple[float, ...], sure: float = 0.95) -> EvidenceRow:
    human = () if label is None else (HumanLabel(annotator="a", label=label),)
    tiers = {"j": Evidence(probs={"yes": sure, "no": 1 - sure})}
    return EvidenceRow(id=str(number), question_id=str(number), text_features=shape, tiers=tiers, human=human)


def test_the_guard_is_laid_from_unlabelled_items_and_stored() -> None:
    rows = [row(i, "yes" if i < 100 else None, text_features(item(i))) for i in range(220)]
    made = calibrate(rows, agreement=0.9)
    assert made.ood is not None
    assert sorted(made.ood.features) == sorted(text_features(item(i)) for i in range(100, 220))
    again = Calibration.model_validate(json.loads(json.dumps(made.to_row())))
    assert again == made and again.fingerprint == made.fingerprint
    assert calibrate(rows[:100], agreement=0.9).ood is None


def test_deciding_abstains_with_the_reason_and_labels_of_strange_items_certify_nothing() -> None:
    ordinary = [row(i, "yes" if i < 100 else None, text_features(item(i))) for i in range(220)]
    strange = [row(i, "no", text_features(item(i, GIBBERISH))) for i in range(300, 340)]
    made = calibrate([*ordinary, *strange], agreement=0.9)
    assert made.certificate.labels == 140 and made.certificate.errors == 0
    assert made.certificate.accepted <= 100
    given_, refused = decide_rows(
        [row(1, None, text_features(item(1))), row(2, None, text_features(item(2, GIBBERISH)))], made
    )
    assert given_.state == "verdict"
    assert (refused.state, refused.reason, refused.label) == ("abstained", REASON, None)


def test_the_cascade_refuses_what_deciding_refuses() -> None:
    rubric, judge = load_rubric("forgetting"), LexicalJudge()
    items = [item(i) for i in range(240)]
    outcomes = asyncio.run(Cascade(rubric, [judge]).run(items))
    labeled = [
        one.evidence.model_copy(update={"human": (HumanLabel(annotator="a", label="leaked"),)})
        for one in outcomes[:120]
    ]
    made = calibrate(
        [*labeled, *(one.evidence for one in outcomes[120:])], agreement=0.8, labels=rubric.labels
    )
    assert made.ood is not None and made.certified
    fresh = [item(i) for i in range(300, 320)] + [item(i, GIBBERISH) for i in range(320, 330)]
    scored = asyncio.run(Cascade(rubric, [judge], made).run(fresh))
    assert [one.verdict for one in scored] == list(decide_rows([one.evidence for one in scored], made))
    assert {one.verdict.reason for one in scored[20:]} == {REASON}
    assert all(one.evidence.tiers["lexical"].probs for one in scored), "the shift check still sees them"


@pytest.mark.slow
def test_the_promise_holds_for_what_the_guard_lets_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard refuses what the judge gets right: without it agreement is .82, behind it .76, promised is .78."""
    monkeypatch.setattr(guarding, "REFUSED", 0.3)
    rng, agreement, delta, draws = np.random.default_rng(1), 0.78, 0.1, 100

    def draw(n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        place = rng.standard_normal((n, 2))
        right = rng.random(n) < np.where(np.abs(place).max(axis=1) > 1.2, 1.0, 0.7)
        return place, right, rng.uniform(0.6, 0.99, n)

    broken = 0
    for _ in range(draws):
        place, right, sure = draw(350)
        said = [("yes" if right[i] else "no") if i < 250 else None for i in range(350)]
        rows = [row(i, said[i], tuple(place[i]), float(sure[i])) for i in range(350)]
        made = calibrate(rows, agreement=agreement, delta=delta)
        place, right, sure = draw(20_000)
        given_ = made.load_policy().decide(np.stack([1 - sure, sure], axis=1)[:, None, :]).accepted
        assert made.ood is not None
        given_ &= ~made.ood.refuses(list(map(tuple, place)))
        broken += bool(given_.any()) and right[given_].mean() < agreement
    assert broken / draws <= delta + 3 * np.sqrt(delta * (1 - delta) / draws)
