"""Picking the best: of several judges, of several draws, of paths that the labels themselves choose between."""

from __future__ import annotations

import numpy as np
import pytest

from judgekit.calibration.calibrate import calibrate
from judgekit.errors import InputError
from judgekit.records import Evidence, EvidenceRow, HumanLabel
from judgekit.trust import Policy
from judgekit.trust import calibrate as certify
from tests.promises.populations import Population, evidence, overall
from tests.promises.rows import edge, rows_of

pytestmark = pytest.mark.slow

DELTA, TARGET = 0.1, 0.8 + 1e-6


def three_judges() -> Population:
    """Each judge errs a hair more often than is allowed, always as sure, and on items of its own."""
    rng, kinds = np.random.default_rng(0), 1000
    truth = rng.integers(0, 2, kinds)
    probs = np.zeros((kinds, 3, 2))
    for judge in range(3):
        wrong = np.zeros(kinds, bool)
        wrong[rng.choice(kinds, 200, replace=False)] = True
        said, sure = np.where(wrong, 1 - truth, truth), 0.8
        probs[np.arange(kinds), judge, said], probs[np.arange(kinds), judge, 1 - said] = sure, 1 - sure
    return Population(probs, np.eye(2)[truth])


def best(policies: list[Policy], probs: list[np.ndarray]) -> int:
    """The policy that somebody would keep: the one that answers most."""
    return int(np.argmax([p.decide(e).accepted.mean() for p, e in zip(policies, probs, strict=True)]))


def test_the_best_of_three_judges_is_refused_or_shares_the_error_level() -> None:
    people, names, draws = three_judges(), ("a", "b", "c"), 200
    rng, broken, unshared = np.random.default_rng(1), 0, 0
    alone = [Population(people.probs[:, [j]], people.truth) for j in range(3)]
    for draw in range(draws):
        kinds, human = people.draw(rng, 121)
        plain = [certify(one.probs[kinds], human, agreement=TARGET, delta=DELTA) for one in alone]
        kept = best(plain, [one.probs for one in alone])
        unshared += overall(TARGET)(plain[kept], alone[kept])
        shared = [certify(one.probs[kinds], human, agreement=TARGET, delta=DELTA, tries=3) for one in alone]
        kept = best(shared, [one.probs for one in alone])
        broken += overall(TARGET)(shared[kept], alone[kept])
        if draw < 10:
            rows = rows_of(people, kinds, human, names)
            first = calibrate(rows, agreement=TARGET, delta=DELTA, tiers=("a",))
            with pytest.raises(InputError, match=r"121 of these 121 labeled items.*--tries N"):
                calibrate(rows, agreement=TARGET, delta=DELTA, tiers=("b",), earlier=[first])
            made: list = []
            for judge in range(3):
                tiers = (names[judge],)
                made.append(
                    calibrate(rows, agreement=TARGET, delta=DELTA, tiers=tiers, tries=3, earlier=made)
                )
                assert made[-1].policy["threshold"] == shared[judge].to_dict()["threshold"]
            with pytest.raises(InputError, match="--tries N"):
                calibrate(rows, agreement=0.85, delta=DELTA, tiers=("a",), tries=3, earlier=made[-1:])
    assert unshared / draws > edge(DELTA, draws), "a case that shows it"
    assert broken / draws <= edge(DELTA, draws)


@pytest.mark.parametrize(("people", "options"), [(1, {"max_mean_cost": 0.7, "costs": [0.2, 1.0]}), (2, {})])
def test_the_best_of_twenty_draws_is_any_of_them(people: int, options: dict) -> None:
    """What is set aside, and the order of bets, cannot be drawn again: not by a seed, nor by shuffling the file."""
    gen, draws = np.random.default_rng(2), 60
    population = evidence(np.full(300, 0.2005), gen, tiers=2, noise=0.7)
    rng, broken = np.random.default_rng(3), 0
    for _ in range(draws):
        kinds, human = population.draw(rng, 150)
        given = human
        if people > 1:
            given = np.stack([rng.multinomial(people, t) for t in population.truth[kinds]]) / people
        policies = []
        for _ in range(6):
            order = rng.permutation(len(kinds))
            policies.append(
                certify(population.probs[kinds[order]], given[order], agreement=0.8, delta=DELTA, **options)
            )
        assert len({str(policy.to_dict()) for policy in policies}) == 1
        broken += overall(0.8)(policies[0], population)
    assert broken / draws <= edge(DELTA, draws)


def test_prices_do_not_choose_the_path_that_the_labels_favor() -> None:
    """The second judge costs more where it errs: its mean price, at an edge of rounding, would pick the other judge
    just when the second one looks bad."""
    kinds = np.arange(50)
    a_wrong, b_wrong, truth = kinds % 5 == 0, kinds // 5 % 5 == 0, kinds // 25
    said = np.stack([truth ^ a_wrong, truth ^ b_wrong], axis=1)
    sure = np.array([0.9, 0.97])
    probs = np.where(said[:, :, None] == [0, 1], sure[:, None], 1 - sure[:, None])
    people = Population(probs, np.eye(2)[truth])
    tiers = [
        {
            "a": Evidence(probs=dict(zip("01", p[0].tolist(), strict=True)), cost=0.02),
            "b": Evidence(
                probs=dict(zip("01", p[1].tolist(), strict=True)), cost=0.0075 + 0.0375 * float(wrong)
            ),
        }
        for p, wrong in zip(probs, b_wrong, strict=True)
    ]
    labels = [(HumanLabel(annotator="a", label=str(k)),) for k in range(2)]
    rng, draws, broken = np.random.default_rng(4), 1000, 0
    for _ in range(draws):
        drawn, human = people.draw(rng, 121)
        rows = [
            EvidenceRow.model_construct(id=str(i), tiers=tiers[kind], human=labels[said])
            for i, (kind, said) in enumerate(zip(drawn, human, strict=True))
        ]
        made = calibrate(rows, agreement=TARGET, delta=DELTA)
        broken += overall(TARGET)(made.load_policy(), people)
    assert broken / draws <= edge(DELTA, draws)
