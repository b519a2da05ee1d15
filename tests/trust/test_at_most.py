"""What a limit on one kind of error says, counts and leaves out."""

from __future__ import annotations

import json

import numpy as np
import pytest

from judgekit.trust import Agreement, AtMost, Certified, Judged, Promise, calibrate, rate

NAMES = ("withheld", "leaked", "wrong")


def limit(share: float = 0.05, **more: object) -> AtMost:
    return AtMost({0: share}, {0: (1,)}, 0.1, names=NAMES, **more)


def test_it_alone_says_what_an_error_is() -> None:
    alone, beside = limit(), limit(otherwise=Agreement(0.8, 0.1))
    assert alone.right(3)[0].tolist() == [True, False, True]
    assert not alone.right(3)[1:].any(), "nothing is promised of other verdicts"
    assert beside.right(3)[1:].tolist() == [[False, True, False], [False, False, True]]
    assert (alone.conditions(3), beside.conditions(3)) == ((0,), (0, 1, 2))
    assert (beside.target(0), beside.target(1)) == (0.95, 0.8)


def test_its_sentence() -> None:
    assert (
        limit()
        .claim("the people's label")
        .startswith(
            "With 90% confidence, at most 5% of the verdicts 'withheld' are 'leaked' in people's eyes, for items drawn"
        )
    )
    assert limit(otherwise=Agreement(0.8, 0.1)).says("people") == (
        "at most 5% of the verdicts 'withheld' are 'leaked' in people's eyes; "
        "of those with each other label, at least 80% of the verdicts agree with people"
    )


def test_it_is_written_and_read() -> None:
    made = limit(otherwise=Agreement(0.8, 0.1, per_label={2: 0.9}))
    again = Promise.from_dict(json.loads(json.dumps(made.to_dict())))
    assert again == made
    with pytest.raises(ValueError, match="only agreement, at most are known"):
        Promise.from_dict({"kind": "luck"})


@pytest.mark.parametrize(
    ("limits", "errors"),
    [({}, {}), ({0: 0.1}, {1: (0,)}), ({0: 0.1}, {0: ()}), ({0: 0.1}, {0: (0,)}), ({0: 2}, {0: (1,)})],
)
def test_limits_that_say_nothing_are_refused(limits: dict, errors: dict) -> None:
    with pytest.raises(ValueError, match="limits|label"):
        AtMost(limits, errors, 0.1)


def test_only_verdicts_under_the_promise_are_given() -> None:
    rng = np.random.default_rng(0)
    human = rng.integers(0, 3, 600)
    probs = np.full((600, 1, 3), 0.04)
    probs[np.arange(600), 0, human] = 0.92
    policy = calibrate(probs, human, promise=limit())
    assert policy.certified and set(policy.decide(probs).label) == {-1, 0}
    (part,) = policy.certificate.parts
    assert (part.label, part.agreement, part.errors) == (0, 0.95, 0) and policy.certificate.agreement is None
    both = calibrate(probs, human, promise=limit(otherwise=Agreement(0.8, 0.1)))
    assert set(both.decide(probs).label) == {0, 1, 2}
    with pytest.raises(ValueError, match="labels go from 0 to 1"):
        calibrate(probs[:, :, :2], np.minimum(human, 1), promise=AtMost({0: 0.1}, {0: (2,)}, 0.1))
    with pytest.raises(ValueError, match="either the agreement that is wanted, or a promise"):
        calibrate(probs, human, agreement=0.9, promise=limit())


def test_a_verdict_that_could_not_be_certified_is_said_to_be_never_given() -> None:
    """Else a limit on verdicts that do not occur would read like a finding about them."""
    human = np.repeat([0, 1, 2], [12, 300, 300])
    probs = np.full((612, 1, 3), 0.04)
    probs[np.arange(612), 0, human] = 0.92
    policy = calibrate(probs, human, promise=limit(otherwise=Agreement(0.8, 0.1)))
    assert set(policy.decide(probs).label) == {-1, 1, 2}
    said = "No verdict 'withheld' is given, since none could be certified."
    assert policy.certificate.claim.endswith(said)
    apart = calibrate(probs, human, agreement=0.8, per_label={0: 0.99}, label_names=NAMES).certificate
    assert apart.claim.endswith(said)


def test_labels_that_are_needed_are_of_items_with_that_verdict() -> None:
    human = np.repeat([0, 1], [12, 300])
    probs = np.full((312, 1, 3), 0.04)
    probs[np.arange(312), 0, human] = 0.92
    claim = calibrate(probs, human, promise=limit()).certificate.claim
    assert "labels of items that the judges call 'withheld' would be needed" in claim


def test_a_rate_uses_what_it_says_and_no_more() -> None:
    """Verdicts 'withheld' are hardly ever leaks; whether they are wrong answers, nobody said."""
    verdicts = np.repeat([0, 1], [80, 20])
    judged = Judged(verdicts, np.full(100, -1))
    certificate = Certified(limit(0.05), labels=3)
    leaked, wrong = (rate(judged, label, certificate=certificate) for label in (1, 2))
    assert 0.2 < leaked.high < 0.4 and leaked.low == 0, "the other verdicts are promised by nobody"
    assert wrong.high == 1
    anybody = Certified(limit(0.05), labels=3, person=True)
    assert rate(judged, 1, certificate=anybody).high == 1
