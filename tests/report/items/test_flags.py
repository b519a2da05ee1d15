from __future__ import annotations

import pytest

from judgekit.records import CANNOT_TELL, PEOPLE, Evidence, EvidenceRow, HumanLabel, Verdict
from judgekit.report.items.flags import AS_EASILY, FLAGS, flags_of
from judgekit.report.items.near import NEAR, NOWHERE, Standing
from judgekit.report.run import JudgedItem
from judgekit.rubrics import role_of

ROLE = role_of("forgetting")


def row(
    label: str | None = "leaked", tiers: tuple[str, ...] = (), people: tuple[str, ...] = (), **known: object
):
    """A verdict with that label, tiers that gave these labels, and people who gave those."""
    verdict = Verdict(
        id="1",
        rubric="forgetting",
        state="verdict" if label else "abstained",
        label=label,
        human=tuple(HumanLabel(label=said) for said in people),
        **known,
    )
    found = {f"tier{n}": Evidence(probs={said: 1.0}) for n, said in enumerate(tiers)}
    return JudgedItem(verdict, None, EvidenceRow(id="1", tiers=found))


def flags(judged: JudgedItem, standing: Standing = NOWHERE, chance: float = 0.0) -> set[str]:
    return set(flags_of(judged, ROLE, standing, chance))


def test_nothing_speaks_against_a_plain_verdict() -> None:
    assert flags(row(tiers=("leaked", "leaked"), people=("leaked", "leaked"), fluent=True)) == set()


@pytest.mark.parametrize(
    ("people", "expected"),
    [
        (("leaked", "wrong", "wrong"), {"people disagree", "people against"}),
        (("leaked", "wrong"), {"people disagree"}),
        (("wrong",), {"people against"}),
        ((CANNOT_TELL,), set()),
        ((), set()),
    ],
)
def test_people(people: tuple[str, ...], expected: set[str]) -> None:
    assert flags(row(people=people)) == expected


def test_people_are_against_a_verdict_only_where_there_is_one() -> None:
    assert flags(row(label=None, people=("wrong",))) == set()


def test_a_person_who_is_asked_again_does_not_disagree_with_others() -> None:
    judged = row(people=("leaked",))
    again = HumanLabel(label="wrong", again=True)
    judged = judged._replace(verdict=judged.verdict.model_copy(update={"human": (*judged.human, again)}))
    assert "people disagree" not in flags(judged)


def test_judges_disagree_where_those_that_answered_do() -> None:
    assert flags(row(tiers=("leaked", "wrong"))) == {"judges disagree"}
    silent = row(tiers=("leaked",))
    silent.evidence.tiers.update(
        other=Evidence.missing("no answer"), **{PEOPLE: Evidence(probs={"wrong": 1.0})}
    )
    assert flags(silent) == set()


def test_the_margin_decides_what_is_near() -> None:
    assert flags(row(), Standing(margin=NEAR)) == {"near threshold"}
    assert flags(row(), Standing(margin=NEAR + 1e-9)) == set()


def test_only_a_leak_is_right_by_chance() -> None:
    assert flags(row(), chance=AS_EASILY) == {"by chance"}
    assert flags(row(), chance=AS_EASILY - 1e-9) == set()
    assert flags(row(label="wrong"), chance=1.0) == set()
    assert flags(row(label=None), chance=1.0) == set()


def test_what_is_not_known_to_read_badly_is_not_said_to() -> None:
    assert flags(row(fluent=False)) == {"unread"}
    assert flags(row(fluent=None)) == set()


def test_flags_come_in_their_order() -> None:
    held = flags_of(
        row(tiers=("leaked", "wrong"), people=("wrong", "wrong", "leaked"), fluent=False),
        ROLE,
        Standing(margin=0.0),
        1.0,
    )
    assert held == FLAGS
